/** The time in a new backup: the clock's, unless that would put it behind what the vault holds. */
import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import { makeSafetyBackup } from "../../../electron/engine/operations/backup-site.ts";
import { timeOfNew } from "../../../electron/engine/operations/backup-time.ts";
import { SHELF_FOLDERS } from "../../../electron/engine/vault/entries.ts";
import { plainName, timedName } from "../../../electron/engine/vault/names.ts";
import { openVault, type Shelf, type Vault } from "../../../electron/engine/vault/vault.ts";
import { KeeperError } from "../../../shared/errors.ts";
import { useQuickLocks } from "../../support/quick-lock.ts";
import { accounts, makeBackup, tempFolder } from "../backup/make-backup.ts";
import { memorySite } from "../property/memory-site.ts";

useQuickLocks();
const SLOW = 60_000;
const NOW = new Date(2026, 10, 23, 12, 0, 0, 500);
const later = (ms: number): Date => new Date(NOW.getTime() + ms);
/** A list tells locked ones apart by their names, and these by the second. */
const nextSecondAfter = (ms: number): Date => new Date(later(ms + 1_000).setMilliseconds(0));

async function keep(vault: Vault, timestamp: Date, kind: Shelf): Promise<string> {
  return (await vault.place(await makeBackup(vault.folder, accounts(1), { timestamp }), { kind })).path;
}

let lockedBytes: Buffer | null = null;

/** As it lies there when it was placed. Locking takes seconds, and nobody opens these: one is enough. */
async function keepLocked(vault: Vault, timestamp: Date, kind: Shelf): Promise<string> {
  lockedBytes ??= await readFile((await makeBackup(await tempFolder(), accounts(1), { passphrase: "three little words" })).tempPath);
  const name = kind === "normal" ? plainName(timestamp, true) : timedName(timestamp, true);
  const path = join(vault.folder, SHELF_FOLDERS[kind], name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, lockedBytes);
  await utimes(path, timestamp, timestamp);
  return path;
}

const newVault = async (): Promise<Vault> => await openVault(await tempFolder());
const timeIn = async (vault: Vault): Promise<Date> => await timeOfNew(vault, await vault.list({ shelf: "normal" }), NOW);

describe("the time of a new backup", () => {
  it("is the clock's where everything is older, and in an empty folder", async () => {
    const vault = await newVault();
    expect(await timeIn(vault)).toEqual(NOW);
    for (const kind of ["normal", "short", "safety"] as const) await keep(vault, later(-1), kind);
    expect(await timeIn(vault)).toEqual(NOW);
  });

  it.each(["normal", "short", "safety"] as const)("is the second after the newest in %s", async (kind) => {
    const vault = await newVault();
    await keep(vault, later(3_600_000), kind);
    await keep(vault, later(0), kind);
    expect(await timeIn(vault)).toEqual(nextSecondAfter(3_600_000));
  });

  it.each(["normal", "safety"] as const)("is the second after a locked one in %s, by its name or the file's own time", async (kind) => {
    const vault = await newVault();
    await keepLocked(vault, later(7_250), kind);
    expect(await timeIn(vault)).toEqual(nextSecondAfter(7_250));
  }, SLOW);

  it("goes by the name of a locked one where the file was copied since, as its time then says too much", async () => {
    const vault = await newVault();
    const path = await keepLocked(vault, later(7_250), "safety");
    await utimes(path, later(86_400_000), later(86_400_000));
    // The name says 12:00:07.
    expect(await timeIn(vault)).toEqual(new Date(2026, 10, 23, 12, 0, 8));
  }, SLOW);

  it("is not put off to tomorrow by today's locked one, whose name only tells the day", async () => {
    const vault = await newVault();
    await keepLocked(vault, later(-60_000), "normal");
    expect(await timeIn(vault)).toEqual(NOW);
  }, SLOW);

  it("believes no name that a file's own time belies", async () => {
    const vault = await newVault();
    const path = join(vault.folder, "user_backup_29991231.json");
    await writeFile(path, '{"backup_timestamp"');
    await utimes(path, later(-1), later(-1));
    expect(await timeIn(vault)).toEqual(NOW);
  });

  it("does without the copies kept apart where their folder cannot be read", async () => {
    const vault = await newVault();
    await keep(vault, later(3_600_000), "safety");
    await keep(vault, later(5), "short");
    const unreadable: Vault = { ...vault, list: async (options) => (options?.shelf === "safety" ? await Promise.reject(new KeeperError("FILE_UNREADABLE", "No.")) : await vault.list(options)) };
    expect(await timeIn(unreadable)).toEqual(nextSecondAfter(5));
  });
});

it("safety copies of one moment, locked or not, are listed in the order they were made", async () => {
  const vault = await newVault();
  const { connection } = memorySite(accounts(2));
  const collection = await connection.findCollection("users");
  if (collection === null) throw new Error("no collection");
  const request = { connection, collectionName: "users", site: "memory", folder: vault.folder };
  const made: string[] = [];
  for (const [hours, passphrase] of [[1, "three little words"], [0, undefined], [-1, "three little words"]] as const) {
    made.unshift(await makeSafetyBackup({ ...request, passphrase, now: () => later(hours * 3_600_000) }, collection));
  }
  expect((await vault.list({ shelf: "safety" })).map(({ path }) => path)).toEqual(made);
  expect((await openBackup({ path: made[1] ?? "" })).timestamp).toEqual(nextSecondAfter(3_600_000));
}, SLOW);
