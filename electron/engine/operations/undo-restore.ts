/**
 * Takes the last restore back: puts what it overwrote back from the safety copy made before it. Owns finding that copy
 * and what an undo may touch; planning and writing are those of any restore. Deletes nobody.
 */
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { openBackup, type OpenBackup } from "../backup/read-backup.ts";
import type { ChromaConnection, CollectionInfo } from "../chroma/connection.ts";
import { listIds } from "../chroma/read-records.ts";
import type { RestoreReport } from "../restore/apply-restore.ts";
import { planRestore, type RestorePlan } from "../restore/plan-restore.ts";
import { openVault, type Vault, type VaultEntry } from "../vault/vault.ts";
import { collectionNotFound } from "./make-variable.ts";
import { restoreSite } from "./restore-site.ts";

export interface UndoRequest {
  readonly connection: ChromaConnection;
  readonly site: string;
  readonly collectionName: string;
  /** The vault whose `safety/` folder the last restore wrote to; the undo's own safety copy goes there too. */
  readonly safetyFolder: string;
  /** Opens a locked safety copy, and locks the next one. */
  readonly passphrase?: string | undefined;
}

export interface UndoPlan {
  /** The safety copy: its file, when it was made, and the backup in it. */
  readonly name: string;
  readonly madeAt: Date | null;
  readonly backup: OpenBackup;
  /** Ids that are both in the copy and on the site: the only ones an undo may write. */
  readonly only: readonly string[];
  /** Puts back those of `only` that differ now; adds nobody. */
  readonly restore: RestorePlan;
  /** Accounts on the site that the copy does not hold: added by the restore, or signed up since. They stay. */
  readonly staying: number;
  /** Accounts of the copy that are gone from the site. No restore took them away, so no undo brings them back. */
  readonly gone: number;
}

/**
 * Works out what an undo would do, and does nothing: reads the newest safety copy of this very collection and the site.
 * A collection that a restore had to make new has none. An account that changed after the restore counts as overwritten
 * too: nothing tells the two apart, so the owner is to see the plan.
 * Throws COLLECTION_NOT_FOUND, BACKUP_NOT_FOUND (no safety copy), BACKUP_DAMAGED or BACKUP_NEWER_FORMAT (the newest one
 * cannot be used), PASSPHRASE_NEEDED, PASSPHRASE_WRONG, PLAN_STALE (somebody deleted an account meanwhile), the codes of
 * `planRestore`, and CANCELLED when `signal` is aborted.
 */
export async function planUndo(request: UndoRequest, options: OperationOptions = {}): Promise<UndoPlan> {
  const { connection, collectionName, site } = request;
  const collection = await connection.findCollection(collectionName, { signal: options.signal });
  if (collection === null) throw collectionNotFound(collectionName);
  const { backup, entry } = await newestSafetyCopy(request, collection, options);
  const onSite = await listIds(connection, collection.id, options);
  const inCopy = await idsOf(backup);
  const only = inCopy.filter((id) => onSite.has(id));
  const restore = await planRestore({ connection, site, collectionName, backup, policy: "overwrite", only }, options);
  if (restore.add.size > 0) throw new KeeperError("PLAN_STALE", "Your site changed while we were looking.", { hint: "Try again." });
  return { name: entry.name, madeAt: backup.timestamp, backup, only, restore, staying: onSite.size - only.length, gone: inCopy.length - only.length };
}

/**
 * Carries `undo` out as any restore: the site locked, a safety copy first (so an undo can be undone), every account read
 * back. Throws as `restoreSite`. Stopped half-way by `signal` or a failure, what was put back until then is right; the
 * rest comes back by restoring from the copy by its name with policy overwrite, for the newest one is then the undo's own.
 */
export async function undoRestore(request: UndoRequest & { readonly undo: UndoPlan }, options: OperationOptions = {}): Promise<RestoreReport> {
  const { undo, ...site } = request;
  return await restoreSite({ ...site, backup: undo.backup, policy: "overwrite", only: undo.only, plan: undo.restore }, options);
}

interface SafetyCopy {
  readonly entry: VaultEntry;
  readonly backup: OpenBackup;
}

async function newestSafetyCopy({ safetyFolder, passphrase }: UndoRequest, collection: CollectionInfo, { signal }: OperationOptions): Promise<SafetyCopy> {
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
    if (backup.head?.account_keeper.chroma.collection.id === collection.id) return { entry, backup };
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

async function idsOf(backup: OpenBackup): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of backup.records()) for (const { id } of page) ids.push(id);
  return ids;
}
