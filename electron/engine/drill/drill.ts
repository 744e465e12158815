/**
 * The rehearsal of a restore: a backup is restored into a ChromaDB of its own that nobody else knows, read back,
 * compared, and asked whether everybody could sign in. Owns the order of these steps and the end of that server.
 */
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions, type ProgressPhase } from "../../../shared/progress.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import { connect } from "../chroma/connect.ts";
import type { ChromaConnection } from "../chroma/connection.ts";
import { readRecords } from "../chroma/read-records.ts";
import type { Problem } from "../record.ts";
import { applyRestore, type RestoreReport } from "../restore/apply-restore.ts";
import { planRestore, type RestorePlan, type RestoreRequest } from "../restore/plan-restore.ts";
import { DEFAULT_DIMENSION } from "../restore/vectors.ts";
import { startBundledServer } from "../server/bundled-server.ts";
import { createLoginCheck, type LoginFinding } from "./login-check.ts";

export interface DrillRequest {
  readonly backup: OpenBackup;
}

export interface DrillReport {
  /** Records in the backup. */
  readonly records: number;
  /** How many of them came back just as the backup holds them. */
  readonly restored: number;
  /** The first 100 of those who could not sign in after this restore. */
  readonly couldNotSignIn: readonly LoginFinding[];
  readonly couldNotSignInCount: number;
  /** The first 100 of those who did not come back as they were. */
  readonly problems: readonly Problem[];
  readonly problemCount: number;
  readonly durationMs: number;
  /** Everybody came back as they were and can sign in. */
  readonly ok: boolean;
}

const LISTED = 100;
const DEFAULT_COLLECTION = "users";

/**
 * Rehearses a restore of `backup`. Phases "starting_server" and "rehearsing". Neither the backup nor any site is written to.
 * Throws the codes of reading a backup (BACKUP_DAMAGED, …), RESERVED_METADATA_KEY, VECTOR_DIMENSION_MISMATCH and the codes
 * of `startBundledServer`; what its own server refuses has the codes of `ChromaConnection`. CANCELLED when `signal` aborts,
 * at any moment. Whatever ends it, the server is gone and its folder with it.
 */
export async function drillBackup({ backup }: DrillRequest, options: OperationOptions = {}): Promise<DrillReport> {
  const { signal, onProgress } = options;
  throwIfCancelled(signal);
  const startedAt = performance.now();
  const server = await startBundledServer({ signal, onProgress });
  const gone = new AbortController();
  void server.exited.then(() => gone.abort());
  let connection: ChromaConnection | undefined;
  try {
    connection = await connect({ kind: "server", url: server.url }, { signal });
    const rehearsed = await rehearse(connection, backup, options);
    return { ...rehearsed, durationMs: Math.round(performance.now() - startedAt) };
  } catch (error) {
    throwIfCancelled(signal);
    // Either is known first: that nobody answers, or that the server's process has ended.
    if (gone.signal.aborted || isKeeperError(error, "SERVER_UNREACHABLE")) throw serverGone(error);
    throw error;
  } finally {
    // A connection that cannot be ended must not keep the server alive.
    try {
      await connection?.close();
    } finally {
      await server.stop();
    }
  }
}

async function rehearse(connection: ChromaConnection, backup: OpenBackup, options: OperationOptions): Promise<Omit<DrillReport, "durationMs">> {
  const progress = createDrillProgress(backup, options);
  const collectionName = backup.head?.account_keeper.chroma.collection.name ?? DEFAULT_COLLECTION;
  const request = { connection, site: "rehearsal", collectionName, backup, policy: "add_missing" as const };
  const plan = await planDrill(request, { signal: options.signal, onProgress: ({ done }) => progress.report("planned", done) });
  progress.learnTotal(plan.accountsInBackup);
  const report = await applyDrill(request, plan, options, progress);

  const check = createLoginCheck();
  const collection = plan.accountsInBackup === 0 ? null : await connection.findCollection(collectionName, { signal: options.signal });
  if (collection !== null) {
    for await (const page of readRecords(connection, collection.id, { signal: options.signal, withVectors: false })) {
      for (const record of page) check.add(record);
      progress.report("checked", check.counts.records, report.problems.length + check.counts.couldNotSignIn);
    }
  }
  const findings = check.findings();
  progress.report("checked", plan.accountsInBackup, report.problems.length + findings.length);
  return {
    records: plan.accountsInBackup,
    restored: plan.accountsInBackup - report.problems.length,
    couldNotSignIn: findings.slice(0, LISTED),
    couldNotSignInCount: findings.length,
    problems: report.problems.slice(0, LISTED).map(inRehearsal),
    problemCount: report.problems.length,
    ok: report.problems.length === 0 && findings.length === 0,
  };
}

async function planDrill(request: Omit<RestoreRequest, "dimension">, options: OperationOptions): Promise<RestorePlan> {
  try {
    return await planRestore(request, options);
  } catch (error) {
    // A site must not be given vectors of a guessed length; a server that is thrown away may.
    if (!isKeeperError(error, "VECTOR_DIMENSION_UNKNOWN")) throw error;
    return await planRestore({ ...request, dimension: DEFAULT_DIMENSION }, options);
  }
}

async function applyDrill(request: RestoreRequest, plan: RestorePlan, options: OperationOptions, progress: DrillProgress): Promise<RestoreReport> {
  const dimension = plan.dimension.source === "asked" ? plan.dimension.dimension : undefined;
  return await applyRestore(
    // The server is empty: there is nothing to keep safe.
    { ...request, dimension, plan, makeSafetyBackup: () => Promise.resolve(null) },
    { signal: options.signal, onProgress: ({ phase, done }) => progress.report(stepOf(phase), done) },
  );
}

/** The comparison speaks of a site that people use; here there is none. */
function inRehearsal(problem: Problem): Problem {
  switch (problem.code) {
    case "NOT_RESTORED":
      return { ...problem, message: "This account did not come back." };
    case "KEPT_OLDER_VALUE":
      return { ...problem, message: "This account came back, but not just as the backup holds it." };
    default:
      return problem;
  }
}

function serverGone(cause: unknown): KeeperError {
  return new KeeperError("BUNDLED_SERVER_FAILED", "The ChromaDB of the rehearsal stopped by itself.", {
    hint: "Try again. Your backup is untouched, and your site was not part of it.",
    cause,
  });
}

/** What every record goes through; the backup is read twice because a plan is made afresh before it is carried out. */
const STEPS = ["planned", "planned_again", "restored", "compared", "checked"] as const;
type Step = (typeof STEPS)[number];

function stepOf(phase: ProgressPhase): Step {
  if (phase === "planning") return "planned_again";
  return phase === "verifying" ? "compared" : "restored";
}

interface DrillProgress {
  report(step: Step, done: number, problems?: number): void;
  learnTotal(records: number): void;
}

/** One count that only grows, from five steps over the same records: "Rehearsing: 20 of 36". */
function createDrillProgress(backup: OpenBackup, { onProgress }: OperationOptions): DrillProgress {
  let total = backup.head?.account_keeper.record_count ?? backup.accountCount;
  return {
    report(step, done, problems = 0) {
      const worth = total === null ? 0 : Math.floor((STEPS.indexOf(step) * total + Math.min(done, total)) / STEPS.length);
      onProgress?.({ phase: "rehearsing", done: worth, total, unit: "accounts", canCancel: true, problems });
    },
    learnTotal(records) {
      total = records;
    },
  };
}
