/** How far a redeploy at Render is, and what is left to do when it has ended. Pure. */
import type { Operation, OperationResult } from "../../../../shared/operations.ts";
import type { Progress } from "../../../../shared/progress.ts";

export const stages = ["backup", "variable", "last_look", "deploy", "wait"] as const;
export type Stage = (typeof stages)[number];

export function isBefore(stage: Stage, other: Stage): boolean {
  return stages.indexOf(stage) < stages.indexOf(other);
}

/** What a progress says. Once Render deploys the site is backed up and brought back in between, and none of that can be stopped. */
function told({ phase, canCancel }: Progress): Stage {
  switch (phase) {
    case "setting_variable":
      return "variable";
    case "checking_again":
      return "last_look";
    case "deploying":
      return "deploy";
    case "waiting_for_site":
    case "restoring":
    case "safety_backup":
    case "planning":
      return "wait";
    default:
      return canCancel ? "backup" : "deploy";
  }
}

/** `before` was the stage until now: from the deploy on there is no way back, before it new accounts begin another round. */
export function stageOf(progress: Progress | null, before: Stage = "backup"): Stage {
  if (progress === null) return before;
  const stage = told(progress);
  return !isBefore(before, "deploy") && isBefore(stage, before) ? before : stage;
}

/** Accounts are being brought back right now. */
export function isBringing(progress: Progress | null): boolean {
  return progress !== null && (progress.phase === "restoring" || progress.phase === "safety_backup");
}

export function canStop(progress: Progress | null): boolean {
  return progress?.canCancel ?? true;
}

/** Whether Render deploys, or may: then it is gone on with, and nothing is deployed anew. */
export function wasBegun({ progress, error }: Operation): boolean {
  if (error?.code === "DEPLOY_UNCERTAIN") return true;
  // These are the deploy's own end.
  if (error?.code === "DEPLOY_FAILED" || progress === null) return false;
  // In its first moment Render is only asked for it, and may have refused.
  return isBefore("last_look", stageOf(progress)) && !(progress.phase === "deploying" && progress.done === 0);
}

/** stopped: nothing was deployed. never_begun: there was nothing to go on with. failed: also one that was cut short while Render deployed. */
export type Ending = "done" | "stopped" | "never_begun" | "failed";

/** Null: it has not ended. */
export function endingOf(operation: Operation, result: OperationResult<"redeploy"> | null): Ending | null {
  const { state, error } = operation;
  if (state === "running") return null;
  if (state === "cancelled" || error?.code === "CANCELLED") return wasBegun(operation) ? "failed" : "stopped";
  if (error !== null || result === null) return "failed";
  return result.outcome === "nothing_begun" ? "never_begun" : "done";
}
