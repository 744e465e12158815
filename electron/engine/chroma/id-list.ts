/**
 * The ids of a collection as the server listed them. Kept as its own answers, in which an id takes little more than its
 * letters: a million of them as a set of texts would take more memory than all the rest of a backup.
 */
import { idsIn } from "./record-page.ts";

/** Each id once, in the server's order; may be gone through again and again. */
export interface IdList extends Iterable<string> {
  readonly size: number;
  /** Null where the server named an id twice. */
  readonly answers: readonly Buffer[] | null;
}

/** Of one listing, in one answer or in pages. Throws BAD_ANSWER. */
export function createIdList(answers: readonly Buffer[]): IdList {
  function* ids(): Generator<string> {
    for (const answer of answers) yield* idsIn(answer);
  }
  let size = 0;
  for (const each = ids(); each.next().done !== true; ) size += 1;
  // Counted first: an array that grows is there twice whenever it does.
  const hashes = new Float64Array(size);
  let index = 0;
  for (const id of ids()) hashes[index++] = hashOf(id);
  const sorted = hashes.sort();
  if (!sorted.some((hash, index) => index > 0 && hash === sorted[index - 1])) return { size, answers, [Symbol.iterator]: ids };
  // An id that stands there twice, as in pages that moved, or two with the same hash: then it takes memory.
  const once = new Set(ids());
  return { size: once.size, answers: null, [Symbol.iterator]: () => once.values() };
}

/** 53 bits that tell texts apart; that two have the same costs memory and nothing else. */
function hashOf(text: string): number {
  let low = 0x1234_5678;
  let high = 0x7654_3210;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x9e37_79b1);
    high = Math.imul(high ^ unit, 0x5f35_6495);
    low = (low << 13) | (low >>> 19);
    high = (high << 11) | (high >>> 21);
  }
  return ((high ^ (high >>> 15)) & 0x1f_ffff) * 2 ** 32 + ((low ^ (low >>> 16)) >>> 0);
}

/** The ids of `now` that are not in `before`. Where both begin alike, as when somebody signed up meanwhile, only what follows is kept in memory. */
export function* newSince(before: IdList, now: IdList): Generator<string> {
  if (isSame(before, now)) return;
  const [old, recent] = [before[Symbol.iterator](), now[Symbol.iterator]()];
  let [left, right] = [old.next(), recent.next()];
  while (left.done !== true && right.done !== true && left.value === right.value) [left, right] = [old.next(), recent.next()];
  if (right.done === true) return;
  const known = new Set<string>();
  for (; left.done !== true; left = old.next()) known.add(left.value);
  for (; right.done !== true; right = recent.next()) if (!known.has(right.value)) yield right.value;
}

function isSame(a: IdList, b: IdList): boolean {
  return a.answers !== null && b.answers !== null && a.answers.length === b.answers.length && a.answers.every((answer, index) => b.answers?.[index]?.equals(answer) === true);
}
