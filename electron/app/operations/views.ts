/** Turns what the engine hands back into what the window may see: counts, ids, file names; no path, e-mail address or hash. */
import { basename } from "node:path";
import type { OperationResult } from "../../../shared/operations.ts";
import type { BackupReport } from "../../engine/operations/backup-site.ts";
import type { BackupOrigin } from "../../engine/operations/whose-vault.ts";
import { problemsToLookAt, type Problem } from "../../engine/record.ts";
import type { RestoreReport } from "../../engine/restore/apply-restore.ts";
import type { RestorePlan } from "../../engine/restore/plan-restore.ts";
import { shown } from "../../engine/shown.ts";
import type { VaultEntry } from "../../engine/vault/vault.ts";
import type { OpenedFrom } from "./open-from.ts";

/** Nobody looks through more of them one by one; counts are exact. */
const LISTED = 100;

export function firstIds(ids: Iterable<string>): string[] {
  const listed: string[] = [];
  for (const id of ids) {
    if (listed.length === LISTED) break;
    listed.push(id);
  }
  return listed;
}

export function problemsView(problems: readonly Problem[], problemCount = problems.length): { problemCount: number; problems: Problem[] } {
  return { problemCount, problems: problems.slice(0, LISTED) };
}

export function passedOverView(entries: readonly VaultEntry[]): { name: string; message: string }[] {
  return entries.map(({ name, error }) => ({ name, message: error?.message ?? "It cannot be read." }));
}

export function backupView(report: BackupReport): OperationResult<"backup"> {
  const { outcome, name, timestamp, accounts, records, sizeBytes, encrypted, fewerThan, olderVersions, passedOver, problems, problemCount } = report;
  const older = olderVersions === null ? null : { backup: olderVersions.backup, accounts: olderVersions.ids.length, ids: firstIds(olderVersions.ids) };
  return { outcome, name, at: timestamp.toISOString(), accounts, records, sizeBytes, encrypted, fewerThan, olderVersions: older, passedOver: passedOverView(passedOver), ...problemsView(problems, problemCount) };
}

interface PlanFacts {
  readonly planId: string;
  readonly from: OpenedFrom;
  readonly otherOrigin: BackupOrigin | null;
  readonly plan: RestorePlan;
  /** Whom later copies bring back, and the backup; null: the plan tells it all. */
  readonly withLater: ReadonlySet<string> | null;
  /** The source is a data folder. */
  readonly copiesFolder: boolean;
}

export function planView({ planId, from, otherOrigin, plan, withLater, copiesFolder }: PlanFacts): OperationResult<"plan_restore"> {
  const add = withLater ?? plan.add;
  const { policy, overwrite, same, leftAsTheyAre, accountsInBackup, accountsOnSite, collection, standInVectors, dimension, problems } = plan;
  return {
    planId,
    from: { name: from.name, at: from.backup.timestamp?.toISOString() ?? null, accounts: from.backup.accountCount },
    policy,
    add: add.size,
    overwrite: overwrite.size,
    same,
    leftAsTheyAre,
    accountsInBackup,
    accountsOnSite,
    addIds: firstIds(add),
    overwriteIds: firstIds(overwrite.keys()),
    collectionMissing: collection === null,
    safetyCopyFirst: accountsOnSite > 0 || copiesFolder,
    stopSiteFirst: copiesFolder,
    standInVectors,
    dimension,
    otherOrigin: otherOrigin === null ? null : { site: shown(otherOrigin.site), collectionName: shown(otherOrigin.chroma.collection.name) },
    passedOver: passedOverView(from.passedOver),
    ...problemsView(problems),
  };
}

export function reportView(report: RestoreReport): OperationResult<"restore"> {
  const { added, overwritten, leftAsTheyAre, accountsOnSite, collectionCreated, standInVectors, safetyBackup } = report;
  return { added, overwritten, leftAsTheyAre, accountsOnSite, collectionCreated, standInVectors, safetyBackup: safetyBackup === null ? null : basename(safetyBackup), ...problemsView(problemsToLookAt(report)) };
}
