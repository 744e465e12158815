/** What a vault needs besides new backups: old ones pruned, and the newest rehearsed every week. Never throws but CANCELLED. */
import { isKeeperError, toErrorValue } from "../../../shared/errors.ts";
import { throwIfCancelled } from "../../../shared/progress.ts";
import { openBackup } from "../../engine/backup/read-backup.ts";
import { drillBackup } from "../../engine/drill/drill.ts";
import { noteRehearsal, readNotes } from "../../engine/vault/notes.ts";
import { pruneVault } from "../../engine/vault/prune.ts";
import { openVault } from "../../engine/vault/vault.ts";
import type { ActivityNews } from "../../engine/activity/activity.ts";
import type { Clock } from "../../engine/clock.ts";
import type { WatchedSite } from "./site-watcher.ts";
import { words } from "./words.ts";

export interface VaultCareOptions {
  readonly clock: Clock;
  readonly rehearse: boolean;
  readonly onNews: (news: ActivityNews) => Promise<void>;
}

export interface VaultCare {
  /** `hasNewBackup`: only then is there something to prune. */
  run(hasNewBackup: boolean, signal: AbortSignal): Promise<void>;
}

/** What may go changes with the day, and every locked backup takes a second to open. */
const PRUNE_EVERY_MS = 24 * 60 * 60 * 1_000;
const REHEARSE_EVERY_MS = 7 * 24 * 60 * 60 * 1_000;
/** After a rehearsal that could not be held, or a look that found none due. */
const ASK_AGAIN_MS = 6 * 60 * 60 * 1_000;

export function createVaultCare({ folder, passphrase }: Pick<WatchedSite, "folder" | "passphrase">, { clock, rehearse, onNews }: VaultCareOptions): VaultCare {
  let lastPruneMs: number | null = null;
  let lastAskedMs: number | null = null;
  let hasUnpruned = false;
  let hasNothingToRehearse = false;

  /** Also when somebody has put the clock back: better once too often than not for a year. */
  function isDue(lastMs: number | null, everyMs: number): boolean {
    if (lastMs === null) return true;
    const sinceMs = clock.now().getTime() - lastMs;
    return sinceMs >= everyMs || sinceMs < 0;
  }

  async function pruneIfDue(signal: AbortSignal): Promise<void> {
    if (!hasUnpruned || !isDue(lastPruneMs, PRUNE_EVERY_MS)) return;
    // Before it is tried: what fails would fail, and be told, at every look.
    lastPruneMs = clock.now().getTime();
    const { removed } = await pruneVault(folder, { passphrase, signal, now: () => clock.now() });
    hasUnpruned = false;
    if (removed.length === 0) return;
    await onNews(words.pruned(removed.length));
  }

  async function rehearseIfDue(signal: AbortSignal): Promise<void> {
    const now = clock.now();
    if (!isDue(lastAskedMs, ASK_AGAIN_MS)) return;
    lastAskedMs = now.getTime();
    const { newest } = await (await openVault(folder)).newestGood({ passphrase, signal });
    hasNothingToRehearse = newest === null;
    const headDigest = newest?.verified.digest?.head;
    if (newest === null || headDigest === undefined) return;
    // What is from tomorrow counts as no rehearsal: a clock was wrong.
    const times = [...(await readNotes(folder)).values()].map(({ rehearsedAt }) => rehearsedAt.getTime()).filter((ms) => ms <= now.getTime());
    if (times.length > 0 && !isDue(Math.max(...times), REHEARSE_EVERY_MS)) return;
    const report = await drillBackup({ backup: await openBackup({ path: newest.entry.path }, { passphrase, signal }) }, { signal });
    await noteRehearsal(folder, headDigest, { rehearsedAt: now, rehearsedOk: report.ok, couldNotSignIn: report.couldNotSignInCount }, { signal });
    await onNews(words.rehearsed(report));
  }

  /** Each by itself: one that fails does not keep the other from its work. */
  async function orTell(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await work(signal);
    } catch (error) {
      throwIfCancelled(signal);
      // Somebody else is writing: there is another time.
      if (isKeeperError(error, "BUSY")) return;
      const { message, hint } = toErrorValue(error);
      await onNews({ kind: "failed", level: "attention", message, ...(hint === undefined ? {} : { hint }) });
    }
  }

  return {
    async run(hasNewBackup, signal) {
      hasUnpruned ||= hasNewBackup;
      // The very first backup is rehearsed at once.
      if (hasNewBackup && hasNothingToRehearse) lastAskedMs = null;
      await orTell(pruneIfDue, signal);
      if (rehearse) await orTell(rehearseIfDue, signal);
    },
  };
}
