/** How far an operation is: phase, counts, time left or time passed. Only its phase changes are announced. */
import { useEffect } from "react";
import type { Operation } from "../../shared/operations.ts";
import { announce } from "../stores/announcer.ts";
import { useIsStopping } from "../stores/operations.ts";
import { en } from "../strings/en.ts";
import { longDuration, size, timeLeftMs } from "../strings/words.ts";
import { useNow } from "./use-now.ts";

const words = en.frame.progress;
const backupPhases = ["reading", "writing", "verifying"] as const;
const restorePhases = ["safety_backup", "restoring", "verifying"] as const;
const phasesOf: Partial<Record<Operation["kind"], readonly (typeof backupPhases | typeof restorePhases)[number][]>> = {
  backup: backupPhases,
  restore: restorePhases,
  undo: restorePhases,
};

function line(operation: Operation): string {
  const { progress } = operation;
  if (progress === null) return `${words.phases.connecting}…`;
  const phase = words.phases[progress.phase];
  if (progress.unit === "bytes") return progress.total === null ? `${phase}: ${size(progress.done)}` : `${phase}: ${size(progress.done)} of ${size(progress.total)}`;
  if (progress.unit === "seconds" || progress.done === 0) return `${phase}…`;
  return progress.total === null ? words.lineWithoutTotal(phase, progress.done) : words.line(phase, progress.done, progress.total);
}

export function ProgressBar({ operation, label }: { readonly operation: Operation; readonly label: string }) {
  const now = useNow(500);
  const { progress } = operation;
  const phase = progress?.phase;
  // What can no longer be stopped goes on, whatever was asked.
  const isStopping = useIsStopping(operation.id) && progress?.canCancel !== false;
  useEffect(() => {
    if (phase !== undefined) announce(words.phases[phase]);
  }, [phase]);
  useEffect(() => {
    if (isStopping) announce(words.stopping);
  }, [isStopping]);
  const total = progress?.total ?? null;
  const done = progress?.done ?? 0;
  const left = timeLeftMs(operation.startedAt, done, total, now);
  const passed = now - Date.parse(operation.startedAt);
  const steps = phasesOf[operation.kind];
  const known = total !== null && total > 0;
  return (
    <div className="busy">
      <div className="row sm">
        <span className="b grow">{isStopping ? words.stopping : line(operation)}</span>
        <span className="t2">{left === null ? (passed > 1_000 ? words.passed(passed) : "") : words.left(left)}</span>
      </div>
      <div
        className={known ? "pbar" : "pbar open-end"}
        role="progressbar"
        aria-label={label}
        {...(known ? { "aria-valuemin": 0, "aria-valuemax": total, "aria-valuenow": done } : {})}
        aria-valuetext={known ? (progress?.unit === "accounts" ? words.aloud(done, total, left) : line(operation)) : `${line(operation)} ${longDuration(passed)}`}
      >
        <b style={{ width: known ? `${Math.min(100, (done / total) * 100)}%` : "100%" }} />
      </div>
      {steps !== undefined && (
        <div className="row xs t2 phases" aria-hidden="true">
          {steps.map((step) => (
            <span key={step} className={step === phase ? "b accent" : undefined}>
              {words.shortPhases[step]}
            </span>
          ))}
          {progress !== null && progress.problems > 0 && <span className="end warn">{words.problems(progress.problems)}</span>}
        </div>
      )}
    </div>
  );
}
