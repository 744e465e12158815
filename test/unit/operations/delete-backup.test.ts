/** Deleting a backup by hand, on real files: what is refused, so that somebody can always come back. */
import fs, { type PathLike } from "node:fs";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { deleteBackup } from "../../../electron/engine/operations/delete-backup.ts";
import type { AccountRecord } from "../../../electron/engine/record.ts";
import { openVault } from "../../../electron/engine/vault/vault.ts";
import { snapshotFolder } from "../../support/snapshots.ts";
import { account, accounts, errorOf, makeBackup, namesIn, tempFolder } from "../backup/make-backup.ts";

/** Places a backup of the first so many accounts, made at noon on this day of November; returns its path. */
async function keep(folder: string, day: number, held: number | readonly AccountRecord[]): Promise<string> {
  const finished = await makeBackup(folder, typeof held === "number" ? accounts(held) : held, { timestamp: new Date(2026, 10, day, 12) });
  return (await (await openVault(folder)).place(finished, { kind: "normal" })).path;
}

/** One letter in the middle: the head still reads well, so a list calls it good. */
async function damageBody(path: string): Promise<void> {
  await writeFile(path, (await readFile(path, "utf8")).replace("secret-of-u-1", "secret-of-x-1"));
}

async function keepForeign(folder: string, name: string, held: number): Promise<string> {
  const users = accounts(held).map(({ document }) => JSON.parse(document ?? "") as unknown);
  await writeFile(join(folder, name), JSON.stringify({ backup_timestamp: "2026-11-20T10:00:00Z", user_count: held, users }));
  return join(folder, name);
}

async function expectKept(folder: string, path: string, message: string | RegExp): Promise<void> {
  const before = snapshotFolder(folder);
  expect(await errorOf(() => deleteBackup({ folder, path }))).toMatchObject({ code: "BACKUP_KEPT", message: expect.stringMatching(message) as string, hint: expect.stringMatching(/\S/) as string });
  expect(snapshotFolder(folder)).toEqual(before);
}

const LAST_USABLE = /^This is the newest backup that can be used\.$/;

describe("deleting a backup", () => {
  it("takes an older one away whose people are all in the newest", async () => {
    const folder = await tempFolder();
    const older = await keep(folder, 20, 2);
    const newest = await keep(folder, 21, 3);
    await expectKept(folder, newest, /newest backup is always kept/);
    await deleteBackup({ folder, path: older });
    expect(await namesIn(folder)).toEqual(["user_backup_20261121.json"]);
  });

  it("keeps the last one that can be used when the newest is damaged further on than a list looks", async () => {
    const folder = await tempFolder();
    const good = await keep(folder, 20, 3);
    await damageBody(await keep(folder, 21, 4));
    await expectKept(folder, good, LAST_USABLE);
  });

  it("keeps the only file of another program", async () => {
    const folder = await tempFolder();
    await expectKept(folder, await keepForeign(folder, "user_backup_20261120.json", 3), LAST_USABLE);
  });

  it("takes another program's file away when everybody in it is in ours too", async () => {
    const folder = await tempFolder();
    const theirs = await keepForeign(folder, "user_backup_20261120.json", 3);
    await keep(folder, 21, 3);
    await deleteBackup({ folder, path: theirs });
    expect(await namesIn(folder)).toEqual(["user_backup_20261121.json"]);
  });

  it("keeps one that alone holds somebody", async () => {
    const folder = await tempFolder();
    const lonely = await keep(folder, 20, [account("gone-since")]);
    await keep(folder, 21, 3);
    await expectKept(folder, lonely, /^This backup holds 1 account that the newest one does not\.$/);
  });

  it("takes a damaged one away, also where nothing good is left", async () => {
    const folder = await tempFolder();
    const cut = await keep(folder, 20, 3);
    await truncate(cut, 400);
    await deleteBackup({ folder, path: cut });
    expect(await namesIn(folder)).toEqual([]);
  });

  it("does not take for damaged what the disk would not read just now", async () => {
    const folder = await tempFolder();
    const unread = await keep(folder, 20, 4);
    await keep(folder, 21, 3);
    refuseToOpen(unread);
    const before = snapshotFolder(folder);
    expect((await errorOf(() => deleteBackup({ folder, path: unread }))).code).toBe("FILE_UNREADABLE");
    expect(snapshotFolder(folder)).toEqual(before);
  });
});

/** Until the test ends. Of root no file is kept by its mode. */
function refuseToOpen(unread: string): void {
  const open = fs.promises.open;
  vi.spyOn(fs.promises, "open").mockImplementation(async (path: PathLike, ...rest) => {
    if (path === unread) throw Object.assign(new Error("EIO: made up by a test"), { code: "EIO" });
    return await open(path, ...rest);
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });
}
