/** Restoring onto a test's own site, step by step or at once. */
import { openBackup, type OpenBackup } from "../../electron/engine/backup/read-backup.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { restoreSite } from "../../electron/engine/operations/restore-site.ts";
import type { RestoreReport } from "../../electron/engine/restore/apply-restore.ts";
import { planRestore, type RestorePlan, type RestoreRequest } from "../../electron/engine/restore/plan-restore.ts";
import { createTestSite, temporaryFolder, type TestSite } from "./site.ts";

/** Both policies by default add nobody twice; `add_missing` is the product's own default. */
export type RestoreWishes = Partial<Pick<RestoreRequest, "policy" | "only" | "dimension">>;

export async function planOn(site: TestSite, backup: OpenBackup, wishes: RestoreWishes = {}): Promise<RestorePlan> {
  return await planRestore({ ...site, policy: "add_missing", ...wishes, backup });
}

export async function applyOn(site: TestSite, backup: OpenBackup, plan: RestorePlan, wishes: RestoreWishes = {}): Promise<RestoreReport> {
  return await restoreSite({ ...site, policy: "add_missing", ...wishes, backup, plan, safetyFolder: site.folder });
}

export async function restoreOn(site: TestSite, backup: OpenBackup, wishes: RestoreWishes = {}): Promise<RestoreReport> {
  return await applyOn(site, backup, await planOn(site, backup, wishes), wishes);
}

/** A format 1 backup of exactly these records, made from another site. */
export async function backupOf(records: readonly WritableRecord[]): Promise<OpenBackup> {
  const other = await createTestSite();
  await other.create();
  await other.add(records);
  const { path } = await backupSite({ ...other, folder: await temporaryFolder() });
  return await openBackup({ path });
}
