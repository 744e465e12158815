/** From backups and news to the points of the chart. Pure. */
import type { ActivityView, BackupEntry } from "../../shared/model.ts";

const DAYS_MS = 30 * 86_400_000;
/** More would run into one another. */
const MOST_DOTS = 60;

export interface ChartFacts {
  readonly backups: readonly BackupEntry[];
  readonly activity: readonly ActivityView[];
  readonly siteId: string;
  /** On the site now; null when not known. */
  readonly accounts: number | null;
  readonly now: number;
}

interface ChartView {
  /** The same in words, newest first; without a count: a wipe. */
  readonly rows: readonly { readonly at: number; readonly count: number | null }[];
  readonly points: readonly { readonly at: number; readonly count: number }[];
  /** In these days; of many only some are drawn. */
  readonly backups: number;
  readonly dots: readonly number[];
  readonly wipes: readonly number[];
  readonly last: number | null;
  readonly top: number;
  readonly ticks: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** A round number a little above, so that the line never touches the edge. */
function roundTop(most: number): number {
  if (most <= 10) return 10;
  const step = 10 ** Math.floor(Math.log10(most));
  for (const factor of [1, 2, 3, 4, 5, 6, 8, 10]) if (step * factor >= most * 1.05) return step * factor;
  return step * 10;
}

/** A wipe that was brought back at once is told by the restore alone, with the time it was seen. */
function wipeOf({ kind, at, seenAt }: ActivityView): number[] {
  if (kind === "wiped") return [Date.parse(at)];
  return (kind === "restored" || kind === "redeployed") && seenAt !== undefined ? [Date.parse(seenAt)] : [];
}

export function chartOf({ backups, activity, siteId, accounts, now }: ChartFacts): ChartView {
  const from = now - DAYS_MS;
  // The clock of the page is not read all the time: a backup may be newer.
  const held = backups
    .flatMap(({ at, accounts: count, shelf, state }) => (at === null || count === null || shelf !== "normal" || state === "damaged" ? [] : [{ at: Math.min(Date.parse(at), now), count }]))
    .toSorted((a, b) => a.at - b.at);
  const within = held.filter(({ at }) => at >= from);
  const before = held.findLast(({ at }) => at < from);
  const points = before === undefined ? within : [{ at: from, count: before.count }, ...within];
  const last = accounts ?? points.at(-1)?.count ?? null;
  const most = Math.max(last ?? 0, ...points.map(({ count }) => count));
  const top = roundTop(most);
  const every = Math.max(1, Math.ceil(within.length / MOST_DOTS));
  const shown = last === null || points.length === 0 || points.at(-1)?.count === last ? points : [...points, { at: now, count: last }];
  const wipes = activity.flatMap((entry) => (entry.siteId === siteId ? wipeOf(entry) : [])).filter((at) => at >= from);
  return {
    points: shown,
    rows: [...wipes.map((at) => ({ at, count: null })), ...shown].toSorted((a, b) => b.at - a.at),
    backups: within.length,
    dots: within.filter((_, index) => index % every === 0).map(({ at }) => at),
    wipes,
    last,
    top,
    ticks: top === 10 ? [0, 5, 10] : [0, top / 2, top],
    from,
    to: now,
  };
}
