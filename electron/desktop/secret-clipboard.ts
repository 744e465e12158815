/**
 * A secret on the clipboard for a minute: put there, and taken away again if it is still ours. Owns the timing and keeps
 * only the secret's hash; how the clipboard is reached is given to it.
 */
import { createHash } from "node:crypto";

export interface ClipboardAccess {
  /** Puts the text there so that clipboard histories leave it alone, where the system has a way to ask for that. */
  writeSecret(text: string): Promise<void>;
  readText(): Promise<string>;
  clear(): void;
}

export interface SecretClipboard {
  /** Returns after how many milliseconds it is taken away. A second secret takes the place of the first. Throws what the clipboard says. */
  copy(secret: string): Promise<number>;
  /** Takes it away at once, also one that is on its way there, for when the program ends: none is put there any more. Never throws. */
  clearNow(): Promise<void>;
}

export const CLEAR_AFTER_MS = 60_000;

/** `onEnd` is told once for each secret that was not replaced: cleared, or left because something else was there by then. */
export function createSecretClipboard(clipboard: ClipboardAccess, onEnd: (state: "cleared" | "left") => void): SecretClipboard {
  let current: { hash: string; timer: NodeJS.Timeout } | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isOver = false;

  async function end(hash: string): Promise<void> {
    if (current?.hash !== hash) return;
    clearTimeout(current.timer);
    current = null;
    let state: "cleared" | "left" = "left";
    try {
      if (hashOf(await clipboard.readText()) === hash) {
        clipboard.clear();
        state = "cleared";
      }
    } catch {
      // It cannot be read, so nobody can say whose it is: better gone than left.
      clipboard.clear();
      state = "cleared";
    }
    onEnd(state);
  }

  return {
    async copy(secret) {
      if (isOver) throw new Error("The program ends: nobody would take it away.");
      writing = clipboard.writeSecret(secret);
      await writing;
      if (current !== null) clearTimeout(current.timer);
      const hash = hashOf(secret);
      current = { hash, timer: setTimeout(() => void end(hash), CLEAR_AFTER_MS) };
      return CLEAR_AFTER_MS;
    },
    async clearNow() {
      isOver = true;
      await writing.catch(() => undefined);
      if (current !== null) await end(current.hash);
    },
  };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
