/** New versions, from the signed releases: fetched quietly, put in place at the next quit. Never in anybody's way: errors only reach the log. */
import { app } from "electron";
import type { AppUpdater } from "electron-updater";
import { appImageOf } from "./app-image.ts";
import type { RelayLog } from "./link/engine.ts";
import type { StateWatch } from "./state-watch.ts";

const CHECK_EVERY_MS = 6 * 60 * 60 * 1000;
const FIRST_CHECK_MS = 30_000;

/**
 * A copy that was not installed has nowhere to put a new version. On Linux only an AppImage can be replaced without anybody: for a .deb
 * electron-updater asks for the administrator's password, in the middle of quitting; other copies it leaves as they are.
 */
export function canUpdate(): boolean {
  return app.isPackaged && (process.platform !== "linux" || appImageOf(process.execPath, process.env) !== null);
}

/** Looks for updates while the owner's settings allow it. */
export function setupUpdates(state: StateWatch, log: RelayLog): void {
  if (!canUpdate()) return;
  let updater: Promise<AppUpdater> | null = null;
  const check = async (): Promise<void> => {
    if (state.current().settings?.automaticUpdates !== true) return;
    try {
      updater ??= load(log);
      await (await updater).checkForUpdates();
    } catch (error) {
      log.error("Looking for a new version failed.", error);
    }
  };
  setTimeout(() => void check(), FIRST_CHECK_MS).unref();
  setInterval(() => void check(), CHECK_EVERY_MS).unref();
}

/** Loaded late: it is not needed to show the window. */
async function load(log: RelayLog): Promise<AppUpdater> {
  const { autoUpdater } = (await import("electron-updater")).default;
  const line = (level: "info" | "warn" | "error") => (message?: unknown): void => log.record(level, `updates: ${String(message)}`);
  autoUpdater.logger = { info: line("info"), warn: line("warn"), error: line("error") };
  autoUpdater.autoDownload = true;
  autoUpdater.autoInstallOnAppQuit = true;
  autoUpdater.allowDowngrade = false;
  // Its errors come twice, as an event and as a rejection; without a listener the event would end the app.
  autoUpdater.on("error", () => undefined);
  return autoUpdater;
}
