/**
 * The desktop app from its start to its first sentence, its memory, and how long its main process is kept from
 * listening while 40,000 accounts are backed up. `npm run bench:desktop`; the figures are in README.md beside this file.
 * Without Electron's binary this runs on the stand-in: Node and Chromium are real, Electron's own start-up is not in it.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { startBundledServer, type BundledServer } from "../../electron/engine/server/bundled-server.ts";
import { childrenOf, startDesktop, type DesktopApp } from "../support/desktop-app.ts";
import { hostKind, launchElectron } from "../support/electron-stand-in/launch.ts";
import { createTestSite, type TestSite } from "../support/site.ts";

const STARTS = 5;
const MANY = 40_000;
const fixtureApp = join(import.meta.dirname, "..", "fixtures", "electron-stand-in-app");

let chroma: BundledServer;
beforeAll(async () => {
  chroma = await startBundledServer();
}, 120_000);
afterAll(async () => await chroma.stop());

async function siteOf(accounts: number): Promise<TestSite> {
  const site = await createTestSite(chroma.url);
  await site.create();
  const people = sampleAccounts(accounts).map((account) => ({ ...account, embedding: account.embedding.slice(0, 8) }));
  for (let from = 0; from < people.length; from += 5_000) await site.add(people.slice(from, from + 5_000));
  return site;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

async function timeOf(start: () => Promise<() => Promise<void>>): Promise<number> {
  const began = performance.now();
  const stop = await start();
  const ms = performance.now() - began;
  await stop();
  return ms;
}

it("start to first sentence, and memory", async () => {
  const first = await startDesktop();
  const siteId = await first.addSite(await siteOf(10));
  await first.run("backup", { siteId });
  await first.stop();
  const { userData } = first;

  const bare: number[] = [];
  const ours: number[] = [];
  for (let run = 0; run < STARTS; run += 1) {
    bare.push(await timeOf(async () => {
      const launched = await launchElectron({ appPath: fixtureApp });
      return async () => await launched.stop();
    }));
    ours.push(
      await timeOf(async () => {
        const desktop = await startDesktop({ userData });
        await desktop.page.getByRole("heading", { level: 1, name: "All 10 accounts are safe." }).waitFor();
        return async () => await desktop.stop();
      }),
    );
  }
  const desktop = await startDesktop({ userData });
  await desktop.page.getByRole("heading", { level: 1, name: "All 10 accounts are safe." }).waitFor();
  const main = await desktop.app.evaluate(() => process.pid);
  const worker = (await childrenOf(main)).find(({ command }) => command.includes("worker.js"));
  console.table({
    "an empty app, window loaded": { medianMs: Math.round(median(bare)) },
    "Account Keeper, first sentence with data": { medianMs: Math.round(median(ours)), ratio: Number((median(ours) / median(bare)).toFixed(2)) },
  });
  console.table({ "main process": { residentMB: await residentMegabytes(main) }, "engine's process": { residentMB: worker === undefined ? Number.NaN : await residentMegabytes(worker.pid) } });
  expect(median(ours)).toBeGreaterThan(0);
});

/** Delay of the main process's event loop while `work` runs. */
async function delayDuring({ app }: DesktopApp, work: () => Promise<void>): Promise<{ p99Ms: number; maxMs: number }> {
  await app.evaluate(() => {
    const histogram = process.getBuiltinModule("node:perf_hooks").monitorEventLoopDelay({ resolution: 5 });
    histogram.enable();
    Object.assign(globalThis, { delayHistogram: histogram });
  });
  await work();
  return await app.evaluate(() => {
    const { delayHistogram } = globalThis as unknown as { delayHistogram: { percentile(value: number): number; max: number; disable(): void } };
    delayHistogram.disable();
    return { p99Ms: delayHistogram.percentile(99) / 1e6, maxMs: delayHistogram.max / 1e6 };
  });
}

it("the main process while 40,000 accounts are backed up", async () => {
  const desktop = await startDesktop();
  const siteId = await desktop.addSite(await siteOf(MANY));
  const idle = await delayDuring(desktop, async () => {
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  });
  const busy = await delayDuring(desktop, async () => {
    expect(await desktop.run("backup", { siteId })).toMatchObject({ accounts: MANY });
  });
  console.log(`host: ${hostKind()}`);
  console.table({ "nothing to do": idle, "backing up 40,000": busy });
});
