/** What reading a backup to its end has shown of it, in the list that knows heads only. */
import type { ErrorValue } from "../../shared/errors.ts";
import { backupsOf, noteDamaged, noteWhole, type BackupFile } from "../stores/backups.ts";
import { lookOf } from "../stores/looks.ts";

/** Of the last look, which reads from the newest one on until one is whole. To be called again when the list is loaded. */
export function noteDamageSeen(siteId: string): void {
  const { overview } = lookOf(siteId);
  if (overview === null) return;
  const { checkedAt, newestBackup, passedOver } = overview;
  for (const entry of backupsOf(siteId).listed) {
    // The day's next backup takes over the name: what the look has read is older than the look.
    if (entry.at === null || entry.at > checkedAt) continue;
    if (entry.name === newestBackup?.name && entry.at === newestBackup.at) noteWhole(siteId, entry);
    const found = passedOver.find(({ name }) => name === entry.name);
    // A locked one may lack its passphrase only.
    if (found !== undefined && entry.state === "good") noteDamaged(siteId, entry, { code: "BACKUP_DAMAGED", message: found.message, retryable: false });
  }
}

/** Of opening, verifying or rehearsing it. Null: it was read to its end and is whole. */
export function noteRead(siteId: string, file: BackupFile, error: ErrorValue | null): void {
  if (error === null) noteWhole(siteId, file);
  else if (error.code === "BACKUP_DAMAGED") noteDamaged(siteId, file, error);
}
