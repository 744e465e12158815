/** How much JavaScript the window brings with it, as a server sends it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const ASSETS = join(import.meta.dirname, "..", "..", "dist", "renderer", "assets");
const MOST_BYTES = 250 * 1_024;

test("all of the window's JavaScript stays under 250 KB gzipped", () => {
  const scripts = readdirSync(ASSETS).filter((name) => name.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(0);
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(ASSETS, name))).length, 0);
  expect(bytes).toBeLessThan(MOST_BYTES);
});
