/** For virtual lists: the row that holds the focus stays on the page, or the focus would be lost while scrolling. Pure. */
interface Range {
  readonly startIndex: number;
  readonly endIndex: number;
  readonly overscan: number;
  readonly count: number;
}

export function rangeWith(kept: number, { startIndex, endIndex, overscan, count }: Range): number[] {
  const from = Math.max(0, startIndex - overscan);
  const to = Math.min(count - 1, endIndex + overscan);
  const indexes = Array.from({ length: Math.max(0, to - from + 1) }, (_, offset) => from + offset);
  return indexes.includes(kept) || kept >= count ? indexes : [...indexes, kept].toSorted((a, b) => a - b);
}
