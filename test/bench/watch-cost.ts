/**
 * What watching costs while nothing happens: requests and bytes per hour, counted on the wire in front of a real
 * ChromaDB, and memory after ten thousand looks. `npm run bench:watch`; the figures are in README.md beside this file.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { watchSite } from "../../electron/app/watch/watch-site.ts";
import { connect } from "../../electron/engine/chroma/connect.ts";
import { upsertRecords, type WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { startBundledServer, type BundledServer } from "../../electron/engine/server/bundled-server.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { closeServer, listen } from "../support/loopback.ts";
import { createManualClock } from "../support/manual-clock.ts";

const LOOKS_PER_HOUR = 120;

let chroma: BundledServer;
beforeAll(async () => {
  chroma = await startBundledServer();
}, 120_000);
afterAll(async () => await chroma.stop());

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc()");
}

async function* onePage(records: readonly WritableRecord[]): AsyncGenerator<readonly WritableRecord[]> {
  await Promise.resolve();
  yield records;
}

async function createSite(collectionName: string, accounts: number): Promise<void> {
  const connection = await connect({ kind: "server", url: chroma.url });
  const { id } = await connection.createCollection({ name: collectionName, metadata: null, configuration: null, schema: null });
  await upsertRecords(connection, id, onePage(sampleAccounts(accounts)));
  await connection.close();
}

/** Watches until `work` is done; `look` lets one more look happen, half a minute later by its clock. */
async function whileWatching(url: string, collectionName: string, work: (look: () => Promise<void>) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "account-keeper-bench-"));
  const clock = createManualClock("2026-03-02T09:00:00Z");
  const stop = new AbortController();
  // No jitter and no rehearsals: the same on every run.
  const watching = watchSite({ source: { kind: "server", url }, collectionName, folder }, { clock, signal: stop.signal, random: () => 0.5, rehearse: false });
  const look = async (): Promise<void> => {
    await clock.asleep();
    await clock.wake();
    await clock.asleep();
  };
  await look();
  await work(look);
  stop.abort();
  await watching;
  await rm(folder, { recursive: true });
}

/** Passes everything on and counts it, both ways, with everything HTTP adds. */
async function startMeter(target: string): Promise<{ url: string; bytes: () => { up: number; down: number }; close: () => Promise<void> }> {
  let up = 0;
  let down = 0;
  const { hostname, port } = new URL(target);
  const server = createServer((client: Socket) => {
    const onward = connectTcp(Number(port), hostname);
    client.on("data", (chunk: Buffer) => (up += chunk.length));
    onward.on("data", (chunk: Buffer) => (down += chunk.length));
    client.pipe(onward).pipe(client);
    onward.on("error", () => client.destroy());
    client.on("close", () => onward.destroy());
  });
  const ownPort = await listen(server);
  return { url: `http://127.0.0.1:${ownPort}`, bytes: () => ({ up, down }), close: async () => await closeServer(server) };
}

it.each([10, 1_000])("an hour of %i accounts at rest", async (accounts) => {
  const collectionName = `users-${accounts}`;
  await createSite(collectionName, accounts);
  const proxy = await startFrontProxy({ target: chroma.url });
  const meter = await startMeter(proxy.url);
  await whileWatching(meter.url, collectionName, async (look) => {
    const before = { requests: proxy.requests.length, ...meter.bytes() };
    for (let count = 0; count < LOOKS_PER_HOUR; count += 1) await look();
    const { up, down } = meter.bytes();
    const requests = proxy.requests.length - before.requests;
    expect(requests).toBeGreaterThanOrEqual(LOOKS_PER_HOUR);
    console.log(`${accounts} accounts, 1 hour: ${requests} requests, ${Math.round((up - before.up) / 1_000)} KB up, ${Math.round((down - before.down) / 1_000)} KB down`);
  });
  await meter.close();
  await proxy.close();
});

it("memory after 1,000 and after 10,000 looks", async () => {
  await createSite("users-memory", 10);
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
