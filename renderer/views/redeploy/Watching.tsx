/** Beside the steps: who is on the site, who is in the newest backup, and who signed up since. */
import { Icon } from "../../components/Icon.tsx";
import { Dots } from "../../components/Tally.tsx";
import type { SiteView } from "../../../shared/model.ts";
import type { Overview } from "../../../shared/operations.ts";
import { useLook } from "../../stores/looks.ts";
import { en } from "../../strings/en.ts";
import { ago, clock, daysAgo, number, theBackupOf } from "../../strings/words.ts";
import { newcomers, type RedeployNotes } from "../../stores/redeploy-steps.ts";

const words = en.redeploy;
/** Quicker than usual: the owner is looking. */
export const LOOK_EVERY_MS = 10_000;

interface WatchingProps {
  readonly site: SiteView;
  readonly overview: Overview | null;
  /** Null: no steps are noted, the app does them. */
  readonly notes: RedeployNotes | null;
  /** Whoever signs up now is backed up and brought back unasked. */
  readonly isKept: boolean;
  readonly now: number;
}

export function Watching({ site, overview, notes, isKept, now }: WatchingProps) {
  const { trouble } = useLook(site.id);
  const since = notes === null ? (overview?.notBackedUp ?? 0) : newcomers(notes, overview);
  const onSite = trouble === null ? (overview?.accounts ?? null) : null;
  const inBackup = overview?.newestBackup?.accounts ?? notes?.backup?.accounts ?? 0;
  const backupAt = overview?.newestBackup?.at ?? notes?.backup?.at ?? null;
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
          <span>{backupAt === null ? watching.noBackup : daysAgo(backupAt, now) === 0 ? watching.backup(clock(backupAt)) : watching.earlierBackup(theBackupOf(backupAt, now))}</span>
          <b>{number(inBackup)}</b>
          <Dots runs={[["held", inBackup]]} />
        </li>
        <li>
          <span>{watching.since}</span>
          <b>{number(since)}</b>
          <span className="t2 sm">{since === 0 ? watching.nobody : ""}</span>
        </li>
      </ul>
      {(isKept || notes !== null) && (
        <p className="note">
          <Icon name="person_new" />
          <span>{isKept ? watching.note : watching.noteOff}</span>
        </p>
      )}
    </aside>
  );
}
