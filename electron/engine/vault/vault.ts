/** A folder of backups: lists them, finds the one to trust, and gives a new one its place without losing an old one. */
import { stat, utimes } from "node:fs/promises";
import { basename, join } from "node:path";
import type { FinishedBackup } from "../backup/backup-writer.ts";
import { asWriteError, notAFolder } from "../backup/file-errors.ts";
import { openBackup } from "../backup/read-backup.ts";
import { ensureFolder, ensureInnerFolder, exists, keepUnderFreeName, moveToFreeName, replaceFile } from "./atomic.ts";
import { listEntries, SHELF_FOLDERS, type ListOptions, type Shelf, type VaultEntry } from "./entries.ts";
import { plainName, timedName } from "./names.ts";
import { newestGood, type GoodOptions, type NewestGood } from "./newest-good.ts";

export type { Shelf, VaultEntry } from "./entries.ts";
export type { NewestGood } from "./newest-good.ts";

export interface PlacedBackup {
  readonly name: string;
  readonly path: string;
}

interface NewBackup extends PlacedBackup {
  /** Earlier ones of its day that gave up a plain name for it: the path each had, and the one it has now. */
  readonly renamed: ReadonlyMap<string, string>;
}

export interface Vault {
  readonly folder: string;
  /** Newest first, by the time in the backup. Reads only heads. Throws FOLDER_NOT_FOUND, FILE_UNREADABLE, CANCELLED. */
  list(options?: ListOptions): Promise<VaultEntry[]>;
  /** See `newestGood`. Throws the codes of `list`. */
  newestGood(options?: GoodOptions): Promise<NewestGood>;
  /**
   * Gives a finished backup its final name, atomically; to be called inside `withVaultLock`. A normal one takes the
   * plain name of its day, after the backup that had it got a second name with its time: whatever dies in between, each
   * name holds a whole backup and none is lost. Short and safety ones go to folders of their own under a timed name.
   * Throws FOLDER_NOT_WRITABLE, FOLDER_NOT_FOUND, DISK_FULL; the finished file is then still under its temporary name.
   */
  place(finished: FinishedBackup, options: { kind: Shelf }): Promise<NewBackup>;
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
        const renamed = new Map<string, string>();
        const path = kind === "normal" ? await placeNormal(folder, finished, renamed) : await placeApart(join(folder, SHELF_FOLDERS[kind]), finished);
        return { name: basename(path), path, renamed };
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

async function placeNormal(folder: string, finished: FinishedBackup, renamed: Map<string, string>): Promise<string> {
  const { timestamp, encrypted } = finished;
  const path = join(folder, plainName(timestamp, encrypted));
  if (await exists(path)) renamed.set(path, await keepUnderFreeName(path, await timedNames(folder, path, encrypted)));
  await replaceFile(finished.tempPath, path);
  // The day's newest alone has the plain name: one from before the passphrase was set or dropped gives it up.
  const other = join(folder, plainName(timestamp, !encrypted));
  if (await exists(other)) renamed.set(other, await moveToFreeName(other, await timedNames(folder, other, !encrypted)));
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
