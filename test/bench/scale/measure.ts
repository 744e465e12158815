/** Timing that means something on a busy machine: what is compared is done in turn, and only ratios within one run are judged. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Milliseconds. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** What was done in turn, A B C A B C: milliseconds of each, in the order of the rounds. */
export type Turns<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/** One round that does not count, so that nobody pays for a cold start, then `rounds` of them. */
export async function inTurn<Name extends string>(rounds: number, works: Readonly<Record<Name, () => Promise<unknown>>>, options: { warmUp?: boolean } = {}): Promise<Turns<Name>> {
  const names = Object.keys(works) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = options.warmUp === false ? 1 : 0; round <= rounds; round += 1) {
    for (const name of names) {
      const ms = await timeOf(works[name]);
      if (round > 0) times.get(name)?.push(ms);
    }
  }
  return Object.fromEntries(times) as Record<Name, number[]>;
}

/** Median of the ratios of each round: what slows the whole machine down for a while slows both sides. */
export function ratioOf(above: readonly number[], below: readonly number[]): number {
  return median(above.map((ms, round) => ms / (below[round] ?? Number.NaN)));
}

export function milliseconds(values: readonly number[]): string {
  const ms = median(values);
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
