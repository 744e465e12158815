/** The way for every host: four steps that tick themselves. Leaving is fine: the notes stay, and the watcher goes on. */
import { useEffect, useRef, type ReactNode } from "react";
import { resultOf } from "../../api/operations.ts";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { useKeptFocus } from "../../components/use-kept-focus.ts";
import { useNow } from "../../components/use-now.ts";
import { lookAt } from "../../flows/look.ts";
import type { SiteView } from "../../../shared/model.ts";
import { useLook } from "../../stores/looks.ts";
import { useLatest, useRunningWrite } from "../../stores/operations.ts";
import { announce } from "../../stores/announcer.ts";
import { goTo, openDialog } from "../../stores/place.ts";
import { beginRedeploy, endRedeploy, noteRedeploy, useRedeploy } from "../../stores/redeploy.ts";
import { useHost } from "../../stores/settings.ts";
import { en } from "../../strings/en.ts";
import { PageHead } from "../frame/Page.tsx";
import { BackupStep, VariableStep } from "./FirstSteps.tsx";
import { DeployStep, WatchStep } from "./LastSteps.tsx";
import { currentStep, newNotes } from "../../stores/redeploy-steps.ts";
import { Track } from "./Track.tsx";
import { LOOK_EVERY_MS, Watching } from "./Watching.tsx";

const words = en.redeploy;

interface RedeployByHandProps {
  readonly site: SiteView;
  readonly notice: ReactNode;
  /** Back to the way through Render's key; null: there is none. */
  readonly onFromHere: (() => void) | null;
}

/** Before anything else: whoever is gone comes back first. */
function Wiped({ site, missing }: { readonly site: SiteView; readonly missing: number }) {
  return (
    <div className="note wiped">
      <Icon name="wiped" />
      <div className="grow">
        <b>{en.overview.wiped.title(missing)}</b>
        <div className="row wrap note-acts">
          <Button rank="primary" size="s" icon="restore" onClick={() => openDialog({ kind: "restore", siteId: site.id, from: { kind: "newest" }, only: null })}>
            {en.overview.actions.bringBack(missing)}
          </Button>
        </div>
      </div>
    </div>
  );
}

export function RedeployByHand({ site, notice, onFromHere }: RedeployByHandProps) {
  const now = useNow();
  const host = useHost();
  const look = useLook(site.id);
  const running = useRunningWrite(site.id);
  const kept = useRedeploy(site.id);
  const backup = useLatest(site.id, "backup");
  const { overview } = look;
  const notes = kept ?? newNotes(new Date(now).toISOString());
  const step = currentStep(notes, overview);
  const isUnderWay = kept !== null && step < 5;
  const isBackingUp = running?.kind === "backup";
  useKeptFocus(`${step} ${String(isBackingUp)}`, ".steps .nowcard button");

  useEffect(() => {
    // A backup that was asked for here, or made by the watcher meanwhile, ticks the first step.
    if (kept === null || kept.backup !== null || backup?.state === "running" || backup === null || backup.startedAt < kept.startedAt) return;
    const result = resultOf(backup, "backup");
    if (result !== null && backup.endedAt !== null) noteRedeploy(site.id, { backup: { at: backup.endedAt, accounts: result.accounts } });
  }, [backup, kept, site.id]);

  const lastStep = useRef(step);
  useEffect(() => {
    if (step > lastStep.current) announce(step < 5 ? words.stepOf(step) : words.four.done(notes.backup?.accounts ?? 0));
    lastStep.current = step;
  }, [step, notes.backup?.accounts]);

  useEffect(() => {
    if (!isUnderWay || step < 3) return;
    const timer = setInterval(() => lookAt(site.id), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isUnderWay, site.id, step]);

  const facts = { site, notes, overview, running, now, isCurrent: (number: number) => step === number };
  return (
    <>
      <PageHead title={words.title} lead={words.lead}>
        <Track step={step} of={4} label={words.stepOf(Math.min(step, 4))} />
      </PageHead>
      {notice}
      {step === 1 && overview?.state === "wiped" && <Wiped site={site} missing={overview.missing} />}
      <div className="rd">
        <ol className="steps">
          <BackupStep {...facts} onBegin={() => beginRedeploy(site.id)} />
          <VariableStep {...facts} />
          <DeployStep {...facts} />
          <WatchStep {...facts} />
        </ol>
        <Watching site={site} overview={overview} notes={notes} isKept={site.watching === "on"} now={now} />
      </div>
      <div className="rd-foot">
        <span className="t2 sm grow">{host?.host === "web" ? words.closingWeb : words.closing}</span>
        {onFromHere !== null && (
          <Button rank="quiet" onClick={onFromHere}>
            {en.render.redeploy.fromHere}
          </Button>
        )}
        {kept !== null && (
          <Button rank="quiet" onClick={() => endRedeploy(site.id)}>
            {words.startAgain}
          </Button>
        )}
        <Button onClick={() => goTo("overview")}>{words.leave}</Button>
      </div>
    </>
  );
}
