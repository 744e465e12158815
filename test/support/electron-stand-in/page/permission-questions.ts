// Puts the main process's permission handlers in front of the page's own calls. The handlers' answer is written into Chromium's own
// permission settings before the real call goes on, so what the page then sees is Chromium's behaviour, not an imitation.
import type { Peer } from "./bridge-peer.ts";
import { page, type PageObject } from "./dom.ts";
import type { PermissionQuestion } from "./messages.ts";

type Ask = (question: PermissionQuestion) => Promise<boolean>;
type Options = Record<string, unknown> | undefined;

/** Names of the Permissions API and what Electron's handlers call them. */
const QUERY_NAMES: Record<string, string> = { camera: "media", microphone: "media", "clipboard-write": "clipboard-sanitized-write", "screen-wake-lock": "screen-wake-lock" };

export function installPermissions(peer: Peer): void {
  const ask: Ask = (question) => peer.request({ op: "permission", question }) as Promise<boolean>;
  const request = (permission: string): PermissionQuestion => ({ kind: "request", permission });

  before(page.Notification, "requestPermission", ask, () => request("notifications"));
  // MIDI, storage and the clipboard are methods of the page's own objects; each is only there in a secure context.
  const { navigator } = page;
  before(navigator["permissions"], "query", ask, ([descriptor]) => checkOf(descriptor));
  before(navigator["mediaDevices"], "getUserMedia", ask, ([constraints]) => ({ kind: "request", permission: "media", mediaTypes: mediaTypesOf(constraints as Options) }));
  before(navigator["mediaDevices"], "getDisplayMedia", ask, () => request("display-capture"));
  before(navigator["clipboard"], "readText", ask, () => request("clipboard-read"));
  before(navigator["clipboard"], "read", ask, () => request("clipboard-read"));
  before(navigator["clipboard"], "writeText", ask, () => request("clipboard-sanitized-write"));
  before(navigator["clipboard"], "write", ask, () => request("clipboard-sanitized-write"));
  before(navigator as PageObject, "requestMIDIAccess", ask, () => request("midi"));
  before(navigator["storage"], "persist", ask, () => request("persistent-storage"));
  before(navigator["wakeLock"], "request", ask, () => request("screen-wake-lock"));
  for (const device of ["hid", "usb", "serial"]) {
    for (const method of ["getDevices", "requestDevice", "getPorts", "requestPort"]) {
      before(navigator[device], method, ask, () => ({ kind: "device", permission: device }));
    }
  }
  installGeolocation(navigator["geolocation"], ask);
}

/** A refused request rejects as Chromium words it; where the page only looks, Chromium's own answer tells the truth by then. */
function before(target: PageObject | undefined, method: string, ask: Ask, questionOf: (args: unknown[]) => PermissionQuestion | undefined): void {
  const original = target?.[method];
  if (!target || typeof original !== "function") return;
  define(target, method, async function (this: unknown, ...args: unknown[]): Promise<unknown> {
    const question = questionOf(args);
    if (question) {
      const granted = await ask(question);
      const speaksForItself = question.permission === "notifications";
      if (!granted && question.kind === "request" && !speaksForItself) throw new page.DOMException("Permission denied", "NotAllowedError");
    }
    return original.apply(this, args);
  });
}

function installGeolocation(geolocation: PageObject | undefined, ask: Ask): void {
  for (const method of ["getCurrentPosition", "watchPosition"]) {
    const original = geolocation?.[method];
    if (!geolocation || typeof original !== "function") continue;
    // Callbacks instead of a promise; Chromium itself reports the refusal to the second one.
    define(geolocation, method, function (this: unknown, ...args: unknown[]): number {
      void ask({ kind: "request", permission: "geolocation" }).then(() => original.apply(this, args));
      return 1;
    });
  }
}

function define(target: PageObject, method: string, value: (this: unknown, ...args: unknown[]) => unknown): void {
  Object.defineProperty(target, method, { value, writable: true, configurable: true });
}

function checkOf(descriptor: unknown): PermissionQuestion | undefined {
  const name = (descriptor as Options)?.["name"];
  if (typeof name !== "string") return undefined;
  const question: PermissionQuestion = { kind: "check", permission: QUERY_NAMES[name] ?? name };
  if (name === "camera") question.mediaTypes = ["video"];
  if (name === "microphone") question.mediaTypes = ["audio"];
  return question;
}

function mediaTypesOf(constraints: Options): ("video" | "audio")[] {
  return (["audio", "video"] as const).filter((kind) => Boolean(constraints?.[kind]));
}
