/** Opens the window: listens first, then asks for every list, so that nothing falls between the two. Asks again after a gap. */
import { call, onEvent, onGap } from "../api/bridge.ts";
import { operationKindsThatWrite } from "../api/operation-kinds.ts";
import type { AppEvent } from "../../shared/contract.ts";
import type { ErrorValue } from "../../shared/errors.ts";
import type { Operation } from "../../shared/operations.ts";
import { addActivity, setActivity } from "../stores/activity.ts";
import { backupsOf, setBackups } from "../stores/backups.ts";
import { setClipboardState } from "../stores/clipboard.ts";
import { lookOf, recallLooks } from "../stores/looks.ts";
import { operationsStore, putOperation, putOperations, runningIds } from "../stores/operations.ts";
import { goTo } from "../stores/place.ts";
import { addNotice, dropNotice, setHost, setSettings, settingsStore } from "../stores/settings.ts";
import { selectSite, setSites, sitesStore } from "../stores/sites.ts";
import { noteRedeployActivity } from "../stores/redeploy.ts";
import { en } from "../strings/en.ts";
import { isFolderGone } from "../stores/site-state.ts";
import { noteDamageSeen } from "./damage.ts";
import { lookAfterNews, lookAt, lookLater, lookSoon, noteLook } from "./look.ts";

const PAGE = 10_000;
const ACTIVITY_LIMIT = 5_000;

interface Load {
  readonly current: Promise<void>;
  /** For everybody who asked meanwhile. */
  next: Promise<void> | null;
}
const loads = new Map<string, Load>();
/** The app was not there when its lists were asked for. */
let isWithoutLists = false;
/** What is said of that. */
let silence: ErrorValue | null = null;
const LOST: ErrorValue = { code: "ENGINE_STOPPED", ...en.errors.lost, retryable: true };
const LOST_FOR_NOW: ErrorValue = { code: "ENGINE_STOPPED", ...en.errors.lostForNow, retryable: false };

async function fetchBackups(siteId: string): Promise<void> {
  const entries = [];
  for (let offset = 0; ; offset += PAGE) {
    const answer = await call("backup.list", { siteId, offset, limit: PAGE });
    if (!answer.ok) {
      setBackups(siteId, { error: answer.error });
      return;
    }
    entries.push(...answer.value.backups);
    if (entries.length >= answer.value.total || answer.value.backups.length === 0) break;
  }
  setBackups(siteId, { entries });
  noteDamageSeen(siteId);
}

/** One at a time for each site: reading thousands of backups takes the app a while. */
export async function loadBackups(siteId: string): Promise<void> {
  const load = loads.get(siteId);
  if (load !== undefined) {
    // What is under way may have missed what has just happened: once more after it.
    load.next ??= load.current.then(() => loadBackups(siteId));
    await load.next;
    return;
  }
  const current = fetchBackups(siteId).finally(() => loads.delete(siteId));
  loads.set(siteId, { current, next: null });
  await current;
}

function isFolderGoneAt(siteId: string | null): boolean {
  const trouble = siteId === null ? null : lookOf(siteId).trouble;
  return trouble !== null && isFolderGone(trouble.error);
}

function afterOperation(operation: Operation): void {
  const { siteId } = operation;
  const wasGone = isFolderGoneAt(siteId);
  noteLook(operation);
  // What happened is kept in the folder too, and so is what the lists are made of.
  if (wasGone && !isFolderGoneAt(siteId)) void askForLists();
  if (siteId === null || operation.state === "running") return;
  const writes = operationKindsThatWrite.has(operation.kind);
  if (writes) lookSoon(siteId);
  if ((writes || operation.kind === "drill" || operation.kind === "verify") && (backupsOf(siteId).loaded || siteId === sitesStore.getState().currentId)) void loadBackups(siteId);
}

function onAppEvent(event: AppEvent): void {
  switch (event.type) {
    case "operation": {
      const before = operationsStore.getState().byId[event.operation.id];
      // A late snapshot of an operation that has ended must not bring it back to life.
      if (before !== undefined && before.state !== "running" && event.operation.state === "running") return;
      putOperation(event.operation);
      if (before === undefined || before.state === "running") afterOperation(event.operation);
      return;
    }
    case "sites":
      takeSites(event.sites);
      if (isWithoutLists) void askForAll();
      return;
    case "activity":
      addActivity(event.activity);
      if (event.activity.siteId !== null) {
        noteRedeployActivity(event.activity);
        lookAfterNews(event.activity);
        if (event.activity.siteId === sitesStore.getState().currentId) void loadBackups(event.activity.siteId);
      }
      return;
    case "settings":
      setSettings(event.settings);
      return;
    case "clipboard":
      setClipboardState(event.state);
      return;
    case "go":
      if (event.siteId !== null) selectSite(event.siteId);
      goTo(event.place);
      return;
    case "notice":
      addNotice(event.notice);
      // A new engine knows nothing of what the old one was doing.
      if (event.notice.code === "ENGINE_STOPPED") void askForLists();
      return;
    default:
      event satisfies never;
  }
}

function takeSites(sites: Parameters<typeof setSites>[0]): void {
  const before = sitesStore.getState();
  const known = new Set(before.sites?.map((site) => site.id));
  setSites(sites);
  recallLooks(sites.map((site) => site.id));
  const unknown = sites.filter((site) => !known.has(site.id)).map((site) => site.id);
  const { currentId } = sitesStore.getState();
  // A site that has just become the shown one is looked at by whoever listens to that.
  if (currentId !== null && currentId === before.currentId && unknown.includes(currentId)) lookAt(currentId);
  lookLater(...unknown.filter((siteId) => siteId !== currentId));
}

/** The lists may be from before the news that come while they are read: the news count. */
async function askForLists(): Promise<void> {
  const heard: AppEvent[] = [];
  const stopHearing = onEvent((event) => void heard.push(event));
  const ranBefore = runningIds();
  const [sites, operations, activity, settings] = await Promise.all([
    call("site.list", {}),
    call("operation.list", {}),
    call("activity.list", { limit: ACTIVITY_LIMIT }),
    call("settings.get", {}),
  ]);
  stopHearing();
  const isOld = (type: AppEvent["type"]): boolean => heard.some((event) => event.type === type);
  isWithoutLists = !sites.ok;
  if (settings.ok && !isOld("settings")) setSettings(settings.value);
  // An app that cannot say what runs runs nothing.
  const told = operations.ok ? operations.value.operations : [];
  putOperations(told, ranBefore, operations.ok ? LOST : LOST_FOR_NOW);
  for (const operation of told.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1))) noteLook(operationsStore.getState().byId[operation.id] ?? operation);
  if (activity.ok) setActivity(activity.value.activities, heard.flatMap((event) => (event.type === "activity" ? [event.activity] : [])));
  if (sites.ok && !isOld("sites")) takeSites(sites.value.sites);
  sayWhetherItAnswers(sites.ok ? null : sites.error);
  const { currentId } = sitesStore.getState();
  if (currentId !== null) void loadBackups(currentId);
}

/** Said once, and no longer than it is true. */
function sayWhetherItAnswers(error: ErrorValue | null): void {
  if (error !== null && isSaid(error)) return;
  if (silence !== null) dropNotice(silence);
  silence = error;
  if (error !== null) addNotice(error);
}

/** The notice that led here says it already. */
function isSaid({ code, message }: ErrorValue): boolean {
  return settingsStore.getState().notices.some((notice) => notice.code === code && notice.message === message);
}

async function askForAll(): Promise<void> {
  const host = await call("app.info", {});
  if (host.ok) setHost(host.value);
  await askForLists();
}

/** The news of a while were lost: what they would have led to is done now. */
async function catchUp(): Promise<void> {
  await askForLists();
  const { currentId } = sitesStore.getState();
  if (currentId !== null) lookSoon(currentId);
}

/** Resolves when the window knows enough to show its first page. */
export async function startUp(): Promise<void> {
  onEvent(onAppEvent);
  onGap(() => void catchUp());
  sitesStore.subscribe((state, before) => {
    if (state.currentId === null || state.currentId === before.currentId) return;
    void loadBackups(state.currentId);
    lookAt(state.currentId);
  });
  await askForAll();
  await call("app.ready", {});
}
