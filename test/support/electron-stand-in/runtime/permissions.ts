// A session's three permission handlers. They are asked when the page asks, and their answer becomes Chromium's own setting for the
// origin, so that the page's call then behaves as Chromium behaves.
import type { Session } from "electron";

import type { PermissionQuestion } from "../page/messages.ts";
import { browser } from "./chromium.ts";
import { notEmulated } from "./loud.ts";
import { record } from "./record.ts";
import { fromWire, originOf } from "./wire-url.ts";

type RequestHandler = Parameters<Session["setPermissionRequestHandler"]>[0];
type CheckHandler = Parameters<Session["setPermissionCheckHandler"]>[0];
type DeviceHandler = Parameters<Session["setDevicePermissionHandler"]>[0];
type Permission = Parameters<NonNullable<CheckHandler>>[1];

export interface Asker {
  /** As Chromium has it: the https form for schemes of the app's own. */
  wireUrl: string;
  isMainFrame: boolean;
  contents: Electron.WebContents;
}

/** Names that CDP's Browser.setPermission takes, by the names Electron's handlers get. */
const CHROMIUM_NAMES: Partial<Record<Permission, string[]>> = {
  "clipboard-read": ["clipboard-read"],
  "clipboard-sanitized-write": ["clipboard-write"],
  "geolocation": ["geolocation"],
  "idle-detection": ["idle-detection"],
  "midi": ["midi"],
  "notifications": ["notifications"],
  "persistent-storage": ["persistent-storage"],
  "screen-wake-lock": ["screen-wake-lock"],
  "storage-access": ["storage-access"],
  "window-management": ["window-management"],
};

const MADE_UP_DEVICE = { name: "stand-in device", deviceId: "stand-in", vendorId: 0x1209, productId: 1 };

export class Permissions {
  request: RequestHandler = null;
  check: CheckHandler = null;
  device: DeviceHandler = null;

  /** Electron's own defaults hold where the app set no handler: everything is granted. */
  async answer(question: PermissionQuestion, asker: Asker): Promise<boolean> {
    const granted = await this.#decide(question, asker);
    record.permissions.push({ kind: question.kind, permission: question.permission, granted });
    if (question.kind !== "device") await apply(question, asker.wireUrl, granted);
    return granted;
  }

  #decide(question: PermissionQuestion, asker: Asker): Promise<boolean> {
    const url = fromWire(asker.wireUrl);
    const permission = question.permission as Permission;
    switch (question.kind) {
      case "check":
        return Promise.resolve(this.#check(question, permission, url, asker));
      case "device":
        return Promise.resolve(this.#device(question, permission, url, asker));
      case "request": {
        const { request } = this;
        if (!request) return Promise.resolve(true);
        const details = { requestingUrl: url, isMainFrame: asker.isMainFrame, ...(question.mediaTypes && { mediaTypes: question.mediaTypes, securityOrigin: originOf(url) }) };
        return new Promise((resolve) => request(asker.contents, permission, resolve, details));
      }
    }
  }

  #check(question: PermissionQuestion, permission: Permission, url: string, asker: Asker): boolean {
    const origin = originOf(url);
    const [mediaType] = question.mediaTypes ?? [];
    const details = { isMainFrame: asker.isMainFrame, requestingUrl: url, securityOrigin: origin, ...(mediaType && { mediaType }) };
    return this.check?.(asker.contents, permission, origin, details) ?? true;
  }

  /** No hardware is attached, so a granted device is where the stand-in ends. */
  #device(question: PermissionQuestion, permission: Permission, url: string, asker: Asker): boolean {
    if (!this.#check(question, permission, url, asker) || !this.device) return false;
    const device = { ...MADE_UP_DEVICE, guid: "stand-in", portId: "stand-in", portName: "stand-in" } as unknown as Electron.HIDDevice;
    const granted = this.device({ deviceType: question.permission as "hid" | "serial" | "usb", origin: originOf(url), device });
    return granted ? notEmulated(`a ${question.permission} device that the app grants`) : false;
  }
}

async function apply(question: PermissionQuestion, wireUrl: string, granted: boolean): Promise<void> {
  const names = question.permission === "media" ? (question.mediaTypes ?? ["audio", "video"]).map((kind) => (kind === "audio" ? "microphone" : "camera")) : (CHROMIUM_NAMES[question.permission as Permission] ?? []);
  for (const name of names) {
    await browser().root.send("Browser.setPermission", { origin: new URL(wireUrl).origin, permission: { name }, setting: granted ? "granted" : "denied" });
  }
}
