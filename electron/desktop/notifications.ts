/** The system's notifications. Whether the owner wants one is decided before; here it is only shown. */
import { app, Notification } from "electron";
import type { Log } from "../app/keeper-app.ts";
import type { Notice } from "../app/ports.ts";

/**
 * As electron-builder.yml has it, and with it the shortcut that the installer makes. Windows shows notifications only of a
 * program that goes by the name of such a shortcut: https://www.electronjs.org/docs/latest/tutorial/notifications#windows
 */
const APP_ID = "io.github.account-keeper";

/** Without a site it is about all of them. */
export type DesktopNotice = Omit<Notice, "siteId"> & { readonly siteId: string | null };

/** A click leads to the site it is about. What the system does not show is logged. */
export function createNotifier(onClick: (siteId: string | null) => void, log: Log): (notice: DesktopNotice) => void {
  if (process.platform === "win32" && app.isPackaged) app.setAppUserModelId(APP_ID);
  // Without a reference the object, and with it the click, is collected while the notification still stands.
  const shown = new Set<Notification>();
  return ({ title, body, siteId }) => {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    shown.add(notification);
    const forget = (): void => void shown.delete(notification);
    notification.on("click", () => {
      forget();
      onClick(siteId);
    });
    notification.on("close", forget);
    // Windows when it refuses one; macOS for every one of an app that is not signed.
    notification.on("failed", (_event, error) => {
      forget();
      log.warn(`A notification was not shown: ${error}`);
    });
    notification.show();
  };
}
