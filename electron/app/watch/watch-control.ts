/** Which sites are watched: starts and ends a watcher for each as its settings say, and knows how that stands. */
import { isKeeperError, toErrorValue, type ErrorValue } from "../../../shared/errors.ts";
import type { SiteView } from "../../../shared/model.ts";
import type { Activity } from "../../engine/activity/activity.ts";
import type { Clock } from "../../engine/clock.ts";
import type { StoredSite } from "../sites/site-store.ts";
import { canBeWatched } from "../sites/site-sources.ts";
import { createTurns } from "../turns.ts";
import type { WatchedSite } from "./site-watcher.ts";
import { MAX_TOLD, watchSite } from "./watch-site.ts";

interface WatchState {
  readonly watching: SiteView["watching"];
  readonly trouble: ErrorValue | null;
}

export interface WatchControl {
  /**
   * Starts, ends and restarts watchers so that they are as these sites want it. Returns when those that had to end have.
   * Of calls that come while an earlier one is under way the last one counts. After `close` nothing is started.
   */
  follow(sites: readonly StoredSite[]): Promise<void>;
  stateOf(siteId: string): WatchState;
  close(): Promise<void>;
}

interface WatchControlOptions {
  readonly clock: Clock;
  /** What the engine needs to watch it. Throws KEY_MISSING, PASSPHRASE_NEEDED and the like: then it is not watched. */
  readonly open: (site: StoredSite) => Promise<WatchedSite>;
  readonly onActivity: (siteId: string, activity: Activity) => void;
  readonly onChange: (siteId: string) => void;
}

interface Watcher {
  /** What it was started for: another one needs another watcher. */
  readonly wanted: string;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
  state: WatchState;
}

const OFF: WatchState = { watching: "off", trouble: null };
/** Another Account Keeper may end, a folder may come back: tried again as often as a site that is away. */
const TRY_AGAIN_MS = 60_000;

export function createWatchControl({ clock, open, onActivity, onChange }: WatchControlOptions): WatchControl {
  const watchers = new Map<string, Watcher>();
  /** As they were given last: a watcher may take its time to end, and what was wanted before it did is over then. */
  let sites: readonly StoredSite[] = [];
  let isClosed = false;
  const inTurn = createTurns();

  function start(site: StoredSite, wanted: string): void {
    const controller = new AbortController();
    const watcher: Watcher = { wanted, controller, state: OFF, ended: keepWatching(site, controller.signal, (state) => {
      watcher.state = state;
      onChange(site.id);
    }) };
    watchers.set(site.id, watcher);
  }

  async function keepWatching(site: StoredSite, signal: AbortSignal, onState: (state: WatchState) => void): Promise<void> {
    const isOver = (): boolean => signal.aborted;
    /** Nothing stands in a log whose drive was unplugged. */
    let told: readonly Activity[] = [];
    while (!isOver()) {
      try {
        await watchSite(await open(site), {
          signal,
          clock,
          restoreAfterWipe: site.settings.restoreAfterWipe,
          rehearse: site.settings.rehearse,
          onWatching: () => onState({ watching: "on", trouble: null }),
          toldBefore: told,
          onActivity: (activity) => {
            told = [...told, activity].slice(-MAX_TOLD);
            onActivity(site.id, activity);
          },
        });
      } catch (error) {
        if (isOver()) return;
        const trouble = toErrorValue(error);
        onState({ watching: isKeeperError(error, "BUSY") ? "elsewhere" : "failed", trouble });
        await clock.sleep(TRY_AGAIN_MS, signal);
      }
    }
  }

  async function stop(siteId: string): Promise<void> {
    const watcher = watchers.get(siteId);
    watchers.delete(siteId);
    watcher?.controller.abort();
    await watcher?.ended;
  }

  function wantedNow(): Map<string, StoredSite> {
    if (isClosed) return new Map();
    return new Map(sites.filter(({ settings, source }) => settings.watch && canBeWatched(source)).map((site) => [site.id, site]));
  }

  async function settle(): Promise<void> {
    const wanted = wantedNow();
    const outdated = [...watchers].filter(([siteId, { wanted: now }]) => keyOf(wanted.get(siteId)) !== now).map(([siteId]) => siteId);
    await Promise.all(outdated.map(stop));
    for (const [siteId, site] of wantedNow()) if (!watchers.has(siteId)) start(site, keyOf(site));
    for (const siteId of outdated) onChange(siteId);
  }

  return {
    async follow(given) {
      sites = given;
      await inTurn(settle);
    },
    stateOf: (siteId) => watchers.get(siteId)?.state ?? OFF,
    async close() {
      isClosed = true;
      // What is under way may wait for a watcher that only this ends.
      await Promise.all([...watchers.keys()].map(stop));
      await inTurn(() => Promise.resolve());
    },
  };
}

/** What a watcher does not need to know is no reason to begin anew. */
function keyOf(site: StoredSite | undefined): string {
  return site === undefined ? "" : JSON.stringify({ ...site, name: null, vaultUsed: null, render: null });
}
