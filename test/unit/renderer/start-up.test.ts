/** What the window does at its start, and when the engine stops under it. */
import { afterEach, expect, it, vi } from "vitest";
import type { CommandName } from "../../../shared/channels.ts";
import type { KeeperBridge } from "../../../shared/contract.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { Operation } from "../../../shared/operations.ts";
import type { ActivityView, SiteView } from "../../../shared/model.ts";
import { fakeBridge, overviewOf } from "./fake-bridge.ts";

const site = (id: string, name: string): SiteView => ({ id, name, source: { kind: "server", shown: "https://db.example.com", tenant: null, database: null, auth: "none", hasKey: true }, collectionName: "users", vault: "~/Backups", encrypted: false, settings: { watch: true, restoreAfterWipe: true, rehearse: true }, watching: "on", canBeWatched: true, trouble: null, render: null });
const stopped = { code: "ENGINE_STOPPED", message: "The engine stopped and was started again.", retryable: true } as const;

const keepsStopping = { code: "ENGINE_STOPPED", message: "The engine keeps stopping.", retryable: false } as const;
const busy = { code: "BUSY", message: "Account Keeper is open already.", retryable: true } as const;

type World = Parameters<typeof fakeBridge>[0];

/**
 * The window's own modules, anew, over an app that answers every call with `down.error` while there is one. What `answers`
 * names is said as things stand when it is asked, and arrives with its promise.
 */
async function openWindow(more: Partial<World> = {}, error: ErrorValue | null = null, answers: Partial<Record<CommandName, () => Promise<void>>> = {}) {
  const world: World = {
    sites: [site("site-0001", "Marlow Bakery")],
    overviews: { "site-0001": overviewOf(7), "site-0002": overviewOf(2) },
    backups: {},
    activity: [],
    settings: { theme: "system", contrast: "system", notifications: true, startAtLogin: false, closeToTray: true, automaticUpdates: true },
    host: { host: "desktop", version: "0.1.0", platform: "linux", clipboard: "host", secrets: "keychain", dialogs: true, fileManager: true, notifications: true, startAtLogin: true, updates: true, suggestedVault: "~/Documents/Account Keeper", notices: [] },
    results: {},
    operations: [],
    stuck: {},
    delayMs: 1,
    ...more,
  };
  const down = { error };
  const fake = fakeBridge(world);
  const keeper: KeeperBridge = {
    ...fake,
    async call(command, request) {
      const answer = down.error === null ? await fake.call(command, request) : ({ ok: false, error: down.error } as const);
      await answers[command]?.();
      return answer;
    },
  };
  vi.resetModules();
  vi.stubGlobal("window", { keeper, localStorage: { getItem: () => null, setItem: () => undefined } });
  vi.stubGlobal("document", { visibilityState: "visible" });
  const { startUp } = await import("../../../renderer/flows/start-up.ts");
  const { lookAt } = await import("../../../renderer/flows/look.ts");
  const { runOperation } = await import("../../../renderer/api/operations.ts");
  const { operationsStore } = await import("../../../renderer/stores/operations.ts");
  const { sitesStore } = await import("../../../renderer/stores/sites.ts");
  const { settingsStore } = await import("../../../renderer/stores/settings.ts");
  const { activityStore } = await import("../../../renderer/stores/activity.ts");
  const opened = startUp();
  if (Object.keys(answers).length === 0) await opened;
  return {
    world,
    down,
    opened,
    emit: fake.emit,
    lookAt,
    runOperation,
    sites: () => sitesStore.getState().sites,
    activity: () => activityStore.getState().entries?.map(({ message }) => message),
    stateOf: (id: string) => operationsStore.getState().byId[id]?.state,
    siteNames: () => sitesStore.getState().sites?.map(({ name }) => name),
    settings: () => settingsStore.getState(),
    running: () => Object.values(operationsStore.getState().byId).filter(({ state }) => state === "running").map(({ kind }) => kind),
  };
}

afterEach(() => void vi.unstubAllGlobals());

it("reads every list again when the engine was started anew, and ends what was lost with the old one", async () => {
  const { world, emit, runOperation, siteNames, settings } = await openWindow({ stuck: { backup: null } });
  expect(siteNames()).toEqual(["Marlow Bakery"]);

  const backup = runOperation("backup", { siteId: "site-0001" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  world.operations = world.operations.filter(({ kind }: Operation) => kind !== "backup");
  world.sites = [...world.sites, site("site-0002", "Tidewater Yoga")];
  emit({ type: "notice", notice: stopped });

  const ended = await backup;
  expect(ended.ok ? [ended.value.state, ended.value.error?.code] : ended).toEqual(["failed", "ENGINE_STOPPED"]);
  expect(siteNames()).toEqual(["Marlow Bakery", "Tidewater Yoga"]);
  expect(settings().notices).toContainEqual(stopped);
});

it("ends what runs when the engine is down for good, says so once, and can look again later", async () => {
  const { world, down, emit, lookAt, runOperation, running, settings } = await openWindow({ stuck: { backup: null, look: null } });
  const backup = runOperation("backup", { siteId: "site-0001" });
  await vi.waitFor(() => expect(running()).toEqual(["look", "backup"]));
  down.error = keepsStopping;
  emit({ type: "notice", notice: { ...keepsStopping, ref: "abc123" } });

  const ended = await backup;
  expect(ended.ok ? [ended.value.state, ended.value.error?.code] : ended).toEqual(["failed", "ENGINE_STOPPED"]);
  expect(running()).toEqual([]);
  expect(settings().notices).toEqual([{ ...keepsStopping, ref: "abc123" }]);

  down.error = null;
  world.operations = [];
  lookAt("site-0001");
  await vi.waitFor(() => expect(running()).toEqual(["look"]));
});

it("asks for everything once more when an app that could not be opened tells of its sites", async () => {
  const { world, down, emit, siteNames, settings } = await openWindow({}, busy);
  expect(siteNames()).toBeUndefined();
  expect(settings()).toMatchObject({ host: null, notices: [busy] });
  down.error = null;
  world.settings = { ...world.settings, theme: "dark" };
  emit({ type: "sites", sites: world.sites });
  await vi.waitFor(() => expect(settings()).toMatchObject({ host: { version: "0.1.0" }, settings: { theme: "dark" }, notices: [] }));
  expect(siteNames()).toEqual(["Marlow Bakery"]);
});

it("reads what happened once more when the folder it is kept in is back", async () => {
  const gone = { code: "FOLDER_NOT_FOUND", message: "The backup folder is not there.", retryable: false } as const;
  const { world, lookAt, activity, running } = await openWindow({ overviews: { "site-0001": gone } });
  await vi.waitFor(() => expect(running()).toEqual([]));
  expect(activity()).toEqual([]);
  world.overviews = { "site-0001": overviewOf(7) };
  world.activity = [{ at: "2026-11-27T10:00:00.000Z", kind: "backed_up", level: "info", site: "x", siteId: "site-0001", message: "Backed up." }];
  lookAt("site-0001");
  await vi.waitFor(() => expect(activity()).toEqual(["Backed up."]));
});

it("believes the news that come while it reads the lists, which may be from before them", async () => {
  let arrive = (): void => undefined;
  const slow = vi.fn(() => new Promise<void>((resolve) => (arrive = resolve)));
  const backup: Operation = { id: "operation-0000", kind: "backup", siteId: "site-0001", state: "running", startedAt: "2026-11-27T10:00:00.000Z", endedAt: null, progress: null, error: null, result: null };
  const happened = (message: string, at: string): ActivityView => ({ at, kind: "backed_up", level: "info", site: "x", siteId: "site-0001", message });
  const listed = happened("listed", "2026-11-27T09:00:00.000Z");
  const both = happened("in the list and in the news", "2026-11-27T10:00:00.000Z");
  const off = { ...site("site-0001", "Marlow Bakery"), watching: "off" as const };
  const { world, opened, emit, sites, settings, activity, stateOf, running } = await openWindow({ sites: [off], operations: [backup], activity: [listed, both] }, null, { "activity.list": slow });
  await vi.waitFor(() => expect(slow).toHaveBeenCalled());

  emit({ type: "sites", sites: [site("site-0001", "Marlow Bakery")] });
  emit({ type: "settings", settings: { ...world.settings, theme: "dark" } });
  emit({ type: "operation", operation: { ...backup, state: "done", endedAt: "2026-11-27T10:00:01.000Z" } });
  emit({ type: "activity", activity: both });
  emit({ type: "activity", activity: happened("new", "2026-11-27T10:00:01.000Z") });
  arrive();
  await opened;
  expect(sites()).toMatchObject([{ watching: "on" }]);
  expect(settings().settings.theme).toBe("dark");
  expect(stateOf(backup.id)).toBe("done");
  expect(activity()).toEqual(["new", "in the list and in the news", "listed"]);
  await vi.waitFor(() => expect(running()).toEqual([]));
});
