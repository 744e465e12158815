/** One backup beside the site: the same, missing, changed, newer. */
import { Button } from "../../components/Button.tsx";
import { en } from "../../strings/en.ts";
import { number } from "../../strings/words.ts";
import { FailedReading } from "./FailedReading.tsx";
import type { useDiff } from "./use-diff.ts";

const words = en.backups.detail;

export function Compared({ view }: { readonly view: ReturnType<typeof useDiff> }) {
  const { state, diff, error, compare } = view;
  if (state === "failed" && error !== null) {
    return <FailedReading error={error} onRetry={compare} />;
  }
  if (diff === null) {
    return (
      <div className="sec">
        <h3>{words.compared}</h3>
        {state === "comparing" ? (
          <p className="t2 sm" role="status">
            {words.comparing}
          </p>
        ) : (
          <Button size="s" onClick={compare}>
            {words.compare}
          </Button>
        )}
      </div>
    );
  }
  const { same, missing, changed, added, signedUpAgain } = diff.counts;
  const lines = [
    { key: "s", count: same, text: words.same },
    { key: "m", count: missing, text: words.missing },
    { key: "c", count: changed, text: words.changed },
    { key: "n", count: added, text: words.added },
  ].filter(({ key, count }) => key === "s" || key === "m" || count > 0);
  const all = Math.max(1, same + missing + changed + added);
  return (
    <div className="sec" aria-busy={state === "comparing"}>
      <h3>{words.compared}</h3>
      <div className="cmp" aria-hidden="true">
        {lines.map(({ key, count }) => (count > 0 ? <i key={key} className={key} style={{ flex: Math.max(count, all * 0.04) }} /> : null))}
      </div>
      <ul className="leg">
        {lines.map(({ key, count, text }) => (
          <li key={key}>
            <i className={key} aria-hidden="true" />
            <span>{text}</span>
            <b className="b">{number(count)}</b>
          </li>
        ))}
      </ul>
      {signedUpAgain > 0 && <p className="t2 sm">{words.again(signedUpAgain)}</p>}
    </div>
  );
}
