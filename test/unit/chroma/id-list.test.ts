import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIdList, newSince } from "../../../electron/engine/chroma/id-list.ts";

function listOf(...pages: readonly (readonly string[])[]) {
  return createIdList(pages.map((ids) => Buffer.from(JSON.stringify({ ids, include: [] }))));
}

const someIds = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 30 });

describe("a list of ids", () => {
  it("gives each id once and in order, as often as it is asked, also from pages that moved meanwhile", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ maxLength: 2 }), { maxLength: 12 }), { maxLength: 4 }), (pages) => {
        const once = [...new Set(pages.flat())];
        const list = listOf(...pages);
        expect([list.size, [...list], [...list]]).toEqual([once.length, once, once]);
      }),
      { numRuns: 500 },
    );
  });

  it("knows what is new since another one, wherever it stands", () => {
    fc.assert(
      fc.property(someIds, someIds, fc.boolean(), (first, others, keepsOrder) => {
        const later = [...new Set(keepsOrder ? [...first, ...others] : [...others, ...first].reverse())];
        expect([...newSince(listOf(first), listOf(later))].sort()).toEqual(others.filter((id) => !first.includes(id)).sort());
        expect([...newSince(listOf(later), listOf(first))]).toEqual([]);
        expect([...newSince(listOf(first), listOf(others))].sort()).toEqual(others.filter((id) => !first.includes(id)).sort());
      }),
      { numRuns: 500 },
    );
  });

  it("takes ids for different that only look alike to a careless hash", () => {
    const ids = Array.from({ length: 200_000 }, (_, index) => `user_${index.toString(16).padStart(12, "0")}`);
    const list = listOf(ids);
    expect(list.size).toBe(ids.length);
    // Kept as it came: no two of them had the same hash.
    expect(list.answers).not.toBeNull();
  });

  it("is refused when it is cut", () => {
    expect(() => createIdList([Buffer.from('{"ids":["a","b"')])).toThrow("makes no sense");
  });
});
