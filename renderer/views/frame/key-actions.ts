/** From a key to what it does, for each host and system. Pure. */

export type KeyAction =
  | { readonly kind: "backup" | "copy" | "restore" | "redeploy" | "search" | "settings" | "regions" | "help" }
  | { readonly kind: "site" | "place"; readonly index: number };

interface Key {
  readonly code: string;
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export interface KeyContext {
  readonly isTyping: boolean;
  readonly isBrowser: boolean;
  readonly isMac: boolean;
}

const PLACES = 5;

function digit(code: string): number | null {
  const match = /^Digit([1-9])$/.exec(code);
  return match === null ? null : Number(match[1]) - 1;
}

export function actionOfKey(key: Key, { isTyping, isBrowser, isMac }: KeyContext): KeyAction | null {
  if (key.code === "F6") return { kind: "regions" };
  if (key.key === "?" && !isTyping && !key.ctrlKey && !key.metaKey && !key.altKey) return { kind: "help" };
  const ctrl = isMac ? key.metaKey && !key.ctrlKey : key.ctrlKey && !key.metaKey;
  const index = digit(key.code);
  if (key.altKey && !key.shiftKey && !key.ctrlKey && !key.metaKey && index !== null && index < PLACES) return { kind: "place", index };
  if (ctrl && key.shiftKey && !key.altKey && key.code === "KeyC") return { kind: "copy" };
  if (ctrl && !key.shiftKey && !key.altKey && key.code === "KeyF") return { kind: "search" };
  if (ctrl && !key.shiftKey && !key.altKey && key.code === "Comma") return { kind: "settings" };
  const main = isBrowser ? key.altKey && key.shiftKey && !key.ctrlKey && !key.metaKey : ctrl && !key.shiftKey && !key.altKey;
  if (!main) return null;
  if (index !== null) return { kind: "site", index };
  switch (key.code) {
    case "KeyB":
      return { kind: "backup" };
    case "KeyR":
      return { kind: "restore" };
    case "KeyD":
      return { kind: "redeploy" };
    default:
      return null;
  }
}

/** How the keys are written on this host, in the order of the list. */
export function keyNames({ isBrowser, isMac }: Pick<KeyContext, "isBrowser" | "isMac">): Record<string, string> {
  const ctrl = isMac ? "⌘" : "Ctrl";
  const main = isBrowser ? (isMac ? "⌥ ⇧" : "Alt Shift") : ctrl;
  return {
    backup: `${main} B`,
    copy: `${ctrl} ${isMac ? "⇧" : "Shift"} C`,
    restore: `${main} R`,
    redeploy: `${main} D`,
    search: `${ctrl} F`,
    site: `${main} 1–9`,
    place: `${isMac ? "⌥" : "Alt"} 1–5`,
    settings: `${ctrl} ,`,
    regions: "F6",
    escape: "Esc",
    help: "?",
  };
}
