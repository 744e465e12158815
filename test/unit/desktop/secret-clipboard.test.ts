import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CLEAR_AFTER_MS, createSecretClipboard } from "../../../electron/desktop/secret-clipboard.ts";

function stage() {
  const board = { text: "before", isReadable: true };
  const ends: string[] = [];
  const clipboard = createSecretClipboard(
    {
      writeSecret: (text) => Promise.resolve(void (board.text = text)),
      readText: () => (board.isReadable ? Promise.resolve(board.text) : Promise.reject(new Error("locked"))),
      clear: () => void (board.text = ""),
    },
    (state) => ends.push(state),
  );
  return { board, ends, clipboard };
}

describe("a secret on the clipboard", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("is there for a minute and then gone", async () => {
    const { board, ends, clipboard } = stage();
    expect(await clipboard.copy("secret")).toBe(CLEAR_AFTER_MS);
    await vi.advanceTimersByTimeAsync(CLEAR_AFTER_MS - 1);
    expect([board.text, ends]).toEqual(["secret", []]);
    await vi.advanceTimersByTimeAsync(1);
    expect([board.text, ends]).toEqual(["", ["cleared"]]);
  });

  test("is left alone when something else is there by then", async () => {
    const { board, ends, clipboard } = stage();
    await clipboard.copy("secret");
    board.text = "the owner's own";
    await vi.advanceTimersByTimeAsync(CLEAR_AFTER_MS);
    expect([board.text, ends]).toEqual(["the owner's own", ["left"]]);
  });

  test("starts a new minute when it is copied again", async () => {
    const { board, ends, clipboard } = stage();
    await clipboard.copy("one");
    await vi.advanceTimersByTimeAsync(40_000);
    await clipboard.copy("two");
    await vi.advanceTimersByTimeAsync(40_000);
    expect([board.text, ends]).toEqual(["two", []]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect([board.text, ends]).toEqual(["", ["cleared"]]);
  });

  test("goes when nobody can read whose it is", async () => {
    const { board, ends, clipboard } = stage();
    await clipboard.copy("secret");
    board.isReadable = false;
    await vi.advanceTimersByTimeAsync(CLEAR_AFTER_MS);
    expect([board.text, ends]).toEqual(["", ["cleared"]]);
  });

  test("goes at once when the app ends, and only once", async () => {
    const untouched = stage();
    await untouched.clipboard.clearNow();
    expect([untouched.board.text, untouched.ends]).toEqual(["before", []]);
    const { board, ends, clipboard } = stage();
    await clipboard.copy("secret");
    await Promise.all([clipboard.clearNow(), clipboard.clearNow()]);
    await vi.advanceTimersByTimeAsync(CLEAR_AFTER_MS);
    expect([board.text, ends]).toEqual(["", ["cleared"]]);
  });

  test("on its way while the app ends is gone when it has, and none is put there after it", async () => {
    let text = "before";
    let land = (): void => undefined;
    const clipboard = createSecretClipboard(
      {
        writeSecret: (secret) => new Promise((resolve) => (land = () => resolve(void (text = secret)))),
        readText: () => Promise.resolve(text),
        clear: () => void (text = ""),
      },
      () => undefined,
    );
    const copying = clipboard.copy("secret");
    const ending = clipboard.clearNow();
    land();
    await Promise.all([copying, ending]);
    expect(text).toBe("");
    await expect(clipboard.copy("another")).rejects.toThrow();
  });

  test("that could not be put there starts no clock", async () => {
    const ends: string[] = [];
    const clipboard = createSecretClipboard({ writeSecret: () => Promise.reject(new Error("no clipboard")), readText: () => Promise.resolve(""), clear: () => undefined }, (state) => ends.push(state));
    await expect(clipboard.copy("secret")).rejects.toThrow("no clipboard");
    await vi.advanceTimersByTimeAsync(CLEAR_AFTER_MS);
    expect(ends).toEqual([]);
  });
});
