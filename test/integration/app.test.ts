/** The app behind every window: what its commands and operations do to a real site, what they say, and what never gets out. */
import { access, readFile, readdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { decodeVariable } from "../../electron/engine/variable/decode.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { startTcpServer } from "../support/loopback.ts";
import { snapshotSite } from "../support/snapshots.ts";
import { createTestSite, temporaryFolder, type TestSite } from "../support/site.ts";
import { startTestApp } from "../support/test-app.ts";

const people = sampleAccounts(12);
const ids = people.map(({ id }) => id);
const READ = /^POST .*\/get$/;

async function siteOf(count: number, url?: string): Promise<TestSite> {
  const site = await createTestSite(url);
  await site.create();
  await site.add(people.slice(0, count));
  return site;
}

describe("a site's life in the window", () => {
  it("is added, looked at, backed up, wiped, brought back, and nobody is missing", async () => {
    const site = await siteOf(7);
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(site);
    expect(await test.run("look", { siteId })).toMatchObject({ state: "online", accounts: 7, notBackedUp: 7, newestBackup: null, eligibility: { eligible: true } });

    const made = await test.run("backup", { siteId });
    expect(made).toMatchObject({ outcome: "written", accounts: 7, fewerThan: null, problemCount: 0 });
    expect(await test.run("look", { siteId })).toMatchObject({ state: "online", notBackedUp: 0, missing: 0, newestBackup: { name: made.name, accounts: 7 } });

    const before = await snapshotSite(site);
    await site.wipe();
    expect(await test.run("look", { siteId })).toMatchObject({ state: "wiped", wipeCause: "missing", accounts: 0, missing: 7 });
    const plan = await test.run("plan_restore", { siteId, from: { kind: "newest" } });
    expect(plan).toMatchObject({ add: 7, overwrite: 0, collectionMissing: true, addIds: ids.slice(0, 7), from: { name: made.name }, otherOrigin: null });
    expect(await test.run("restore", { siteId, planId: plan.planId })).toMatchObject({ added: 7, accountsOnSite: 7, problemCount: 0 });
    expect(await snapshotSite(site)).toMatchObject(before ?? {});

    const { activities } = await test.ask("activity.list", {});
    expect(activities.map(({ kind, line }) => [kind, line])).toEqual([
      ["restored", "✅ Restored 7 users from backup"],
      ["backed_up", "✅ Backed up 7 users for persistence"],
    ]);
  });

  it("ends a plan that no longer holds with the next step, and carries no plan out twice", async () => {
    const site = await siteOf(5);
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(site);
    await test.run("backup", { siteId });
    await site.deleteAccounts(ids.slice(0, 2));
    const plan = await test.run("plan_restore", { siteId, from: { kind: "newest" }, only: ids.slice(0, 1) });
    expect(plan.add).toBe(1);
    await site.add(people.slice(5, 6));
    await expect(test.run("restore", { siteId, planId: plan.planId })).rejects.toMatchObject({ code: "PLAN_STALE" });
    const again = await test.run("plan_restore", { siteId, from: { kind: "newest" }, only: ids.slice(0, 1) });
    expect(await test.run("restore", { siteId, planId: again.planId })).toMatchObject({ added: 1 });
    await expect(test.run("restore", { siteId, planId: again.planId })).rejects.toMatchObject({ code: "PLAN_STALE" });
    expect((await site.read()).has(ids[1] ?? "")).toBe(false);
  });

  it("takes the last restore back", async () => {
    const site = await siteOf(3);
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(site);
    await test.run("backup", { siteId });
    const later = people.slice(0, 1).map((record) => ({ ...record, document: (record.document ?? "").replace("{", '{"theme":"dark",') }));
    await site.add(later);
    const plan = await test.run("plan_restore", { siteId, from: { kind: "newest" }, policy: "overwrite" });
    expect(plan).toMatchObject({ add: 0, overwrite: 1, safetyCopyFirst: true });
    await test.run("restore", { siteId, planId: plan.planId });
    const undo = await test.run("plan_undo", { siteId });
    expect(undo).toMatchObject({ putBack: 1, staying: 0, gone: 0 });
    await test.run("undo", { siteId, planId: undo.planId });
    expect((await site.read()).get(ids[0] ?? "")?.document).toBe(later[0]?.document);
  });

  it("says who is new, missing and changed, and rehearses", async () => {
    const site = await siteOf(4);
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(site);
    const { name } = await test.run("backup", { siteId });
    await site.deleteAccounts(ids.slice(0, 1));
    await site.add(people.slice(4, 5));
    expect(await test.run("diff", { siteId, left: { kind: "backup", name }, right: { kind: "site" } })).toMatchObject({ added: [ids[4]], missing: [ids[0]], counts: { same: 3 } });
    expect(await test.run("verify", { siteId, name })).toEqual({ name, accounts: 4, records: 4, problemCount: 0 });
    expect(await test.run("drill", { siteId, from: { kind: "newest" } })).toMatchObject({ passed: true, records: 4, noted: true });
    const { backups } = await test.ask("backup.list", { siteId });
    expect(backups).toMatchObject([{ name, accounts: 4, state: "good", rehearsed: { ok: true, couldNotSignIn: 0 } }]);
  });
});

describe("the variable", () => {
  it("is put on the clipboard by the app and decodes to the accounts; no answer and no event holds it", async () => {
    const site = await siteOf(10);
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(site);
    const copied = await test.run("copy_variable", { siteId });
    expect(copied).toMatchObject({ accounts: 10, form: "value", clearsInMs: 60_000, length: test.clipboard().length });
    expect(decodeVariable(test.clipboard()).accounts.map((account) => (JSON.parse(account) as { user_id: string }).user_id)).toEqual(ids.slice(0, 10));
    expect(test.said()).not.toContain(test.clipboard().slice(0, 40));
    const { value } = await test.ask("variable.reveal", { siteId });
    expect(value).toBe(test.clipboard());

    await site.add(people.slice(10, 11));
    expect(await test.run("look", { siteId })).toMatchObject({ eligibility: { eligible: false, reason: "too_many_accounts" }, gauge: [] });
    await expect(test.run("copy_variable", { siteId })).rejects.toMatchObject({ code: "NOT_ELIGIBLE" });
    await expect(test.ask("variable.inspect", { text: value.slice(0, 3_000) })).rejects.toMatchObject({ code: "VARIABLE_CUT" });
  });
});

describe("backup files", () => {
  it("are handed out, taken in, and deleted only when nobody is in them alone", async () => {
    const site = await siteOf(4);
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(site);
    const first = await test.run("backup", { siteId });
    await site.add(people.slice(4, 6));
    await test.run("backup", { siteId });
    const { backups } = await test.ask("backup.list", { siteId });
    const [newest, older] = backups;
    expect(backups.map(({ accounts }) => accounts)).toEqual([6, 4]);
    await expect(test.ask("backup.delete", { siteId, name: newest?.name ?? "" })).rejects.toMatchObject({ code: "BACKUP_KEPT" });

    const outside = await temporaryFolder();
    test.pick(join(outside, "mine.json"));
    const { chosen } = await test.ask("dialog.choose", { what: "export_file" });
    const to = chosen?.token ?? "";
    expect(await test.run("export_backup", { siteId, name: older?.name ?? "", to })).toMatchObject({ accounts: 4 });
    expect((await stat(join(outside, "mine.json"))).mode & 0o777).toBe(0o600);
    // A token for one thing opens nothing else.
    await expect(test.run("import_backup", { siteId, file: to })).rejects.toMatchObject({ code: "TOKEN_UNKNOWN" });

    await test.ask("backup.delete", { siteId, name: older?.name ?? "" });
    expect((await test.ask("backup.list", { siteId })).total).toBe(1);
    test.pick(join(outside, "mine.json"));
    const file = (await test.ask("dialog.choose", { what: "backup_file" })).chosen?.token ?? "";
    expect(await test.run("import_backup", { siteId, file })).toMatchObject({ accounts: 4, name: expect.stringMatching(/^user_backup_\d{8}_\d{6}\.json$/) as string });
    expect((await test.ask("backup.list", { siteId })).backups.map(({ accounts, shelf }) => [accounts, shelf])).toEqual([[6, "normal"], [4, "normal"]]);
    expect(await test.run("look", { siteId })).toMatchObject({ newestBackup: { accounts: 6 } });
    expect(first.accounts).toBe(4);
  });

  it("are looked into before there is a site, and a variable too", async () => {
    const site = await siteOf(3);
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(site, { passphrase: "three little words" });
    const { name } = await test.run("backup", { siteId });
    test.pick(join(site.folder, name));
    const file = (await test.ask("dialog.choose", { what: "backup_file" })).chosen?.token ?? "";
    await expect(test.run("inspect_backup", { from: { kind: "file", file } })).rejects.toMatchObject({ code: "PASSPHRASE_NEEDED" });
    expect(await test.run("inspect_backup", { from: { kind: "file", file }, passphrase: "three little words" })).toMatchObject({ kind: "format_1", name, encrypted: true, accounts: 3, site: site.site, collectionName: site.collectionName });
    const { value } = await test.ask("variable.reveal", { siteId });
    expect(await test.run("inspect_backup", { from: { kind: "variable", text: value } })).toMatchObject({ kind: "variable", name: null, accounts: 3, site: null });
  });

  it("that lack somebody of the newest one are taken in apart, and one that alone holds somebody is kept", async () => {
    const site = await siteOf(4);
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(site);
    await test.run("backup", { siteId });
    const other = await siteOf(2);
    const { id: otherId } = await test.addSite(other, { name: "Other" });
    const small = await test.run("backup", { siteId: otherId });
    test.pick(join(other.folder, small.name));
    const file = (await test.ask("dialog.choose", { what: "backup_file" })).chosen?.token ?? "";
    await test.run("import_backup", { siteId, file });
    expect((await test.ask("backup.list", { siteId })).backups.map(({ accounts, shelf }) => [accounts, shelf])).toEqual([[2, "short"], [4, "normal"]]);

    await site.deleteAccounts(ids.slice(0, 1));
    const fewer = await test.run("backup", { siteId, acceptFewer: true });
    expect(fewer).toMatchObject({ accounts: 3, fewerThan: null });
    const older = (await test.ask("backup.list", { siteId })).backups.find(({ accounts }) => accounts === 4)?.name ?? "";
    await expect(test.ask("backup.delete", { siteId, name: older })).rejects.toMatchObject({ code: "BACKUP_KEPT" });
  });
});

describe("who is in a backup", () => {
  it("is told in pages, with e-mail addresses only when asked, and never a hash", async () => {
    const site = await siteOf(12);
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(site);
    const { name } = await test.run("backup", { siteId });
    expect(await test.run("open_backup", { siteId, name })).toEqual({ name, accounts: 12 });
    const page = await test.ask("backup.accounts", { siteId, name, offset: 10 });
    expect(page).toMatchObject({ total: 12, accounts: [{ id: ids[10], name: expect.any(String) as string, email: expect.stringMatching(/^.•••••@example\.com$/) as string }, { id: ids[11] }] });
    const found = await test.ask("backup.accounts", { siteId, name, search: "ADA MARLOW", showEmails: true });
    expect(found).toEqual({ total: 1, accounts: [{ id: ids[0], name: "Ada Marlow", email: "ada.marlow@example.com" }] });
    expect(test.said()).not.toContain("$2b$");
    // The day's next backup has the same name, and other people in it.
    await site.add(sampleAccounts(13).slice(12));
    await test.run("backup", { siteId });
    expect((await test.ask("backup.accounts", { siteId, name, limit: 1 })).total).toBe(13);
    await expect(test.ask("backup.accounts", { siteId, name: "user_backup_20200101.json" })).rejects.toMatchObject({ code: "BACKUP_NOT_FOUND" });
  });
});

describe("operations", () => {
  it("run at once on two sites, and one is cancelled alone", async () => {
    const proxy = await startFrontProxy({ target: inject("chromaUrl") });
    onTestFinished(async () => await proxy.close());
    const [first, second] = [await siteOf(3), await siteOf(4)];
    const test = await startTestApp();
    const slow = await test.addSite(first, { name: "Slow", source: { kind: "server", url: proxy.url } });
    const quick = await test.addSite(second, { name: "Quick" });
    const held = proxy.pause(READ, 0);
    const running = await test.start("backup", { siteId: slow.id });
    await held.reached;
    // A second writer on the same site is told so; another site is not concerned.
    await expect(test.start("backup", { siteId: slow.id })).rejects.toMatchObject({ code: "BUSY" });
    expect(await test.run("backup", { siteId: quick.id })).toMatchObject({ accounts: 4 });
    expect((await test.ask("operation.list", {})).operations.filter(({ state }) => state === "running").map(({ id }) => id)).toEqual([running]);

    expect(await test.ask("operation.cancel", { operationId: running })).toEqual({ cancelling: true });
    expect(await test.ended(running)).toMatchObject({ state: "cancelled", error: null, result: null });
    held.release();
    expect(await readdir(first.folder)).toEqual([]);
    expect(await test.ask("operation.cancel", { operationId: running })).toEqual({ cancelling: false });
  });

  it("are all cancelled when the app closes, and leave nothing half done", async () => {
    const proxy = await startFrontProxy({ target: inject("chromaUrl") });
    onTestFinished(async () => await proxy.close());
    const site = await siteOf(3);
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(site, { source: { kind: "server", url: proxy.url } });
    const held = proxy.pause(READ, 0);
    await test.start("backup", { siteId });
    await held.reached;
    await test.app.close();
    expect(test.events.at(-1)).toMatchObject({ type: "operation", operation: { state: "cancelled" } });
    held.release();
    expect(await readdir(site.folder)).toEqual([]);
    // The folder is free for the next start.
    await startTestApp({ dataFolder: test.dataFolder });
  });
});

describe("watching", () => {
  it("backs up who signs up, brings back after a wipe, tells window and owner, and stops when told to", async () => {
    const site = await siteOf(3);
    const test = await startTestApp();
    const backedUp = test.nextEvent((event) => event.type === "activity" && event.activity.kind === "backed_up");
    const { id: siteId } = await test.addSite(site, { settings: { watch: true, rehearse: false } });
    expect(await backedUp).toMatchObject({ activity: { siteId, message: expect.stringMatching(/^All 3 accounts are safe/) as string } });
    expect((await test.ask("site.list", {})).sites).toMatchObject([{ watching: "on", trouble: null }]);
    const second = await startTestApp();
    const elsewhere = second.nextEvent((event) => event.type === "sites" && event.sites[0]?.watching === "elsewhere");
    await second.addSite(site, { settings: { watch: true } });
    await elsewhere;
    // A server that takes the connection and never answers keeps nobody else from being safe.
    const silent = await startTcpServer();
    onTestFinished(async () => await silent.close());
    await test.addSite(await siteOf(1), { name: "Silent", source: { kind: "server", url: silent.url }, settings: { watch: true } });
    const other = await siteOf(2);
    const otherBackedUp = test.nextEvent((event) => event.type === "activity" && event.activity.kind === "backed_up");
    const { id: otherId } = await test.addSite(other, { name: "Other", settings: { watch: true, rehearse: false } });
    expect(await otherBackedUp).toMatchObject({ activity: { siteId: otherId } });
    const off = await test.ask("site.update", { siteId, settings: { watch: false } });
    expect(off.site).toMatchObject({ watching: "off", settings: { watch: false, restoreAfterWipe: true } });
  });
});

describe("what is kept on this computer", () => {
  it("survives a restart, holds no key, and is open to its owner only", async () => {
    const site = await siteOf(1);
    const test = await startTestApp();
    const secret = "tok-secret-123";
    const { id } = await test.addSite(site, { source: { kind: "server", url: site.site, auth: { kind: "bearer", token: secret } }, passphrase: "three little words" });
    await test.ask("settings.update", { theme: "dark" });
    await test.app.close();
    const files = await Promise.all((await readdir(test.dataFolder)).map(async (name) => [name, await readFile(join(test.dataFolder, name), "utf8"), (await stat(join(test.dataFolder, name))).mode & 0o777] as const));
    expect(files.map(([name, , mode]) => [name, mode])).toEqual([["sites.json", 0o600]]);
    for (const [, content] of files) expect(content).not.toMatch(/tok-secret|little words/);
    expect(test.said()).not.toMatch(/tok-secret|little words/);

    const again = await startTestApp({ dataFolder: test.dataFolder });
    const { sites } = await again.ask("site.list", {});
    expect(sites).toMatchObject([{ id, name: "Marlow Bakery", encrypted: true, source: { auth: "bearer", hasKey: false } }]);
    expect(await again.ask("settings.get", {})).toMatchObject({ theme: "dark", closeToTray: true });
    // There was no keychain, so the key is asked for.
    await expect(again.run("look", { siteId: id })).rejects.toMatchObject({ code: "PASSPHRASE_NEEDED" });
    await again.ask("site.update", { siteId: id, passphrase: "three little words" });
    await expect(again.run("look", { siteId: id })).rejects.toMatchObject({ code: "KEY_MISSING" });
    await again.ask("site.update", { siteId: id, auth: { kind: "bearer", token: secret } });
    expect(await again.run("look", { siteId: id })).toMatchObject({ accounts: 1 });
  });

  it("a backup folder that was used and is gone is told, not made anew: its drive may be unplugged", async () => {
    const site = await siteOf(2);
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(site);
    await test.run("backup", { siteId });
    await rename(site.folder, `${site.folder}-away`);
    await expect(test.run("look", { siteId })).rejects.toMatchObject({ code: "FOLDER_NOT_FOUND", hint: "The drive may be unplugged. Connect it, or choose another folder." });
    await expect(test.run("backup", { siteId })).rejects.toMatchObject({ code: "FOLDER_NOT_FOUND" });
    await test.ask("site.update", { siteId, settings: { watch: true } });
    await expect.poll(() => test.events.some((event) => event.type === "sites" && event.sites[0]?.trouble?.code === "FOLDER_NOT_FOUND")).toBe(true);
    await expect(access(site.folder)).rejects.toThrow();
    await rename(`${site.folder}-away`, site.folder);
    expect(await test.run("look", { siteId })).toMatchObject({ state: "online", newestBackup: { accounts: 2 } });
  });

  it("is for one app at a time", async () => {
    const test = await startTestApp();
    await expect(startTestApp({ dataFolder: test.dataFolder })).rejects.toMatchObject({ code: "BUSY" });
  });
});

describe("the demo site", () => {
  it("has customers at once, is wiped on its button and brought back by the watcher", async () => {
    const test = await startTestApp();
    const backedUp = test.nextEvent((event) => event.type === "activity" && event.activity.kind === "backed_up");
    const { site } = await test.ask("site.add", { name: "Demo", source: { kind: "demo" }, collectionName: "users", settings: { rehearse: false, watch: true } });
    expect(site.vault.startsWith(test.documentsFolder)).toBe(true);
    await backedUp;
    expect(await test.run("test_connection", { siteId: site.id })).toMatchObject({ suggested: "users", collections: [{ name: "users", records: 12, looksLikeAccounts: true }] });
    await test.ask("site.update", { siteId: site.id, settings: { watch: false } });
    await test.run("wipe_demo", { siteId: site.id });
    expect(await test.run("look", { siteId: site.id })).toMatchObject({ state: "wiped", missing: 12 });
    const restored = test.nextEvent((event) => event.type === "activity" && event.activity.kind === "restored");
    await test.ask("site.update", { siteId: site.id, settings: { watch: true } });
    expect(await restored).toMatchObject({ activity: { message: "Your site was wiped. All 12 accounts are back; it now has 12." } });
    expect(test.notices).toMatchObject([{ title: "Demo", siteId: site.id }]);
    await test.ask("site.remove", { siteId: site.id });
    expect(await readdir(join(test.dataFolder, "demo"))).toEqual([]);
    expect((await readdir(site.vault)).some((name) => name.startsWith("user_backup_"))).toBe(true);
  });
});
