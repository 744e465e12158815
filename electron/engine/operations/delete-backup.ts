/** Removes one backup because its owner said so; never the newest, the newest that can be used, the fullest, or one that alone holds somebody. */
import { rm } from "node:fs/promises";
import { KeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { asWriteError } from "../backup/file-errors.ts";
import { patiently } from "../backup/patience.ts";
import { openBackup } from "../backup/read-backup.ts";
import { createPresence, missingFrom } from "../presence.ts";
import { withVaultLock } from "../vault/lock.ts";
import { planRetention } from "../vault/retention.ts";
import { openVault, type VaultEntry } from "../vault/vault.ts";

export interface DeleteBackupRequest {
  readonly folder: string;
  /** As listed: the file's name, below its shelf. */
  readonly path: string;
  readonly passphrase?: string | undefined;
}

/**
 * Throws BACKUP_NOT_FOUND, BACKUP_KEPT (the newest, the newest that can be used, the fullest, or it holds somebody whom
 * the newest good one does not), PASSPHRASE_NEEDED or FILE_UNREADABLE (nobody knows whom it holds), BUSY, the codes of
 * `openBackup` and of the vault, CANCELLED; then nothing is removed. A damaged file may go: nobody can come back from it.
 */
export async function deleteBackup({ folder, path, passphrase }: DeleteBackupRequest, options: OperationOptions = {}): Promise<void> {
  const vault = await openVault(folder);
  await withVaultLock(
    folder,
    async (signal) => {
      const entries = await vault.list({ passphrase, signal });
      const entry = entries.find((candidate) => candidate.path === path);
      if (entry === undefined) throw new KeeperError("BACKUP_NOT_FOUND", "There is no such backup.", { hint: "Look at the list again." });
      refuseNewestAndFullest(entry, entries);
      // By the code: a list also calls damaged what the disk would not read just now.
      if (entry.error?.code !== "BACKUP_DAMAGED") await refuseOnlyHolder(entry, await vault.newestGood({ passphrase, signal }).then(({ newest }) => newest?.entry ?? null), { passphrase, signal });
      try {
        await patiently(() => rm(path));
      } catch (error) {
        throw asWriteError(error);
      }
    },
    { signal: options.signal },
  );
}

function refuseNewestAndFullest(entry: VaultEntry, entries: readonly VaultEntry[]): void {
  const because = planRetention(entries, new Date()).keep.find((kept) => kept.entry === entry)?.because;
  if (entry.shelf !== "normal" || (because !== "newest" && because !== "fullest")) return;
  throw new KeeperError("BACKUP_KEPT", because === "newest" ? "The newest backup is always kept." : "The fullest backup is always kept.", { hint: "Make a newer one that holds everybody first." });
}

async function refuseOnlyHolder(entry: VaultEntry, newest: VaultEntry | null, { passphrase, signal }: { passphrase: string | undefined; signal: AbortSignal }): Promise<void> {
  if (newest === null) throw new KeeperError("BACKUP_KEPT", "There is no other good backup.", { hint: "Back up first." });
  // What a list calls newest may be damaged further on, or another program's: compared with itself, this one would lack nobody.
  if (newest.path === entry.path) throw new KeeperError("BACKUP_KEPT", "This is the newest backup that can be used.", { hint: "Make a newer one first." });
  const inNewest = createPresence();
  for await (const page of (await openBackup({ path: newest.path }, { passphrase, signal })).records()) inNewest.add(page);
  const missing = await missingFrom(inNewest, await openBackup({ path: entry.path }, { passphrase, signal }), { signal });
  if (missing.length === 0) return;
  const people = missing.length === 1 ? "1 account" : `${missing.length} accounts`;
  throw new KeeperError("BACKUP_KEPT", `This backup holds ${people} that the newest one does not.`, { hint: "Bring them back and back up again, or keep it." });
}
