/** After a restore: who did not come back as they should, by reason. */
import { en } from "../../strings/en.ts";
import { masked } from "../../strings/words.ts";
import type { RestoreReport } from "./use-restore.ts";

const words = en.dialogs.restore;

/** Each reason once, with whom it is about. */
function byReason(problems: RestoreReport["problems"]): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const { id, message } of problems) reasons.set(message, [...(reasons.get(message) ?? []), id]);
  return reasons;
}

export function NotBack({ report }: { readonly report: RestoreReport }) {
  const { problems, problemCount } = report;
  // Those who are not named may be others.
  const isFinal = problemCount === problems.length && problems.every(({ code }) => code === "NOT_ACCEPTED");
  return (
    <>
      <p role="status">{isFinal ? words.refusedHint : words.partlyHint}</p>
      {[...byReason(problems)].map(([reason, ids]) => (
        <div key={reason}>
          <p className="sm">{reason}</p>
          <ul className="id-list mono" tabIndex={0} aria-label={words.who}>
            {ids.map((id) => (
              <li key={id}>{masked(id)}</li>
            ))}
          </ul>
        </div>
      ))}
      {problemCount > problems.length && <p className="sm">{words.moreIds(problemCount - problems.length)}</p>}
    </>
  );
}
