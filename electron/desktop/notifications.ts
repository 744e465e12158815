/** The system's notifications. Whether the owner wants one is decided before; here it is only shown. */
import { Notification } from "electron";
import type { Notice } from "../app/ports.ts";

/** Without a site it is about all of them. */
export type DesktopNotice = Omit<Notice, "siteId"> & { readonly siteId: string | null };

/** A click leads to the site it is about. */
export function createNotifier(onClick: (siteId: string | null) => void): (notice: DesktopNotice) => void {
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
    notification.on("failed", forget);
    notification.show();
  };
}
