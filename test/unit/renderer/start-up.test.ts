/** What the window does at its start, and when the engine stops under it. */
import { expect, it, vi } from "vitest";
import type { Operation } from "../../../shared/operations.ts";
import type { SiteView } from "../../../shared/model.ts";
import { fakeBridge, overviewOf } from "./fake-bridge.ts";

const site = (id: string, name: string): SiteView => ({ id, name, source: { kind: "server", shown: "https://db.example.com", tenant: null, database: null, auth: "none", hasKey: true }, collectionName: "users", vault: "~/Backups", encrypted: false, settings: { watch: true, restoreAfterWipe: true, rehearse: true }, watching: "on", canBeWatched: true, trouble: null, render: null });
const stopped = { code: "ENGINE_STOPPED", message: "The engine stopped and was started again.", retryable: true } as const;

it("reads every list again when the engine was started anew, and ends what was lost with the old one", async () => {
  const world: Parameters<typeof fakeBridge>[0] = {
    sites: [site("site-0001", "Marlow Bakery")],
    overviews: { "site-0001": overviewOf(7), "site-0002": overviewOf(2) },
    backups: {},
    activity: [],
    settings: { theme: "system", contrast: "system", notifications: true, startAtLogin: false, closeToTray: true, automaticUpdates: true },
    host: { host: "desktop", version: "0.1.0", platform: "linux", clipboard: "host", secrets: "keychain", dialogs: true, notifications: true, startAtLogin: true, updates: true, suggestedVault: "~/Documents/Account Keeper", notices: [] },
    results: {},
    operations: [],
    stuck: { backup: null },
    delayMs: 1,
  };
  const keeper = fakeBridge(world);
  vi.stubGlobal("window", { keeper, localStorage: { getItem: () => null, setItem: () => undefined } });
  vi.stubGlobal("document", { visibilityState: "visible" });
  const { startUp } = await import("../../../renderer/flows/start-up.ts");
  const { runOperation } = await import("../../../renderer/api/operations.ts");
  const { sitesStore } = await import("../../../renderer/stores/sites.ts");
  const { settingsStore } = await import("../../../renderer/stores/settings.ts");
  await startUp();
  expect(sitesStore.getState().sites?.map(({ name }) => name)).toEqual(["Marlow Bakery"]);

  const backup = runOperation("backup", { siteId: "site-0001" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  world.operations = world.operations.filter(({ kind }: Operation) => kind !== "backup");
  world.sites = [...world.sites, site("site-0002", "Tidewater Yoga")];
  keeper.emit({ type: "notice", notice: stopped });

  const ended = await backup;
  expect(ended.ok ? [ended.value.state, ended.value.error?.code] : ended).toEqual(["failed", "ENGINE_STOPPED"]);
  expect(sitesStore.getState().sites?.map(({ name }) => name)).toEqual(["Marlow Bakery", "Tidewater Yoga"]);
  expect(settingsStore.getState().notices).toContainEqual(stopped);
  vi.unstubAllGlobals();
});
