/**
 * Carries out a restore plan: safety copy, write, read back. Owns the order of these steps; never deletes an account,
 * never drops a collection.
 */
import { KeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import type { ChromaConnection, CollectionInfo } from "../chroma/connection.ts";
import { upsertRecords, type WritableRecord } from "../chroma/write-records.ts";
import type { AccountRecord, Problem } from "../record.ts";
import { planRestore, type RestorePlan, type RestoreRequest } from "./plan-restore.ts";
import { fetchById, readBack } from "./read-back.ts";
import { standInVector } from "./vectors.ts";

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
  const nothingWritten = { leftAsTheyAre: plan.chosen - toWrite, dimension: plan.dimension.dimension, collectionCreated };
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
  report("verifying", 0);
  for await (const records of chosenRecords(backup, plan)) {
    problems.push(...(await readBack({ connection, backup, plan, collection, records }, options)));
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
