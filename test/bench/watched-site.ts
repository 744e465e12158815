/** A real site that is watched with a clock of its own, so that an hour takes seconds, and what that sends over the wire. */
import { mkdtemp, rm } from "node:fs/promises";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchSite } from "../../electron/app/watch/watch-site.ts";
import { connect } from "../../electron/engine/chroma/connect.ts";
import { upsertRecords } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { closeServer, listen } from "../support/loopback.ts";
import { createManualClock } from "../support/manual-clock.ts";

const LOOKS_PER_HOUR = 120;

export async function createSite(url: string, collectionName: string, accounts: number): Promise<void> {
  const connection = await connect({ kind: "server", url });
  const { id } = await connection.createCollection({ name: collectionName, metadata: null, configuration: null, schema: null });
  await upsertRecords(connection, id, [sampleAccounts(accounts)]);
  await connection.close();
}

/** Watches until `work` is done; `look` lets one more look happen, half a minute later by its clock. */
export async function whileWatching(url: string, collectionName: string, work: (look: () => Promise<void>) => Promise<void>): Promise<void> {
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

/** What an hour of watching a site of so many accounts costs while nothing happens there; bytes up and down. */
export async function countedHour(chromaUrl: string, accounts: number): Promise<{ requests: number; up: number; down: number }> {
  const collectionName = `users-${accounts}`;
  await createSite(chromaUrl, collectionName, accounts);
  const proxy = await startFrontProxy({ target: chromaUrl });
  const meter = await startMeter(proxy.url);
  let hour = { requests: 0, up: 0, down: 0 };
  await whileWatching(meter.url, collectionName, async (look) => {
    const before = { requests: proxy.requests.length, ...meter.bytes() };
    for (let count = 0; count < LOOKS_PER_HOUR; count += 1) await look();
    const { up, down } = meter.bytes();
    hour = { requests: proxy.requests.length - before.requests, up: up - before.up, down: down - before.down };
  });
  await meter.close();
  await proxy.close();
  return hour;
}
