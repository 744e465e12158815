/** Links, pipes and odd names where a vault keeps its files: what they point at is never deleted, renamed, written or waited for. */
import { execFileSync } from "node:child_process";
import { lstat, mkdir, readFile, readlink, rename, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Activity } from "../../../electron/engine/activity/activity.ts";
import { readActivity, recordActivity } from "../../../electron/engine/activity/activity-log.ts";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import { sweepTempFiles } from "../../../electron/engine/backup/temp-files.ts";
import { deleteBackup } from "../../../electron/engine/operations/delete-backup.ts";
import { exportBackup } from "../../../electron/engine/operations/carry-backup.ts";
import { withVaultLock } from "../../../electron/engine/vault/lock.ts";
import { noteRehearsal, readNotes, NOTES_NAME } from "../../../electron/engine/vault/notes.ts";
import { pruneVault } from "../../../electron/engine/vault/prune.ts";
import { openVault } from "../../../electron/engine/vault/vault.ts";
import { accounts, errorOf, makeBackup, namesIn, readRecords, tempFolder } from "../backup/make-backup.ts";

const LOCK = ".account-keeper.lock";
const LOG = "account-keeper-activity.jsonl";
const activity: Activity = { at: "2026-11-23T10:15:00.123Z", kind: "backed_up", level: "info", site: "http://localhost:8000", message: "All is well." };
const DAY_MS = 24 * 60 * 60 * 1_000;

/** A folder of somebody else's, with a file that nobody has touched for long. */
async function otherFolder(name: string, text = "years of work"): Promise<string> {
  const folder = await tempFolder();
  await writeFile(join(folder, name), text);
  await utimes(join(folder, name), 1, 1);
  return folder;
}

function pipe(folder: string, name: string): string {
  const path = join(folder, name);
  execFileSync("mkfifo", [path]);
  return path;
}

// Making a link needs rights of its own on Windows, and pipes have no file name there.
describe.skipIf(process.platform === "win32")("in a vault", () => {
  it.each([LOCK, ".account-keeper-log.lock"])("a link in the place of the lock %s costs nobody a file", async (name) => {
    const purpose = name === LOCK ? ("write" as const) : ("log" as const);
    const documents = await otherFolder("thesis.txt");
    await writeFile(join(documents, "0123456789ab-unknown"), "looks like a claim");
    await utimes(join(documents, "0123456789ab-unknown"), 1, 1);
    const vault = await tempFolder();
    await symlink(documents, join(vault, name));
    expect(await withVaultLock(vault, () => Promise.resolve("mine"), { waitMs: 0, purpose })).toBe("mine");
    expect(await namesIn(documents)).toEqual(["0123456789ab-unknown", "thesis.txt"]);
    expect(await namesIn(vault)).toEqual([]);
  });

  it("what lies in the lock's folder and is no claim stays, and the vault is said to be busy", async () => {
    const vault = await tempFolder();
    await mkdir(join(vault, LOCK));
    await writeFile(join(vault, LOCK, "thesis.txt"), "years of work");
    await utimes(join(vault, LOCK, "thesis.txt"), 1, 1);
    expect((await errorOf(() => withVaultLock(vault, () => Promise.resolve(), { waitMs: 0 }))).code).toBe("BUSY");
    expect(await namesIn(join(vault, LOCK))).toEqual(["thesis.txt"]);
  });

  it("what a file manager leaves in the lock's folder does not hold it", async () => {
    const vault = await tempFolder();
    await mkdir(join(vault, LOCK));
    await writeFile(join(vault, LOCK, ".DS_Store"), "");
    expect(await withVaultLock(vault, () => Promise.resolve("mine"), { waitMs: 0 })).toBe("mine");
  });

  it("a folder in the place of a claim is a typed error, and stays", async () => {
    const vault = await tempFolder();
    const claim = join(vault, LOCK, "0123456789ab-unknown");
    await mkdir(claim, { recursive: true });
    await utimes(claim, 1, 1);
    expect((await errorOf(() => withVaultLock(vault, () => Promise.resolve(), { waitMs: 0 }))).code).toBe("FOLDER_NOT_WRITABLE");
    expect((await lstat(claim)).isDirectory()).toBe(true);
  });

  it("a claim that was swapped for a link gets no sign of life through it, and the lock is lost", async () => {
    const profile = await otherFolder("profile", "export PATH");
    const vault = await tempFolder();
    const error = await errorOf(() =>
      withVaultLock(vault, async (signal) => {
        const [claim = ""] = await namesIn(join(vault, LOCK));
        await rm(join(vault, LOCK, claim));
        await symlink(join(profile, "profile"), join(vault, LOCK, claim));
        await new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(new Error("lost")));
        });
      }),
    );
    expect(error.code).toBe("BUSY");
    expect(await readFile(join(profile, "profile"), "utf8")).toBe("export PATH");
  });

  it("a link in the place of the activity log is not written through", async () => {
    const home = await otherFolder(".profile", "export PATH\n");
    const vault = await tempFolder();
    await symlink(join(home, ".profile"), join(vault, LOG));
    expect((await errorOf(() => recordActivity(vault, activity))).code).toBe("FOLDER_NOT_WRITABLE");
    expect(await readFile(join(home, ".profile"), "utf8")).toBe("export PATH\n");
    // What is there may be read: lines that are none of ours are left out.
    expect(await readActivity(vault, 10)).toEqual([]);
  });

  it("a pipe in the place of a file is not waited for", async () => {
    const vault = await tempFolder();
    const backup = pipe(vault, "user_backup_20261124.json");
    pipe(vault, LOG);
    pipe(vault, NOTES_NAME);
    expect((await errorOf(() => recordActivity(vault, activity))).code).toBe("FOLDER_NOT_WRITABLE");
    expect((await errorOf(() => readActivity(vault, 10))).code).toBe("FILE_UNREADABLE");
    expect((await readNotes(vault)).size).toBe(0);
    expect((await errorOf(() => openBackup({ path: backup }))).code).toBe("FILE_UNREADABLE");
    expect(await (await openVault(vault)).list()).toEqual([]);
  });

  it("an activity log of gigabytes is read from its end, and torn lines are left out", async () => {
    const vault = await tempFolder();
    await writeFile(join(vault, LOG), "");
    await truncate(join(vault, LOG), 3 * 2 ** 30);
    expect(await readActivity(vault, 10)).toEqual([]);
    // The log is full, so this begins a new one.
    await recordActivity(vault, activity);
    expect(await readActivity(vault, 10)).toEqual([activity]);
  });

  it("a link in the place of the notes is replaced, and what it points at stays as it is", async () => {
    const other = await otherFolder("other.json", "{}");
    const vault = await tempFolder();
    await symlink(join(other, "other.json"), join(vault, NOTES_NAME));
    await noteRehearsal(vault, "a".repeat(64), { rehearsedAt: new Date(0), rehearsedOk: true, couldNotSignIn: 0 });
    expect((await lstat(join(vault, NOTES_NAME))).isSymbolicLink()).toBe(false);
    expect(await readFile(join(other, "other.json"), "utf8")).toBe("{}");
  });

  it("a link in the place of the day's backup may be read; a new backup takes its name and leaves both, link and file", async () => {
    const elsewhere = await tempFolder();
    const old = await makeBackup(elsewhere, accounts(2));
    const target = join(elsewhere, "user_backup_of_another_site.json");
    await rename(old.tempPath, target);
    const before = await readFile(target);
    const folder = await tempFolder();
    const vault = await openVault(folder);
    const plain = join(folder, "user_backup_20261123.json");
    await symlink(target, plain);
    expect((await vault.list()).map(({ accounts: count }) => count)).toEqual([2]);
    const placed = await vault.place(await makeBackup(folder, accounts(3), { timestamp: new Date(2026, 10, 23, 12, 0, 0) }), { kind: "normal" });
    expect(placed.path).toBe(plain);
    expect((await lstat(plain)).isFile()).toBe(true);
    expect(await readRecords(await openBackup({ path: plain }))).toHaveLength(3);
    const [kept = ""] = (await namesIn(folder)).filter((name) => name !== placed.name);
    expect(await readlink(join(folder, kept))).toBe(target);
    expect((await readFile(target)).equals(before)).toBe(true);
  });

  it("a link to nothing in the place of the day's backup is replaced, and nothing comes into being where it points", async () => {
    const elsewhere = await tempFolder();
    const folder = await tempFolder();
    const vault = await openVault(folder);
    await symlink(join(elsewhere, "new-file"), join(folder, "user_backup_20261123.json"));
    await vault.place(await makeBackup(folder, accounts(3), { timestamp: new Date(2026, 10, 23, 12, 0, 0) }), { kind: "normal" });
    expect(await namesIn(elsewhere)).toEqual([]);
    expect((await vault.list()).map(({ accounts: count }) => count)).toEqual([3]);
  });

  it("a link that is deleted or has had its time goes alone", async () => {
    const elsewhere = await tempFolder();
    const old = await makeBackup(elsewhere, accounts(1), { timestamp: new Date(Date.now() - 800 * DAY_MS) });
    const older = await makeBackup(elsewhere, accounts(1), { timestamp: new Date(Date.now() - 900 * DAY_MS) });
    const folder = await tempFolder();
    const vault = await openVault(folder);
    await vault.place(await makeBackup(folder, accounts(2), { timestamp: new Date() }), { kind: "normal" });
    for (const [name, { tempPath }] of [["user_backup_old.json", old], ["user_backup_older.json", older]] as const) await symlink(tempPath, join(folder, name));
    await deleteBackup({ folder, path: join(folder, "user_backup_older.json") });
    expect((await pruneVault(folder)).removed.map(({ name }) => name)).toEqual(["user_backup_old.json"]);
    expect(await namesIn(folder)).toHaveLength(1);
    expect(await namesIn(elsewhere)).toHaveLength(2);
  });

  it.each(["short", "safety"] as const)("a link in the place of the folder %s is not gone through: nothing is listed, written or tidied there", async (kind) => {
    const elsewhere = await tempFolder();
    for (const days of [800, 900]) await (await openVault(elsewhere)).place(await makeBackup(elsewhere, accounts(1), { timestamp: new Date(Date.now() - days * DAY_MS) }), { kind: "normal" });
    const theirs = await namesIn(elsewhere);
    const folder = await tempFolder();
    const vault = await openVault(folder);
    await vault.place(await makeBackup(folder, accounts(2), { timestamp: new Date() }), { kind: "normal" });
    await symlink(elsewhere, join(folder, kind));

    expect((await vault.list()).map(({ shelf }) => shelf)).toEqual(["normal"]);
    expect((await pruneVault(folder)).removed).toEqual([]);
    const finished = await makeBackup(folder, accounts(1));
    const error = await errorOf(() => vault.place(finished, { kind }));
    expect(error).toMatchObject({ code: "FOLDER_NOT_WRITABLE", hint: expect.stringMatching(/link/i) as string });
    expect(await namesIn(elsewhere)).toEqual(theirs);
    // The finished one is still there, under its temporary name.
    expect(await readRecords(await openBackup({ path: finished.tempPath }))).toHaveLength(1);
  });

  it("an export takes the place of a link, not of what it points at", async () => {
    const folder = await tempFolder();
    const { tempPath } = await makeBackup(folder, accounts(1));
    const other = await otherFolder("letter.txt", "Dear all");
    const to = join(await tempFolder(), "copy.json");
    await symlink(join(other, "letter.txt"), to);
    await exportBackup(tempPath, to);
    expect((await lstat(to)).isSymbolicLink()).toBe(false);
    expect(await readFile(join(other, "letter.txt"), "utf8")).toBe("Dear all");
  });

  it("a link that is named like a leftover goes alone", async () => {
    const other = await otherFolder("letter.txt");
    const folder = await tempFolder();
    await symlink(join(other, "letter.txt"), join(folder, ".account-keeper-00000000-1-000000000000.part"));
    await sweepTempFiles(folder);
    expect(await namesIn(folder)).toEqual([]);
    expect(await namesIn(other)).toEqual(["letter.txt"]);
  });
});
