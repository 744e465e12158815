/** Before a redeploy: four steps that tick themselves. Leaving is fine: the notes stay, and the watcher goes on. */
import { useEffect } from "react";
import { resultOf } from "../../api/operations.ts";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Dots } from "../../components/Tally.tsx";
import { useNow } from "../../components/use-now.ts";
import { lookAt } from "../../flows/look.ts";
import type { SiteView } from "../../../shared/model.ts";
import type { Overview } from "../../../shared/operations.ts";
import { useLook } from "../../stores/looks.ts";
import { useLatest, useRunningWrite } from "../../stores/operations.ts";
import { goTo } from "../../stores/place.ts";
import { beginRedeploy, endRedeploy, noteRedeploy, useRedeploy } from "../../stores/redeploy.ts";
import { useHost } from "../../stores/settings.ts";
import { en } from "../../strings/en.ts";
import { ago, clock, number } from "../../strings/words.ts";
import { PageHead } from "../frame/Page.tsx";
import { BackupStep, VariableStep } from "./FirstSteps.tsx";
import { DeployStep, WatchStep } from "./LastSteps.tsx";
import { currentStep, newNotes, newcomers, type RedeployNotes } from "./steps.ts";

const words = en.redeploy;
/** Quicker than usual: the owner is looking. */
const LOOK_EVERY_MS = 10_000;

function Watching({ site, overview, notes, now }: { readonly site: SiteView; readonly overview: Overview | null; readonly notes: RedeployNotes; readonly now: number }) {
  const { trouble } = useLook(site.id);
  const isOn = site.watching === "on";
  const since = newcomers(notes, overview);
  const onSite = trouble === null ? (overview?.accounts ?? null) : null;
  const inBackup = overview?.newestBackup?.accounts ?? notes.backup?.accounts ?? 0;
  const backupAt = overview?.newestBackup?.at ?? notes.backup?.at ?? null;
  const { watching } = words;
  return (
    <aside className="card pad" aria-label={watching.title}>
      <div className="chead">
        <span className={trouble === null ? "ok" : "t3"}>
          <i className="live static-live" />
        </span>
        <h2>{watching.title}</h2>
        <span className="end t3 sm">{overview === null ? "" : ago(overview.checkedAt, now)}</span>
      </div>
      <ul className="vit">
        <li>
          <span>{watching.site}</span>
          <b>{onSite === null ? "?" : number(onSite)}</b>
          <Dots runs={onSite === null ? [["seen", overview?.accounts ?? 0]] : [["held", onSite], ["gone", overview?.state === "wiped" ? overview.missing : 0]]} />
        </li>
        <li>
          <span>{backupAt === null ? watching.noBackup : watching.backup(clock(backupAt))}</span>
          <b>{number(inBackup)}</b>
          <Dots runs={[["held", inBackup]]} />
        </li>
        <li>
          <span>{watching.since}</span>
          <b>{number(since)}</b>
          <span className="t2 sm">{since === 0 ? watching.nobody : ""}</span>
        </li>
      </ul>
      <p className="note">
        <Icon name="person_new" />
        <span>{isOn ? watching.note : watching.noteOff}</span>
      </p>
    </aside>
  );
}

export function RedeployPlace({ site }: { readonly site: SiteView }) {
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

  useEffect(() => {
    // A backup that was asked for here, or made by the watcher meanwhile, ticks the first step.
    if (kept === null || kept.backup !== null || backup?.state === "running" || backup === null || backup.startedAt < kept.startedAt) return;
    const result = resultOf(backup, "backup");
    if (result !== null && backup.endedAt !== null) noteRedeploy(site.id, { backup: { at: backup.endedAt, accounts: result.accounts } });
  }, [backup, kept, site.id]);

  useEffect(() => {
    if (!isUnderWay || step < 3) return;
    const timer = setInterval(() => lookAt(site.id), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isUnderWay, site.id, step]);

  const facts = { site, notes, overview, running, now, isCurrent: (number: number) => step === number };
  return (
    <>
      <PageHead title={words.title} lead={words.lead}>
        <div className="track-wrap">
          <span className="sm b">{words.stepOf(Math.min(step, 4))}</span>
          <div className="track" aria-hidden="true">
            {[1, 2, 3, 4].map((number) => (
              <i key={number} className={number < step ? "on" : number === step ? "cur" : undefined} />
            ))}
          </div>
        </div>
      </PageHead>
      <div className="rd">
        <ol className="steps">
          <BackupStep {...facts} onBegin={() => beginRedeploy(site.id)} />
          <VariableStep {...facts} />
          <DeployStep {...facts} />
          <WatchStep {...facts} />
        </ol>
        <Watching site={site} overview={overview} notes={notes} now={now} />
      </div>
      <div className="rd-foot">
        <span className="t2 sm grow">{host?.host === "web" ? words.closingWeb : words.closing}</span>
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
