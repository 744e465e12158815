/** People sign up and delete their accounts while a backup runs: whoever was there all the time is in it, exactly once. */
import { inject, describe, expect, it, onTestFinished } from "vitest";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import { connect } from "../../electron/engine/chroma/connect.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite, type BackupReport } from "../../electron/engine/operations/backup-site.ts";
import { startFrontProxy, type FrontProxy } from "../support/front-proxy.ts";
import { createTestSite, type TestSite } from "../support/site.ts";

/** More than the first pages together, so that the backup asks several times. */
const ACCOUNTS = 700;
const everybody = sampleAccounts(ACCOUNTS + 8).map((account) => ({ ...account, embedding: account.embedding.slice(0, 4) }));
const early = everybody.slice(0, ACCOUNTS);
const late = everybody.slice(ACCOUNTS);
const idOf = (index: number): string => early[index]?.id ?? "";

/** Every reading of records, the listing of ids among them. */
const GET = /POST .*\/get$/;

interface BusySite {
  readonly site: TestSite;
  readonly proxy: FrontProxy;
  /** Backs up through the proxy. */
  readonly backUp: () => Promise<BackupReport>;
}

async function busySite(): Promise<BusySite> {
  const site = await createTestSite();
  await site.create();
  await site.add(early);
  const proxy = await startFrontProxy({ target: inject("chromaUrl") });
  const connection = await connect({ kind: "server", url: proxy.url }, { retries: { retries: 3, firstPauseMs: 1 } });
  onTestFinished(async () => {
    await connection.close();
    await proxy.close();
  });
  return { site, proxy, backUp: async () => await backupSite({ ...site, connection }) };
}

async function idsIn(path: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of (await openBackup({ path })).records()) ids.push(...page.map((record) => record.id));
  return ids;
}

function expectOnceEach(ids: readonly string[], present: readonly WritableRecord[]): void {
  expect(new Set(ids).size, "nobody twice").toBe(ids.length);
  const found = new Set(ids);
  expect(present.filter((account) => !found.has(account.id)).map((account) => account.id)).toEqual([]);
}

describe("while a backup runs", () => {
  it.each([
    ["after the ids were listed, before the first page", 1],
    ["between two pages", 2],
    ["while the last pages are read", 3],
  ])("accounts come and go %s", async (_, gate) => {
    const { site, proxy, backUp } = await busySite();
    // The question whether all comes at once and the listing pass, and `gate - 1` pages after them.
    const held = proxy.pause(GET, gate + 1);
    const backingUp = backUp();
    await held.reached;
    // From the start, the middle and the end: paging by offset would skip whoever follows.
    const gone = [0, 1, 63, 64, 65, 350, 698, 699].map(idOf);
    await site.deleteAccounts(gone);
    await site.add(late);
    held.release();
    const report = await backingUp;
    const stayed = early.filter((account) => !gone.includes(account.id));
    const ids = await idsIn(report.path);
    // The newcomers are found by the second listing.
    expectOnceEach(ids, [...stayed, ...late]);
    expect(report.records).toBe(ids.length);
  });

  it("accounts are deleted and made again, and stand in the file once", async () => {
    const { site, proxy, backUp } = await busySite();
    await backUp();
    const requests = proxy.requests.filter(({ method, path }) => GET.test(`${method} ${path}`)).length;
    const first = proxy.pause(GET, 3);
    // The last request of a quiet backup is the second listing.
    const second = proxy.pause(GET, requests - 1);
    const backingUp = backUp();
    await first.reached;
    // Somebody already read and somebody not yet read.
    const again = early.filter((account) => [3, 650].map(idOf).includes(account.id));
    const changed = again.map((account) => ({ ...account, document: (account.document ?? "").replace('"is_verified":', '"is_verified_again":true,"is_verified":') }));
    await site.deleteAccounts(again.map((account) => account.id));
    first.release();
    // The pages pass without them; they are back before the ids are listed again.
    await second.reached;
    await site.add(changed);
    second.release();
    const report = await backingUp;
    expectOnceEach(await idsIn(report.path), early);
  });

  it("somebody signs up after every page, and is in the file", async () => {
    const { site, proxy, backUp } = await busySite();
    const backingUp = backUp();
    const newcomers: WritableRecord[] = [];
    let pause = proxy.pause(GET, 0);
    const done = backingUp.then(() => null);
    // Ends when the backup does: it then asks no more.
    for (const newcomer of late) {
      const reached = await Promise.race([pause.reached.then(() => true), done]);
      if (reached === null) break;
      await site.add([newcomer]);
      newcomers.push(newcomer);
      const next = proxy.pause(GET, 0);
      pause.release();
      pause = next;
    }
    pause.release();
    const report = await backingUp;
    expect(newcomers.length).toBe(late.length);
    expectOnceEach(await idsIn(report.path), [...early, ...newcomers]);
  });

  it.each([
    ["cut off", { kind: "truncate", share: 0.5, length: "announced" }],
    ["cut off where no length tells", { kind: "truncate", share: 0.5, length: "until_close" }],
    ["lost with its connection", { kind: "reset" }],
    ["an error of the proxy", { kind: "status", status: 503, html: "<h1>busy</h1>" }],
  ] as const)("a page whose answer is %s is read again", async (_, fault) => {
    const { proxy, backUp } = await busySite();
    const held = proxy.pause(GET, 1);
    const backingUp = backUp();
    await held.reached;
    proxy.inject(GET, fault, 2);
    held.release();
    const report = await backingUp;
    const ids = await idsIn(report.path);
    expectOnceEach(ids, early);
    expect(ids).toHaveLength(ACCOUNTS);
  });
});
