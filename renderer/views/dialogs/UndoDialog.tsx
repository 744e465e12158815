/** Takes the last restore back: what it changed is as before, whom it added stays. */
import { useEffect, useRef, useState } from "react";
import { cancelOperation, resultOf, runOperation } from "../../api/operations.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { UnlockForm } from "../../components/UnlockForm.tsx";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { OperationResult } from "../../../shared/operations.ts";
import { acknowledge } from "../../stores/acknowledged.ts";
import { useOperation } from "../../stores/operations.ts";
import { closeDialog } from "../../stores/place.ts";
import { en } from "../../strings/en.ts";
import { NotBack } from "./NotBack.tsx";
import type { RestoreReport } from "./use-restore.ts";

type Plan = OperationResult<"plan_undo">;
type Stage =
  | { readonly name: "planning" }
  /** There is no safety copy: the restore went into an empty site. */
  | { readonly name: "nothing" }
  | { readonly name: "locked"; readonly wrong: boolean }
  | { readonly name: "plan"; readonly plan: Plan }
  | { readonly name: "running"; readonly plan: Plan }
  | { readonly name: "done"; readonly plan: Plan; readonly report: RestoreReport }
  | { readonly name: "failed"; readonly error: ErrorValue };

const words = en.dialogs.undo;

function titleOf(stage: Stage): string {
  switch (stage.name) {
    case "plan":
      return stage.plan.putBack === 0 ? words.titleNobody : words.title(stage.plan.putBack);
    case "nothing":
      return words.titleNobody;
    case "running":
      return words.running;
    case "done":
      return stage.report.problemCount > 0 ? words.partly(stage.report.overwritten, stage.plan.putBack) : words.done(stage.report.overwritten);
    case "locked":
      return en.backups.locked.title;
    default:
      return en.overview.actions.undo;
  }
}

export function UndoDialog({ siteId }: { readonly siteId: string }) {
  const [stage, setStage] = useState<Stage>({ name: "planning" });
  const isOpen = useRef(true);
  const [operationId, setOperationId] = useState<string | null>(null);
  const operation = useOperation(operationId);

  async function makePlan(passphrase?: string): Promise<void> {
    setStage({ name: "planning" });
    const run = await runOperation("plan_undo", { siteId, ...(passphrase === undefined ? {} : { passphrase }) }, setOperationId);
    const plan = run.ok ? resultOf(run.value, "plan_undo") : null;
    const error = run.ok ? run.value.error : run.error;
    // Closed meanwhile: another dialog may lie in its place.
    if (!isOpen.current) return;
    if (plan !== null) setStage({ name: "plan", plan });
    else if (error?.code === "PASSPHRASE_NEEDED" || error?.code === "PASSPHRASE_WRONG") setStage({ name: "locked", wrong: error.code === "PASSPHRASE_WRONG" });
    else if (error?.code === "BACKUP_NOT_FOUND") setStage({ name: "nothing" });
    else if (error !== null && error.code !== "CANCELLED") setStage({ name: "failed", error });
    else closeDialog();
  }
  useEffect(() => {
    isOpen.current = true;
    void makePlan();
    return () => {
      isOpen.current = false;
    };
    // One dialog is one undo: it begins once.
  }, []);

  async function apply(plan: Plan): Promise<void> {
    setStage({ name: "running", plan });
    setOperationId(null);
    const run = await runOperation("undo", { siteId, planId: plan.planId }, setOperationId);
    const error = run.ok ? run.value.error : run.error;
    const report = run.ok ? resultOf(run.value, "undo") : null;
    if (report !== null) acknowledge(siteId, new Date().toISOString());
    if (!isOpen.current) return;
    if (report !== null) {
      setStage({ name: "done", plan, report });
    } else if (error?.code === "PLAN_STALE" || error?.code === "CANCELLED") await makePlan();
    else if (error !== null) setStage({ name: "failed", error });
    else closeDialog();
  }

  const hasNothing = stage.name === "nothing" || (stage.name === "plan" && stage.plan.putBack === 0);
  const isRunning = stage.name === "planning" || stage.name === "running";
  return (
    <Dialog
      key={stage.name}
      title={titleOf(stage)}
      onClose={closeDialog}
      footer={
        stage.name === "done" ? (
          <Button rank="primary" data-autofocus onClick={closeDialog}>
            {en.frame.done}
          </Button>
        ) : (
          <>
            <Button data-autofocus onClick={() => (isRunning && operationId !== null ? void cancelOperation(operationId) : closeDialog())}>
              {hasNothing ? en.frame.close : en.frame.cancel}
            </Button>
            {stage.name === "failed" && (
              <Button rank="primary" icon="again" onClick={() => void makePlan()}>
                {en.frame.retry}
              </Button>
            )}
            {stage.name === "plan" && !hasNothing && (
              <Button rank="primary" icon="restore" onClick={() => void apply(stage.plan)}>
                {words.confirm(stage.plan.putBack)}
              </Button>
            )}
          </>
        )
      }
    >
      {stage.name === "planning" && <p>{words.planning}</p>}
      {isRunning && operation?.state === "running" && <ProgressBar operation={operation} label={titleOf(stage)} />}
      {stage.name === "locked" && <UnlockForm wrong={stage.wrong} onUnlock={(passphrase) => void makePlan(passphrase)} />}
      {stage.name === "plan" && <p>{stage.plan.putBack === 0 ? words.hintNobody : words.hint(stage.plan.staying)}</p>}
      {stage.name === "nothing" && <p>{words.hintNobody}</p>}
      {stage.name === "done" && stage.report.problemCount > 0 && <NotBack report={stage.report} />}
      {stage.name === "failed" && <ErrorNote error={stage.error} />}
    </Dialog>
  );
}
