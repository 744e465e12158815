import { expect, it } from "vitest";
import { judge, type KnownSite, type SeenSite, type Verdict } from "../../../electron/engine/operations/verdict.ts";

const known: KnownSite = { collectionId: "one", accounts: 3, isThisSite: true };
const foreign: KnownSite = { collectionId: null, accounts: 3, isThisSite: false };

it.each<[string, KnownSite | null, Omit<SeenSite, "isHalfRestored"> & Partial<SeenSite>, Verdict]>([
  ["an empty site without a backup", null, { collectionId: "one", accounts: 0, missing: [], stayed: 0 }, { kind: "no_accounts_yet" }],
  ["a missing collection without a backup", null, { collectionId: null, accounts: 0, missing: [], stayed: 0 }, { kind: "no_accounts_yet" }],
  ["accounts without a backup", null, { collectionId: "one", accounts: 2, missing: [], stayed: 0 }, { kind: "all_there" }],
  ["an empty backup", { ...known, accounts: 0 }, { collectionId: "two", accounts: 0, missing: [], stayed: 0 }, { kind: "no_accounts_yet" }],
  ["everybody there", known, { collectionId: "one", accounts: 5, missing: [], stayed: 3 }, { kind: "all_there" }],
  ["a site that restored itself", known, { collectionId: "two", accounts: 3, missing: [], stayed: 3 }, { kind: "all_there" }],
  ["a missing collection", known, { collectionId: null, accounts: 0, missing: ["a", "b", "c"], stayed: 0 }, { kind: "wiped", cause: "missing", missing: ["a", "b", "c"] }],
  ["a new collection with one sign-up", known, { collectionId: "two", accounts: 1, missing: ["a", "b", "c"], stayed: 0 }, { kind: "wiped", cause: "recreated", missing: ["a", "b", "c"] }],
  ["a new collection with more sign-ups than before", known, { collectionId: "two", accounts: 40, missing: ["a"], stayed: 2 }, { kind: "wiped", cause: "recreated", missing: ["a"] }],
  ["the same collection, emptied", known, { collectionId: "one", accounts: 0, missing: ["a", "b", "c"], stayed: 0 }, { kind: "wiped", cause: "emptied", missing: ["a", "b", "c"] }],
  ["the same collection, emptied, and sign-ups since", known, { collectionId: "one", accounts: 2, missing: ["a", "b", "c"], stayed: 0 }, { kind: "wiped", cause: "emptied", missing: ["a", "b", "c"] }],
  ["the same, and one of those who are gone signed up again", known, { collectionId: "one", accounts: 2, missing: ["a", "b"], stayed: 0 }, { kind: "wiped", cause: "emptied", missing: ["a", "b"] }],
  ["the same collection, half brought back", known, { collectionId: "one", accounts: 2, missing: ["b"], stayed: 2, isHalfRestored: true }, { kind: "wiped", cause: "emptied", missing: ["b"] }],
  ["some deleted", known, { collectionId: "one", accounts: 2, missing: ["b"], stayed: 2 }, { kind: "deletions", missing: ["b"] }],
  ["some deleted, more added", known, { collectionId: "one", accounts: 9, missing: ["b"], stayed: 2 }, { kind: "deletions", missing: ["b"] }],
  ["another program's backup, an empty site", foreign, { collectionId: "two", accounts: 0, missing: ["a", "b", "c"], stayed: 0 }, { kind: "wiped", cause: "emptied", missing: ["a", "b", "c"] }],
  ["another program's backup, and nobody of it on a site that may be another", foreign, { collectionId: "two", accounts: 2, missing: ["a", "b", "c"], stayed: 0 }, { kind: "deletions", missing: ["a", "b", "c"] }],
  ["another program's backup beside ours, and nobody of it there", { ...foreign, isThisSite: true }, { collectionId: "two", accounts: 2, missing: ["a", "b", "c"], stayed: 0 }, { kind: "wiped", cause: "emptied", missing: ["a", "b", "c"] }],
  ["another program's backup, some missing", { ...known, collectionId: null }, { collectionId: "two", accounts: 2, missing: ["b"], stayed: 2 }, { kind: "deletions", missing: ["b"] }],
])("judges %s", (_, before, seen, verdict) => {
  expect(judge(before, { isHalfRestored: false, ...seen })).toEqual(verdict);
});
