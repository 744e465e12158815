/** Its owner changes a site while something is going on: another passphrase, key or folder, forgotten, added twice. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import type { AppEvent } from "../../shared/contract.ts";
import { startFrontProxy, type FrontProxy } from "../support/front-proxy.ts";
import { useQuickLocks } from "../support/quick-lock.ts";
import { createTestSite, temporaryFolder, type TestSite } from "../support/site.ts";
import { startTestApp, type TestApp } from "../support/test-app.ts";

useQuickLocks();
const people = sampleAccounts(6);
const READ = /^POST .*\/get$/;
const isActivity = (event: AppEvent): boolean => event.type === "activity";
const WATCHED = { watch: true, rehearse: false };

async function siteOf(count: number): Promise<TestSite> {
  const site = await createTestSite();
  await site.create();
  if (count > 0) await site.add(people.slice(0, count));
  return site;
}

async function frontProxy(options: { guard?: { kind: "bearer"; token: string } } = {}): Promise<FrontProxy> {
  const proxy = await startFrontProxy({ target: inject("chromaUrl"), ...options });
  onTestFinished(async () => await proxy.close());
  return proxy;
}

async function pickVault(test: TestApp, folder: string): Promise<string> {
  test.pick(folder);
  const { chosen } = await test.ask("dialog.choose", { what: "vault" });
  if (chosen === null) throw new Error("nothing was picked");
  return chosen.token;
}

describe("a site that is watched", () => {
  it("has its next backup locked with the new passphrase", async () => {
    const site = await siteOf(0);
    const test = await startTestApp();
    const on = test.nextEvent((event) => event.type === "sites" && event.sites[0]?.watching === "on");
    const { id: siteId } = await test.addSite(site, { passphrase: "one", settings: WATCHED });
    await on;
    await site.add(people.slice(0, 3));
    const backedUp = test.nextEvent(isActivity);
    await test.ask("site.update", { siteId, passphrase: "two" });
    expect(await backedUp).toMatchObject({ activity: { kind: "backed_up", accounts: 3 } });
    const [made] = (await test.ask("backup.list", { siteId })).backups;
    expect(await test.run("verify", { siteId, name: made?.name ?? "", passphrase: "two" })).toMatchObject({ accounts: 3 });
  });

  it("is answered again as soon as its new key is there, and keeps being watched when a change is refused", async () => {
    const site = await siteOf(2);
    const proxy = await frontProxy({ guard: { kind: "bearer", token: "right" } });
    const test = await startTestApp();
    const first = test.nextEvent(isActivity);
    const { id: siteId } = await test.addSite(site, { source: { kind: "server", url: proxy.url, auth: { kind: "bearer", token: "wrong" } }, settings: WATCHED });
    expect(await first).toMatchObject({ activity: { kind: "failed", message: "The server wants another key." } });

    const second = test.nextEvent(isActivity);
    await test.ask("site.update", { siteId, auth: { kind: "bearer", token: "right" } });
    expect(await second).toMatchObject({ activity: { kind: "backed_up", accounts: 2 } });

    const other = await siteOf(1);
    await test.addSite(other, { name: "Other" });
    const on = test.nextEvent((event) => event.type === "sites" && event.sites[0]?.watching === "on");
    await expect(test.ask("site.update", { siteId, vault: await pickVault(test, other.folder) })).rejects.toMatchObject({ code: "SITE_EXISTS" });
    await on;
  });
});

describe("while a backup runs", () => {
  it("its passphrase and its folder stay, and it is not forgotten; its name may change", async () => {
    const site = await siteOf(2);
    const proxy = await frontProxy();
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(site, { source: { kind: "server", url: proxy.url } });
    const held = proxy.pause(READ, 0);
    const running = await test.start("backup", { siteId });
    await held.reached;
    const vault = await pickVault(test, await temporaryFolder());
    for (const change of [{ passphrase: "two" }, { passphrase: null }, { vault }]) {
      await expect(test.ask("site.update", { siteId, ...change })).rejects.toMatchObject({ code: "BUSY", hint: "Wait until it is done, then try again." });
    }
    await expect(test.ask("site.remove", { siteId })).rejects.toMatchObject({ code: "BUSY" });
    expect((await test.ask("site.update", { siteId, name: "Bakery" })).site.name).toBe("Bakery");
    held.release();
    expect(await test.ended(running)).toMatchObject({ state: "done" });

    await test.ask("site.update", { siteId, passphrase: "two" });
    expect(await test.run("look", { siteId })).toMatchObject({ state: "online", newestBackup: { accounts: 2 } });
    await test.ask("site.remove", { siteId });
  });
});

it("bringing everyone back brings back who signed up while deletions were undecided, and the plan counts them", async () => {
  const site = await siteOf(4);
  const test = await startTestApp();
  const { id: siteId } = await test.addSite(site);
  await test.run("backup", { siteId });
  await site.deleteAccounts([people[0]?.id ?? ""]);
  await site.add(people.slice(4));
  expect(await test.run("backup", { siteId })).toMatchObject({ fewerThan: { missing: 1 } });
  await site.wipe();
  expect(await test.run("look", { siteId })).toMatchObject({ state: "wiped", missing: 6 });
  const plan = await test.run("plan_restore", { siteId, from: { kind: "newest" } });
  expect([plan.add, [...plan.addIds].sort()]).toEqual([6, people.map(({ id }) => id).sort()]);
  await site.create();
  await site.add(people.slice(5));
  await expect(test.run("restore", { siteId, planId: plan.planId })).rejects.toMatchObject({ code: "PLAN_STALE" });
  const { planId, add } = await test.run("plan_restore", { siteId, from: { kind: "newest" } });
  expect([add, (await test.run("restore", { siteId, planId })).added]).toEqual([5, 5]);
  expect([...(await site.read()).keys()].sort()).toEqual(people.map(({ id }) => id).sort());
  expect(await test.run("look", { siteId })).toMatchObject({ state: "online", missing: 0 });
});

it("a look at the old folder says nothing about the new one", async () => {
  const site = await siteOf(2);
  const proxy = await frontProxy();
  const test = await startTestApp();
  const first = await test.addSite(site, { source: { kind: "server", url: proxy.url } });
  await test.run("backup", { siteId: first.id });
  await test.ask("site.remove", { siteId: first.id });
  const { id: siteId } = await test.addSite(site, { source: { kind: "server", url: proxy.url } });
  const held = proxy.pause(READ, 0);
  const looking = await test.start("look", { siteId });
  await held.reached;
  const folder = await temporaryFolder();
  await test.ask("site.update", { siteId, vault: await pickVault(test, folder) });
  held.release();
  expect(await test.ended(looking)).toMatchObject({ state: "done", result: { newestBackup: { accounts: 2 } } });
  // There has never been a backup in it, so nothing is lost with it.
  await rm(folder, { recursive: true });
  expect(await test.run("look", { siteId })).toMatchObject({ state: "online", newestBackup: null });
});

it("two sites that are added at once get a folder each, and none gets one that another has just taken", async () => {
  const site = await siteOf(1);
  const test = await startTestApp();
  const request = { name: "Shop", source: { kind: "server" as const, url: site.site }, collectionName: site.collectionName, settings: { watch: false } };
  const added = await Promise.all([test.ask("site.add", request), test.ask("site.add", request)]);
  expect(new Set(added.map((answer) => answer.site.vault)).size).toBe(2);
  const vault = await pickVault(test, site.folder);
  const ends = await Promise.allSettled([test.ask("site.add", { ...request, vault }), test.ask("site.add", { ...request, vault })]);
  expect(ends.map((end) => (end.status === "fulfilled" ? "added" : (end.reason as { code: string }).code))).toEqual(["added", "SITE_EXISTS"]);
});

it("a folder that cannot be read hides what happened to its own site alone", async () => {
  const [site, other] = [await siteOf(2), await siteOf(1)];
  const test = await startTestApp();
  const { id: siteId } = await test.addSite(site);
  const { id: otherId } = await test.addSite(other, { name: "Other" });
  await test.run("backup", { siteId });
  await mkdir(join(other.folder, "account-keeper-activity.jsonl"));
  expect((await test.ask("activity.list", {})).activities).toMatchObject([{ siteId, kind: "backed_up" }]);
  expect(test.logged.join()).toContain("The activity of a site cannot be read");
  await expect(test.ask("activity.list", { siteId: otherId })).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  expect(await readdir(other.folder)).toEqual(["account-keeper-activity.jsonl"]);
});
