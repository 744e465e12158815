/** How each site stands, learned from what the engine tells anyway. Pure: the tray and the menu are drawn from it. */
import type { AppEvent } from "../../shared/contract.ts";
import type { ErrorValue } from "../../shared/errors.ts";
import type { ActivityView, Settings, SiteView } from "../../shared/model.ts";
import { resultOf, type Operation, type OperationKind } from "../../shared/operations.ts";

/** As UX.md names them; unknown until something was heard. */
export type Condition = "unknown" | "safe" | "restored" | "asleep" | "unreachable" | "at_risk" | "wiped";

export interface DesktopState {
  readonly sites: readonly SiteView[];
  /** Null until they were read. */
  readonly settings: Settings | null;
  readonly running: ReadonlyMap<string, Operation>;
  readonly conditions: ReadonlyMap<string, SiteCondition>;
  /** Why nobody watches: the engine is down for good, or could not be opened. Null: it is there. */
  readonly engineDown: ErrorValue | null;
}

interface SiteCondition {
  readonly now: Condition;
  /** What it was before nobody answered. */
  readonly beforeAway: Condition;
  readonly at: string;
}

export const initialState: DesktopState = { sites: [], settings: null, running: new Map(), conditions: new Map(), engineDown: null };

/** Looking is not working: it comes and goes by itself, and stopping it loses nothing. */
const QUIET_KINDS: ReadonlySet<OperationKind> = new Set(["look", "test_connection"]);
/** From the worst to the best. */
const ORDER: readonly Condition[] = ["wiped", "at_risk", "unreachable", "asleep", "restored", "safe", "unknown"];

/** Takes news in, in the order they arrive: a clock that is put right makes none of them old. */
export function reduce(state: DesktopState, event: AppEvent): DesktopState {
  switch (event.type) {
    case "sites":
      // Whoever tells of sites is there.
      return { ...state, sites: event.sites, engineDown: null };
    case "settings":
      return { ...state, settings: event.settings };
    case "operation":
      return withOperation(state, event.operation);
    case "activity":
      return withActivity(state, event.activity);
    case "notice":
      return event.notice.code === "ENGINE_STOPPED" && !event.notice.retryable ? withoutEngine(state, event.notice) : state;
    case "clipboard":
    case "go":
      return state;
  }
}

/** Nothing runs without it. */
export function withoutEngine(state: DesktopState, error: ErrorValue): DesktopState {
  return { ...state, running: new Map(), engineDown: error };
}

export type ListedEntry = Extract<AppEvent, { type: "activity" | "operation" }>;

/**
 * Takes an entry of a list in: unlike news it may be older than what is known, and then it says nothing. A time later
 * than `now` is one of a clock that was ahead, and counts as now.
 */
export function reduceListed(state: DesktopState, entry: ListedEntry, now: string): DesktopState {
  const { siteId } = entry.type === "activity" ? entry.activity : entry.operation;
  const told = entry.type === "activity" ? entry.activity.at : entry.operation.endedAt;
  if (told === null) return reduce(state, entry);
  const at = earlierOf(told, now);
  const known = siteId === null ? undefined : state.conditions.get(siteId);
  if (known !== undefined && earlierOf(known.at, now) > at) return state;
  return reduce(state, entry.type === "activity" ? { ...entry, activity: { ...entry.activity, at } } : { ...entry, operation: { ...entry.operation, endedAt: at } });
}

function earlierOf(a: string, b: string): string {
  return a < b ? a : b;
}

function withOperation(state: DesktopState, operation: Operation): DesktopState {
  const running = new Map(state.running);
  if (operation.state === "running") running.set(operation.id, operation);
  else running.delete(operation.id);
  const changed = { ...state, running };
  const { siteId, endedAt } = operation;
  const overview = resultOf(operation, "look");
  if (siteId === null || endedAt === null || overview === null) return changed;
  if (overview.state === "wiped") return withCondition(changed, siteId, "wiped", endedAt);
  const isAtRisk = overview.state === "deletions" || overview.notBackedUp > 0;
  const known = state.conditions.get(siteId)?.now;
  // What was brought back stays said until something else happens.
  return withCondition(changed, siteId, isAtRisk ? "at_risk" : known === "restored" ? "restored" : "safe", endedAt);
}

const conditionOfKind: Readonly<Record<string, Condition>> = {
  backed_up: "safe",
  kept_apart: "at_risk",
  wiped: "wiped",
  restored: "restored",
  restore_incomplete: "wiped",
  deletions: "at_risk",
  asleep: "asleep",
  unreachable: "unreachable",
  failed: "at_risk",
};

function withActivity(state: DesktopState, { siteId, kind, at }: ActivityView): DesktopState {
  if (siteId === null) return state;
  const known = state.conditions.get(siteId);
  if (kind === "back") return known === undefined ? state : withCondition(state, siteId, known.beforeAway, at);
  const condition = Object.hasOwn(conditionOfKind, kind) ? conditionOfKind[kind] : undefined;
  if (condition === undefined) return state;
  // The backup that follows a restore by itself does not take its news away.
  if (kind === "backed_up" && known?.now === "restored" && Math.abs(Date.parse(at) - Date.parse(known.at)) < 60_000) return state;
  return withCondition(state, siteId, condition, at);
}

function withCondition(state: DesktopState, siteId: string, now: Condition, at: string): DesktopState {
  const known = state.conditions.get(siteId);
  const isAway = (condition: Condition): boolean => condition === "asleep" || condition === "unreachable";
  const beforeAway = !isAway(now) ? now : known === undefined ? "unknown" : isAway(known.now) ? known.beforeAway : known.now;
  return { ...state, conditions: new Map(state.conditions).set(siteId, { now, beforeAway, at }) };
}

/** Operations the owner would miss if they were stopped now. */
function workRunning({ running }: DesktopState): Operation[] {
  return [...running.values()].filter(({ kind }) => !QUIET_KINDS.has(kind));
}

export interface TrayView {
  readonly condition: Condition;
  readonly busy: boolean;
  /** One line, as the tooltip and the head of the menu. */
  readonly sentence: string;
  /** Those that can be backed up: none without the engine. */
  readonly sites: readonly { readonly id: string; readonly name: string; readonly busy: boolean }[];
}

export const NOT_WATCHING = "Account Keeper is not watching";

export function trayView(state: DesktopState): TrayView {
  if (state.engineDown !== null) return { condition: "at_risk", busy: false, sentence: NOT_WATCHING, sites: [] };
  const sites = state.sites.map((site) => ({
    id: site.id,
    name: site.name,
    condition: site.watching === "failed" ? "at_risk" : (state.conditions.get(site.id)?.now ?? "unknown"),
    busy: workRunning(state).some(({ siteId }) => siteId === site.id),
  }));
  const busy = sites.some((site) => site.busy);
  const condition = ORDER.find((candidate) => sites.some((site) => site.condition === candidate)) ?? "unknown";
  return { condition, busy, sentence: sentenceFor(sites, condition, busy), sites: sites.map(({ id, name, busy: isBusy }) => ({ id, name, busy: isBusy })) };
}

function sentenceFor(sites: readonly { name: string; condition: Condition }[], worst: Condition, busy: boolean): string {
  const [first] = sites;
  if (first === undefined) return "No site yet";
  const trouble = sites.filter(({ condition }) => condition === "wiped" || condition === "at_risk").length;
  if (sites.length > 1 && trouble > 0) return `${trouble} of ${sites.length} sites ${trouble === 1 ? "needs" : "need"} you`;
  if (busy) return sites.length === 1 ? `Working on ${first.name}` : "Working";
  if (sites.length > 1 && (worst === "asleep" || worst === "unreachable")) {
    const away = sites.filter(({ condition }) => condition === "asleep" || condition === "unreachable").length;
    return `${away} of ${sites.length} sites ${away === 1 ? "does" : "do"} not answer`;
  }
  return sites.length === 1 ? `${first.name}: ${conditionWords[worst]}` : conditionWords[worst] === "Safe" ? `All ${sites.length} sites are safe` : conditionWords[worst];
}

const conditionWords = {
  unknown: "Looking",
  safe: "Safe",
  restored: "Restored",
  asleep: "Asleep",
  unreachable: "Unreachable",
  at_risk: "At risk",
  wiped: "Wiped",
} as const satisfies Record<Condition, string>;

const kindWords = {
  test_connection: "a test of a connection",
  look: "a look at a site",
  backup: "a backup",
  plan_restore: "the planning of a restore",
  restore: "a restore",
  plan_undo: "the planning of an undo",
  undo: "the undoing of a restore",
  verify: "a check of a backup",
  inspect_backup: "a look into a backup",
  open_backup: "the opening of a backup",
  drill: "a rehearsal",
  diff: "a comparison",
  copy_variable: "the copying of the variable",
  export_backup: "an export",
  import_backup: "an import",
  prune: "the clearing of old backups",
  find_services: "a search for services at Render",
  link_service: "the linking of a service at Render",
  check_variable: "a check of the variable",
  set_variable: "the setting of the variable",
  redeploy: "a redeploy",
  wipe_demo: "the wiping of a demo",
} as const satisfies Record<OperationKind, string>;

/** The question before quitting; null when nothing runs that would be missed. */
export function quitQuestion(state: DesktopState): { message: string; detail: string } | null {
  const work = workRunning(state);
  const [only] = work;
  if (only === undefined) return null;
  const names = [...new Set(work.map(({ kind }) => kindWords[kind]))];
  const message = work.length === 1 ? `${upperFirst(kindWords[only.kind])} is running.` : `${work.length} things are running: ${names.join(", ")}.`;
  const details: string[] = [];
  if (work.some(({ kind }) => kind === "redeploy")) details.push("If you stop now, nobody is brought back until Account Keeper is open again; it then goes on by itself.");
  if (work.some(({ kind }) => kind === "restore" || kind === "undo")) details.push("If you stop now, run the restore again later: it goes on where it was, and nobody is added twice.");
  return { message, detail: details.length > 0 ? details.join(" ") : "Stopping is safe: backups that are kept stay as they are." };
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
