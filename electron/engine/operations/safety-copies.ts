/** The copies that restores have made of what was there before them: which of them the last restore made. */
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { openBackup, type OpenBackup } from "../backup/read-backup.ts";
import { openVault, type Vault, type VaultEntry } from "../vault/vault.ts";

export interface SafetyCopy {
  readonly entry: VaultEntry;
  readonly backup: OpenBackup;
}

export interface SafetyPlace {
  /** A vault. */
  readonly safetyFolder: string;
  readonly passphrase?: string | undefined;
}

/**
 * The newest copy of this very collection. Throws BACKUP_NOT_FOUND when there is none, BACKUP_DAMAGED or
 * BACKUP_NEWER_FORMAT when the newest one cannot be used, PASSPHRASE_NEEDED, PASSPHRASE_WRONG, CANCELLED.
 */
export async function newestSafetyCopy({ safetyFolder, passphrase }: SafetyPlace, collectionId: string, { signal }: OperationOptions): Promise<SafetyCopy> {
  // Locked ones are opened below, one by one: each costs a second.
  for (const entry of await listSafety(safetyFolder, signal)) {
    if (entry.state === "foreign") continue;
    // It may be the copy of the last restore: an older one in its place would be another undo than was asked for.
    if (entry.error !== undefined && entry.state !== "locked") {
      throw new KeeperError(entry.error.code, `The newest safety copy cannot be used: ${entry.error.message}`, {
        hint: `To go back to the one before it, take ${entry.name} out of the folder safety.`,
      });
    }
    const backup = await openBackup({ path: entry.path }, { passphrase, signal });
    // The id, not the name: a copy from before a wipe was made for another restore than the last.
    if (backup.head?.account_keeper.chroma.collection.id === collectionId) return { entry, backup };
  }
  throw noSafetyCopy();
}

async function listSafety(folder: string, signal: AbortSignal | undefined): Promise<readonly VaultEntry[]> {
  let vault: Vault;
  try {
    vault = await openVault(folder);
  } catch (error) {
    throw isKeeperError(error, "FOLDER_NOT_FOUND") ? noSafetyCopy(error) : error;
  }
  return await vault.list({ shelf: "safety", signal });
}

function noSafetyCopy(cause?: unknown): KeeperError {
  return new KeeperError("BACKUP_NOT_FOUND", "There is no safety copy of this site here.", {
    hint: "Name the folder or backup that the restore was made from. A restore into an empty site makes no safety copy: it changed nobody, so there is nothing to undo.",
    cause,
  });
}

/** Whether an undo might take a copy of an earlier restore. A locked one is not opened for that, because a vault may hold many. */
async function mayHaveSafetyCopy(folder: string, collectionId: string, signal: AbortSignal | undefined): Promise<boolean> {
  for (const { state, path } of await listSafety(folder, signal)) {
    if (state === "foreign") continue;
    if (state !== "good") return true;
    const { head } = await openBackup({ path }, { signal });
    if (head?.account_keeper.chroma.collection.id === collectionId) return true;
  }
  return false;
}

/**
 * For a restore into a collection without accounts, of which there is nothing to keep: runs `makeCopy` all the same where
 * an undo would otherwise take an earlier restore's copy for this one's. Throws CANCELLED; that the copy cannot be made is no
 * reason to bring nobody back.
 */
export async function markEmptySite(folder: string, collectionId: string, makeCopy: () => Promise<unknown>, { signal }: OperationOptions): Promise<void> {
  try {
    if (await mayHaveSafetyCopy(folder, collectionId, signal)) await makeCopy();
  } catch (error) {
    if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
  }
}
