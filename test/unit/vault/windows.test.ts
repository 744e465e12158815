/** Folders as owners on Windows have them: OneDrive, USB sticks, network drives, and a virus scanner that looks at everything new. */
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { noteActivity } from "../../../electron/engine/activity/activity-log.ts";
import { deleteBackup } from "../../../electron/engine/operations/delete-backup.ts";
import { withVaultLock } from "../../../electron/engine/vault/lock.ts";
import { pruneVault } from "../../../electron/engine/vault/prune.ts";
import { openVault } from "../../../electron/engine/vault/vault.ts";
import { pretendPlatform, windowsDisk } from "../../support/windows-disk.ts";
import { accounts, errorOf, makeBackup, namesIn, tempFolder } from "../backup/make-backup.ts";

const MORNING = new Date(2026, 10, 24, 9);
const NOON = new Date(2026, 10, 24, 12);

/** A vault with one backup, of this morning. */
async function vaultWithOne(): Promise<{ folder: string; vault: Awaited<ReturnType<typeof openVault>> }> {
  const folder = await tempFolder();
  const vault = await openVault(folder);
  await vault.place(await makeBackup(folder, accounts(2), { timestamp: MORNING }), { kind: "normal" });
  return { folder, vault };
}

// UNKNOWN: ERROR_CLOUD_FILE_INCOMPATIBLE_HARDLINKS, which libuv has no name for. EISDIR: exFAT.
it.each(["UNKNOWN", "EISDIR"])("a folder that takes no hard links (%s) keeps the day's earlier backup all the same", async (code) => {
  const { folder, vault } = await vaultWithOne();
  const disk = windowsDisk(folder);
  disk.fail("link", code, { on: /^user_backup_/ });
  await vault.place(await makeBackup(folder, accounts(3), { timestamp: NOON }), { kind: "normal" });
  expect(disk.failures).toBe(1);
  expect((await vault.list()).map(({ name, accounts: count }) => [name, count])).toStrictEqual([
    ["user_backup_20261124.json", 3],
    ["user_backup_20261124_090000.json", 2],
  ]);
});

// The second as Node has it on macOS, for what iCloud keeps.
it.each(["UNKNOWN", "Unknown system error -11"])("a backup that its cloud cannot fetch just now does not hide the others (%s)", async (code) => {
  const { folder, vault } = await vaultWithOne();
  await vault.place(await makeBackup(folder, accounts(3), { timestamp: new Date(2026, 10, 25, 9) }), { kind: "normal" });
  windowsDisk(folder).fail("open", code, { on: /20261124\.json$/ });
  const entries = await vault.list();
  expect(entries.map(({ name, state }) => [name, state])).toStrictEqual([
    ["user_backup_20261125.json", "good"],
    ["user_backup_20261124.json", "damaged"],
  ]);
  expect(entries[1]?.error).toMatchObject({ code: "FILE_UNREADABLE", hint: expect.stringContaining("OneDrive") as string });
});

it("a network drive that is gone is told as such", async () => {
  const folder = await tempFolder();
  windowsDisk(folder).fail("lstat", "UNKNOWN", { on: /lock/ });
  expect(await errorOf(() => withVaultLock(folder, () => Promise.resolve()))).toMatchObject({ code: "FOLDER_NOT_WRITABLE", hint: expect.stringContaining("unplugged") as string });
});

it("a new backup is made while a scanner looks at each file that was just closed", async () => {
  const { folder, vault } = await vaultWithOne();
  const disk = windowsDisk(folder);
  // The spools of a larger backup, the new backup itself, and the one it takes its name from.
  disk.fail("rm", "EBUSY", { on: /\.part$/, times: 2 });
  disk.fail("rename", "EPERM", { on: /\.part$/, times: 1 });
  disk.fail("open", "EBUSY", { on: /^user_backup_/, times: 1 });
  await vault.place(await makeBackup(folder, accounts(2_000), { timestamp: NOON }), { kind: "normal" });
  expect(disk.failures).toBe(4);
  expect(await namesIn(folder)).toStrictEqual(["user_backup_20261124.json", "user_backup_20261124_090000.json"]);
});

it("old backups go although somebody has them open for a moment", async () => {
  const { folder, vault } = await vaultWithOne();
  await vault.place(await makeBackup(folder, accounts(2), { timestamp: new Date(2026, 10, 25, 9) }), { kind: "normal" });
  const disk = windowsDisk(folder);
  disk.fail("rm", "EBUSY", { on: /20261124\.json$/, times: 1 });
  expect((await pruneVault(folder, { now: () => new Date(2028, 0, 1) })).removed).toHaveLength(1);
  await vault.place(await makeBackup(folder, accounts(2), { timestamp: NOON }), { kind: "safety" });
  disk.fail("rm", "EPERM", { on: /120000\.json$/, times: 1 });
  await deleteBackup({ folder, path: join(folder, "safety", "user_backup_20261124_120000.json") });
  expect(disk.failures).toBe(2);
  expect(await namesIn(join(folder, "safety"))).toStrictEqual([]);
});

it("what stays open for long is told as that", async () => {
  const { folder } = await vaultWithOne();
  await (await openVault(folder)).place(await makeBackup(folder, accounts(2), { timestamp: new Date(2026, 10, 25, 9) }), { kind: "normal" });
  windowsDisk(folder).fail("rm", "EBUSY", { on: /20261124\.json$/ });
  expect(await errorOf(() => pruneVault(folder, { now: () => new Date(2028, 0, 1) }))).toMatchObject({ code: "FOLDER_NOT_WRITABLE", message: "Another program has a file in your backup folder open." });
});

it("elsewhere nobody waits for what is refused", async () => {
  const { folder } = await vaultWithOne();
  const disk = windowsDisk(folder);
  pretendPlatform("darwin");
  disk.fail("rename", "EPERM", { on: /lock/ });
  expect((await errorOf(() => withVaultLock(folder, () => Promise.resolve()))).code).toBe("FOLDER_NOT_WRITABLE");
  expect(disk.failures).toBe(1);
});

it("the log of what happened begins anew while somebody reads it", async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, "account-keeper-activity.jsonl"), `${"x".repeat(4 * 1024 * 1024)}\n`);
  const disk = windowsDisk(folder);
  disk.fail("rename", "EPERM", { on: /activity\.jsonl$/, times: 1 });
  await noteActivity(folder, "https://bakery.example.com", { kind: "starting_fresh", level: "info", message: "Fresh." });
  expect(disk.failures).toBe(1);
  expect(await readFile(join(folder, "account-keeper-activity.jsonl"), "utf8")).toMatch(/^\{.*"Fresh\.".*\n$/);
});

/** MoveFileEx renames no folder in which a file is open, and replaces none. */
it("the lock is taken while a scanner looks at the new file in it", async () => {
  const folder = await tempFolder();
  const disk = windowsDisk(folder);
  disk.fail("rename", "EPERM", { on: /lock/, times: 2 });
  disk.fail("unlink", "EBUSY", { on: /./, times: 1 });
  expect(await withVaultLock(folder, () => Promise.resolve("done"))).toBe("done");
  expect(disk.failures).toBe(3);
  expect(await namesIn(folder)).toStrictEqual([]);
});

it("the lock is taken when the last holder's folder is just going", async () => {
  const folder = await tempFolder();
  const disk = windowsDisk(folder);
  disk.fail("lstat", "EPERM", { on: /\.lock$/, times: 2 });
  expect(await withVaultLock(folder, () => Promise.resolve("done"), { waitMs: 0 })).toBe("done");
  expect(disk.failures).toBe(2);
});

it("the lock of somebody else is busy, not a folder that cannot be written", async () => {
  const folder = await tempFolder();
  const path = join(folder, ".account-keeper.lock");
  const disk = windowsDisk(folder);
  // Between our look and our rename.
  disk.fail("rename", "EPERM", {
    on: /lock/,
    when: () => {
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, "0123456789ab-unknown"), ".");
      return true;
    },
  });
  expect((await errorOf(() => withVaultLock(folder, () => Promise.resolve(), { waitMs: 0 }))).code).toBe("BUSY");
});

/** A stick that was pulled out of a Mac while a backup was written there. */
it("the lock is taken although macOS left its own files in it", async () => {
  const folder = await tempFolder();
  const path = join(folder, ".account-keeper.lock");
  await mkdir(path);
  const longAgo = new Date(Date.now() - 60_000);
  for (const name of ["0123456789ab-unknown", "._0123456789ab-unknown"]) {
    await writeFile(join(path, name), ".");
    await utimes(join(path, name), longAgo, longAgo);
  }
  expect(await withVaultLock(folder, () => Promise.resolve("done"), { waitMs: 0 })).toBe("done");
  expect(await namesIn(folder)).toStrictEqual([]);
  await mkdir(path);
  await writeFile(join(path, "._0123456789ab-unknown"), ".");
  expect(await withVaultLock(folder, () => Promise.resolve("done"), { waitMs: 0 })).toBe("done");
});

/** Controlled folder access, which guards "Documents" and OneDrive, says that there is nothing where nothing may be made. */
it("a folder that Windows protects is not told to be missing", async () => {
  const folder = await tempFolder();
  windowsDisk(folder).fail("mkdir", "ENOENT", { on: /./ });
  const protectedFolder = { code: "FOLDER_NOT_WRITABLE", hint: expect.stringContaining("Ransomware protection") as string };
  expect(await errorOf(() => withVaultLock(folder, () => Promise.resolve()))).toMatchObject(protectedFolder);
  expect(await errorOf(() => openVault(join(folder, "new"), { create: true }))).toMatchObject(protectedFolder);
});
