import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noteRehearsal, NOTES_NAME, readNotes, type BackupNote } from "../../../electron/engine/vault/notes.ts";
import { withVaultLock } from "../../../electron/engine/vault/lock.ts";
import { openVault } from "../../../electron/engine/vault/vault.ts";
import { bundleChild } from "../../support/bundle-child.ts";
import { accounts, errorOf, makeBackup, namesIn, tempFolder } from "../backup/make-backup.ts";

const SLOW = 60_000;
const note = (rest: Partial<BackupNote> = {}): BackupNote => ({ rehearsedAt: new Date("2026-11-23T14:06:00.000Z"), rehearsedOk: true, couldNotSignIn: 0, ...rest });

let child: string;
beforeAll(async () => {
  child = await bundleChild(new URL("./notes-child.ts", import.meta.url));
}, SLOW);
afterAll(async () => await rm(dirname(child), { recursive: true, force: true }));

interface KeptBackup {
  readonly path: string;
  readonly digest: string;
}

/** A backup in the vault that holds this many accounts, of one day or of several. */
async function keep(folder: string, count: number, options: { day?: number; passphrase?: string } = {}): Promise<KeptBackup> {
  const { day = 23, ...rest } = options;
  const finished = await makeBackup(folder, accounts(count), { timestamp: new Date(2026, 10, day, 9, count), ...rest });
  const { path } = await (await openVault(folder)).place(finished, { kind: "normal" });
  return { path, digest: finished.head.account_keeper.digest.head };
}

const text = async (folder: string): Promise<string> => await readFile(join(folder, NOTES_NAME), "utf8");
const noted = async (folder: string): Promise<string[]> => [...(await readNotes(folder)).keys()].sort();
const sorted = (...backups: readonly KeptBackup[]): string[] => backups.map(({ digest }) => digest).sort();

describe("notes about backups", () => {
  it("are none at first, and none where there is no folder", async () => {
    expect((await readNotes(await tempFolder())).size).toBe(0);
    expect((await readNotes(join(await tempFolder(), "missing"))).size).toBe(0);
  });

  it("come back as they were written, for their owner only, and are no backup", async () => {
    const folder = await tempFolder();
    const [a, b] = [await keep(folder, 1), await keep(folder, 2, { day: 24 })];
    expect(await noteRehearsal(folder, a.digest, note())).toBe(true);
    expect(await noteRehearsal(folder, b.digest, note({ rehearsedOk: false, couldNotSignIn: 2 }))).toBe(true);
    expect(await readNotes(folder)).toEqual(
      new Map([
        [a.digest, note()],
        [b.digest, note({ rehearsedOk: false, couldNotSignIn: 2 })],
      ]),
    );
    expect((await stat(join(folder, NOTES_NAME))).mode & 0o777).toBe(0o600);
    expect(await namesIn(folder)).toEqual([NOTES_NAME, "user_backup_20261123.json", "user_backup_20261124.json"]);
    expect((await (await openVault(folder)).list()).map(({ name }) => name)).toEqual(["user_backup_20261124.json", "user_backup_20261123.json"]);
    expect(JSON.parse(await text(folder))).toMatchObject({ version: 1, backups: { [a.digest]: { rehearsed_at: "2026-11-23T14:06:00.000Z", rehearsed_ok: true, could_not_sign_in: 0 } } });
  });

  it("stay with their backup when the day's plain name moves on", async () => {
    const folder = await tempFolder();
    const first = await keep(folder, 1);
    await noteRehearsal(folder, first.digest, note());
    const second = await keep(folder, 2);
    expect(second.path).toBe(first.path);
    const vault = await openVault(folder);
    const entries = await vault.list();
    const notes = await readNotes(folder);
    expect(entries.map((entry) => [entry.accounts, notes.has(entry.headDigest ?? "")])).toEqual([
      [2, false],
      [1, true],
    ]);
  });

  it("forget a backup that is gone, and keep the newest word on one that is there", async () => {
    const folder = await tempFolder();
    const [a, b] = [await keep(folder, 1), await keep(folder, 2, { day: 24 })];
    await noteRehearsal(folder, a.digest, note());
    await noteRehearsal(folder, b.digest, note({ rehearsedOk: false, couldNotSignIn: 1 }));
    await rm(a.path);
    await noteRehearsal(folder, b.digest, note());
    expect(await readNotes(folder)).toEqual(new Map([[b.digest, note()]]));
  });

  it("keep short and safety copies in mind", async () => {
    const folder = await tempFolder();
    const finished = await makeBackup(folder, accounts(3), { timestamp: new Date(2026, 10, 20) });
    await (await openVault(folder)).place(finished, { kind: "safety" });
    const other = await keep(folder, 1);
    await noteRehearsal(folder, finished.head.account_keeper.digest.head, note());
    await noteRehearsal(folder, other.digest, note());
    expect((await readNotes(folder)).size).toBe(2);
  });

  it.each([
    ["locked", async (folder: string) => await keep(folder, 3, { day: 25, passphrase: "p" })],
    ["damaged", async (folder: string) => await writeFile(join(folder, "user_backup_20261120.json"), '{"backup_timestamp"')],
  ])("forget nobody while a backup is %s: it may be the one", async (_, spoil) => {
    const folder = await tempFolder();
    const [a, b] = [await keep(folder, 1), await keep(folder, 2, { day: 24 })];
    await noteRehearsal(folder, a.digest, note());
    await rm(a.path);
    await spoil(folder);
    await noteRehearsal(folder, b.digest, note());
    expect(await noted(folder)).toEqual(sorted(a, b));
  }, SLOW);

  it("never grow past a thousand, the oldest going first", async () => {
    const folder = await tempFolder();
    const kept = await keep(folder, 1);
    // While this lies there nobody is forgotten for being gone.
    await writeFile(join(folder, "user_backup_20261120.json"), '{"backup_timestamp"');
    const old = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [index.toString(16).padStart(64, "0"), { rehearsed_at: new Date(index * 1_000).toISOString(), rehearsed_ok: true, could_not_sign_in: 0 }]));
    await writeFile(join(folder, NOTES_NAME), JSON.stringify({ version: 1, backups: old }));
    await noteRehearsal(folder, kept.digest, note());
    const notes = await readNotes(folder);
    expect([notes.size, notes.has(kept.digest), notes.has("0".repeat(64)), notes.has(`${"0".repeat(63)}1`)]).toEqual([1_000, true, false, true]);
  });

  it("keep what a later version adds to them", async () => {
    const folder = await tempFolder();
    const [a, b] = [await keep(folder, 1), await keep(folder, 2, { day: 24 })];
    const known = { rehearsed_at: "2026-11-01T00:00:00.000Z", rehearsed_ok: true, could_not_sign_in: 0, pinned: true };
    await writeFile(join(folder, NOTES_NAME), JSON.stringify({ version: 1, colour: "blue", backups: { [a.digest]: known } }));
    await noteRehearsal(folder, a.digest, note());
    await noteRehearsal(folder, b.digest, note());
    expect(JSON.parse(await text(folder))).toMatchObject({ version: 1, colour: "blue", backups: { [a.digest]: { pinned: true, rehearsed_at: "2026-11-23T14:06:00.000Z" } } });
  });
});

describe("a damaged notes file", () => {
  it.each([
    ["cut", '{"version":1,"backups":{'],
    ["empty", ""],
    ["of another shape", '{"version":1,"backups":[]}'],
    ["without a version", '{"backups":{}}'],
    ["with a wrong key", '{"version":1,"backups":{"newest":{"rehearsed_at":"2026-11-01T00:00:00.000Z","rehearsed_ok":true,"could_not_sign_in":0}}}'],
    ["with a wrong time", `{"version":1,"backups":{"${"a".repeat(64)}":{"rehearsed_at":"yesterday","rehearsed_ok":true,"could_not_sign_in":0}}}`],
  ])("that is %s is kept aside, and a new one begun", async (_, content) => {
    const folder = await tempFolder();
    const a = await keep(folder, 1);
    await writeFile(join(folder, NOTES_NAME), content);
    expect((await readNotes(folder)).size).toBe(0);
    expect(await text(folder)).toBe(content);
    for (let time = 1; time <= 2; time += 1) {
      await noteRehearsal(folder, a.digest, note());
      expect(await noted(folder)).toEqual([a.digest]);
      const aside = (await namesIn(folder)).filter((name) => name.startsWith("account-keeper-notes.damaged-"));
      expect(aside).toHaveLength(time);
      expect(await Promise.all(aside.map((name) => readFile(join(folder, name), "utf8")))).toEqual(aside.map(() => content));
      await writeFile(join(folder, NOTES_NAME), content);
    }
  });

  it("that cannot be read at all stops nobody from reading, and is not replaced", async () => {
    const folder = await tempFolder();
    const a = await keep(folder, 1);
    await mkdir(join(folder, NOTES_NAME));
    expect((await readNotes(folder)).size).toBe(0);
    expect((await errorOf(() => noteRehearsal(folder, a.digest, note()))).code).toBe("FILE_UNREADABLE");
    expect(await namesIn(folder)).toEqual([NOTES_NAME, "user_backup_20261123.json"]);
  });
});

describe("notes of another version", () => {
  it("are left alone", async () => {
    const folder = await tempFolder();
    const a = await keep(folder, 1);
    const content = JSON.stringify({ version: 2, backups: { [a.digest]: { rehearsed_at: "2026-11-01T00:00:00.000Z", rehearsed_ok: true, could_not_sign_in: 0 } } });
    await writeFile(join(folder, NOTES_NAME), content);
    expect((await readNotes(folder)).size).toBe(0);
    expect(await noteRehearsal(folder, a.digest, note())).toBe(false);
    expect(await text(folder)).toBe(content);
    expect(await namesIn(folder)).toEqual([NOTES_NAME, "user_backup_20261123.json"]);
  });
});

describe("many at once", () => {
  it("two processes and several calls here lose no note of each other", async () => {
    const folder = await tempFolder();
    const kept: KeptBackup[] = [];
    for (let count = 1; count <= 6; count += 1) kept.push(await keep(folder, count, { day: count }));
    const digests = kept.map(({ digest }) => digest);
    const inProcess = async (some: readonly string[]): Promise<unknown[]> => (await once(spawn(process.execPath, [child, folder, ...some], { stdio: ["ignore", "ignore", "inherit"] }), "exit")) as unknown[];
    const ends = await Promise.all([
      inProcess(digests.slice(0, 2)),
      inProcess(digests.slice(2, 4)),
      ...digests.slice(4).map(async (digest) => await noteRehearsal(folder, digest, note())),
    ]);
    expect(ends).toEqual([[0, null], [0, null], true, true]);
    expect(await noted(folder)).toEqual([...digests].sort());
    expect(await namesIn(folder)).toEqual([NOTES_NAME, ...kept.map(({ path }) => path.slice(folder.length + 1))].sort());
  }, SLOW);

  it("waits for whoever holds the vault, and stops waiting when cancelled", async () => {
    const folder = await tempFolder();
    const a = await keep(folder, 1);
    await withVaultLock(folder, async () => {
      expect((await errorOf(() => noteRehearsal(folder, a.digest, note(), { waitMs: 0 }))).code).toBe("BUSY");
      const controller = new AbortController();
      const waiting = errorOf(() => noteRehearsal(folder, a.digest, note(), { signal: controller.signal }));
      controller.abort();
      expect((await waiting).code).toBe("CANCELLED");
    });
    expect(await namesIn(folder)).toEqual(["user_backup_20261123.json"]);
  });

  it("needs its folder", async () => {
    const folder = await tempFolder();
    await rename(folder, `${folder}-away`);
    expect((await errorOf(() => noteRehearsal(folder, "a".repeat(64), note()))).code).toBe("FOLDER_NOT_FOUND");
    await rename(`${folder}-away`, folder);
  });
});
