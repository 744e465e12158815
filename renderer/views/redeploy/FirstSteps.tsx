/** Steps one and two: backed up and verified, variable copied. */
import { cancelOperation } from "../../api/operations.ts";
import { Button } from "../../components/Button.tsx";
import { CopiedNote, Countdown } from "../../components/CopiedNote.tsx";
import { Icon } from "../../components/Icon.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { copyVariable } from "../../flows/copy-variable.ts";
import { backUp } from "../../flows/site-actions.ts";
import { useClipboard } from "../../stores/clipboard.ts";
import { noteRedeploy } from "../../stores/redeploy.ts";
import { en } from "../../strings/en.ts";
import { LastBackup } from "../overview/Outcome.tsx";
import { Step, type StepFacts } from "./Step.tsx";
import { isStepDone, newcomers, usesVariable, whyNoVariable } from "../../stores/redeploy-steps.ts";

const words = en.redeploy;

function backUpAgain({ site }: StepFacts): void {
  noteRedeploy(site.id, { backup: null, copy: null, startedAt: new Date().toISOString() });
  void backUp(site.id);
}

export function BackupStep(facts: StepFacts & { readonly onBegin: () => void }) {
  const { site, notes, overview, running, isCurrent, onBegin } = facts;
  const { one } = words;
  if (notes.backup !== null) {
    const late = newcomers(notes, overview);
    return (
      <Step number={1} title={one.done(notes.backup.accounts)} state="done" at={notes.backup.at}>
        <p className="t2 sm">{one.doneHint}</p>
        {late > 0 && (
          <div className="note risk" role="status">
            <Icon name="person_new" />
            <div className="grow">
              <b>{words.newcomer.title(late)}</b>
              <p>{overview?.notBackedUp === 0 ? words.newcomer.backedUp : words.newcomer.notYet}</p>
              <div className="row wrap note-acts">
                {overview?.notBackedUp === 0 ? (
                  <Button size="s" icon="copy" onClick={() => void copyVariable(site.id)}>
                    {words.newcomer.again}
                  </Button>
                ) : (
                  <Button size="s" icon="backup" onClick={() => backUpAgain(facts)}>
                    {words.newcomer.backup}
                  </Button>
                )}
              </div>
            </div>
          </div>
        )}
      </Step>
    );
  }
  const isBusy = running?.kind === "backup";
  const isWiped = overview?.state === "wiped" && overview.accounts === 0;
  return (
    <Step number={1} title={one.todo(isWiped ? null : (overview?.accounts ?? null))} state={isCurrent(1) ? "now" : "future"}>
      <p className="t2 sm">{one.hint}</p>
      <LastBackup site={site} since={notes.startedAt} />
      {isBusy ? (
        <>
          <ProgressBar operation={running} label={one.busy} />
          <div className="row step-acts">
            <Button icon="close" onClick={() => void cancelOperation(running.id)}>
              {en.frame.cancel}
            </Button>
          </div>
        </>
      ) : (
        <div className="row step-acts">
          <Button
            rank="primary"
            size="l"
            icon="backup"
            blocked={running !== null ? en.frame.states.busy : isWiped ? words.one.nobody : undefined}
            onClick={() => {
              onBegin();
              void backUp(site.id);
            }}
          >
            {one.action}
          </Button>
        </div>
      )}
    </Step>
  );
}

export function VariableStep({ site, notes, overview, isCurrent }: StepFacts) {
  const { two } = words;
  const { copied, failed, busySiteId } = useClipboard();
  const isDone = isStepDone(2, notes, overview);
  const isCopying = busySiteId === site.id;
  if (!usesVariable(overview)) {
    return (
      <Step number={2} title={isDone ? two.fileDone : two.fileTodo} state={isDone ? "done" : isCurrent(2) ? "now" : "future"} at={isDone ? (notes.backup?.at ?? null) : null}>
        <p className="t2 sm">{two.fileHint(whyNoVariable(overview))}</p>
      </Step>
    );
  }
  const copyAgain = (
    <Button size="s" icon="copy" blocked={isCopying ? two.busy : undefined} onClick={() => void copyVariable(site.id)}>
      {two.again}
    </Button>
  );
  if (notes.copy !== null) {
    const isOff = copied === null || copied.state !== "there" || copied.siteId !== site.id;
    return (
      <Step number={2} title={two.done} state="done" at={notes.copy.at}>
        <div className="row wrap">
          <p className="t2 sm grow">
            {two.doneHint(notes.copy.length)} <span className="mono">{notes.copy.checksum}</span>
            {isOff ? `. ${two.off}` : "."}
          </p>
          {!isOff && <span className="ok sm"><Countdown copied={copied} /></span>}
          {copyAgain}
        </div>
        {failed?.siteId === site.id && <CopiedNote siteId={site.id} />}
      </Step>
    );
  }
  if (isDone) {
    return (
      <Step number={2} title={two.skipped} state="done">
        <div className="row wrap">
          <p className="t2 sm grow">{two.skippedHint}</p>
          {copyAgain}
        </div>
      </Step>
    );
  }
  const isNow = isCurrent(2);
  return (
    <Step number={2} title={two.todo} state={isNow ? "now" : "future"}>
      <p className="t2 sm">{two.hint}</p>
      {isNow && (
        <>
          <CopiedNote siteId={site.id} />
          <div className="row wrap step-acts">
            <Button rank="primary" size="l" icon="copy" blocked={isCopying ? two.busy : undefined} onClick={() => void copyVariable(site.id)}>
              {two.action}
            </Button>
            <Button rank="quiet" size="l" onClick={() => noteRedeploy(site.id, { withoutVariable: true })}>
              {two.skip}
            </Button>
          </div>
        </>
      )}
    </Step>
  );
}
