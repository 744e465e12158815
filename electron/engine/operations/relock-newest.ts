/** Another passphrase for a vault: its newest backup must go on being readable, for every later one is compared with it. */
import { isKeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { createBackupWriter } from "../backup/backup-writer.ts";
import { PROGRAM } from "../program.ts";
import { withVaultLock } from "../vault/lock.ts";
import { openVault, type NewestGood, type PlacedBackup, type Vault } from "../vault/vault.ts";
import { chooseBackup } from "./restore-site.ts";
import { refuseLockedNewest } from "./shrink-guard.ts";

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
 * null where it can, or where there is none. Older ones stay as they are. Throws PASSPHRASE_WRONG or PASSPHRASE_NEEDED when
 * the one from before does not open it either, the codes of the vault and of `BackupWriter`, BUSY, CANCELLED; the vault is
 * then as it was.
 */
export async function relockNewest({ folder, before, passphrase }: RelockRequest, options: OperationOptions = {}): Promise<PlacedBackup | null> {
  const vault = await openIfThere(folder);
  if (vault === null) return null;
  const good = await vault.newestGood({ passphrase, signal: options.signal });
  if (!good.passedOver.some(({ state }) => state === "locked")) return null;
  if (before === undefined) refuseLockedNewest(good);
  return await withVaultLock(folder, async (signal) => await writeAgain(vault, good, { before, passphrase }, { ...options, signal }), { signal: options.signal });
}

async function openIfThere(folder: string): Promise<Vault | null> {
  try {
    return await openVault(folder);
  } catch (error) {
    if (isKeeperError(error, "FOLDER_NOT_FOUND")) return null;
    throw error;
  }
}

async function writeAgain(vault: Vault, good: NewestGood, { before, passphrase }: Omit<RelockRequest, "folder">, options: OperationOptions): Promise<PlacedBackup | null> {
  const { signal } = options;
  const { backup, passedOver } = await chooseBackup({ kind: "vault", folder: vault.folder }, { passphrase: before, signal });
  refuseLockedNewest({ newest: null, passedOver });
  if (backup.head === null) {
    // Another program's, which somebody has locked: only as ours can it be written, and it does not say where it is from.
    refuseLockedNewest(good);
    return null;
  }
  const writer = await createBackupWriter(vault.folder, { signal });
  try {
    for await (const page of backup.records()) await writer.add(page);
    const { site, chroma } = backup.head.account_keeper;
    // Right after itself: a later time would leave whoever signed up since, and is only in copies kept apart, behind it.
    const timestamp = new Date((backup.timestamp?.getTime() ?? 0) + 1);
    const info = { site, chroma, fewerThan: null, timestamp, madeBy: PROGRAM };
    return await vault.place(await writer.finish(info, { passphrase, onProgress: options.onProgress }), { kind: "normal" });
  } catch (error) {
    await writer.abandon().catch(() => undefined);
    throw error;
  }
}
