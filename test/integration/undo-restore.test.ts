/** One chosen person brought back, and the last restore undone: through the command line, on a real server. */
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { connect } from "../../electron/engine/chroma/connect.ts";
import { upsertRecords, type WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { glanceAtSite, judgeAgainstVault } from "../../electron/engine/operations/judge-against-vault.ts";
import { restoreSite } from "../../electron/engine/operations/restore-site.ts";
import { planUndo, undoRestore } from "../../electron/engine/operations/undo-restore.ts";
import { startBundledServer } from "../../electron/engine/server/bundled-server.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import { ada, asOf, bjorn, chidi, cli, dolores, expectSame, newSite, people, sourceOf, withPassword } from "../support/diff-stage.ts";
import { useQuickLocks } from "../support/quick-lock.ts";
import { temporaryFolder, type TestSite } from "../support/site.ts";
import { snapshotFolder, snapshotSite } from "../support/snapshots.ts";
import { errorOf } from "../unit/backup/make-backup.ts";

useQuickLocks();

/** What a site does that keeps its ChromaDB in a folder; it stands still again afterwards. */
async function writeInto(folder: string, records: readonly WritableRecord[]): Promise<void> {
  const server = await startBundledServer({ path: folder });
  try {
    const connection = await connect({ kind: "server", url: server.url });
    const settings = { name: "users", metadata: null, configuration: null, schema: null };
    const users = (await connection.findCollection("users")) ?? (await connection.createCollection(settings));
    await upsertRecords(connection, users.id, (async function* () {
      await Promise.resolve();
      yield records;
    })());
    await connection.close();
  } finally {
    await server.stop();
  }
}

/** By a clock that shows this. */
async function restoreAt(site: TestSite, path: string, time: string): Promise<void> {
  await restoreSite({ ...site, backup: await openBackup({ path }), policy: "overwrite", plan: null, safetyFolder: site.folder, now: () => new Date(time) });
}

/** A site that a restore with overwrite has changed: what was there before it, and what is there after. */
async function restored(passphrase?: string): Promise<{ site: TestSite; before: Map<string, AccountRecord>; after: Map<string, AccountRecord>; args: string[] }> {
  const site = await newSite(people.map((record) => ({ ...record, uri: "https://example.com/then.png" })));
  const env = passphrase === undefined ? {} : { ACCOUNT_KEEPER_PASSPHRASE: passphrase };
  const backup = await backupSite({ ...site, passphrase });
  await site.deleteAccounts([dolores ?? ""]);
  const odd: Partial<WritableRecord> = { metadata: '{"score":1.0,"big":9007199254740993,"only-now":true}', uri: "https://example.com/now.png" };
  await site.add([withPassword(people[0], odd), withPassword(people[1]), asOf(people[4], "newcomer", "new@example.com")]);
  const before = await site.read();
  const ended = await cli(["restore", ...sourceOf(site), "--from", backup.path, "--policy", "overwrite", "--yes"], env);
  expect(ended, ended.err).toMatchObject({ exitCode: 0, err: "" });
  return { site, before, after: await site.read(), args: ["restore", ...sourceOf(site), "--undo", "--from", site.folder] };
}

describe("bringing back one person", () => {
  it("changes nobody else", async () => {
    const site = await newSite();
    await backupSite(site);
    const wanted = await site.read();
    await site.add([withPassword(people[0]), withPassword(people[1])]);
    await site.deleteAccounts([chidi ?? "", dolores ?? ""]);
    const changed = await site.read();
    for (const id of [ada, chidi]) {
      const { exitCode, err } = await cli(["restore", ...sourceOf(site), "--from", site.folder, "--policy", "overwrite", "--only", id ?? "", "--yes"]);
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
      const back = wanted.get(id ?? "");
      if (back === undefined) throw new Error("not in the backup");
      changed.set(back.id, back);
      await expectSame(site, changed);
    }
    const { json } = await cli(["diff", "--from", site.folder, ...sourceOf(site), "--json"]);
    expect(json()).toMatchObject({ changed: [{ id: bjorn, fields: ["password"] }], missing: [dolores], added: [] });
  });
});

describe("account-keeper restore --undo", () => {
  it("puts back exactly what the restore changed, leaves whom it added, and can be undone itself", async () => {
    const { site, before, after, args } = await restored();
    const vault = snapshotFolder(site.folder);
    const dry = await cli([...args, "--dry-run"]);
    expect(dry).toMatchObject({ exitCode: 0, err: "" });
    const asked = await cli(args);
    expect(asked).toMatchObject({ exitCode: 2 });
    expect(asked.err).toContain("This needs your yes: Put back 2 accounts?\n");
    await expectSame(site, after);
    expect(snapshotFolder(site.folder)).toEqual(vault);

    const undone = await cli([...args, "--yes"]);
    expect(undone).toMatchObject({ exitCode: 0, err: "" });
    expect(undone.out.startsWith(dry.out)).toBe(true);
    expect(undone.out.split("\n")).toEqual([
      expect.stringMatching(/^From the safety copy user_backup_\d{8}_\d{6}\.json, \d/),
      "Puts back 2 · leaves 4 as they are · safety copy first.",
      `To be put back: ${ada ?? ""}, ${bjorn ?? ""}. What they changed since then, a password for example, goes back too.`,
      "1 account is not in that copy, added by the restore or signed up since, and stays: we never delete anyone.",
      "2 accounts put back, read again from your site and checked.",
      expect.stringMatching(/^What was there before is in .*safety.*, so this can be undone too\.$/),
      "",
    ]);
    const added = after.get(dolores ?? "");
    if (added === undefined) throw new Error("the restore did not add");
    const expected = new Map([...before, [added.id, added]]);
    await expectSame(site, expected);

    const again = await cli([...args, "--yes", "--json"]);
    expect(again).toMatchObject({ exitCode: 0, err: "" });
    expect(again.json()).toMatchObject({ ok: true, outcome: "undone", staying: 0, gone: 0, report: { added: 0, overwritten: 2, problems: [] } });
    await expectSame(site, after);

    for (const text of [undone.out, again.out]) expect(text).not.toMatch(/\$2b\$|@example\.com/);
  });

  it("brings nobody back who was deleted since, and says so", async () => {
    const { site, before, after, args } = await restored();
    await site.deleteAccounts([bjorn ?? "", "newcomer"]);
    const { out, exitCode } = await cli([...args, "--yes"]);
    expect(exitCode).toBe(0);
    expect(out).toContain("Puts back 1 · leaves 3 as they are");
    expect(out).toContain("2 accounts in that copy are no longer on your site. No restore did that, and an undo does not bring them back.\n");
    const expected = new Map(after);
    expected.delete(bjorn ?? "");
    expected.delete("newcomer");
    const first = before.get(ada ?? "");
    if (first === undefined) throw new Error("not there before");
    await expectSame(site, expected.set(first.id, first));
  });

  it("gives nobody an address back that somebody else has signed up with since", async () => {
    const site = await newSite();
    await backupSite(site);
    await site.add([asOf(people[0], ada ?? "", "moved@example.com")]);
    expect((await cli(["restore", ...sourceOf(site), "--from", site.folder, "--policy", "overwrite", "--yes"])).exitCode).toBe(0);
    await site.add([asOf(people[4], "newcomer", "moved@example.com")]);
    const state = await snapshotSite(site);
    const { exitCode, out } = await cli(["restore", ...sourceOf(site), "--undo", "--from", site.folder, "--yes"]);
    expect(exitCode).toBe(0);
    expect(out.split("\n").slice(1, 4)).toEqual([
      "There is nobody in it who can be put back.",
      "1 needs a look:",
      `  ${ada ?? ""}: Its e-mail address belongs to another account by now, so it is left as it is.`,
    ]);
    expect(await snapshotSite(site)).toEqual(state);
  });

  it("has nothing to put back after a restore into an emptied site, whatever was restored before that", async () => {
    const { site, args } = await restored();
    await site.add([withPassword(people[0])]);
    await backupSite({ ...site, acceptFewer: true });
    await site.deleteAccounts([...(await site.read()).keys()]);
    const emptied = await cli(["restore", ...sourceOf(site), "--from", site.folder, "--yes", "--json"]);
    expect(emptied.json()).toMatchObject({ report: { safety_backup: null } });
    const state = await snapshotSite(site);
    const { exitCode, out } = await cli([...args, "--yes"]);
    expect(exitCode).toBe(0);
    expect(out).toContain("Everyone in it is as they were then: there is nothing to put back.\n");
    expect(await snapshotSite(site)).toEqual(state);
  });

  it("has nothing to put back when the restore only added", async () => {
    const site = await newSite();
    await backupSite(site);
    await site.deleteAccounts([chidi ?? ""]);
    expect((await cli(["restore", ...sourceOf(site), "--from", site.folder, "--yes"])).exitCode).toBe(0);
    const state = await snapshotSite(site);
    const vault = snapshotFolder(site.folder);
    const { exitCode, out } = await cli(["restore", ...sourceOf(site), "--undo", "--from", site.folder, "--yes"]);
    expect(exitCode).toBe(0);
    expect(out.split("\n").slice(1, 3)).toEqual([
      "Everyone in it is as they were then: there is nothing to put back.",
      "1 account is not in that copy, added by the restore or signed up since, and stays: we never delete anyone.",
    ]);
    expect(await snapshotSite(site)).toEqual(state);
    expect(snapshotFolder(site.folder)).toEqual(vault);
  });

  it("takes no copy of another collection, and none from before a wipe", async () => {
    const { site, args } = await restored();
    const other = await newSite();
    const foreign = await cli(["restore", ...sourceOf(other), "--undo", "--from", site.folder, "--yes"]);
    expect(foreign).toMatchObject({ exitCode: 10, out: "" });
    expect(foreign.err).toContain("There is no safety copy of this site here.\n");

    await site.wipe();
    expect(await cli([...args, "--yes"])).toMatchObject({ exitCode: 10, out: "" });
    const byHand = await cli(["restore", ...sourceOf(site), "--from", site.folder, "--yes"]);
    // Somebody who was there before the wipe is in the safety copy only, and that is said.
    expect(byHand).toMatchObject({ exitCode: 3, out: expect.stringContaining("only in a later copy") as string });
    const state = await snapshotSite(site);
    const { exitCode, json } = await cli([...args, "--yes", "--json"]);
    expect(exitCode).toBe(10);
    expect(json()).toMatchObject({ ok: false, error: { code: "BACKUP_NOT_FOUND", hint: expect.stringContaining("empty site") as string } });
    expect(await snapshotSite(site)).toEqual(state);
  });

  it("stops at a safety copy that is damaged, instead of taking an older one", async () => {
    const { site, args } = await restored();
    expect((await cli([...args, "--yes"])).exitCode).toBe(0);
    const safety = join(site.folder, "safety");
    const names = (await readdir(safety)).sort();
    expect(names).toHaveLength(2);
    await writeFile(join(safety, "user_backup_29991231.json"), '{"backup_timestamp"');
    const state = await snapshotSite(site);
    const { exitCode, json } = await cli([...args, "--yes", "--json"]);
    expect(exitCode).toBe(1);
    expect(json()).toMatchObject({ ok: false, error: { code: "BACKUP_DAMAGED", hint: expect.stringContaining("user_backup_29991231.json") as string } });
    expect(await snapshotSite(site)).toEqual(state);
    await rm(join(safety, "user_backup_29991231.json"));
    expect((await cli([...args, "--dry-run"])).exitCode).toBe(0);
  });

  it("opens a locked safety copy, and needs its passphrase", async () => {
    const passphrase = "three little words";
    const { site, before, args } = await restored(passphrase);
    expect(await readdir(join(site.folder, "safety"))).toEqual([expect.stringMatching(/\.age$/)]);
    expect(await cli([...args, "--yes"])).toMatchObject({ exitCode: 12, out: "" });
    expect((await cli([...args, "--yes"], { ACCOUNT_KEEPER_PASSPHRASE: passphrase })).exitCode).toBe(0);
    const now = await site.read();
    for (const [id, record] of before) expect(now.get(id)?.document, id).toBe(record.document);
    expect(await readdir(join(site.folder, "safety"))).toEqual([expect.stringMatching(/\.age$/), expect.stringMatching(/\.age$/)]);
  });

  it("refuses a plan that the site has left behind", async () => {
    const { site } = await restored();
    const request = { ...site, safetyFolder: site.folder };
    const undo = await planUndo(request);
    await site.add([withPassword(people[2])]);
    const state = await snapshotSite(site);
    expect((await errorOf(async () => await undoRestore({ ...request, undo }))).code).toBe("PLAN_STALE");
    expect(await snapshotSite(site)).toEqual(state);
  });

  it("takes the copy of the last restore, also when the clock was put back before it", async () => {
    const site = await newSite();
    const { path } = await backupSite({ ...site, now: () => new Date("2026-11-01T10:00:00Z") });
    await site.add([withPassword(people[0])]);
    await restoreAt(site, path, "2027-01-20T10:00:00Z");
    await site.add([withPassword(people[1])]);
    const before = await site.read();
    await restoreAt(site, path, "2026-11-23T10:00:00Z");
    const request = { ...site, safetyFolder: site.folder };
    const undo = await planUndo(request);
    expect(undo.madeAt).toEqual(new Date("2027-01-20T10:00:01Z"));
    await undoRestore({ ...request, undo });
    await expectSame(site, before);
  });

  it("with the clock put back, a backup after two restores is newer than their copies: who was deleted with the owner's word is not asked about again", async () => {
    const site = await newSite();
    const { path } = await backupSite({ ...site, now: () => new Date("2027-01-20T10:00:00Z") });
    for (const [index, time] of ["2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"].entries()) {
      await site.add([withPassword(people[index]), asOf(people[4], "newcomer", "new@example.com")]);
      await restoreAt(site, path, time);
    }
    await site.deleteAccounts(["newcomer"]);
    await site.add([withPassword(people[2])]);
    await backupSite({ ...site, acceptFewer: true, now: () => new Date("2026-11-23T12:00:00Z") });
    expect((await judgeAgainstVault(site, await glanceAtSite(site))).verdict).toEqual({ kind: "all_there" });
  });

  it("undoes a restore into a data folder", async () => {
    const [folder, vault] = [join(await temporaryFolder(), "chroma_db"), await temporaryFolder()];
    await writeInto(folder, people);
    expect((await cli(["backup", "--folder", folder, "--out", vault])).exitCode).toBe(0);
    await writeInto(folder, people.slice(0, 2).map((record) => withPassword(record)));
    const diff = async (): Promise<string> => (await cli(["diff", "--folder", folder, "--from", vault])).out;
    expect(await diff()).toContain("0 added · 2 changed · 0 missing");
    expect((await cli(["restore", "--folder", folder, "--from", vault, "--policy", "overwrite", "--yes"])).exitCode).toBe(0);
    expect(await diff()).toContain("Nothing has changed since that backup");
    const { exitCode, out } = await cli(["restore", "--folder", folder, "--undo", "--from", vault, "--yes"]);
    expect(exitCode).toBe(0);
    expect(out).toContain("Stop your site before you go on");
    expect(out).toContain("2 accounts put back");
    expect(await diff()).toContain("0 added · 2 changed · 0 missing");
  });

  it.each([["--policy", "overwrite"], ["--only", "a"], ["--dimension", "8"]])("does not go together with %s", async (flag, value) => {
    const { exitCode, err } = await cli(["restore", "--url", "http://127.0.0.1:1", "--from", "backups", "--undo", flag, value]);
    expect(exitCode).toBe(2);
    expect(err).toContain(`--undo does not go together with ${flag}.`);
  });
});
