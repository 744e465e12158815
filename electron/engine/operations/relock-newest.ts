/** Another passphrase for a vault: its newest backup must go on being readable, for every later one is compared with it. */
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { createBackupWriter } from "../backup/backup-writer.ts";
import { openBackup } from "../backup/read-backup.ts";
import { PROGRAM } from "../program.ts";
import { withVaultLock } from "../vault/lock.ts";
import { openVault, type PlacedBackup, type Vault } from "../vault/vault.ts";
import { timeOfNew } from "./backup-time.ts";

export interface RelockRequest {
  /** The vault; need not exist yet. */
  readonly folder: string;
  /** What it was locked with until now; undefined for open backups, or when nobody knows any more. */
  readonly before: string | undefined;
  /** What new backups are locked with; undefined leaves them open. */
  readonly passphrase: string | undefined;
}

/**
 * Writes the newest good backup once more, as new ones will be, where it could not be read any more under the new setting;
 * null where it can, or where there is none. Older ones stay as they are. Throws PASSPHRASE_WRONG when neither passphrase
 * opens it, PASSPHRASE_NEEDED when there is none to try, the codes of the vault and of `BackupWriter`, BUSY, CANCELLED; the
 * vault is then as it was.
 */
export async function relockNewest({ folder, before, passphrase }: RelockRequest, options: OperationOptions = {}): Promise<PlacedBackup | null> {
  const vault = await openIfThere(folder);
  if (vault === null || (await canRead(vault, passphrase, options))) return null;
  return await withVaultLock(folder, async (signal) => await writeAgain(vault, before, passphrase, { ...options, signal }), { signal: options.signal });
}

async function openIfThere(folder: string): Promise<Vault | null> {
  try {
    return await openVault(folder);
  } catch (error) {
    if (isKeeperError(error, "FOLDER_NOT_FOUND")) return null;
    throw error;
  }
}

/** Whether no newer backup is hidden by a passphrase that is not this one. */
async function canRead(vault: Vault, passphrase: string | undefined, { signal }: OperationOptions): Promise<boolean> {
  const { passedOver } = await vault.newestGood({ passphrase, signal });
  return !passedOver.some(({ state }) => state === "locked");
}

async function writeAgain(vault: Vault, before: string | undefined, passphrase: string | undefined, options: OperationOptions): Promise<PlacedBackup> {
  const { signal } = options;
  const { newest, passedOver } = await vault.newestGood({ passphrase: before, signal });
  if (newest === null || passedOver.some(({ state }) => state === "locked")) throw notOpened(before ?? passphrase);
  const backup = await openBackup({ path: newest.entry.path }, { passphrase: before, signal });
  // Locked by us, so it has a head.
  const keeper = backup.head?.account_keeper;
  if (keeper === undefined) throw notOpened(before);
  const writer = await createBackupWriter(vault.folder, { signal });
  try {
    for await (const page of backup.records()) await writer.add(page);
    const timestamp = await timeOfNew(vault, [newest.entry], new Date(), { signal });
    const info = { site: keeper.site, chroma: keeper.chroma, fewerThan: null, timestamp, madeBy: PROGRAM };
    return await vault.place(await writer.finish(info, { passphrase, onProgress: options.onProgress }), { kind: "normal" });
  } catch (error) {
    await writer.abandon().catch(() => undefined);
    throw error;
  }
}

function notOpened(tried: string | undefined): KeeperError {
  const hint = "Enter the one that it was locked with, or choose another backup folder. Nothing was changed.";
  return tried === undefined
    ? new KeeperError("PASSPHRASE_NEEDED", "The newest backup in this folder has a passphrase.", { hint })
    : new KeeperError("PASSPHRASE_WRONG", "This passphrase does not open the newest backup in this folder.", { hint });
}
