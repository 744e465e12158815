/** A restore's plan and report as `--json` gives them; an undo answers in the same form. */
import type { RestoreReport } from "../../engine/restore/apply-restore.ts";
import type { RestorePlan } from "../../engine/restore/plan-restore.ts";

export function planForMachines(plan: RestorePlan): Readonly<Record<string, unknown>> {
  return {
    policy: plan.policy,
    collection: plan.collectionName,
    collection_exists: plan.collection !== null,
    add: [...plan.add],
    overwrite: [...plan.overwrite.keys()],
    same: plan.same,
    left_as_they_are: plan.leftAsTheyAre,
    problems: plan.problems,
    dimension: plan.dimension,
    stand_in_vectors: plan.standInVectors,
    accounts_in_backup: plan.accountsInBackup,
    chosen: plan.chosen,
    accounts_on_site: plan.accountsOnSite,
    fingerprint: plan.fingerprint,
  };
}

export function reportForMachines(report: RestoreReport): Readonly<Record<string, unknown>> {
  return {
    added: report.added,
    overwritten: report.overwritten,
    left_as_they_are: report.leftAsTheyAre,
    problems: report.problems,
    dimension: report.dimension,
    dimension_source: report.dimensionSource,
    stand_in_vectors: report.standInVectors,
    collection_created: report.collectionCreated,
    safety_backup: report.safetyBackup,
    accounts_on_site: report.accountsOnSite,
  };
}
