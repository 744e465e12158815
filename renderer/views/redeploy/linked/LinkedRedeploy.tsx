/** A redeploy of a site that is linked to Render: one button, and lines that tick themselves until everybody is there again. */
import { useEffect, useRef, useState, type ReactNode } from "react";
import { cancelOperation, resultOf, startOperation } from "../../../api/operations.ts";
import { Button } from "../../../components/Button.tsx";
import { ErrorNote } from "../../../components/ErrorNote.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { ProgressBar } from "../../../components/ProgressBar.tsx";
import { useKeptFocus } from "../../../components/use-kept-focus.ts";
import { useNow } from "../../../components/use-now.ts";
import { lookAt } from "../../../flows/look.ts";
import type { ErrorValue } from "../../../../shared/errors.ts";
import type { SiteView } from "../../../../shared/model.ts";
import type { Operation, Overview } from "../../../../shared/operations.ts";
import { useLook } from "../../../stores/looks.ts";
import { useIsDismissed, useLatest, useRunningWrite } from "../../../stores/operations.ts";
import { endRedeploy } from "../../../stores/redeploy.ts";
import { useHost } from "../../../stores/settings.ts";
import { en } from "../../../strings/en.ts";
import { PageHead } from "../../frame/Page.tsx";
import { Step } from "../Step.tsx";
import { isEmpty, whyNoVariable } from "../../../stores/redeploy-steps.ts";
import { Track } from "../Track.tsx";
import { LOOK_EVERY_MS, Watching } from "../Watching.tsx";
import { Failed, NotDeployed, Report } from "./Ended.tsx";
import { reportTitle } from "./report-words.ts";
import { canStop, endingOf, isBefore, isBringing, stageOf, stages, type Stage } from "./stage.ts";

const words = en.render.redeploy;
type LineState = "done" | "now" | "future";

function Line({ state, children }: { readonly state: LineState; readonly children: ReactNode }) {
  return (
    <li className={state === "future" ? undefined : `sub-${state}`}>
      {state === "done" ? <Icon name="check_ring" small /> : <span className="ring" />}
      {state !== "future" && <span className="vh">{state === "done" ? en.redeploy.doneAloud : words.nowAloud}</span>}
      <span>{children}</span>
    </li>
  );
}

/** The stage of a running redeploy; null: none runs. From the deploy on it never goes back. */
function useStage(operation: Operation | null): Stage | null {
  const last = useRef<{ id: string; stage: Stage } | null>(null);
  if (operation?.state !== "running") return null;
  const before = last.current?.id === operation.id ? last.current.stage : undefined;
  const stage = stageOf(operation.progress, before);
  last.current = { id: operation.id, stage };
  return stage;
}

/** Why the variable was not put at Render; a site that came back empty does not say it any more. */
function useWhyNoVariable(overview: Overview | null, isRunning: boolean): string {
  const last = useRef("");
  if (!isRunning || overview === null || !isEmpty(overview)) last.current = whyNoVariable(overview);
  return last.current;
}

/** Between a click and what the app tells of it: nobody presses twice. */
function useStart(siteId: string) {
  const [isStarting, setIsStarting] = useState(false);
  const [error, setError] = useState<ErrorValue | null>(null);
  async function start(resumeOnly: boolean): Promise<void> {
    setIsStarting(true);
    endRedeploy(siteId);
    const started = await startOperation("redeploy", { siteId, resumeOnly });
    setIsStarting(false);
    setError(started.ok ? null : started.error);
  }
  return { isStarting, error, start };
}

export function LinkedRedeploy({ site, onByHand }: { readonly site: SiteView; readonly onByHand: () => void }) {
  const now = useNow();
  const host = useHost();
  const { overview } = useLook(site.id);
  const running = useRunningWrite(site.id);
  const latest = useLatest(site.id, "redeploy");
  const isDismissed = useIsDismissed(latest?.id ?? null);
  const stage = useStage(latest);
  const { isStarting, error, start } = useStart(site.id);
  const operation = isDismissed ? null : latest;
  const finished = operation === null ? null : resultOf(operation, "redeploy");
  const ending = operation === null ? null : endingOf(operation, finished);
  const result = ending === "done" ? finished : null;
  const isRunning = stage !== null && operation !== null;
  const isBeforeDeploy = stage !== null && isBefore(stage, "deploy");
  const noVariable = useWhyNoVariable(overview, isRunning);
  const service = site.render?.service.name ?? site.name;
  useKeptFocus(`${operation?.id ?? ""} ${isRunning ? String(isBeforeDeploy) : (operation?.state ?? "")}`, "main h1");

  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => lookAt(site.id), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isRunning, site.id]);

  const at = (own: Stage): LineState => (result !== null ? "done" : stage === null || isBefore(stage, own) ? "future" : stage === own ? "now" : "done");
  const isWaiting = stage === "wait";
  const bringing = operation !== null && isBringing(operation.progress);
  const progress = isRunning && <ProgressBar operation={operation} label={words.titleRunning(service)} />;
  const step = result !== null ? 6 : stage === null ? 1 : stages.indexOf(stage) + 1;
  return (
    <>
      <PageHead title={en.redeploy.title} lead={words.lead}>
        <Track step={step} of={stages.length} label={words.step(Math.min(step, stages.length))} />
      </PageHead>
      <div className="rd">
        <ol className="steps">
          <Step number={1} title={result !== null ? words.titleDone(service) : isRunning ? words.titleRunning(service) : words.title(service)} state={result !== null || isWaiting ? "done" : "now"}>
            {operation !== null && ending === "failed" && <Failed site={site} operation={operation} missing={overview?.missing ?? 0} onStart={(resumeOnly) => void start(resumeOnly)} />}
            {(ending === "stopped" || ending === "never_begun") && <NotDeployed ending={ending} />}
            <ul className="sub">
              <Line state={at("backup")}>{words.stages.backup}</Line>
              <Line state={at("variable")}>{noVariable === "" ? words.stages.variable : words.stages.noVariable(noVariable)}</Line>
              <Line state={at("last_look")}>{words.stages.lastLook}</Line>
              <Line state={at("deploy")}>{words.stages.deploy}</Line>
            </ul>
            {!isWaiting && progress}
            {error !== null && <ErrorNote error={error} />}
            {isBeforeDeploy && operation !== null && (
              <div className="row wrap step-acts">
                <Button icon="close" blocked={canStop(operation.progress) ? undefined : en.frame.progress.cannotStop} onClick={() => void cancelOperation(operation.id)}>
                  {words.stop}
                </Button>
                <span className="t2 sm">{words.canStop}</span>
              </div>
            )}
            {isRunning && !isBeforeDeploy && !isWaiting && <p className="t2 sm step-acts">{words.cannotStop}</p>}
            {(operation === null || ending === "stopped" || ending === "never_begun") && (
              <div className="row wrap step-acts">
                <Button rank="primary" size="l" icon="redeploy" blocked={running !== null || isStarting ? en.frame.states.busy : undefined} onClick={() => void start(false)}>
                  {words.action}
                </Button>
              </div>
            )}
          </Step>
          <Step number={2} title={result !== null ? reportTitle(result) : words.watch(overview?.accounts ?? null)} state={result !== null ? "done" : isWaiting ? "now" : "future"} at={result?.endedAt ?? null}>
            {result === null || operation === null ? (
              <>
                <ul className="sub">
                  <Line state={isWaiting ? (bringing ? "done" : "now") : "future"}>{words.stages.wait}</Line>
                  <Line state={bringing ? "now" : "future"}>{words.stages.bring}</Line>
                </ul>
                {isWaiting && progress}
                {isWaiting && <p className="t2 sm step-acts">{words.cannotStop}</p>}
              </>
            ) : (
              <Report site={site} operation={operation} result={result} />
            )}
          </Step>
        </ol>
        <Watching site={site} overview={overview} notes={null} isKept={isRunning || site.watching === "on"} now={now} />
      </div>
      <div className="rd-foot">
        <span className="t2 sm grow">{isRunning ? (host?.host === "web" ? en.redeploy.closingWeb : en.redeploy.closing) : ""}</span>
        {!isRunning && (
          <Button rank="quiet" onClick={onByHand}>
            {words.byHand}
          </Button>
        )}
      </div>
    </>
  );
}
