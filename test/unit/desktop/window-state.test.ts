import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { boundsFor, readWindowState, writeWindowState } from "../../../electron/desktop/window-state.ts";

const laptop = { x: 0, y: 0, width: 1920, height: 1040 };
const second = { x: 1920, y: 0, width: 2560, height: 1400 };
const state = { x: 200, y: 100, width: 1300, height: 820, maximized: false };

async function statePath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "account-keeper-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "window.json");
}

describe("the file", () => {
  test("keeps what was written, for its owner only", async () => {
    const path = await statePath();
    await writeWindowState(path, state);
    expect(await readWindowState(path)).toEqual(state);
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test.each(["", "{", "null", "[]", '{"x":1}', '{"x":"1","y":1,"width":900,"height":600,"maximized":false}', '{"x":1e9,"y":1,"width":900,"height":600,"maximized":false}', '{"x":1,"y":1,"width":900,"height":600,"maximized":false,"__proto__":{},"more":1}'])(
    "is not used when it holds %j",
    async (text) => {
      const path = await statePath();
      await writeFile(path, text);
      expect(await readWindowState(path)).toBeNull();
    },
  );

  test("may be missing", async () => {
    expect(await readWindowState(await statePath())).toBeNull();
  });
});

describe("the window opens", () => {
  test("in its first size where nothing is known", () => {
    expect(boundsFor(null, [laptop])).toEqual({ width: 1280, height: 800 });
  });

  test("where it stood", () => {
    expect(boundsFor(state, [laptop])).toEqual({ x: 200, y: 100, width: 1300, height: 820 });
    expect(boundsFor({ ...state, x: 2000 }, [laptop, second])).toMatchObject({ x: 2000, y: 100 });
  });

  test.each([
    ["on a screen that is gone", { ...state, x: 2500 }],
    ["with its bar above the screen", { ...state, y: -300 }],
    ["with its bar below the screen", { ...state, y: 1030 }],
    ["with only a sliver on the screen", { ...state, x: 1900 }],
    ["left of the screen", { ...state, x: -1290 }],
  ])("in the middle when it stood %s", (_where, gone) => {
    expect(boundsFor(gone, [laptop])).toEqual({ width: 1300, height: 820 });
  });

  test("no larger than its screen and no smaller than the page holds", () => {
    expect(boundsFor({ ...state, x: 0, y: 0, width: 5000, height: 5000 }, [laptop])).toMatchObject({ width: 1920, height: 1040 });
    expect(boundsFor({ ...state, width: 10, height: -5 }, [laptop])).toEqual({ width: 900, height: 600 });
    expect(boundsFor(null, [{ x: 0, y: 0, width: 800, height: 500 }])).toEqual({ width: 900, height: 600 });
  });

  test("somewhere even without a screen", () => {
    expect(boundsFor(state, [])).toEqual({ width: 1280, height: 800 });
  });
});
