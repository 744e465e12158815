/**
 * Carries out a restore plan: safety copy, write, read back. Owns the order of these steps; never deletes an account,
 * never drops a collection.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { recordHash } from "../account.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import type { ChromaConnection, CollectionInfo } from "../chroma/connection.ts";
import { readByIds } from "../chroma/read-records.ts";
import { upsertRecords, type WritableRecord } from "../chroma/write-records.ts";
import { isJsonObject, parseLossless, stringifyLossless, type JsonObject } from "../json/text.ts";
import type { AccountRecord, Problem } from "../record.ts";
import { planRestore, type RestorePlan, type RestoreRequest } from "./plan-restore.ts";
import { isSameVector, standInVector } from "./vectors.ts";

export interface ApplyRestoreRequest extends RestoreRequest {
  /** The plan the owner has seen and agreed to. Null: nobody was asked, so the site is taken as it is when writing begins. */
  readonly plan: RestorePlan | null;
  /** Copies what is on the site before anything is written; returns where. Not called for an empty site. */
  readonly makeSafetyBackup: (collection: CollectionInfo) => Promise<string | null>;
}

export interface RestoreReport {
  readonly added: number;
  readonly overwritten: number;
  /** There already, the same or in another version, or signed up again. */
  readonly leftAsTheyAre: number;
  readonly standInVectors: number;
  readonly dimension: number;
  readonly collectionCreated: boolean;
  /** Null when the site was empty or nothing had to be written. */
  readonly safetyBackup: string | null;
  readonly accountsOnSite: number;
  /** Accounts that need the owner's look. Empty: every account of the plan was read back and is right. */
  readonly problems: readonly Problem[];
}

/** A server that is busy may answer before it has caught up with itself; what is the matter with an account is told when it stays. */
const LOOK_AGAIN_AFTER_MS = [0, 500, 2_000] as const;

/**
 * Applies the plan and reads every written account back. Idempotent: after a failure or a kill, planning and applying
 * again finishes the work.
 * Throws PLAN_STALE when site or backup changed since a plan that was agreed to (nothing is written then), the codes of
 * `ChromaConnection` and of reading a backup, and CANCELLED when `signal` is aborted: what was written until then
 * stays on the site and is right.
 */
export async function applyRestore(request: ApplyRestoreRequest, options: OperationOptions = {}): Promise<RestoreReport> {
  const { connection, backup } = request;
  const plan = await planRestore(request, options);
  if (request.plan !== null && request.plan.fingerprint !== plan.fingerprint) {
    throw new KeeperError("PLAN_STALE", "Your site changed while you were looking.", { hint: "Look at the new plan, then restore again." });
  }
  const toWrite = plan.add.size + plan.overwrite.size;
  const collectionCreated = plan.collection === null && toWrite > 0;
  const nothingWritten = { leftAsTheyAre: plan.accountsInBackup - toWrite, dimension: plan.dimension.dimension, collectionCreated };
  if (toWrite === 0) {
    return { ...nothingWritten, added: 0, overwritten: 0, standInVectors: 0, safetyBackup: null, accountsOnSite: plan.accountsOnSite, problems: plan.problems };
  }

  const safetyBackup = plan.collection !== null && plan.accountsOnSite > 0 ? await request.makeSafetyBackup(plan.collection) : null;
  const collection = plan.collection ?? (await createCollection(connection, plan.collectionName, backup, options));

  const report = (phase: "restoring" | "verifying", done: number): void =>
    options.onProgress?.({ phase, done, total: toWrite, unit: "accounts", canCancel: true, problems: 0 });
  report("restoring", 0);
  await upsertRecords(connection, collection.id, writableRecords(request, plan, collection, options), {
    signal: options.signal,
    onWritten: (records) => report("restoring", records),
  });

  const problems: Problem[] = [...plan.problems];
  let verified = 0;
  let stays = false;
  report("verifying", 0);
  for await (const records of chosenRecords(backup, plan)) {
    let different = await differing(request, plan, collection, records, options);
    for (const pauseMs of stays ? [0] : LOOK_AGAIN_AFTER_MS) {
      if (different.size === 0) break;
      const ids = new Set(different.keys());
      await pause(pauseMs, options.signal);
      different = await differing(request, plan, collection, records.filter(({ id }) => ids.has(id)), options);
    }
    // Where waiting has not helped once, it is not waited for at every page.
    stays ||= different.size > 0;
    problems.push(...different.values());
    verified += records.length;
    report("verifying", verified);
  }
  if (verified !== toWrite) {
    throw new KeeperError("VERIFICATION_FAILED", "The backup changed while it was being restored.", { hint: "Restore again: nobody is added twice." });
  }
  const missing = problems.filter((problem) => problem.code === "NOT_RESTORED").length;
  return {
    ...nothingWritten,
    added: plan.add.size - missing,
    overwritten: plan.overwrite.size,
    standInVectors: plan.standInVectors,
    safetyBackup,
    accountsOnSite: await connection.count(collection.id, { signal: options.signal }),
    problems,
  };
}

/** Ends early when the signal is aborted; what comes next says so. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  throwIfCancelled(signal);
}

/** Whose records on the site are not as the plan wanted them, with what is to be said about it. */
async function differing({ connection, backup }: RestoreRequest, plan: RestorePlan, collection: CollectionInfo, records: readonly AccountRecord[], options: OperationOptions): Promise<Map<string, Problem>> {
  const found = await fetchById(connection, collection.id, records, options);
  const problems = new Map<string, Problem>();
  for (const record of records) {
    const wasThere = plan.overwrite.has(record.id);
    const onSite = found.get(record.id);
    // What another program's backup does not know stays as the site has it, and is nothing to complain about.
    const isMerged = wasThere && backup.kind !== "format_1";
    const problem = compare(record, isMerged && onSite !== undefined ? asFarAs(record, onSite) : onSite, wasThere);
    if (problem !== null) problems.set(record.id, problem);
  }
  return problems;
}

async function createCollection(connection: ChromaConnection, name: string, backup: OpenBackup, options: OperationOptions): Promise<CollectionInfo> {
  const kept = backup.head?.account_keeper.chroma.collection;
  await connection.ensureDatabase({ signal: options.signal });
  return await connection.createCollection(
    { name, metadata: kept?.metadata ?? null, configuration: kept?.configuration ?? null, schema: kept?.schema ?? null },
    { signal: options.signal },
  );
}

/** The records of the backup that the plan writes, in the backup's order and pages. */
async function* chosenRecords(backup: OpenBackup, plan: RestorePlan): AsyncGenerator<AccountRecord[]> {
  const wanted = new Set([...plan.add, ...plan.overwrite.keys()]);
  for await (const page of backup.records({ only: wanted })) {
    const chosen = page.filter((record) => wanted.has(record.id));
    if (chosen.length > 0) yield chosen;
  }
}

async function* writableRecords({ connection, backup }: RestoreRequest, plan: RestorePlan, collection: CollectionInfo, options: OperationOptions): AsyncGenerator<WritableRecord[]> {
  for await (const page of chosenRecords(backup, plan)) {
    // An account that is put back without a vector of its own keeps the one the site made for it.
    const keepers = page.filter((record) => record.embedding === null && plan.overwrite.has(record.id));
    const onSite = await fetchById(connection, collection.id, keepers, options);
    yield page.map((record) => ({
      ...record,
      embedding: record.embedding ?? onSite.get(record.id)?.embedding ?? standInVector(record.document ?? record.id, plan.dimension.dimension),
      staleKeys: plan.overwrite.get(record.id) ?? [],
    }));
  }
}

async function fetchById(connection: ChromaConnection, collectionId: string, records: readonly AccountRecord[], options: OperationOptions): Promise<Map<string, AccountRecord>> {
  const found = new Map<string, AccountRecord>();
  const ids = records.map((record) => record.id);
  for await (const page of readByIds(connection, collectionId, ids, { signal: options.signal, withVectors: true })) {
    for (const record of page) found.set(record.id, record);
  }
  return found;
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
  const isRight = recordHash(wanted).equals(recordHash(found)) && (wanted.embedding === null || (found.embedding !== null && isSameVector(wanted.embedding, found.embedding)));
  if (isRight) return null;
  return {
    code: "KEPT_OLDER_VALUE",
    id,
    message: wasThere ? "Part of this account could not be put back: Chroma keeps a value where the backup has none." : "This account reads differently after the restore; the site may have changed it meanwhile.",
  };
}
