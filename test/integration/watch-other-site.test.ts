/** A folder of backups is one site's: nobody's accounts are ever brought to another site unasked. */
import { describe, expect, inject, it, onTestFinished } from "vitest";
import type { ActivityNews } from "../../electron/engine/activity/activity.ts";
import { createSiteWatcher } from "../../electron/app/watch/site-watcher.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { persistAccounts } from "../../electron/engine/persist-accounts.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createTestSite, type TestSite } from "../support/site.ts";

const signal = new AbortController().signal;
const people = sampleAccounts(5);

/** Looks once, at the address it is given. */
async function lookAt(site: TestSite, folder: string, url = inject("chromaUrl")): Promise<{ outcome: string; news: ActivityNews[] }> {
  const news: ActivityNews[] = [];
  const watcher = createSiteWatcher(
    { source: { kind: "server", url }, collectionName: site.collectionName, folder },
    { clock: createManualClock("2026-03-02T09:00:00Z"), restoreAfterWipe: true, fullCheckMs: 600_000, onNews: (item) => Promise.resolve(void news.push(item)) },
  );
  try {
    return { outcome: await watcher.look(signal), news };
  } finally {
    await watcher.close();
  }
}

async function atAnotherAddress(): Promise<string> {
  const proxy = await startFrontProxy({ target: inject("chromaUrl") });
  onTestFinished(async () => await proxy.close());
  return proxy.url;
}

/** A site with a backup of its first three people, and a second one without any. */
async function twoSites(): Promise<{ first: TestSite; second: TestSite }> {
  const first = await createTestSite();
  await first.create();
  await first.add(people.slice(0, 3));
  await backupSite(first);
  return { first, second: await createTestSite() };
}

describe("the folder of another collection", () => {
  it.each([["with accounts of its own", 1], ["that is empty", 0], ["that is not there", null]])("a site %s gets nobody from it, and is told whose it is", async (_name, accounts) => {
    const { first, second } = await twoSites();
    if (accounts !== null) await second.create();
    if (accounts === 1) await second.add(people.slice(3, 4));
    const { outcome, news } = await lookAt(second, first.folder);
    expect(outcome).toBe("failed");
    expect(news.map(({ message }) => message).join()).toContain(`"${first.collectionName}"`);
    if (accounts !== null) expect((await second.read()).size).toBe(accounts);
    expect(await (await openVault(first.folder)).list()).toHaveLength(1);
  });

  it("takes no backup, also where fewer accounts are accepted", async () => {
    const { first, second } = await twoSites();
    await second.create();
    await second.add(people.slice(3));
    for (const acceptFewer of [false, true]) await expect(backupSite({ ...second, folder: first.folder, acceptFewer })).rejects.toMatchObject({ code: "OTHER_SITE" });
    expect(await (await openVault(first.folder)).list()).toHaveLength(1);
  });

  it("restores nobody at a start", async () => {
    const { first, second } = await twoSites();
    await second.create();
    const persist = persistAccounts({ source: { kind: "server", url: inject("chromaUrl") }, collectionName: second.collectionName, folder: first.folder, variable: "", log: () => undefined });
    expect(await persist.restoreOnStartup()).toMatchObject({ ok: false, error: { code: "OTHER_SITE" } });
    expect((await second.read()).size).toBe(0);
  });
});

describe("the same collection at another address", () => {
  it("with other accounts is asked about, and neither restored nor backed up", async () => {
    const { first } = await twoSites();
    await first.wipe();
    await first.create();
    await first.add(people.slice(3));
    const { outcome, news } = await lookAt(first, first.folder, await atAnotherAddress());
    expect(outcome).toBe("failed");
    expect(news.map(({ message }) => message).join()).toContain(first.site);
    expect((await first.read()).size).toBe(2);
  });

  it("takes no backup of others, also where fewer accounts are accepted; with one of its people it has moved", async () => {
    const { first } = await twoSites();
    await first.deleteAccounts(people.slice(0, 3).map(({ id }) => id));
    await first.add(people.slice(3));
    const moved = { ...first, site: "https://elsewhere.example.com" };
    for (const acceptFewer of [false, true]) await expect(backupSite({ ...moved, acceptFewer })).rejects.toMatchObject({ code: "OTHER_SITE", message: `The backups in this folder are of another site, ${first.site}.` });
    await first.add(people.slice(0, 1));
    expect(await backupSite(moved)).toMatchObject({ fewerThan: { missing: 2 } });
    expect(await backupSite({ ...moved, acceptFewer: true })).toMatchObject({ outcome: "written", fewerThan: null, accounts: 3 });
  });

  it("has moved when it is empty: everybody comes back", async () => {
    const { first } = await twoSites();
    await first.wipe();
    expect((await lookAt(first, first.folder, await atAnotherAddress())).outcome).toBe("acted");
    expect((await first.read()).size).toBe(3);
  });

  it("has moved when everybody is there: the next backup says so, and a wipe is a wipe again", async () => {
    const { first } = await twoSites();
    const url = await atAnotherAddress();
    expect((await lookAt(first, first.folder, url)).outcome).toBe("acted");
    expect((await (await openVault(first.folder)).newestGood()).newest?.verified.site).toBe(url);
    await first.wipe();
    await first.create();
    await first.add(people.slice(4));
    expect((await lookAt(first, first.folder, url)).outcome).toBe("acted");
    expect((await first.read()).size).toBe(4);
  });
});
