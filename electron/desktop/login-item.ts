/** Starting with the computer, in the tray, as the owner's settings say. */
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { app } from "electron";
import type { Log } from "../app/keeper-app.ts";
import { ensureFolder, writeSmallFile } from "../engine/vault/atomic.ts";
import { appImageOf } from "./app-image.ts";
import type { StateWatch } from "./state-watch.ts";

/** Unpackaged it would start Electron without an app. */
export function canStartAtLogin(): boolean {
  return app.isPackaged;
}

/** Given at such a start: the window stays away until it is wanted. */
const HIDDEN = "--hidden";

export function startsHidden(): boolean {
  return process.argv.includes(HIDDEN) || (process.platform === "darwin" && app.getLoginItemSettings().wasOpenedAtLogin);
}

/** Follows the setting. What the system refuses is logged. */
export function setupLoginItem(state: StateWatch, log: Log): void {
  if (!canStartAtLogin()) return;
  let done: boolean | undefined;
  state.onChange(() => {
    const wanted = state.current().settings?.startAtLogin;
    if (wanted === undefined || wanted === done) return;
    done = wanted;
    apply(wanted).catch((error: unknown) => log.error("Starting with the computer could not be set.", error));
  });
}

async function apply(wanted: boolean): Promise<void> {
  if (process.platform !== "linux") {
    app.setLoginItemSettings({ openAtLogin: wanted, args: [HIDDEN] });
    return;
  }
  const path = join(process.env["XDG_CONFIG_HOME"] || join(app.getPath("home"), ".config"), "autostart", "account-keeper.desktop");
  if (!wanted) {
    await rm(path, { force: true });
    return;
  }
  await ensureFolder(dirname(path));
  // An AppImage is mounted anew at every start; this is where it lies.
  await writeSmallFile(path, autostartEntry(app.getName(), appImageOf(process.execPath, process.env) ?? app.getPath("exe")));
}

/** A file of the freedesktop autostart specification. */
function autostartEntry(name: string, executable: string): string {
  const quoted = executable.replace(/[\\"`$]/g, "\\$&").replaceAll("\\", "\\\\").replaceAll("%", "%%");
  return ["[Desktop Entry]", "Type=Application", `Name=${name}`, `Exec="${quoted}" ${HIDDEN}`, "X-GNOME-Autostart-enabled=true", "Terminal=false", ""].join("\n");
}
