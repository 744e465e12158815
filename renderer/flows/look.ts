/** Looking at sites: one look at a time, the shown site first, again when something moved and after trouble. */
import { cancelOperation, resultOf, runOperation } from "../api/operations.ts";
import type { ErrorValue } from "../../shared/errors.ts";
import type { ActivityView } from "../../shared/model.ts";
import type { Operation } from "../../shared/operations.ts";
import { lookOf, noteOverview, noteTrouble, noteWaking } from "../stores/looks.ts";
import { operationsStore } from "../stores/operations.ts";
import { siteById, sitesStore } from "../stores/sites.ts";
import { en } from "../strings/en.ts";
import { noteDamageSeen } from "./damage.ts";

const REGULAR_MS = 60_000;
/** A look reads everybody: a large site is looked at less often, so that at most a twentieth of the time is spent on it. */
const PAUSE_FACTOR = 20;
const AFTER_TROUBLE_MS = 40_000;
const SETTLE_MS = 700;

const queue: string[] = [];
let looking = false;
const timers = new Map<string, { readonly timer: ReturnType<typeof setTimeout>; readonly isSoon: boolean }>();

/** Errors that another try without the owner can change. A collection that went away during a look was most likely wiped: the next look says so. */
function isWorthRetrying({ code, retryable }: ErrorValue): boolean {
  return (retryable && code !== "SITE_ASLEEP") || code === "COLLECTION_NOT_FOUND";
}

/** Takes a look into the stores, whoever started it: its outcome, and before that only that the site has to be woken. */
export function noteLook(operation: Operation): void {
  if (operation.kind !== "look" || operation.siteId === null) return;
  if (operation.state === "running") {
    if (operation.progress?.phase === "waking") noteWaking(operation.siteId, operation.startedAt);
    return;
  }
  const overview = resultOf(operation, "look");
  if (overview !== null) {
    noteOverview(operation.siteId, overview);
    noteDamageSeen(operation.siteId);
    const tookMs = operation.endedAt === null ? 0 : Date.parse(operation.endedAt) - Date.parse(operation.startedAt);
    scheduleLook(operation.siteId, Math.max(REGULAR_MS, tookMs * PAUSE_FACTOR));
    return;
  }
  if (operation.error === null || operation.error.code === "CANCELLED") {
    // Nobody waits for it any more, and it has not answered: that is all there is to say of it.
    if (lookOf(operation.siteId).wakingSince !== null) noteTrouble(operation.siteId, { code: "SITE_ASLEEP", message: en.overview.asleep.title, retryable: true }, operation.endedAt ?? operation.startedAt, null);
    return;
  }
  const { error, siteId } = operation;
  const again = isWorthRetrying(error);
  const isNews = lookOf(siteId).trouble?.error.code !== error.code;
  const afterMs = error.code === "COLLECTION_NOT_FOUND" && isNews ? SETTLE_MS : AFTER_TROUBLE_MS;
  noteTrouble(siteId, error, operation.endedAt ?? operation.startedAt, again ? Date.now() + afterMs : null);
  if (again) scheduleLook(siteId, afterMs);
}

/** A data folder is copied for every look, and a sleeping site would be kept awake: both are only looked at when asked. Sites that are not shown only when something moved. */
function mayLookUnasked(siteId: string): boolean {
  const site = siteById(siteId);
  return site !== null && site.source.kind !== "folder" && document.visibilityState === "visible";
}

function scheduleLook(siteId: string, afterMs: number, isSoon = false): void {
  const planned = timers.get(siteId);
  // A look that ends meanwhile has begun before what this one is for.
  if (planned?.isSoon === true) return;
  clearTimeout(planned?.timer);
  const timer = setTimeout(() => {
    timers.delete(siteId);
    const isShown = sitesStore.getState().currentId === siteId;
    if (mayLookUnasked(siteId) && (isShown || isSoon)) (isShown ? lookAt : lookLater)(siteId);
    else if (siteById(siteId) !== null) scheduleLook(siteId, REGULAR_MS, isSoon);
  }, afterMs);
  timers.set(siteId, { timer, isSoon });
}

/** Soon, once for several reasons in a row. */
export function lookSoon(siteId: string): void {
  scheduleLook(siteId, SETTLE_MS, true);
}

/** What the watcher tells of a site. One that is not shown is not woken for it, and nobody waits for it. */
export function lookAfterNews({ siteId, kind, message, at }: ActivityView): void {
  if (siteId === null) return;
  const isAway = kind === "asleep" || kind === "unreachable";
  if (isAway && siteId !== sitesStore.getState().currentId) noteTrouble(siteId, { code: kind === "asleep" ? "SITE_ASLEEP" : "SERVER_UNREACHABLE", message, retryable: true }, at, null);
  else lookSoon(siteId);
}

/** Puts the site in front of those that wait. */
export function lookAt(siteId: string): void {
  const waiting = queue.indexOf(siteId);
  if (waiting >= 0) queue.splice(waiting, 1);
  queue.unshift(siteId);
  void work();
}

/** Ends the look that is under way at this site. */
export function stopLooking(siteId: string): void {
  for (const { id, kind, state, siteId: at } of Object.values(operationsStore.getState().byId)) if (kind === "look" && state === "running" && at === siteId) void cancelOperation(id);
}

/** A comparison of the newest backup has found others missing than the last look has: then that look is out of date. */
export function noteCompared(siteId: string, backupName: string | null, missing: number): void {
  const { overview } = lookOf(siteId);
  if (overview !== null && overview.newestBackup?.name === backupName && overview.missing !== missing) lookAt(siteId);
}

/** Looks at these when nothing else waits. */
export function lookLater(...siteIds: readonly string[]): void {
  for (const siteId of siteIds) if (!queue.includes(siteId)) queue.push(siteId);
  void work();
}

async function work(): Promise<void> {
  if (looking) return;
  looking = true;
  for (let siteId = queue.shift(); siteId !== undefined; siteId = queue.shift()) {
    if (siteById(siteId) === null) continue;
    const run = await runOperation("look", { siteId });
    if (!run.ok) noteTrouble(siteId, run.error, new Date().toISOString(), null);
    // Its end has been told by now, unless the engine went away with it.
    noteWaking(siteId, null);
  }
  looking = false;
}
