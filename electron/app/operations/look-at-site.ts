/** Who is on the site, who is in the newest backup, and what that means: the facts behind the window's first sentence. */
import { hostGauge, judgeEligibility } from "../../../shared/eligibility.ts";
import { isKeeperError } from "../../../shared/errors.ts";
import type { OperationResult } from "../../../shared/operations.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { openBackup } from "../../engine/backup/read-backup.ts";
import { compareSides, type Diff } from "../../engine/diff/compare.ts";
import { sideOfBackup, sideOfSite } from "../../engine/diff/side.ts";
import { missingWithLater } from "../../engine/operations/later-copies.ts";
import { judgeSite, variableOfSite } from "../../engine/operations/make-variable.ts";
import type { OpenSite } from "../../engine/operations/restore-target.ts";
import { refuseLockedNewest, refuseUnreadable } from "../../engine/operations/shrink-guard.ts";
import { readRestoreMark } from "../../engine/operations/restore-mark.ts";
import { lookUpCollection } from "../../engine/restore/plan-restore.ts";
import { readNotes } from "../../engine/vault/notes.ts";
import { openVault, type NewestGood } from "../../engine/vault/vault.ts";
import { judge } from "../../engine/operations/verdict.ts";
import { originOf } from "../../engine/operations/whose-vault.ts";
import { firstIds, passedOverView } from "./views.ts";

type Look = OperationResult<"look">;

export interface LookRequest extends OpenSite {
  /** The folder of backups; need not exist yet. */
  readonly vault: string;
  readonly passphrase: string | undefined;
  readonly now: Date;
}

/** Reads the site and the newest good backup, writes nothing. Throws the codes of both, of `refuseUnreadable` and `refuseLockedNewest`, CANCELLED when `signal` aborts. */
export async function lookAtSite(request: LookRequest, options: OperationOptions): Promise<Look> {
  const { connection, collectionName, vault, passphrase, now } = request;
  const good = await newestGoodOf(vault, passphrase, options);
  const { collection } = await lookUpCollection(connection, collectionName, options);
  const accounts = collection === null ? 0 : await connection.count(collection.id, { signal: options.signal });
  const { newest } = good;
  // Nobody may take a folder whose backups are locked for one without any.
  if (newest === null) (accounts === 0 ? refuseUnreadable : refuseLockedNewest)(good);
  const backup = newest === null ? null : await openBackup({ path: newest.entry.path }, { passphrase, signal: options.signal });
  const diff = backup === null ? null : await compareSides(sideOfBackup(backup), sideOfSite(connection, collection), options);
  // As the watcher counts them.
  const withLater = backup === null ? null : await missingWithLater({ ...request, vault: await openVault(vault), restored: backup }, collection?.id ?? null, options);
  const missing = withLater === null ? (diff?.missing ?? []) : [...withLater];
  const verdict = judge(
    newest === null ? null : { collectionId: newest.verified.chroma?.collection.id ?? null, accounts: newest.verified.recordCount, isThisSite: originOf(good) !== null },
    { collectionId: collection?.id ?? null, accounts, missing, stayed: stayedOf(diff), isHalfRestored: collection !== null && (await readRestoreMark(vault))?.collectionId === collection.id },
  );
  return {
    checkedAt: now.toISOString(),
    state: verdict.kind === "all_there" ? (accounts === 0 ? "no_accounts" : "online") : verdict.kind === "no_accounts_yet" ? "no_accounts" : verdict.kind,
    wipeCause: verdict.kind === "wiped" ? verdict.cause : null,
    accounts,
    notBackedUp: diff === null ? accounts : diff.counts.added + diff.counts.signedUpAgain,
    changed: diff?.counts.changed ?? 0,
    missing: withLater?.size ?? diff?.counts.missing ?? 0,
    missingIds: firstIds(missing),
    newestBackup: await newestView(good, vault),
    passedOver: passedOverView(good.passedOver),
    ...(await variableFacts(request, collection?.id ?? null, accounts, options)),
  };
}

async function newestGoodOf(vault: string, passphrase: string | undefined, { signal }: OperationOptions): Promise<NewestGood> {
  try {
    return await (await openVault(vault)).newestGood({ passphrase, signal });
  } catch (error) {
    // Nobody has backed up yet.
    if (isKeeperError(error, "FOLDER_NOT_FOUND")) return { newest: null, passedOver: [] };
    throw error;
  }
}

function stayedOf(diff: Diff | null): number {
  return diff === null ? 0 : diff.counts.same + diff.counts.changed;
}

async function newestView({ newest }: NewestGood, vault: string): Promise<Look["newestBackup"]> {
  if (newest === null) return null;
  const { entry, verified } = newest;
  const note = entry.headDigest === null ? undefined : (await readNotes(vault)).get(entry.headDigest);
  return { name: entry.name, at: verified.timestamp?.toISOString() ?? null, accounts: verified.accountCount, rehearsedAt: note?.rehearsedAt.toISOString() ?? null, rehearsedOk: note?.rehearsedOk ?? null };
}

async function variableFacts(site: OpenSite, collectionId: string | null, accounts: number, options: OperationOptions): Promise<Pick<Look, "eligibility" | "gauge">> {
  if (collectionId === null || accounts === 0) return { eligibility: judgeEligibility({ accounts: 0, valueLength: null }), gauge: [] };
  const eligibility = await judgeSite(site, collectionId, accounts, options);
  if (!eligibility.eligible) return { eligibility, gauge: [] };
  const { length } = await variableOfSite(site, options);
  return { eligibility, gauge: [...hostGauge(length)] };
}
