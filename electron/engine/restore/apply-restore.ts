/**
 * Carries out a restore plan: safety copy, write, read back. Owns the order of these steps; never deletes an account,
 * never drops a collection.
 */
import { KeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import { RequestFailure } from "../chroma/classify.ts";
import type { ChromaConnection, CollectionInfo } from "../chroma/connection.ts";
import { upsertRecords } from "../chroma/write-records.ts";
import { idsNotRestored, type Problem } from "../record.ts";
import type { DimensionChoice } from "./dimension.ts";
import { planRestore, type RestorePlan, type RestoreRequest } from "./plan-restore.ts";
import { chosenRecords, writableRecords } from "./chosen-records.ts";
import { readBack } from "./read-back.ts";
import { findSignedUpMeanwhile } from "./same-email.ts";

export interface ApplyRestoreRequest extends RestoreRequest {
  /** The plan the owner has seen and agreed to. Null: nobody was asked, so the site is taken as it is when writing begins. */
  readonly plan: RestorePlan | null;
  /** Copies what is on the site before anything is written; returns where. Not called where there is no collection yet. */
  readonly makeSafetyBackup: (collection: CollectionInfo, accountsOnSite: number) => Promise<string | null>;
}

export interface RestoreReport {
  readonly added: number;
  readonly overwritten: number;
  /** There already, the same or in another version, or signed up again. */
  readonly leftAsTheyAre: number;
  readonly standInVectors: number;
  readonly dimension: number;
  readonly dimensionSource: DimensionChoice["source"];
  readonly collectionCreated: boolean;
  /** Null when the site was empty or nothing had to be written. */
  readonly safetyBackup: string | null;
  readonly accountsOnSite: number;
  /** Accounts that need the owner's look. Empty: every account of the plan was read back and is right. */
  readonly problems: readonly Problem[];
}

/** Throws PLAN_STALE when site or backup changed since a plan that was agreed to. */
export function refuseStale(agreed: RestorePlan, now: RestorePlan): void {
  if (agreed.fingerprint !== now.fingerprint) throw new KeeperError("PLAN_STALE", "Your site changed while you were looking.", { hint: "Look at the new plan, then restore again." });
}

/**
 * Applies the plan and reads every written account back. Whoever came, changed or went while it was under way is left as
 * they are. Idempotent: after a failure or a kill, planning and applying again finishes the work.
 * An account that the server does not accept is a problem of the report and keeps nobody else away; the refusal is thrown
 * where it accepts nobody at all.
 * Throws PLAN_STALE when site or backup changed since a plan that was agreed to (nothing is written then), the codes of
 * `ChromaConnection` and of reading a backup, and CANCELLED when `signal` is aborted: what was written until then
 * stays on the site and is right.
 */
export async function applyRestore(request: ApplyRestoreRequest, options: OperationOptions = {}): Promise<RestoreReport> {
  const { connection, backup } = request;
  const plan = await planRestore(request, options);
  if (request.plan !== null) refuseStale(request.plan, plan);
  const toWrite = plan.add.size + plan.overwrite.size;
  const collectionCreated = plan.collection === null && toWrite > 0;
  const nothingWritten = { leftAsTheyAre: plan.chosen - toWrite, dimension: plan.dimension.dimension, dimensionSource: plan.dimension.source, collectionCreated };
  if (toWrite === 0) {
    return { ...nothingWritten, added: 0, overwritten: 0, standInVectors: 0, safetyBackup: null, accountsOnSite: plan.accountsOnSite, problems: plan.problems };
  }

  const safetyBackup = plan.collection === null ? null : await request.makeSafetyBackup(plan.collection, plan.accountsOnSite);
  const collection = plan.collection ?? (await createCollection(connection, plan.collectionName, backup, options));

  const report = (phase: "restoring" | "verifying", done: number): void =>
    options.onProgress?.({ phase, done, total: toWrite, unit: "accounts", canCancel: true, problems: 0 });
  report("restoring", 0);
  const skipped = new Map<string, Problem>();
  const refusals = new Map<string, KeeperError>();
  await upsertRecords(connection, collection.id, writableRecords({ connection, backup, plan, collection, skipped }, options), {
    signal: options.signal,
    onWritten: (records) => report("restoring", records),
    onRefused: (id, refusal) => refusals.set(id, refusal),
  });
  const [refusal] = refusals.values();
  // Then it is no one's account in particular.
  if (refusal !== undefined && refusals.size + skipped.size === toWrite && plan.accountsOnSite === 0) throw refusal;

  const problems: Problem[] = [...plan.problems, ...skipped.values()];
  let verified = 0;
  report("verifying", 0);
  for await (const records of chosenRecords(backup, plan)) {
    const written = records.filter(({ id }) => !skipped.has(id));
    problems.push(...(await readBack({ connection, backup, plan, collection, records: written }, options)).map((problem) => withRefusal(problem, refusals.get(problem.id))));
    verified += records.length;
    report("verifying", verified);
  }
  if (verified !== toWrite) {
    throw new KeeperError("VERIFICATION_FAILED", "The backup changed while it was being restored.", { hint: "Restore again: nobody is added twice." });
  }
  const arrived = arrivedOf(plan, problems);
  const accountsOnSite = await connection.count(collection.id, { signal: options.signal });
  if (accountsOnSite > plan.accountsOnSite + arrived.added) {
    for (const problem of await findSignedUpMeanwhile({ connection, collectionId: collection.id, backup, added: plan.add }, options)) problems.push(problem);
  }
  return {
    ...nothingWritten,
    leftAsTheyAre: nothingWritten.leftAsTheyAre + skipped.size,
    ...arrived,
    standInVectors: plan.standInVectors,
    safetyBackup,
    accountsOnSite,
    problems,
  };
}

/** Of whom the server did not take: with its reason. */
function withRefusal(problem: Problem, refusal: KeeperError | undefined): Problem {
  if (refusal === undefined) return problem;
  return { ...problem, code: "NOT_ACCEPTED", message: `The server does not accept this account${reasonOf(refusal)} The backup still holds it.` };
}

function reasonOf(refusal: KeeperError): string {
  if (refusal.code === "REQUEST_TOO_LARGE") return ": it is too large.";
  return refusal instanceof RequestFailure && refusal.said !== undefined ? `. It says: ${refusal.said}.` : ".";
}

/** How many were written and found on the site afterwards, whether or not all of them is as it should be. */
function arrivedOf({ add, overwrite }: RestorePlan, problems: readonly Problem[]): Pick<RestoreReport, "added" | "overwritten"> {
  const leftAlone = problems.filter(({ code }) => code === "CHANGED_MEANWHILE").map(({ id }) => id);
  const missing = [...idsNotRestored({ problems }), ...leftAlone];
  return { added: add.size - missing.filter((id) => add.has(id)).length, overwritten: overwrite.size - missing.filter((id) => overwrite.has(id)).length };
}

async function createCollection(connection: ChromaConnection, name: string, backup: OpenBackup, options: OperationOptions): Promise<CollectionInfo> {
  const kept = backup.head?.account_keeper.chroma.collection;
  await connection.ensureDatabase({ signal: options.signal });
  return await connection.createCollection(
    { name, metadata: kept?.metadata ?? null, configuration: kept?.configuration ?? null, schema: kept?.schema ?? null },
    { signal: options.signal },
  );
}
