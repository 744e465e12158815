/** Removes backups that have had their time. Owns the checks without which nothing is removed. */
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { asWriteError } from "../backup/file-errors.ts";
import { removeFile } from "../backup/patience.ts";
import { openBackup } from "../backup/read-backup.ts";
import { verifyBackup } from "../backup/verify-backup.ts";
import { createPresence, missingFrom, type Presence } from "../presence.ts";
import { withVaultLock } from "./lock.ts";
import { planRetention, type RetentionPlan } from "./retention.ts";
import { openVault, type Vault, type VaultEntry } from "./vault.ts";

export interface PruneReport {
  readonly removed: readonly VaultEntry[];
  readonly keep: RetentionPlan["keep"];
  /** Old enough to go, kept all the same: they hold somebody the newest backup does not. */
  readonly heldBack: readonly VaultEntry[];
}

export interface PruneOptions extends OperationOptions {
  readonly passphrase?: string | undefined;
  readonly now?: (() => Date) | undefined;
}

/**
 * What `pruneVault` would do now; reads the backups on which that rests. Throws BACKUP_NOT_FOUND as `pruneVault`, the
 * codes of listing a vault, CANCELLED.
 */
export async function planPrune(folder: string, options: PruneOptions = {}): Promise<RetentionPlan> {
  return await planOnWhole(await openVault(folder), options);
}

/**
 * Removes what `planRetention` lets go, oldest first, after the newest and the fullest were read from first to last
 * byte. A short or safety copy goes only when everybody in it is in the newest backup too; normal backups are complete
 * in that way by the shrink guard, and by `importBackup`, which keeps others apart. Throws BACKUP_NOT_FOUND when some are
 * old enough and no good one is left (then nothing is removed), BUSY, the codes of the vault, CANCELLED. What was removed
 * until then is gone, every other file is as it was.
 */
export async function pruneVault(folder: string, options: PruneOptions = {}): Promise<PruneReport> {
  const vault = await openVault(folder);
  return await withVaultLock(folder, async (signal) => await pruneLocked(vault, { ...options, signal }), { signal: options.signal });
}

async function pruneLocked(vault: Vault, options: PruneOptions): Promise<PruneReport> {
  const { signal, passphrase } = options;
  const plan = await planOnWhole(vault, options);
  const removed: VaultEntry[] = [];
  const heldBack: VaultEntry[] = [];
  const newest = newestOf(plan);
  if (plan.remove.length === 0 || newest === undefined) return { removed, keep: plan.keep, heldBack };

  const inNewest = createPresence();
  for await (const page of (await openBackup({ path: newest.path }, { signal, passphrase })).records()) inNewest.add(page);
  for (const entry of [...plan.remove].reverse()) {
    throwIfCancelled(signal);
    if (entry.shelf !== "normal" && !(await holdsNobodyElse(entry, inNewest, options))) {
      heldBack.push(entry);
      continue;
    }
    try {
      // The owner may have been quicker.
      await removeFile(entry.path);
    } catch (error) {
      throw asWriteError(error);
    }
    removed.push(entry);
  }
  return { removed, keep: plan.keep, heldBack };
}

/**
 * A list tells only what the heads say. A newest or fullest one that turns out damaged counts as such, and the plan is
 * made again without it: what stays has to be whole.
 */
async function planOnWhole(vault: Vault, options: PruneOptions): Promise<RetentionPlan> {
  const { signal, passphrase } = options;
  const now = options.now?.() ?? new Date();
  let entries = await vault.list({ signal, passphrase });
  let plan = planRetention(entries, now);
  if (plan.remove.length === 0) return plan;
  const whole = new Set<string>();
  for (;;) {
    const unsure = plan.keep.find(({ entry, because }) => entry.shelf === "normal" && (because === "newest" || because === "fullest") && !whole.has(entry.path))?.entry;
    if (unsure === undefined) break;
    if (await isWhole(unsure, options)) whole.add(unsure.path);
    else entries = entries.map((entry) => (entry === unsure ? { ...entry, state: "damaged" } : entry));
    plan = planRetention(entries, now);
  }
  if (newestOf(plan) === undefined) throw new KeeperError("BACKUP_NOT_FOUND", "There is no good backup in this folder, so nothing is removed.", { hint: "Back up first." });
  return plan;
}

function newestOf({ keep }: RetentionPlan): VaultEntry | undefined {
  return keep.find(({ entry, because }) => entry.shelf === "normal" && because === "newest")?.entry;
}

async function isWhole({ path }: VaultEntry, { signal, passphrase }: PruneOptions): Promise<boolean> {
  try {
    await verifyBackup({ path }, { signal, passphrase });
    return true;
  } catch (error) {
    if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
    return false;
  }
}

async function holdsNobodyElse(entry: VaultEntry, inNewest: Presence, { signal, passphrase }: PruneOptions): Promise<boolean> {
  try {
    return (await missingFrom(inNewest, await openBackup({ path: entry.path }, { signal, passphrase }), { signal })).length === 0;
  } catch {
    throwIfCancelled(signal);
    // What cannot be read cannot be judged.
    return false;
  }
}
