/** A folder of backups is one site's: nobody's accounts are ever brought to another site unasked. */
import { describe, expect, inject, it, onTestFinished } from "vitest";
import type { ActivityNews } from "../../electron/engine/activity/activity.ts";
import { createSiteWatcher } from "../../electron/app/watch/site-watcher.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { variableOfSite } from "../../electron/engine/operations/make-variable.ts";
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

  it("takes no backup where nobody would be missing either: the backups of two collections would push each other out", async () => {
    const { first, second } = await twoSites();
    await second.create();
    await second.add(people);
    await expect(backupSite({ ...second, folder: first.folder })).rejects.toMatchObject({ code: "OTHER_SITE" });
  });

  it("gives way to the variable at a start", async () => {
    const { first, second } = await twoSites();
    const { value } = await variableOfSite(first);
    const persist = persistAccounts({ source: { kind: "server", url: inject("chromaUrl") }, collectionName: second.collectionName, folder: first.folder, variable: value, log: () => undefined });
    expect(await persist.restoreOnStartup()).toMatchObject({ ok: true, value: { outcome: "restored", from: "variable", report: { added: 3 } } });
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

  it("is kept apart, and never accepted as fewer while most of its people are others", async () => {
    const { first } = await twoSites();
    await first.wipe();
    await first.create();
    // The owner has an account on both.
    await first.add([...people.slice(0, 1), ...people.slice(3)]);
    const other = { ...first, site: "https://elsewhere.example.com" };
    expect(await backupSite(other)).toMatchObject({ fewerThan: { missing: 2 } });
    await expect(backupSite({ ...other, acceptFewer: true })).rejects.toMatchObject({ code: "OTHER_SITE", message: `The backups in this folder are of another site, ${first.site}.` });
    await first.add(people.slice(1, 2));
    expect(await backupSite({ ...other, acceptFewer: true })).toMatchObject({ outcome: "written", fewerThan: null, accounts: 4 });
  });

  it("has moved when it is empty: everybody comes back", async () => {
    const { first } = await twoSites();
    await first.wipe();
    expect((await lookAt(first, first.folder, await atAnotherAddress())).outcome).toBe("acted");
    expect((await first.read()).size).toBe(3);
  });

  it("is the same while the collection is: whoever signs up is backed up, deletions are asked about, and a wipe is a wipe", async () => {
    const { first } = await twoSites();
    const url = await atAnotherAddress();
    await first.deleteAccounts(people.slice(0, 1).map(({ id }) => id));
    await first.add(people.slice(3, 4));
    const { outcome, news } = await lookAt(first, first.folder, url);
    expect([outcome, news.map(({ kind }) => kind)]).toEqual(["acted", ["deletions", "kept_apart"]]);
    await first.wipe();
    await first.create();
    await first.add(people.slice(4));
    expect((await lookAt(first, first.folder, url)).outcome).toBe("acted");
    // Everybody of the newest backup, who signed up since in the copy kept apart, and the newcomer.
    expect((await first.read()).size).toBe(5);
  });

  it("two programs under two addresses make no backups in turn while nothing changes", async () => {
    const { first } = await twoSites();
    const url = await atAnotherAddress();
    for (let round = 1; round <= 2; round += 1) for (const each of [url, first.site]) expect((await lookAt(first, first.folder, each)).outcome).toBe("quiet");
    expect(await (await openVault(first.folder)).list()).toHaveLength(1);
  });
});
