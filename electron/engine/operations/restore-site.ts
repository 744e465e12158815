/** Brings accounts back to one site: which backup, which safety folder, under which lock. */
import { KeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { completeFrom } from "../backup/complete.ts";
import { openBackup, type OpenBackup } from "../backup/read-backup.ts";
import { applyRestore, type RestoreReport } from "../restore/apply-restore.ts";
import type { RestorePlan, RestoreRequest } from "../restore/plan-restore.ts";
import { vaultOfFile } from "../vault/entries.ts";
import { openVault, type VaultEntry } from "../vault/vault.ts";
import { makeSafetyBackup } from "./backup-site.ts";
import { markEmptySite } from "./safety-copies.ts";
import { siteKey, withSiteLock } from "./site-lock.ts";

/** Where the backup comes from. A vault gives its newest good one that is not short; another program's completed by ours before it. */
export type BackupChoice = { readonly kind: "vault"; readonly folder: string } | { readonly kind: "file"; readonly path: string } | { readonly kind: "text"; readonly text: string };

export interface ChosenBackup {
  readonly backup: OpenBackup;
  /** File name; null for text. */
  readonly name: string | null;
  /** Newer files in the vault that could not be used, with their errors: to be said aloud. */
  readonly passedOver: readonly VaultEntry[];
}

/** Throws BACKUP_NOT_FOUND when a vault holds none, BACKUP_DAMAGED when none of them can be used, and the codes of `openBackup` and of listing a vault. */
export async function chooseBackup(choice: BackupChoice, options: OperationOptions & { passphrase?: string | undefined } = {}): Promise<ChosenBackup> {
  const { signal, passphrase } = options;
  switch (choice.kind) {
    case "vault": {
      const vault = await openVault(choice.folder);
      const { newest, passedOver } = await vault.newestGood({ signal, passphrase });
      if (newest === null) throw noneFound(passedOver);
      const backup = await openBackup({ path: newest.entry.path }, { passphrase, signal });
      return { backup: newest.ours === null ? backup : completeFrom(backup, newest.ours), name: newest.entry.name, passedOver };
    }
    case "file":
      return { backup: await openBackup({ path: choice.path }, { passphrase, signal }), name: choice.path, passedOver: [] };
    case "text":
      return { backup: await openBackup({ text: choice.text }, { passphrase, signal }), name: null, passedOver: [] };
  }
}

function noneFound(passedOver: readonly VaultEntry[]): KeeperError {
  const [first] = passedOver;
  const locked = passedOver.find((entry) => entry.error?.code === "PASSPHRASE_NEEDED" || entry.error?.code === "PASSPHRASE_WRONG");
  if (locked?.error !== undefined) return new KeeperError(locked.error.code, locked.error.message, { hint: locked.error.hint ?? "Give the passphrase." });
  if (first?.error !== undefined) {
    return new KeeperError("BACKUP_DAMAGED", "None of the backups in this folder can be used.", { hint: `The newest, ${first.name}: ${first.error.message}` });
  }
  return new KeeperError("BACKUP_NOT_FOUND", "There is no backup in this folder.", { hint: "Check the folder, or name a backup file." });
}

export interface RestoreSiteRequest extends RestoreRequest {
  /** As in `ApplyRestoreRequest`: null where nobody was asked. */
  readonly plan: RestorePlan | null;
  /** A vault; the safety copy goes to its `safety/` folder. */
  readonly safetyFolder: string;
  /** Locks the safety copy. */
  readonly passphrase?: string | undefined;
  /** The time the safety copy is stamped with. Default: now. */
  readonly now?: (() => Date) | undefined;
}

/** The folder for safety copies beside a backup; null when the backup is no file. */
export function vaultOf(choice: BackupChoice): string | null {
  switch (choice.kind) {
    case "vault":
      return choice.folder;
    case "file":
      return vaultOfFile(choice.path);
    case "text":
      return null;
  }
}

/** Restores with the site locked and a safety copy first; see `applyRestore`. Throws its codes, and BUSY. */
export async function restoreSite(request: RestoreSiteRequest, options: OperationOptions = {}): Promise<RestoreReport> {
  const { connection, collectionName, site, passphrase, safetyFolder, now } = request;
  return await withSiteLock(
    siteKey(request),
    async (signal) => {
      const locked = { ...options, signal };
      return await applyRestore(
        {
          ...request,
          async makeSafetyBackup(collection, accounts) {
            const makeCopy = async (): Promise<string> => await makeSafetyBackup({ connection, collectionName, site, folder: safetyFolder, passphrase, now }, collection, locked);
            if (accounts > 0) return await makeCopy();
            await markEmptySite(safetyFolder, collection.id, makeCopy, locked);
            return null;
          },
        },
        locked,
      );
    },
    { signal: options.signal },
  );
}
