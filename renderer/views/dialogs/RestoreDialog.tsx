/** Bring accounts back: the plan first, the count in the button, the focus on Cancel. Closing it never stops what runs. */
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { Icon } from "../../components/Icon.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { UnlockForm } from "../../components/UnlockForm.tsx";
import type { From } from "../../../shared/operations.ts";
import { useOperation } from "../../stores/operations.ts";
import { closeDialog } from "../../stores/place.ts";
import { siteById } from "../../stores/sites.ts";
import { en } from "../../strings/en.ts";
import { ChooseFrom } from "./ChooseFrom.tsx";
import { DimensionForm } from "./DimensionForm.tsx";
import { NotBack } from "./NotBack.tsx";
import { PlanLines } from "./PlanLines.tsx";
import { useRestore, type RestorePlan, type RestoreStage } from "./use-restore.ts";

const words = en.dialogs.restore;

function countOf(plan: RestorePlan): number {
  return plan.add + plan.overwrite;
}

function titleOf(stage: RestoreStage, site: string): string {
  switch (stage.name) {
    case "choose":
      return words.chooseTitle;
    case "locked":
      return en.backups.locked.title;
    case "plan":
      return countOf(stage.plan) === 0 ? words.titleNobody(site) : words.title(countOf(stage.plan), site);
    case "running":
      return words.running;
    case "done":
      return stage.report.problemCount > 0 ? words.partly(stage.report.added + stage.report.overwritten, countOf(stage.plan)) : words.done(stage.report.added + stage.report.overwritten);
    default:
      return en.overview.actions.restore;
  }
}

function Running({ operationId, label }: { readonly operationId: string | null; readonly label: string }) {
  const operation = useOperation(operationId);
  return operation === null ? <p>{label}</p> : <ProgressBar operation={operation} label={label} />;
}

interface RestoreDialogProps {
  readonly siteId: string;
  readonly from: From | null;
  readonly only: readonly string[] | null;
}

export function RestoreDialog({ siteId, from, only }: RestoreDialogProps) {
  const { stage, options, planFrom, replan, confirm, stop } = useRestore(siteId, from, only);
  const site = siteById(siteId)?.name ?? "";
  const cancel = (
    <Button data-autofocus onClick={closeDialog}>
      {en.frame.cancel}
    </Button>
  );
  const footer = (() => {
    switch (stage.name) {
      case "plan": {
        const count = countOf(stage.plan);
        return (
          <>
            {cancel}
            <Button rank="primary" icon="restore" blocked={count === 0 ? words.nobody : undefined} onClick={confirm}>
              {words.confirm(count)}
            </Button>
          </>
        );
      }
      case "planning":
      case "running":
        return <Button onClick={stop}>{en.frame.cancel}</Button>;
      case "done":
        return (
          <Button rank="primary" onClick={closeDialog} data-autofocus>
            {en.frame.done}
          </Button>
        );
      case "failed":
        return (
          <>
            {cancel}
            <Button rank="primary" icon="again" onClick={() => replan()}>
              {en.frame.retry}
            </Button>
          </>
        );
      default:
        return undefined;
    }
  })();
  return (
    <Dialog key={stage.name} title={titleOf(stage, site)} onClose={closeDialog} footer={footer}>
      {stage.name === "choose" && <ChooseFrom siteId={siteId} onChosen={planFrom} />}
      {stage.name === "planning" && (
        <>
          <p>{words.planning}</p>
          <Running operationId={stage.operationId} label={words.planning} />
        </>
      )}
      {stage.name === "locked" && <UnlockForm wrong={stage.wrong} onUnlock={(passphrase) => replan({ passphrase })} />}
      {stage.name === "no_dimension" && <DimensionForm onGiven={(dimension) => replan({ dimension })} />}
      {stage.name === "plan" && (
        <>
          {stage.stale && (
            <p className="note" role="alert">
              <Icon name="again" />
              <span>
                <b>{words.stale.title}</b> {words.stale.hint}
              </span>
            </p>
          )}
          <PlanLines plan={stage.plan} overwrite={options.overwrite} onOverwrite={(overwrite) => replan({ overwrite })} />
        </>
      )}
      {stage.name === "running" && <Running operationId={stage.operationId} label={words.running} />}
      {stage.name === "done" &&
        (stage.report.problemCount > 0 ? <NotBack report={stage.report} /> : <p role="status">{`${words.doneHint}${stage.report.safetyBackup === null ? "" : words.doneSafetyCopy}`}</p>)}
      {stage.name === "failed" && <ErrorNote error={stage.error} />}
    </Dialog>
  );
}
