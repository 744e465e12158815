/** Keeps looking at one site until told to stop: when to look again, and that only one does so per vault. */
import type { OperationOptions } from "../../../shared/progress.ts";
import { parseAddress } from "../../engine/chroma/address.ts";
import { openVault } from "../../engine/vault/vault.ts";
import { withVaultLock } from "../../engine/vault/lock.ts";
import type { Activity, ActivityNews } from "../../engine/activity/activity.ts";
import { readActivity, recordActivity } from "../../engine/activity/activity-log.ts";
import { systemClock, type Clock } from "../../engine/clock.ts";
import { delayAfterMs } from "./pace.ts";
import { createSiteWatcher, type SiteWatcherOptions, type WatchedSite } from "./site-watcher.ts";
import { createVaultCare } from "./vault-care.ts";

export interface WatchSiteOptions extends OperationOptions {
  readonly signal: AbortSignal;
  /** Time between two looks. Default 30 s: nobody who signs up is at risk for longer. */
  readonly intervalMs?: number | undefined;
  /** Default 10 minutes; large sites are read less often. */
  readonly fullCheckMs?: number | undefined;
  /** Default true. */
  readonly restoreAfterWipe?: boolean | undefined;
  /** Rehearse the newest backup every week. Default true. */
  readonly rehearse?: boolean | undefined;
  /** Told of everything that is also written to the vault's activity log. */
  readonly onActivity?: ((activity: Activity) => void) | undefined;
  /** What was told of this site, oldest first, where it may not stand in the log. */
  readonly toldBefore?: readonly Activity[] | undefined;
  /** The vault is ours to watch, and looking begins; with the site's address as it may be shown. */
  readonly onWatching?: ((shownSite: string) => void) | undefined;
  readonly clock?: Clock | undefined;
  /** 0 to 1; for the jitter. */
  readonly random?: (() => number) | undefined;
  readonly connect?: SiteWatcherOptions["connect"];
  readonly reword?: SiteWatcherOptions["reword"];
  /** Another watcher holds the vault: we wait for it to end. Told at once, and once. */
  readonly onWaiting?: (() => void) | undefined;
  /** How long to wait for another watcher to end. Default: long enough to get past one that was killed. */
  readonly waitMs?: number | undefined;
}

const DEFAULT_INTERVAL_MS = 30_000;
const DEFAULT_FULL_CHECK_MS = 10 * 60_000;
/** Many watchers of one server must not ask in step. */
const JITTER = 0.1;
/** What lasts longer may be told once more. */
export const MAX_TOLD = 100;
/** Nobody oversleeps by that much but a computer that was put to sleep. */
const STOOD_STILL_MS = 60_000;

/**
 * Watches `site` until `signal` is aborted, then returns. Everything that happens is written to the vault's activity
 * log and told to `onActivity`. Throws INVALID_ADDRESS, BUSY when another process watches this vault or took over while
 * this one stood still, and when watching begins FOLDER_NOT_WRITABLE, FOLDER_NOT_FOUND, DISK_FULL; later trouble, the
 * site's and the vault's, is told, never thrown.
 */
export async function watchSite(site: WatchedSite, options: WatchSiteOptions): Promise<void> {
  const { clock = systemClock, random = Math.random, intervalMs = DEFAULT_INTERVAL_MS, signal } = options;
  const shownSite = shownSource(site);
  await openVault(site.folder, { create: true });

  const onNews = async (news: ActivityNews): Promise<void> => {
    const activity: Activity = { at: clock.now().toISOString(), site: shownSite, ...news };
    options.onActivity?.(activity);
    // Where the log cannot be written no backup can be either, and that is told; watching has to go on.
    await recordActivity(site.folder, activity).catch(() => undefined);
  };

  await withVaultLock(
    site.folder,
    async (lockSignal) => {
      const watcher = createSiteWatcher(site, {
        clock,
        onNews,
        restoreAfterWipe: options.restoreAfterWipe ?? true,
        fullCheckMs: options.fullCheckMs ?? DEFAULT_FULL_CHECK_MS,
        onProgress: options.onProgress,
        connect: options.connect,
        reword: options.reword,
        toldBefore: [...(await readActivity(site.folder, MAX_TOLD).catch(() => [])), ...(options.toldBefore ?? [])],
      });
      const care = createVaultCare(site, { clock, onNews, rehearse: options.rehearse ?? true });
      try {
        options.onWatching?.(shownSite);
        /** Looks in a row that led to nothing. */
        let inVain = 0;
        let hasJustWoken = false;
        while (!lockSignal.aborted) {
          const outcome = await watcher.look(lockSignal, hasJustWoken);
          inVain = outcome === "away" || outcome === "failed" ? inVain + 1 : 0;
          if (outcome === "quiet" || outcome === "acted") await care.run(outcome === "acted", lockSignal);
          const delayMs = delayAfterMs(inVain, intervalMs) * (1 + JITTER * (2 * random() - 1));
          const wakeAtMs = clock.now().getTime() + delayMs;
          await clock.sleep(delayMs, lockSignal);
          hasJustWoken = clock.now().getTime() - wakeAtMs > STOOD_STILL_MS;
        }
      } catch (error) {
        // Being told to stop is how watching ends.
        if (!lockSignal.aborted) throw error;
      } finally {
        await watcher.close();
      }
      // Nobody told us to: another took over. `withVaultLock` says so.
      if (!signal.aborted) throw new Error("the lock was lost");
    },
    { signal, purpose: "watch", waitMs: options.waitMs, onWait: options.onWaiting },
  );
}

/** Throws INVALID_ADDRESS. */
function shownSource({ source, collectionName }: WatchedSite): string {
  // An address may carry a password.
  return source.kind === "cloud" ? `Chroma Cloud, ${collectionName}` : parseAddress(source.url).shown;
}
