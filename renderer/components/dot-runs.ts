/** The dots of a row of the tally, and which of them have just come to rest. Pure. */

/** held: full. wait: not in a backup yet. new: signed up after a wipe. gone: missing. seen: last seen, not checked now. */
type DotKind = "held" | "wait" | "new" | "gone" | "seen";
export type DotRun = readonly [kind: DotKind, count: number];

export function total(runs: readonly DotRun[]): number {
  return runs.reduce((sum, [, count]) => sum + count, 0);
}

export function dotsOf(runs: readonly DotRun[]): readonly DotKind[] {
  return runs.flatMap(([kind, count]) => Array.from({ length: count }, () => kind));
}

/** By their place in the row: what was in no backup, or gone from the site, and is held now. A look alone moves nothing. */
export function settlingDots(before: readonly DotRun[], after: readonly DotRun[]): readonly number[] {
  const old = dotsOf(before);
  return dotsOf(after).flatMap((kind, index) => (kind === "held" && (old[index] === "wait" || old[index] === "gone") ? [index] : []));
}
