/** One backup beside the table: its checks, compared with the site, whom to bring back. */
import { useState } from "react";
import { cancelOperation, runOperation } from "../../api/operations.ts";
import { Button, IconButton } from "../../components/Button.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { Fact } from "../../components/Tally.tsx";
import { usePickPath } from "../../components/use-pick-path.tsx";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { BackupEntry, SiteView } from "../../../shared/model.ts";
import { noteRead } from "../../flows/damage.ts";
import { useOperation } from "../../stores/operations.ts";
import { openBackup, openDialog } from "../../stores/place.ts";
import { en } from "../../strings/en.ts";
import { accounts, size } from "../../strings/words.ts";
import { AccountsPane } from "./AccountsPane.tsx";
import { BackupMenu } from "./BackupMenu.tsx";
import { choiceOf, withTicks } from "./choice.ts";
import { Compared } from "./Compared.tsx";
import { insteadOf, type BackupRow } from "./kept-because.ts";
import { Opening } from "./Opening.tsx";
import { Outcome } from "./Outcome.tsx";
import { Unusable } from "./Unusable.tsx";
import { useDiff } from "./use-diff.ts";
import { useOpened } from "./use-opened.ts";
import { whenMade } from "./when-made.ts";

const words = en.backups.detail;

interface BackupDetailProps {
  readonly site: SiteView;
  readonly row: BackupRow;
  readonly entries: readonly BackupEntry[];
  readonly now: number;
}

export function BackupDetail({ site, row, entries, now }: BackupDetailProps) {
  const { entry } = row;
  const title = entry.at === null ? words.pick : whenMade(entry, now);
  const opened = useOpened(site.id, entry);
  const isOpen = opened.state === "open";
  const view = useDiff(site, entry, isOpen);
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const [jobId, setJobId] = useState<string | null>(null);
  const [error, setError] = useState<ErrorValue | null>(null);
  const job = useOperation(jobId);
  const { pick, picker } = usePickPath();
  const isUsable = entry.state === "good" || entry.state === "locked";
  const { diff } = view;
  const choice = choiceOf(diff, chosen);
  const { count } = choice;
  const secret = opened.passphrase === null ? {} : { passphrase: opened.passphrase };

  async function run(kind: "verify" | "drill"): Promise<void> {
    setError(null);
    const ended = await (kind === "verify"
      ? runOperation("verify", { siteId: site.id, name: entry.name, ...secret }, setJobId)
      : runOperation("drill", { siteId: site.id, from: { kind: "backup", name: entry.name }, ...secret }, setJobId));
    const failure = ended.ok ? ended.value.error : ended.error;
    noteRead(site.id, entry, failure);
    setError(failure?.code === "CANCELLED" ? null : failure);
  }
  async function exportIt(): Promise<void> {
    const to = await pick("export_file", entry.name.replace(/^.*\//, ""));
    if (to === null) return;
    const ended = await runOperation("export_backup", { siteId: site.id, name: entry.name, to: to.token }, setJobId);
    setError(ended.ok ? ended.value.error : ended.error);
  }

  const told =
    job === null && error === null ? null : (
      <div className="job" role="status">
        {job?.state === "running" && (
          <>
            <ProgressBar operation={job} label={words.rehearse} />
            <Button size="s" icon="close" onClick={() => void cancelOperation(job.id)}>
              {en.frame.cancel}
            </Button>
          </>
        )}
        {job !== null && job.state !== "running" && error === null && <Outcome key={job.id} operation={job} />}
        {error !== null && <ErrorNote error={error} onDismiss={() => setError(null)} />}
      </div>
    );

  return (
    <aside className="card det2" aria-label={words.label(title)} data-region="detail">
      <div className="hd">
        <div className="row">
          <Button rank="quiet" size="s" icon="backward" className="only-narrow" onClick={() => openBackup(null)}>
            {en.frame.back}
          </Button>
          <h2 className="grow detail-title" tabIndex={-1}>
            {title}
          </h2>
          <BackupMenu siteId={site.id} row={row} onVerify={() => void run("verify")} onExport={() => void exportIt()} onCompare={view.compare} />
          <IconButton icon="close" label={en.frame.close} className="not-narrow" onClick={() => openBackup(null)} />
        </div>
        <p className="t2 sm path">
          {words.facts(entry.accounts === null ? en.backups.unknownCount : accounts(entry.accounts), size(entry.sizeBytes))} <span className="mono">{entry.name}</span>
        </p>
        {isUsable && (
          <div className="row sm wrap detail-facts">
            {entry.state === "good" && <Fact icon="check_ring" tone="ok" text={words.verified} />}
            {entry.rehearsed !== null && <Fact icon={entry.rehearsed.ok ? "rehearsed" : "warning"} tone={entry.rehearsed.ok ? "ok" : "warn"} text={entry.rehearsed.ok ? words.rehearsedOk(entry.accounts ?? 0) : words.rehearsedBad(entry.rehearsed.couldNotSignIn)} />}
            {entry.encrypted && <Fact icon="lock" text={words.locked} />}
            {entry.fewerThan !== null && <Fact icon="warning" tone="warn" text={en.backups.short.hint(entry.fewerThan.missing)} />}
          </div>
        )}
      </div>
      {!isUsable && <Unusable entry={entry} instead={insteadOf(entries, entry.name)} now={now} />}
      {isUsable && !isOpen && <Opening opened={opened} />}
      {isUsable && isOpen && (
        <>
          <Compared view={view} />
          <AccountsPane siteId={site.id} name={entry.name} diff={diff} ticked={choice.ticked} chosen={chosen?.size ?? null} onTick={(ids, isOn) => setChosen((before) => withTicks(diff, before, ids, isOn))} onReset={() => setChosen(null)} />
        </>
      )}
      {!isUsable && told !== null && <div className="sec">{told}</div>}
      {isUsable && (
        <div className="ft">
          {told}
          <p className="sm t2">{choice.plan}</p>
          <div className="row">
            <Button
              rank="primary"
              icon="restore"
              className="grow"
              blocked={choice.blocked}
              onClick={() => openDialog({ kind: "restore", siteId: site.id, from: { kind: "backup", name: entry.name }, only: chosen === null ? null : [...chosen] })}
            >
              {count === null || count === 0 ? words.bringBackAll : words.bringBack(count)}
            </Button>
            <Button blocked={job?.state === "running" ? en.frame.states.busy : undefined} onClick={() => void run("drill")}>
              {words.rehearse}
            </Button>
          </div>
        </div>
      )}
      {picker}
    </aside>
  );
}
