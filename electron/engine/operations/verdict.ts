/**
 * What has happened to a site since its newest backup. Pure: somebody looks, this judges, they act.
 * Only a wipe may be restored without asking.
 */

/** What the newest good backup says of the site. */
export interface KnownSite {
  /** Null for a backup of another program, which does not tell. */
  readonly collectionId: string | null;
  readonly accounts: number;
  /** Whether any backup of ours in the vault says that it is this site's. */
  readonly isThisSite: boolean;
}

/** What was seen just now. */
export interface SeenSite {
  /** Null: the collection, or its whole database, is missing. */
  readonly collectionId: string | null;
  readonly accounts: number;
  /** Accounts of the newest backup, and of copies kept apart since, that are not on the site, by id or e-mail address. */
  readonly missing: readonly string[];
  /** How many accounts of the newest backup are still there under their id. */
  readonly stayed: number;
  /** This very collection was found emptied before, and bringing everyone back was not finished. */
  readonly isHalfRestored: boolean;
}

export type WipeCause =
  /** The collection is gone. */
  | "missing"
  /** Another collection of the same name: its UUID changed. */
  | "recreated"
  /** The same collection without a single account of those we know: who is there signed up since. */
  | "emptied";

export type Verdict =
  /** Nobody of the newest backup is missing. What is new or changed wants a backup. */
  | { readonly kind: "all_there" }
  | { readonly kind: "no_accounts_yet" }
  | { readonly kind: "wiped"; readonly cause: WipeCause; readonly missing: readonly string[] }
  /** The same collection, and some are gone: that looks like someone deleted them. Never repaired unasked. */
  | { readonly kind: "deletions"; readonly missing: readonly string[] };

/** `known` is null while there is no good backup. */
export function judge(known: KnownSite | null, seen: SeenSite): Verdict {
  if (known === null || known.accounts === 0) return seen.accounts === 0 ? { kind: "no_accounts_yet" } : { kind: "all_there" };
  const { missing } = seen;
  if (missing.length === 0) return { kind: "all_there" };
  if (seen.collectionId === null) return { kind: "wiped", cause: "missing", missing };
  // With nothing but another program's backup, this may be another site: then only an empty one counts as wiped.
  if (!known.isThisSite && seen.accounts > 0 && !seen.isHalfRestored) return { kind: "deletions", missing };
  if (known.collectionId !== null && seen.collectionId !== known.collectionId) return { kind: "wiped", cause: "recreated", missing };
  if (seen.stayed === 0 || seen.isHalfRestored) return { kind: "wiped", cause: "emptied", missing };
  return { kind: "deletions", missing };
}
