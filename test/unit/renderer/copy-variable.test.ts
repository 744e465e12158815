/** The variable on a browser's clipboard: it stays there for a minute, whatever is tried meanwhile, and what is somebody else's is left. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";

interface Clipboard {
  text: string;
  refuses: boolean;
}

/** The window's own modules, anew, in a browser whose clipboard may refuse. */
async function openPage() {
  const clipboard: Clipboard = { text: "", refuses: false };
  const page = { hasFocus: true, onFocus: new Set<() => void>() };
  let made = 0;
  const call = vi.fn((command: string) => {
    if (command !== "variable.reveal") throw new Error(`The fake app has no ${command}.`);
    made += 1;
    return Promise.resolve({ ok: true, value: { value: `secret-${made}`, length: 8, checksum: "0000", accounts: 1 } });
  });
  vi.resetModules();
  vi.stubGlobal("window", { keeper: { call, onEvent: () => () => undefined }, localStorage: { getItem: () => null, setItem: () => undefined }, addEventListener: (_type: string, listener: () => void) => page.onFocus.add(listener) });
  vi.stubGlobal("document", { hasFocus: () => page.hasFocus });
  vi.stubGlobal("ClipboardItem", class {
    readonly parts: Record<string, Promise<Blob>>;
    constructor(parts: Record<string, Promise<Blob>>) {
      this.parts = parts;
    }
  });
  vi.stubGlobal("navigator", {
    clipboard: {
      async write([item]: { parts: Record<string, Promise<Blob>> }[]) {
        const blob = await item?.parts["text/plain"];
        if (clipboard.refuses) throw new DOMException("", "NotAllowedError");
        clipboard.text = (await blob?.text()) ?? "";
      },
      writeText(text: string) {
        if (clipboard.refuses) return Promise.reject(new DOMException("", "NotAllowedError"));
        clipboard.text = text;
        return Promise.resolve();
      },
      readText: () => Promise.resolve(clipboard.text),
    },
  });
  const { copyVariable } = await import("../../../renderer/flows/copy-variable.ts");
  const { clipboardStore } = await import("../../../renderer/stores/clipboard.ts");
  const { settingsStore, setHost } = await import("../../../renderer/stores/settings.ts");
  setHost({ host: "web", version: "0.1.0", platform: "linux", clipboard: "page", secrets: "memory", dialogs: false, fileManager: false, notifications: false, startAtLogin: false, updates: false, suggestedVault: "~/Documents/Account Keeper", notices: [] });
  expect(settingsStore.getState().host?.clipboard).toBe("page");
  const focus = (): void => {
    page.hasFocus = true;
    for (const listener of [...page.onFocus]) listener();
    page.onFocus.clear();
  };
  return { clipboard, page, focus, copyVariable, state: () => clipboardStore.getState() };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("is cleared after a minute", async () => {
  const { clipboard, copyVariable, state } = await openPage();
  await copyVariable("site-0001");
  expect([clipboard.text, state().copied?.state]).toEqual(["secret-1", "there"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([clipboard.text, state().copied?.state]).toEqual(["", "cleared"]);
});

it("is cleared as well when another copy was tried and refused", async () => {
  const { clipboard, copyVariable, state } = await openPage();
  await copyVariable("site-0001");
  clipboard.refuses = true;
  await copyVariable("site-0002");
  expect(state().failed).toMatchObject({ siteId: "site-0002", error: { code: "NOT_AVAILABLE_HERE" } });
  clipboard.refuses = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([clipboard.text, state().copied?.state]).toEqual(["", "cleared"]);
});

it("a second copy has a minute of its own, also when the first one waits for the page to be in front", async () => {
  const { clipboard, page, focus, copyVariable, state } = await openPage();
  await copyVariable("site-0001");
  page.hasFocus = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(clipboard.text).toBe("secret-1");
  await copyVariable("site-0001");
  focus();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([clipboard.text, state().copied?.state]).toEqual(["secret-2", "there"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([clipboard.text, state().copied?.state]).toEqual(["", "cleared"]);
});

it("what somebody else has copied since is left", async () => {
  const { clipboard, copyVariable, state } = await openPage();
  await copyVariable("site-0001");
  clipboard.text = "a recipe";
  await vi.advanceTimersByTimeAsync(60_000);
  expect([clipboard.text, state().copied?.state]).toEqual(["a recipe", "left"]);
});
