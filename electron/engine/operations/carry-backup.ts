/** Backups on their way out of a vault and into it: bytes stay as they are, and are read back under their new name. */
import { chmod, copyFile, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { KeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { asWriteError } from "../backup/file-errors.ts";
import { openBackup } from "../backup/read-backup.ts";
import { tempPath } from "../backup/temp-files.ts";
import { verifyBackup, type VerifiedBackup } from "../backup/verify-backup.ts";
import { createPresence, missingFrom } from "../presence.ts";
import { moveToFreeName, replaceFile } from "../vault/atomic.ts";
import { withVaultLock } from "../vault/lock.ts";
import { openVault, type PlacedBackup, type Shelf, type Vault } from "../vault/vault.ts";

export interface CarryOptions extends OperationOptions {
  readonly passphrase?: string | undefined;
}

export interface ExportOptions extends CarryOptions {
  /** Where the name is taken a free one beside it is used: `name (2)` and so on. Default: what is there is replaced. */
  readonly keepOthers?: boolean | undefined;
}

export interface ExportedBackup {
  readonly path: string;
  readonly accounts: number;
  readonly sizeBytes: number;
}

/**
 * Copies a backup to a file outside the vault. A file that is there is replaced only by a whole one. Throws the codes of
 * `verifyBackup`, FOLDER_NOT_FOUND, FOLDER_NOT_WRITABLE, DISK_FULL, CANCELLED; what was there is then as it was.
 */
export async function exportBackup(from: string, to: string, options: ExportOptions = {}): Promise<ExportedBackup> {
  const { temporary, verified } = await copyVerified(from, dirname(to), options);
  try {
    let path = to;
    if (options.keepOthers === true) path = await moveToFreeName(temporary, namesOfCopies(to));
    else await replaceFile(temporary, to);
    return { path, accounts: verified.accountCount, sizeBytes: verified.sizeBytes };
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asWriteError(error);
  }
}

/** The number stands before all of the extension: what ends on ".json.age" is known for a locked backup by that. */
function* namesOfCopies(path: string): Generator<string> {
  const [extension = ""] = /(?:\.json)?(?:\.age)?$/i.exec(path) ?? [];
  const stem = path.slice(0, path.length - extension.length);
  yield path;
  for (let attempt = 2; ; attempt += 1) yield `${stem} (${attempt})${extension}`;
}

export interface ImportedBackup extends PlacedBackup {
  readonly accounts: number;
}

/**
 * Takes a backup made elsewhere into the vault, under a name with its time. Apart, in `short/`, goes a newer one that lacks
 * people of the newest good backup, for no restore is to take it unasked; and an older one with people whom that one lacks,
 * for there it stays as long as it alone holds them. Throws the codes of `verifyBackup`, of the vault, NOT_A_BACKUP for a
 * variable's text (restore from it instead), BUSY, CANCELLED; the vault is then as it was.
 */
export async function importBackup(from: string, folder: string, options: CarryOptions = {}): Promise<ImportedBackup> {
  const vault = await openVault(folder, { create: true });
  return await withVaultLock(
    folder,
    async (signal) => {
      const { temporary, verified } = await copyVerified(from, folder, { ...options, signal });
      try {
        if (verified.kind === "variable") throw new KeeperError("NOT_A_BACKUP", "This is a variable, not a backup file.", { hint: "You can restore from it as it is." });
        // Without a time of its own it is older than everything of ours.
        const timestamp = verified.timestamp ?? new Date(0);
        const kind = await shelfFor(vault, temporary, timestamp, { ...options, signal });
        const placed = await vault.take(temporary, { kind, timestamp, encrypted: verified.encrypted });
        return { ...placed, accounts: verified.accountCount };
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw error;
      }
    },
    { signal: options.signal },
  );
}

/**
 * Among the normal ones age alone decides what goes, because each of them held everybody of the one before, or the owner
 * said that it may hold fewer. That is not so of one that comes in behind the newest.
 */
async function shelfFor(vault: Vault, path: string, timestamp: Date, { passphrase, signal }: CarryOptions): Promise<Shelf> {
  const { newest } = await vault.newestGood({ passphrase, signal });
  if (newest === null) return "normal";
  const imported = await openBackup({ path }, { passphrase, signal });
  const ours = await openBackup({ path: newest.entry.path }, { passphrase, signal });
  const [older, newer] = timestamp > (newest.verified.timestamp ?? new Date(0)) ? [ours, imported] : [imported, ours];
  const inNewer = createPresence();
  for await (const page of newer.records()) inNewer.add(page);
  return (await missingFrom(inNewer, older, { signal })).length === 0 ? "normal" : "short";
}

/** A copy under a temporary name in `folder`, read from first to last byte. */
async function copyVerified(from: string, folder: string, { passphrase, signal, onProgress }: CarryOptions): Promise<{ temporary: string; verified: VerifiedBackup }> {
  // Before anything is written: most of what is wrong is wrong with the file itself.
  await verifyBackup({ path: from }, { passphrase, signal, onProgress });
  const temporary = tempPath(join(folder));
  try {
    await copyFile(from, temporary);
    // Before it is opened: the copy of what may only be read, as from a CD, may not be written either.
    await chmod(temporary, 0o600);
    const handle = await open(temporary, "r+");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { temporary, verified: await verifyBackup({ path: temporary }, { passphrase, signal }) };
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asWriteError(error);
  }
}
