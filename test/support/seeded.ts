/** Chance that can be repeated. */

export interface Chance {
  /** 0 to 1. */
  next(): number;
  /** A whole number from 0 up to, but not with, `end`. */
  below(end: number): number;
  shuffled<T>(items: readonly T[]): T[];
}

/** mulberry32: the same numbers for the same seed on every machine. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const below = (end: number): number => Math.floor(next() * end);
  return {
    next,
    below,
    shuffled(items) {
      const keys = new Map(items.map((item) => [item, next()]));
      return [...items].sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
    },
  };
}
