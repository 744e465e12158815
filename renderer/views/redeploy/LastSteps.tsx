/** Steps three and four: the owner redeploys, we watch until everybody is there again. */
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { openLink } from "../../flows/site-actions.ts";
import { lookAt } from "../../flows/look.ts";
import { goTo, openDialog } from "../../stores/place.ts";
import { endRedeploy, noteRedeploy } from "../../stores/redeploy.ts";
import { en } from "../../strings/en.ts";
import { clock } from "../../strings/words.ts";
import { canBeLinked } from "../settings/render/can-be-linked.ts";
import { Step, type StepFacts } from "./Step.tsx";
import { isStayingAway, isStepDone, isWaitingLong, usesVariable } from "../../stores/redeploy-steps.ts";

const words = en.redeploy;

/** Names in the middle of a sentence stand out: every second part. */
function Emphasised({ parts }: { readonly parts: readonly string[] }) {
  return (
    <span>
      {parts.map((part, index) =>
        index % 2 === 0 ? (
          part
        ) : (
          <b key={part} className={part === "USER_BACKUP_DATA" ? "mono b" : "b"}>
            {part}
          </b>
        ),
      )}
    </span>
  );
}

function deployLines(isRender: boolean, withVariable: boolean): readonly (readonly string[])[] {
  const { three } = words;
  if (isRender) return [...(withVariable ? three.render : three.renderFile), [three.comeBack]];
  return [...(withVariable ? three.other : three.otherFile).map((line) => [line]), [three.comeBack]];
}

export function DeployStep({ site, notes, overview, now, isCurrent }: StepFacts) {
  const { three } = words;
  const isDone = isStepDone(3, notes, overview);
  if (isDone) {
    return (
      <Step number={3} title={three.done} state="done" at={notes.deployedAt ?? notes.downAt ?? notes.backAt}>
        {notes.deployedAt === null && <p className="t2 sm">{three.doneHint}</p>}
      </Step>
    );
  }
  if (!isCurrent(3)) return <Step number={3} title={three.todo} state="future" />;
  const isRender = notes.host === "render";
  const withVariable = usesVariable(overview) && notes.copy !== null;
  return (
    <Step number={3} title={three.title} state="now">
      <ol className="how">
        {deployLines(isRender, withVariable).map((parts) => (
          <li key={parts.join("")}>
            <Emphasised parts={parts} />
          </li>
        ))}
      </ol>
      {isWaitingLong(notes, overview, now) && (
        <div className="note risk" role="status">
          <Icon name="clock" />
          <div className="grow">
            <b>{three.noneYet}</b>
            <div className="row wrap note-acts">
              <Button size="s" onClick={() => noteRedeploy(site.id, { waitingSince: new Date().toISOString() })}>
                {three.stillWaiting}
              </Button>
              <Button
                size="s"
                onClick={() => {
                  endRedeploy(site.id);
                  goTo("overview");
                }}
              >
                {three.changedMind}
              </Button>
            </div>
          </div>
        </div>
      )}
      <div className="row wrap">
        {isRender && (
          <Button rank="primary" size="l" icon="open" onClick={() => void openLink("render")}>
            {three.open}
          </Button>
        )}
        <Button rank={isRender ? "secondary" : "primary"} size="l" onClick={() => noteRedeploy(site.id, { deployedAt: new Date().toISOString() })}>
          {three.skipWatch}
        </Button>
        <Button rank="quiet" size="l" onClick={() => noteRedeploy(site.id, { host: isRender ? "other" : "render" })}>
          {isRender ? three.anotherHost : three.useRender}
        </Button>
      </div>
      {isRender && canBeLinked(site) && site.render === null && (
        <p className="t2 sm step-acts">
          {en.render.redeploy.offer}{" "}
          <button type="button" className="link" onClick={() => goTo("settings")}>
            {en.render.redeploy.offerAction}
          </button>
        </p>
      )}
    </Step>
  );
}

function Sub({ done, text }: { readonly done: boolean; readonly text: string }) {
  return (
    <li className={done ? "sub-done" : undefined}>
      {done ? <Icon name="check_ring" small /> : <span className="ring" />}
      {text}
    </li>
  );
}

export function WatchStep({ site, notes, overview, running, now, isCurrent }: StepFacts) {
  const { four } = words;
  // A site that is empty now is not what it has to come back to.
  const before = overview?.state === "wiped" ? (overview.newestBackup?.accounts ?? overview.accounts) : (overview?.accounts ?? 0);
  const expected = notes.backup?.accounts ?? before;
  const { sub } = four;
  if (notes.allThereAt !== null) {
    const began = notes.downAt ?? notes.backAt ?? notes.allThereAt;
    return (
      <Step number={4} title={four.done(Math.max(expected, overview?.accounts ?? 0))} state="done" at={notes.allThereAt}>
        <p className="t2 sm">
          {notes.restoredItself ? `${four.itself} ` : notes.cameBackEmpty === false && notes.backAt === notes.allThereAt ? `${four.thereAtOnce} ` : ""}
          {four.took(Date.parse(notes.allThereAt) - Date.parse(began))}
        </p>
        <div className="row step-acts">
          <Button
            rank="primary"
            onClick={() => {
              endRedeploy(site.id);
              goTo("overview");
            }}
          >
            {four.finish}
          </Button>
        </div>
      </Step>
    );
  }
  const isNow = isCurrent(4);
  const isRestoring = running?.kind === "restore";
  const isWiped = overview?.state === "wiped" && isNow;
  const asks = isWiped && !isRestoring && !(site.watching === "on" && site.settings.restoreAfterWipe);
  return (
    <Step number={4} title={four.title(expected)} state={isNow ? "now" : "future"}>
      <ul className="sub">
        <Sub done={notes.downAt !== null} text={notes.downAt === null ? sub.down : sub.wentDown(clock(notes.downAt))} />
        <Sub done={notes.backAt !== null} text={notes.backAt === null ? sub.back : notes.cameBackEmpty === true ? sub.backEmpty : sub.backWith(overview?.accounts ?? expected)} />
        <Sub done={false} text={isRestoring || (isWiped && !asks) ? sub.bringing(overview?.missing ?? expected) : sub.counted} />
      </ul>
      {isRestoring && <ProgressBar operation={running} label={sub.bringing(expected)} />}
      {asks && (
        <div className="row step-acts">
          <Button rank="primary" size="l" icon="restore" onClick={() => openDialog({ kind: "restore", siteId: site.id, from: { kind: "newest" }, only: null })}>
            {four.bringBack(overview.missing)}
          </Button>
        </div>
      )}
      {isStayingAway(notes, now) && (
        <div className="note risk" role="status">
          <Icon name="unplugged" />
          <div className="grow">
            <b>{four.away.title}</b>
            <p>{four.away.hint(expected)}</p>
            <div className="row wrap note-acts">
              <Button size="s" icon="open" onClick={() => void openLink("render")}>
                {four.away.action}
              </Button>
              <Button size="s" icon="again" onClick={() => lookAt(site.id)}>
                {en.frame.retry}
              </Button>
            </div>
          </div>
        </div>
      )}
    </Step>
  );
}
