/** Who stands somewhere in an older version than a backup holds: what a site brings back by itself from something old. Reads only. */
import { z } from "zod";
import type { OperationOptions } from "../../../shared/progress.ts";
import { accountHash } from "../account.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import { compareSides } from "../diff/compare.ts";
import { sideOfBackup, type Side } from "../diff/side.ts";
import type { AccountRecord } from "../record.ts";

/** Where they stand now: a site, or a later backup. */
interface Place {
  readonly side: Side;
  /** The records with these ids, page by page. */
  byIds(ids: readonly string[]): AsyncIterable<readonly AccountRecord[]>;
}

interface OlderOptions extends OperationOptions {
  /** Hashes (`accountHash`) of a version that is known to be older, by id. */
  readonly knownOld?: ReadonlyMap<string, string> | undefined;
}

/**
 * Ids of those who stand in `place` in an older version than in `kept`, or whose record lost something that it held besides
 * the account. Older means: exactly as in `knownOld`, or with an earlier `updated_at`. Nobody where `kept` is another
 * program's: that knows too little to say what is missing in a record. Throws the codes of reading both, CANCELLED.
 */
export async function olderVersions(kept: OpenBackup, place: Place, { signal, knownOld }: OlderOptions = {}): Promise<string[]> {
  if (kept.kind !== "format_1") return [];
  const { changed } = await compareSides(sideOfBackup(kept), place.side, { signal, maxListed: Infinity });
  if (changed.length === 0) return [];
  const there = new Map<string, AccountRecord>();
  for await (const page of place.byIds(changed.map(({ id }) => id))) for (const record of page) there.set(record.id, record);
  const older: string[] = [];
  for await (const page of kept.records()) {
    for (const record of page) {
      const found = there.get(record.id);
      if (found !== undefined && isOlder(found, record, knownOld?.get(record.id))) older.push(record.id);
    }
  }
  return older;
}

function isOlder(there: AccountRecord, kept: AccountRecord, knownOld: string | undefined): boolean {
  const hash = accountHash(there);
  // The same account: then only what stands beside it was lost, unless the site's code writes something new there.
  if (hash === accountHash(kept)) {
    const before = keysOf(kept.metadata);
    return [...keysOf(there.metadata)].every((key) => before.has(key));
  }
  if (hash === knownOld) return true;
  const [then, now] = [updatedAt(there), updatedAt(kept)];
  return then !== null && now !== null && then < now;
}

const withUpdate = z.object({ updated_at: z.string() });

/** A time without a zone, as the reference site writes it (FACTS 1): taken for this computer's, the hours of a day may change places. */
const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[T ][\d:.]+$/;

/** When the account was changed last, as it says itself. Null where nobody can tell. */
export function updatedAt({ document }: Pick<AccountRecord, "document">): number | null {
  try {
    const text = withUpdate.parse(JSON.parse(document ?? "null")).updated_at;
    const time = Date.parse(WITHOUT_ZONE.test(text) ? `${text}Z` : text);
    return Number.isNaN(time) ? null : time;
  } catch {
    return null;
  }
}

function keysOf(metadata: string | null): Set<string> {
  try {
    return new Set(Object.keys(z.record(z.string(), z.unknown()).parse(JSON.parse(metadata ?? "{}"))));
  } catch {
    return new Set();
  }
}
