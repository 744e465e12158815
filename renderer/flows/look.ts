/** Looking at sites: one look at a time, the shown site first, again when something moved and after trouble. */
import { resultOf, runOperation } from "../api/operations.ts";
import type { Operation } from "../../shared/operations.ts";
import { noteOverview, noteTrouble } from "../stores/looks.ts";
import { siteById, sitesStore } from "../stores/sites.ts";

const REGULAR_MS = 60_000;
/** A look reads everybody: a large site is looked at less often, so that at most a twentieth of the time is spent on it. */
const PAUSE_FACTOR = 20;
const AFTER_TROUBLE_MS = 40_000;
const SETTLE_MS = 700;

const queue: string[] = [];
let looking = false;
const timers = new Map<string, ReturnType<typeof setTimeout>>();

/** Errors that another try without the owner cannot change. */
function isWorthRetrying(operation: Operation): boolean {
  return operation.error?.retryable === true && operation.error.code !== "SITE_ASLEEP";
}

/** Takes the outcome of a look into the stores, whoever started it. */
export function noteLook(operation: Operation): void {
  if (operation.kind !== "look" || operation.siteId === null || operation.state === "running") return;
  const overview = resultOf(operation, "look");
  if (overview !== null) {
    noteOverview(operation.siteId, overview);
    const tookMs = operation.endedAt === null ? 0 : Date.parse(operation.endedAt) - Date.parse(operation.startedAt);
    scheduleLook(operation.siteId, Math.max(REGULAR_MS, tookMs * PAUSE_FACTOR));
    return;
  }
  if (operation.error === null || operation.error.code === "CANCELLED") return;
  const again = isWorthRetrying(operation);
  noteTrouble(operation.siteId, operation.error, operation.endedAt ?? operation.startedAt, again ? Date.now() + AFTER_TROUBLE_MS : null);
  if (again) scheduleLook(operation.siteId, AFTER_TROUBLE_MS);
}

/** A data folder is copied for every look, and a sleeping site would be kept awake: both are only looked at when asked. */
function mayLookUnasked(siteId: string): boolean {
  const site = siteById(siteId);
  return site !== null && site.source.kind !== "folder" && document.visibilityState === "visible" && sitesStore.getState().currentId === siteId;
}

function scheduleLook(siteId: string, afterMs: number): void {
  const before = timers.get(siteId);
  if (before !== undefined) clearTimeout(before);
  timers.set(
    siteId,
    setTimeout(() => {
      timers.delete(siteId);
      if (mayLookUnasked(siteId)) lookAt(siteId);
      else if (siteById(siteId) !== null) scheduleLook(siteId, REGULAR_MS);
    }, afterMs),
  );
}

/** Soon, once for several reasons in a row. */
export function lookSoon(siteId: string): void {
  scheduleLook(siteId, SETTLE_MS);
}

/** Puts the site in front of those that wait. */
export function lookAt(siteId: string): void {
  const waiting = queue.indexOf(siteId);
  if (waiting >= 0) queue.splice(waiting, 1);
  queue.unshift(siteId);
  void work();
}

/** Looks at these when nothing else waits. */
export function lookLater(siteIds: readonly string[]): void {
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
  }
  looking = false;
}
