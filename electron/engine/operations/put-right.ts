/**
 * A site that restores itself, from an old variable or an old file of its own, brings people back as they were then: with
 * an old password, or without what their record held besides. Left alone, that would be the next backup. Who came back
 * like that is put right from the newest backup first.
 */
import { z } from "zod";
import type { OperationOptions } from "../../../shared/progress.ts";
import { accountHash } from "../account.ts";
import { readByIds } from "../chroma/read-records.ts";
import { compareSides } from "../diff/compare.ts";
import { sideOfBackup, sideOfSite } from "../diff/side.ts";
import type { AccountRecord } from "../record.ts";
import { lookUpCollection } from "../restore/plan-restore.ts";
import type { RestoreEveryoneRequest } from "./restore-everyone.ts";
import { chooseBackup, restoreSite } from "./restore-site.ts";
import { isOfOtherCollection } from "./whose-vault.ts";

export interface PutRightRequest extends Omit<RestoreEveryoneRequest, "backup"> {
  /** Hashes (`accountHash`, base64) of the version that is known to have come back, by id. */
  readonly cameBackAs?: ReadonlyMap<string, string> | undefined;
}

/**
 * For a collection that was made anew since the newest good backup: puts back from it everyone who is on the site in an
 * older version than the backup's, and whose record lost something it held besides the account. Whoever changed anything
 * since is left as they are. Older means: exactly as in `cameBackAs`, or with an earlier `updated_at`. Returns how many.
 * Throws the codes of `restoreSite`, CANCELLED; what was written until then is right.
 */
export async function putRight(request: PutRightRequest, options: OperationOptions = {}): Promise<number> {
  const { signal } = options;
  const { connection, collectionName, folder, passphrase, cameBackAs = new Map<string, string>() } = request;
  const { collection } = await lookUpCollection(connection, collectionName, { signal });
  if (collection === null) return 0;
  const { backup } = await chooseBackup({ kind: "vault", folder }, { passphrase, signal });
  // Another program's backup knows too little to say what is missing in a record.
  if (backup.kind !== "format_1" || backup.head === null || isOfOtherCollection(backup.head.account_keeper, request)) return 0;
  const { changed } = await compareSides(sideOfBackup(backup), sideOfSite(connection, collection), { signal, maxListed: Infinity });
  if (changed.length === 0) return 0;
  const onSite = new Map<string, AccountRecord>();
  const ids = changed.map(({ id }) => id);
  for await (const page of readByIds(connection, collection.id, ids, { signal, withVectors: false })) for (const record of page) onSite.set(record.id, record);
  const only: string[] = [];
  for await (const page of backup.records()) {
    for (const record of page) {
      const there = onSite.get(record.id);
      if (there !== undefined && isOlder(there, record, cameBackAs.get(record.id))) only.push(record.id);
    }
  }
  if (only.length === 0) return 0;
  const { overwritten } = await restoreSite({ ...request, backup, policy: "overwrite", only, plan: null, safetyFolder: folder }, options);
  return overwritten;
}

function isOlder(there: AccountRecord, kept: AccountRecord, cameBackAs: string | undefined): boolean {
  const hash = accountHash(there);
  // The same account: then only what stands beside it was lost, unless the site's code writes something new there.
  if (hash.equals(accountHash(kept))) {
    const before = keysOf(kept.metadata);
    return [...keysOf(there.metadata)].every((key) => before.has(key));
  }
  if (hash.toString("base64") === cameBackAs) return true;
  const [then, now] = [updatedAt(there), updatedAt(kept)];
  return then !== null && now !== null && then < now;
}

const withUpdate = z.object({ updated_at: z.string() });

/** A time without a zone, as the reference site writes it (FACTS 1): taken for this computer's, the hours of a day may change places. */
const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[T ][\d:.]+$/;

/** Null where nobody can tell. */
function updatedAt({ document }: AccountRecord): number | null {
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
