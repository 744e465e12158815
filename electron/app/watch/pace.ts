/** How often to look. Pure: what a site at rest costs is decided here. */

/** A site that is away, or where something fails again and again, is looked at less and less often, down to this. */
const MAX_BACKOFF_MS = 10 * 60_000;
/** Up to here a full check reads some 3 MB. */
const SMALL_SITE_ACCOUNTS = 5_000;
/** A changed password waits six times as long at most: an hour, by default. */
const MAX_STRETCH = 6;

/** `inVain`: looks in a row that led to nothing. Never less than the interval itself. */
export function delayAfterMs(inVain: number, intervalMs: number): number {
  return inVain === 0 ? intervalMs : Math.max(intervalMs, Math.min(intervalMs * 2 ** (inVain - 1), MAX_BACKOFF_MS));
}

/** Reading everything every ten minutes would be gigabytes a day on a large site. */
export function fullCheckEveryMs(fullCheckMs: number, accounts: number): number {
  return fullCheckMs * Math.min(MAX_STRETCH, Math.max(1, accounts / SMALL_SITE_ACCOUNTS));
}
