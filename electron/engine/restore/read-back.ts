/**
 * Reads back what a restore has written and says who is not as the plan wanted. Owns what counts as right, and puts one
 * thing right itself: what Chroma adds to a new record from a collection that is gone.
 */
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { recordHash } from "../account.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import type { ChromaConnection, CollectionInfo } from "../chroma/connection.ts";
import { readByIds, type ReadRecordsOptions } from "../chroma/read-records.ts";
import { upsertRecords, type WritableRecord } from "../chroma/write-records.ts";
import { isJsonObject, parseLossless, stringifyLossless, type JsonObject } from "../json/text.ts";
import type { AccountRecord, Problem } from "../record.ts";
import type { RestorePlan } from "./plan-restore.ts";
import { isSameVector } from "./vectors.ts";

export interface Written {
  readonly connection: ChromaConnection;
  readonly backup: OpenBackup;
  readonly plan: RestorePlan;
  readonly collection: CollectionInfo;
  /** One page of what was written, as the backup holds it. */
  readonly records: readonly AccountRecord[];
}

/**
 * What is to be said about the accounts of this page; nothing when all are on the site as the backup holds them.
 * Throws the codes of `ChromaConnection.post`, and CANCELLED when `signal` is aborted.
 */
export async function readBack(written: Written, options: OperationOptions = {}): Promise<Problem[]> {
  const first = await differing(written, options);
  if (first.size === 0) return [];
  throwIfCancelled(options.signal);
  await takeAwayStrangers(written, first, options);
  // A busy server may also have stumbled over the page, which then came without its vectors.
  const again = await differing({ ...written, records: written.records.filter(({ id }) => first.has(id)) }, options);
  return [...again.values()].map(({ problem }) => problem);
}

interface Difference {
  readonly problem: Problem;
  readonly wanted: AccountRecord;
  readonly found: AccountRecord | undefined;
}

async function differing({ connection, backup, plan, collection, records }: Written, options: OperationOptions): Promise<Map<string, Difference>> {
  const onSite = await fetchById(connection, collection.id, records, { ...options, withVectors: true });
  const differences = new Map<string, Difference>();
  for (const wanted of records) {
    const wasThere = plan.overwrite.has(wanted.id);
    const found = onSite.get(wanted.id);
    // What another program's backup does not know stays as the site has it, and is nothing to complain about.
    const isMerged = wasThere && backup.kind !== "format_1";
    const problem = compare(wanted, isMerged && found !== undefined ? asFarAs(wanted, found) : found, wasThere);
    if (problem !== null) differences.set(wanted.id, { problem, wanted, found });
  }
  return differences;
}

/** Records of the collection by id, of those among `records` that exist. Throws as `readByIds`. */
export async function fetchById(connection: ChromaConnection, collectionId: string, records: readonly AccountRecord[], { signal, withVectors }: ReadRecordsOptions): Promise<Map<string, AccountRecord>> {
  const found = new Map<string, AccountRecord>();
  // Half a character is in nobody's id on a server, which refuses the question together with everybody else in it.
  const ids = records.map((record) => record.id).filter((id) => id.isWellFormed());
  for await (const page of readByIds(connection, collectionId, ids, { signal, withVectors })) {
    for (const record of page) found.set(record.id, record);
  }
  return found;
}

/**
 * Chroma (1.5, read in its source: deleting a collection leaves `embedding_metadata_array` as it is, and its row numbers
 * are given again) lets a new record inherit the lists of a deleted collection's. Nobody's account shall carry a
 * stranger's data, so what came that way is taken away again. Nothing else is written, for somebody may be changing their
 * password at this moment: no document is Chroma's word for keeping the one it has.
 */
async function takeAwayStrangers({ connection, plan, collection }: Written, differences: ReadonlyMap<string, Difference>, options: OperationOptions): Promise<void> {
  const corrected: WritableRecord[] = [];
  for (const [id, { wanted, found }] of differences) {
    // Who was there before kept a row of their own.
    if (found === undefined || !plan.add.has(id)) continue;
    const strangers = inheritedKeys(wanted, found);
    const embedding = found.embedding ?? wanted.embedding;
    if (strangers.length > 0 && embedding !== null) corrected.push({ id, document: null, metadata: null, uri: null, embedding, staleKeys: strangers });
  }
  if (corrected.length > 0) await upsertRecords(connection, collection.id, [corrected], { signal: options.signal });
}

/** The keys that hold lists, where they are all that tells the record on the site from the wanted one. */
function inheritedKeys(wanted: AccountRecord, found: AccountRecord): string[] {
  const known = membersOf(wanted.metadata);
  const members = Object.entries(membersOf(found.metadata));
  const isInherited = ([key, value]: (typeof members)[number]): boolean => Array.isArray(value) && !Object.hasOwn(known, key);
  const own = Object.fromEntries(members.filter((member) => !isInherited(member)));
  if (recordHash({ ...found, metadata: stringifyLossless(own) }) !== recordHash(wanted)) return [];
  return members.filter(isInherited).map(([key]) => key);
}

/** `found` with nothing in it but what `wanted` speaks of. */
function asFarAs(wanted: AccountRecord, found: AccountRecord): AccountRecord {
  const known = membersOf(wanted.metadata);
  const members = Object.entries(membersOf(found.metadata)).filter(([key]) => Object.hasOwn(known, key));
  return { ...found, metadata: stringifyLossless(Object.fromEntries(members)), uri: wanted.uri };
}

function membersOf(metadata: string | null): JsonObject {
  try {
    const value = metadata === null ? undefined : parseLossless(metadata);
    return isJsonObject(value) ? value : {};
  } catch {
    // A key twice, or nested too deep: it is told as a difference.
    return {};
  }
}

function compare(wanted: AccountRecord, found: AccountRecord | undefined, wasThere: boolean): Problem | null {
  const { id } = wanted;
  if (found === undefined) return { code: "NOT_RESTORED", id, message: "This account is not on the site after the restore." };
  const isRight = recordHash(wanted) === recordHash(found) && (wanted.embedding === null || (found.embedding !== null && isSameVector(wanted.embedding, found.embedding)));
  if (isRight) return null;
  return {
    code: "KEPT_OLDER_VALUE",
    id,
    message: wasThere ? "Part of this account could not be put back: Chroma keeps a value where the backup has none." : "This account reads differently after the restore; the site may have changed it meanwhile.",
  };
}
