/**
 * What watching costs while nothing happens: requests and bytes per hour, counted on the wire in front of a real
 * ChromaDB, and memory after ten thousand looks. `npm run bench:watch`; the figures are in README.md beside this file.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startBundledServer, type BundledServer } from "../../electron/engine/server/bundled-server.ts";
import { countedHour, createSite, whileWatching } from "./watched-site.ts";

let chroma: BundledServer;
beforeAll(async () => {
  chroma = await startBundledServer();
}, 120_000);
afterAll(async () => await chroma.stop());

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc()");
}

it.each([10, 1_000])("an hour of %i accounts at rest", async (accounts) => {
  const { requests, up, down } = await countedHour(chroma.url, accounts);
  expect(requests).toBeGreaterThanOrEqual(120);
  console.log(`${accounts} accounts, 1 hour: ${requests} requests, ${Math.round(up / 1_000)} KB up, ${Math.round(down / 1_000)} KB down`);
});

it("memory after 1,000 and after 10,000 looks", async () => {
  await createSite(chroma.url, "users-memory", 10);
  await whileWatching(chroma.url, "users-memory", async (look) => {
    const startedMs = performance.now();
    for (let count = 1; count <= 10_000; count += 1) {
      await look();
      if (![100, 1_000, 5_000, 10_000].includes(count)) continue;
      collectGarbage();
      const { heapUsed, rss } = process.memoryUsage();
      console.log(`look ${count.toLocaleString("en-US")}: heap ${(heapUsed / 1e6).toFixed(2)} MB, resident ${Math.round(rss / 1e6)} MB, ${((performance.now() - startedMs) / count).toFixed(1)} ms a look`);
    }
  });
});
