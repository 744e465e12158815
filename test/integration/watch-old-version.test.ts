/** A site that restores itself from something old: the watcher does not take the old passwords for the newest state of things. */
import { afterEach, beforeEach, expect, inject, it, onTestFinished, vi } from "vitest";
import type { ActivityNews } from "../../electron/engine/activity/activity.ts";
import { createSiteWatcher, type SiteWatcher } from "../../electron/app/watch/site-watcher.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { chooseBackup } from "../../electron/engine/operations/restore-site.ts";
import { createTestSite, type TestSite } from "../support/site.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";

const signal = new AbortController().signal;
const LATER = "2026-06-01T10:00:00.000000";
let site: TestSite;
let clock: ManualClock;
let news: ActivityNews[];
let watcher: SiteWatcher;

function createWatcher(restoreAfterWipe: boolean): SiteWatcher {
  const options = { clock, restoreAfterWipe, fullCheckMs: 600_000, onNews: (item: ActivityNews) => Promise.resolve(void news.push(item)) };
  return createSiteWatcher({ source: { kind: "server", url: inject("chromaUrl") }, collectionName: site.collectionName, folder: site.folder }, options);
}

beforeEach(async () => {
  site = await createTestSite();
  clock = createManualClock("2026-06-02T09:00:00Z");
  news = [];
  watcher = createWatcher(true);
  await site.create();
});
afterEach(async () => await watcher.close());

function changed(record: WritableRecord, change: object): WritableRecord {
  return { ...record, document: JSON.stringify({ ...(JSON.parse(record.document ?? "") as object), ...change }) };
}

async function inNewestBackup(): Promise<Map<string, string | null>> {
  const { backup } = await chooseBackup({ kind: "vault", folder: site.folder });
  const documents = new Map<string, string | null>();
  for await (const page of backup.records()) for (const { id, document } of page) documents.set(id, document);
  return documents;
}

const documents = async (): Promise<Map<string, string | null>> => new Map([...(await site.read())].map(([id, { document }]) => [id, document]));

const [ada, bjorn, chidi] = sampleAccounts(3);
if (ada === undefined || bjorn === undefined || chidi === undefined) throw new Error("nobody");
const adaToday = changed(ada, { password_hash: "$2b$12$today", updated_at: LATER });
const bjornSince = changed(bjorn, { password_hash: "$2b$12$since", updated_at: "2026-06-02T08:59:59.000000" });

it("puts old versions right, and leaves what changed since as it is", async () => {
  await site.add([adaToday, bjorn, chidi]);
  await watcher.look(signal);
  await site.wipe();
  await site.create();
  // Its own code brings all three back as they were when the variable was made; then Björn changes his password.
  await site.add([ada, bjornSince, chidi]);
  await watcher.look(signal);
  const expected = new Map([adaToday, bjornSince, chidi].map(({ id, document }) => [id, document]));
  expect(await documents()).toEqual(expected);
  expect(await inNewestBackup()).toEqual(expected);
  expect(news.map(({ kind, message }) => (kind === "restored" ? message : kind))).toEqual(["backed_up", "Your site had brought 1 account back in an older version. It is as in the newest backup again.", "backed_up"]);
});

it("does so too for those who came back by themselves when others had to be brought back", async () => {
  await site.add([adaToday, bjorn, chidi]);
  await watcher.look(signal);
  await site.wipe();
  await site.create();
  await site.add([ada]);
  await watcher.look(signal);
  expect((await documents()).get(ada.id)).toBe(adaToday.document);
  expect((await inNewestBackup()).get(ada.id)).toBe(adaToday.document);
});

it("tells which version is older by the site's clock, also in the hour that daylight saving takes from this computer's", async () => {
  vi.stubEnv("TZ", "Europe/Berlin");
  onTestFinished(() => void vi.unstubAllEnvs());
  const [before, after] = ["2026-03-29T02:30:00.000000", "2026-03-29T03:10:00.000000"];
  await site.add([changed(ada, { updated_at: before }), changed(bjorn, { updated_at: after })]);
  await watcher.look(signal);
  await site.wipe();
  await site.create();
  const adaSince = changed(ada, { password_hash: "$2b$12$since", updated_at: after });
  await site.add([adaSince, changed(bjorn, { password_hash: "$2b$12$old", updated_at: before })]);
  await watcher.look(signal);
  expect((await documents()).get(ada.id)).toBe(adaSince.document);
  expect((await documents()).get(bjorn.id)).not.toContain("$2b$12$old");
});

it("gives back what stood beside the account, unless the site's code writes something new there", async () => {
  const withPoints = { ...ada, metadata: JSON.stringify({ ...(JSON.parse(ada.metadata ?? "") as object), points: 12 }) };
  await site.add([withPoints, bjorn]);
  await watcher.look(signal);
  await site.wipe();
  await site.create();
  const withPlan = { ...bjorn, metadata: JSON.stringify({ ...(JSON.parse(bjorn.metadata ?? "") as object), plan: "gold" }) };
  await site.add([ada, withPlan]);
  await watcher.look(signal);
  const there = await site.read();
  expect(JSON.parse(there.get(ada.id)?.metadata ?? "")).toMatchObject({ points: 12 });
  expect(JSON.parse(there.get(bjorn.id)?.metadata ?? "")).toMatchObject({ plan: "gold" });
});

it("an older version on the same collection is the owner's own doing", async () => {
  await site.add([adaToday, bjorn]);
  await watcher.look(signal);
  await site.add([ada]);
  clock.advance(700_000);
  await watcher.look(signal);
  expect((await documents()).get(ada.id)).toBe(ada.document);
});

it("touches nothing where restoring by itself is off", async () => {
  await watcher.close();
  watcher = createWatcher(false);
  await site.add([adaToday, bjorn]);
  await watcher.look(signal);
  await site.wipe();
  await site.create();
  await site.add([ada, bjorn]);
  await watcher.look(signal);
  expect((await documents()).get(ada.id)).toBe(ada.document);
});
