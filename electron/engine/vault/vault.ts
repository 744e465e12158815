/** A folder of backups: lists them, finds the one to trust, and gives a new one its place without losing an old one. */
import { stat, utimes } from "node:fs/promises";
import { basename, join } from "node:path";
import { isKeeperError, KeeperError, toErrorValue } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import type { FinishedBackup } from "../backup/backup-writer.ts";
import { asWriteError, notAFolder } from "../backup/file-errors.ts";
import { openBackup, type OpenBackup } from "../backup/read-backup.ts";
import { verifyOpenBackup, type VerifiedBackup } from "../backup/verify-backup.ts";
import { createPresence, missingFrom } from "../presence.ts";
import { ensureFolder, ensureInnerFolder, exists, keepUnderFreeName, moveToFreeName, replaceFile } from "./atomic.ts";
import { describeEntry, listEntries, SHELF_FOLDERS, type ListOptions, type Shelf, type VaultEntry } from "./entries.ts";
import { plainName, timedName } from "./names.ts";

export type { Shelf, VaultEntry } from "./entries.ts";

export interface NewestGood {
  /** Read from first to last byte, and whole. Null: the vault holds no such backup. */
  readonly newest: { readonly entry: VaultEntry; readonly verified: VerifiedBackup } | null;
  /** Newer ones that should have come first but cannot be used, newest first, each with its `error`: to be said aloud. */
  readonly passedOver: readonly VaultEntry[];
}

interface GoodOptions extends OperationOptions {
  passphrase?: string | undefined;
}

/** A year of locked backups with another passphrase would be tried for minutes. */
const MAX_WRONG_PASSPHRASES = 3;

export interface PlacedBackup {
  readonly name: string;
  readonly path: string;
}

export interface Vault {
  readonly folder: string;
  /** Newest first, by the time in the backup. Reads only heads. Throws FOLDER_NOT_FOUND, FILE_UNREADABLE, CANCELLED. */
  list(options?: ListOptions): Promise<VaultEntry[]>;
  /**
   * The newest backup that verifies and may be restored unasked: not short, no safety copy. Another program's counts
   * unless somebody of our newest one before it is missing there. Throws the codes of `list`.
   */
  newestGood(options?: GoodOptions): Promise<NewestGood>;
  /**
   * Gives a finished backup its final name, atomically; to be called inside `withVaultLock`. A normal one takes the
   * plain name of its day, after the backup that had it got a second name with its time: whatever dies in between, each
   * name holds a whole backup and none is lost. Short and safety ones go to folders of their own under a timed name.
   * Throws FOLDER_NOT_WRITABLE, FOLDER_NOT_FOUND, DISK_FULL; the finished file is then still under its temporary name.
   */
  place(finished: FinishedBackup, options: { kind: Shelf }): Promise<PlacedBackup>;
  /** The same for a file that was made elsewhere: it gets a name with its time, and takes nobody's. */
  take(tempPath: string, options: TakeOptions): Promise<PlacedBackup>;
}

interface TakeOptions {
  readonly kind: Shelf;
  readonly timestamp: Date;
  readonly encrypted: boolean;
}

/**
 * `create` makes the folder, readable by its owner only. Throws FOLDER_NOT_FOUND (not there, or no folder),
 * FOLDER_NOT_WRITABLE, DISK_FULL.
 */
export async function openVault(folder: string, options: { create?: boolean } = {}): Promise<Vault> {
  try {
    if (options.create === true) await ensureFolder(folder);
    if (!(await stat(folder)).isDirectory()) throw notAFolder();
  } catch (error) {
    throw asWriteError(error);
  }
  return {
    folder,
    list: (listOptions = {}) => listEntries(folder, listOptions),
    newestGood: (goodOptions = {}) => newestGood(folder, goodOptions),
    async place(finished, { kind }) {
      try {
        // The old site takes the newest by this time, so it has to be the backup's own.
        await utimes(finished.tempPath, finished.timestamp, finished.timestamp);
        const path = kind === "normal" ? await placeNormal(folder, finished) : await placeApart(join(folder, SHELF_FOLDERS[kind]), finished);
        return { name: basename(path), path };
      } catch (error) {
        throw asWriteError(error);
      }
    },
    async take(tempPath, { kind, timestamp, encrypted }) {
      try {
        await utimes(tempPath, timestamp, timestamp);
        const path = await placeApart(join(folder, SHELF_FOLDERS[kind]), { tempPath, timestamp, encrypted });
        return { name: basename(path), path };
      } catch (error) {
        throw asWriteError(error);
      }
    },
  };
}

async function placeNormal(folder: string, finished: FinishedBackup): Promise<string> {
  const { timestamp, encrypted } = finished;
  const path = join(folder, plainName(timestamp, encrypted));
  if (await exists(path)) await keepUnderFreeName(path, await timedNames(folder, path, encrypted));
  await replaceFile(finished.tempPath, path);
  // The day's newest alone has the plain name: one from before the passphrase was set or dropped gives it up.
  const other = join(folder, plainName(timestamp, !encrypted));
  if (await exists(other)) await moveToFreeName(other, await timedNames(folder, other, !encrypted));
  return path;
}

async function placeApart(folder: string, finished: Pick<FinishedBackup, "tempPath" | "timestamp" | "encrypted">): Promise<string> {
  await ensureInnerFolder(folder);
  return await moveToFreeName(finished.tempPath, freeNames(folder, finished.timestamp, finished.encrypted));
}

/** Timed names for a file that keeps its content: by its own time, else, for what cannot be read, by the time it was written. */
async function timedNames(folder: string, path: string, encrypted: boolean): Promise<Iterable<string>> {
  const told = await openBackup({ path }).then(
    (backup) => backup.timestamp,
    () => null,
  );
  return freeNames(folder, told ?? (await stat(path)).mtime, encrypted);
}

function* freeNames(folder: string, time: Date, encrypted: boolean): Generator<string> {
  for (let attempt = 1; ; attempt += 1) yield join(folder, timedName(time, encrypted, attempt));
}

async function newestGood(folder: string, options: GoodOptions): Promise<NewestGood> {
  // Locked ones are opened below, newest first and one by one: each costs a second.
  const entries = await listEntries(folder, { signal: options.signal, shelf: "normal" });
  const candidates = entries.filter((entry) => entry.fewerThan === null);
  const passedOver: VaultEntry[] = [];
  let passphrase = options.passphrase;
  let wrongPassphrases = 0;
  for (const [index, entry] of candidates.entries()) {
    if (entry.error !== undefined && !(entry.state === "locked" && passphrase !== undefined)) {
      passedOver.push(entry);
      continue;
    }
    try {
      const backup = await openBackup({ path: entry.path }, { passphrase, signal: options.signal });
      const opened = describeEntry(entry, backup);
      // A locked one tells only now.
      if (opened.fewerThan !== null) continue;
      if (opened.state === "foreign") await refuseShortForeign(opened, backup, candidates.slice(index + 1), { passphrase, signal: options.signal });
      return { newest: { entry: opened, verified: await verifyOpenBackup(backup, options) }, passedOver };
    } catch (error) {
      if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
      // Another process took it away meanwhile: there is nothing to say about it.
      if (error.code === "BACKUP_NOT_FOUND") continue;
      passedOver.push({ ...entry, state: entry.state === "good" ? "damaged" : entry.state, error: toErrorValue(error) });
      if (error.code === "PASSPHRASE_WRONG") wrongPassphrases += 1;
      if (wrongPassphrases === MAX_WRONG_PASSPHRASES) passphrase = undefined;
    }
  }
  return { newest: null, passedOver };
}

/**
 * The old site writes a file after a wipe and one sign-up as gladly as any other; it must not beat our full one. By
 * people, not by numbers: as many newcomers do not make up for those who are gone.
 */
async function refuseShortForeign(entry: VaultEntry, foreign: OpenBackup, older: readonly VaultEntry[], options: GoodOptions): Promise<void> {
  const ours = older.find((candidate) => candidate.state === "good");
  if (ours === undefined) return;
  const inForeign = createPresence();
  for await (const page of foreign.records()) inForeign.add(page);
  const missing = await missingFrom(inForeign, await openBackup({ path: ours.path }, options), options);
  if (missing.length === 0) return;
  throw new KeeperError("CONFIRMATION_NEEDED", `This file of another program holds ${inWords(entry.accounts ?? inForeign.size)}. Our backup before it holds ${missing.length === 1 ? "1 person" : `${missing.length} people`} who ${missing.length === 1 ? "is" : "are"} not in it.`, {
    hint: "To restore from it all the same, name the file itself.",
  });
}

function inWords(accounts: number): string {
  return accounts === 1 ? "1 account" : `${accounts} accounts`;
}
