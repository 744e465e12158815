import { readFile } from "node:fs/promises";
import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { appIcon, BUSY_FRAMES, trayIcon, type TrayIcon } from "../../../electron/desktop/icons/mark.ts";
import { encodePng } from "../../../electron/desktop/icons/png.ts";

/** Width, height and filtered rows of a PNG as `encodePng` makes it: the compressed bytes may differ between versions of zlib. */
function decode(png: Buffer): { width: number; height: number; rows: Buffer } {
  const length = png.readUInt32BE(33);
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20), rows: inflateSync(png.subarray(41, 41 + length)) };
}

const conditions = ["unknown", "safe", "restored", "at_risk", "wiped", "asleep", "unreachable"] as const;
const drawn = (icon: Partial<TrayIcon>, size = 16): Buffer => decode(trayIcon({ condition: "safe", busyFrame: null, style: "dark", ...icon }, size)).rows;

describe("the tray's icon", () => {
  test("tells every state by its shape, at 16 pixels", () => {
    const shapes = conditions.filter((condition) => condition !== "unknown").map((condition) => drawn({ condition }).toString("hex"));
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  test("turns through as many frames as it has", () => {
    const frames = Array.from({ length: BUSY_FRAMES }, (_, busyFrame) => drawn({ busyFrame }).toString("hex"));
    expect(new Set(frames).size).toBe(BUSY_FRAMES);
  });

  test("is drawn in the size and colour asked for", () => {
    const { width, height, rows } = decode(trayIcon({ condition: "safe", busyFrame: null, style: "light" }, 24));
    expect([width, height, rows.length]).toEqual([24, 24, 24 * (1 + 24 * 4)]);
    // The middle of the dot.
    expect([...rows.subarray(10 * 97 + 1 + 12 * 4, 10 * 97 + 1 + 13 * 4)]).toEqual([255, 255, 255, 255]);
    expect(rows[1 + 3]).toBe(0);
  });
});

test("the app's icon is the one that build/draw-icon.mjs draws", async () => {
  const kept = decode(await readFile(new URL("../../../build/icon.png", import.meta.url)));
  const fresh = decode(encodePng(appIcon(512)));
  expect([kept.width, kept.height]).toEqual([512, 512]);
  expect(kept.rows.equals(fresh.rows)).toBe(true);
});
