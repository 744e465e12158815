/** A backup by hand of a site that brought itself back from something old: it is made, and nobody's newer version is lost in silence. */
import { basename, join } from "node:path";
import { beforeEach, describe, expect, inject, it } from "vitest";
import type { ActivityNews } from "../../electron/engine/activity/activity.ts";
import { readActivity } from "../../electron/engine/activity/activity-log.ts";
import { createSiteWatcher } from "../../electron/app/watch/site-watcher.ts";
import { systemClock } from "../../electron/engine/clock.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite, type BackupReport, type BackupSiteRequest } from "../../electron/engine/operations/backup-site.ts";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import { restoreEveryone } from "../../electron/engine/operations/restore-everyone.ts";
import { restoreSite } from "../../electron/engine/operations/restore-site.ts";
import { planUndo, undoRestore } from "../../electron/engine/operations/undo-restore.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { persistAccounts } from "../../electron/engine/persist-accounts.ts";
import { answerOf, createCliStage, type CliStage } from "../support/cli-stage.ts";
import { startTestApp } from "../support/test-app.ts";

const [ada, bjorn, chidi] = sampleAccounts(3);
if (ada === undefined || bjorn === undefined || chidi === undefined) throw new Error("nobody");
const adaToday = withFields(ada, { password_hash: "$2b$12$today", updated_at: "2026-06-01T10:00:00.000000" });
const bjornSince = withFields(bjorn, { password_hash: "$2b$12$since", updated_at: "2026-06-02T10:00:00.000000" });

function withFields(record: WritableRecord, fields: object): WritableRecord {
  return { ...record, document: JSON.stringify({ ...(JSON.parse(record.document ?? "") as object), ...fields }) };
}

let stage: CliStage;
const backUp = async (more: Partial<BackupSiteRequest> = {}): Promise<BackupReport> => await backupSite({ ...stage.site, ...more });
/** The site's own code brings these back. */
async function wipedAndBackAs(records: readonly WritableRecord[]): Promise<void> {
  await stage.site.wipe();
  await stage.site.create();
  await stage.site.add(records);
}

beforeEach(async () => {
  stage = await createCliStage([adaToday, bjorn, chidi]);
});

describe("whoever came back in an older version", () => {
  it("is named, with the backup that holds them as they were, and comes back from it", async () => {
    const first = await backUp({ now: () => new Date("2026-06-03T08:00:00Z") });
    await wipedAndBackAs([ada, bjornSince, chidi]);
    const second = await backUp({ now: () => new Date("2026-06-03T09:00:00Z") });
    expect(second).toMatchObject({ outcome: "written", name: first.name, fewerThan: null, olderVersions: { ids: [ada.id] } });
    const earlier = second.olderVersions?.backup ?? "";
    expect(earlier).not.toBe(first.name);
    expect((await (await openVault(stage.vault)).list()).map(({ name }) => name)).toEqual([second.name, earlier]);

    const restored = await stage.run(["restore", ...stage.source, "--from", join(stage.vault, earlier), "--policy", "overwrite", "--only", ada.id, "--yes"]);
    expect(restored.code).toBe(0);
    const now = await stage.site.read();
    expect([ada, bjorn].map(({ id }) => now.get(id)?.document)).toEqual([adaToday.document, bjornSince.document]);
    // It is said when it happens, and once: what is on the site now is what its owner wants.
    expect(await backUp()).toMatchObject({ outcome: "written", olderVersions: null });
    expect(await backUp()).toMatchObject({ outcome: "unchanged", olderVersions: null });
  });

  it("is named from a locked backup as well, and when the passphrase was set in between", async () => {
    const first = await backUp({ now: () => new Date("2026-06-03T08:00:00Z") });
    await wipedAndBackAs([ada, bjorn, chidi]);
    const second = await backUp({ passphrase: "three little words", now: () => new Date("2026-06-04T09:00:00Z") });
    expect(second).toMatchObject({ encrypted: true, olderVersions: { backup: first.name, ids: [ada.id] } });
  });

  it("is not looked for on a collection that is the same, nor in a backup that is kept apart, but in one that its owner accepts", async () => {
    await backUp();
    await stage.site.add([ada]);
    expect(await backUp()).toMatchObject({ outcome: "written", olderVersions: null });
    await stage.site.add([adaToday]);
    await backUp();
    await wipedAndBackAs([ada, bjorn]);
    expect(await backUp()).toMatchObject({ fewerThan: { missing: 1 }, olderVersions: null });
    expect(await backUp({ acceptFewer: true })).toMatchObject({ fewerThan: null, olderVersions: { ids: [ada.id] } });
  });

  it("nobody is, where everyone came back as they were", async () => {
    await backUp();
    await wipedAndBackAs([adaToday, bjornSince, chidi]);
    expect(await backUp()).toMatchObject({ outcome: "written", olderVersions: null });
  });
});

it("whoever is in an older version in a backup that was kept apart comes back as in the newest one", async () => {
  await backUp();
  await wipedAndBackAs([ada, bjorn]);
  expect(await backUp()).toMatchObject({ fewerThan: { missing: 1 } });
  await stage.site.wipe();
  const source = { kind: "server" as const, url: inject("chromaUrl") };
  const restored = await persistAccounts({ source, collectionName: stage.site.collectionName, folder: stage.vault, variable: "", log: () => undefined }).restoreOnStartup();
  expect(restored).toMatchObject({ ok: true, value: { outcome: "restored", report: { added: 3, problems: [] } } });
  expect([...(await stage.site.read())].map(([id, { document }]) => [id, document]).sort()).toEqual([adaToday, bjorn, chidi].map(({ id, document }) => [id, document]).sort());
});

it("whoever a restore put back by mistake, which was undone, comes back as before it, though the undo has copied them as well", async () => {
  await stage.site.add([ada]);
  const { path } = await backUp();
  await stage.site.add([adaToday]);
  const place = { ...stage.site, safetyFolder: stage.vault };
  const backup = await openBackup({ path });
  expect(await restoreSite({ ...place, backup, policy: "overwrite", plan: null })).toMatchObject({ overwritten: 1 });
  expect(await undoRestore({ ...place, undo: await planUndo(place) })).toMatchObject({ overwritten: 1 });
  await stage.site.wipe();
  expect(await restoreEveryone({ ...stage.site, folder: stage.vault, backup })).toMatchObject({ added: 3, problems: [] });
  expect((await stage.site.read()).get(ada.id)?.document).toBe(adaToday.document);
});

describe("it is said", () => {
  it("by the command, to people and to machines, with exit code 3, and in the activity log", async () => {
    await stage.backUp();
    await wipedAndBackAs([ada, bjorn, chidi]);
    const args = ["backup", ...stage.source, "--out", stage.vault];
    const end = await stage.run(args);
    expect(end.code).toBe(3);
    expect(end.stdout).toMatch(new RegExp(`^1 account came back in an older version than user_backup_\\d{8}_\\d{6}(?:_\\d+)?\\.json holds, perhaps with an old password: ${ada.id}\\.$`, "m"));
    expect(end.stdout).toMatch(new RegExp(`: account-keeper restore --from \\S+/user_backup_\\d{8}_\\d{6}(?:_\\d+)?\\.json --policy overwrite --only ${ada.id}$`, "m"));
    expect((await readActivity(stage.vault, 9)).map(({ kind, level }) => [kind, level])).toEqual([["backed_up", "info"], ["older_versions", "attention"]]);

    await stage.site.add([adaToday]);
    await stage.backUp();
    await wipedAndBackAs([ada, bjorn, chidi]);
    const machine = await stage.run([...args, "--json"]);
    expect(machine.code).toBe(3);
    expect(answerOf(machine)).toMatchObject({ ok: true, fewer_than: null, older_versions: { backup: expect.stringMatching(/^user_backup_\d{8}_\d{6}(?:_\d+)?\.json$/) as string, count: 1, ids: [ada.id] } });
    expect(answerOf(await stage.run([...args, "--json"]))).toMatchObject({ outcome: "unchanged", older_versions: null });
  });

  it("in the window", async () => {
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(stage.site);
    await test.run("backup", { siteId });
    await wipedAndBackAs([ada, bjorn, chidi]);
    const ended = await test.ended(await test.start("backup", { siteId }));
    expect(ended).toMatchObject({ state: "done_with_problems", result: { outcome: "written", olderVersions: { accounts: 1, ids: [ada.id] } } });
    expect((await test.ask("activity.list", { siteId })).activities[0]).toMatchObject({ kind: "older_versions", level: "attention", accounts: 1, ids: [ada.id] });
  });

  it("by a watcher that restores nothing by itself, and to a backend", async () => {
    await backUp();
    await wipedAndBackAs([ada, bjorn, chidi]);
    const news: ActivityNews[] = [];
    const site = { source: { kind: "server" as const, url: inject("chromaUrl") }, collectionName: stage.site.collectionName, folder: stage.vault };
    const watcher = createSiteWatcher(site, { clock: systemClock, restoreAfterWipe: false, fullCheckMs: 600_000, onNews: (item) => Promise.resolve(void news.push(item)) });
    await watcher.look(new AbortController().signal);
    await watcher.close();
    expect(news.map(({ kind }) => kind)).toEqual(["backed_up", "older_versions"]);

    await stage.site.add([adaToday]);
    await backUp();
    await wipedAndBackAs([ada, bjorn, chidi]);
    const report = await persistAccounts({ ...site, log: () => undefined }).backup();
    expect(report).toMatchObject({ ok: true, value: { olderVersions: { ids: [ada.id] } } });
    if (report.ok) expect(basename(report.value.path)).toBe(report.value.name);
  });
});
