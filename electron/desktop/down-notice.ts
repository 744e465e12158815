/** Tells the owner, once, that nobody watches any more: the engine cannot tell it itself. */
import type { DesktopNotice } from "./notifications.ts";
import { NOT_WATCHING } from "./site-condition.ts";
import type { StateWatch } from "./state-watch.ts";

/** Settings that cannot be read forbid nothing. */
export function setupDownNotice(state: StateWatch, notify: (notice: DesktopNotice) => void): void {
  state.onChange((before) => {
    const { engineDown, settings } = state.current();
    if (engineDown === null || before.engineDown !== null || settings?.notifications === false) return;
    const { message, hint } = engineDown;
    notify({ title: NOT_WATCHING, body: hint === undefined ? message : `${message} ${hint}`, siteId: null });
  });
}
