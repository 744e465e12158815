/**
 * Takes the last restore back: puts what it overwrote back from the safety copy made before it. Owns finding that copy
 * and what an undo may touch; planning and writing are those of any restore. Deletes nobody.
 */
import { KeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import type { ChromaConnection } from "../chroma/connection.ts";
import { listIds } from "../chroma/read-records.ts";
import type { RestoreReport } from "../restore/apply-restore.ts";
import { planRestore, type RestorePlan } from "../restore/plan-restore.ts";
import { collectionNotFound } from "./make-variable.ts";
import { restoreSite } from "./restore-site.ts";
import { newestSafetyCopy } from "./safety-copies.ts";

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
  const { backup, entry } = await newestSafetyCopy(request, collection.id, options);
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

async function idsOf(backup: OpenBackup): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of backup.records()) for (const { id } of page) ids.push(id);
  return ids;
}
