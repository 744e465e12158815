/** Who is on the site, who is in the backups: two rows that line up. Figures are always beside the dots, which nobody has to see. */
import { useState, type ReactNode } from "react";
import { number } from "../strings/words.ts";
import { Icon, type IconName } from "./Icon.tsx";
import { dotsOf, settlingDots, total, type DotRun } from "./dot-runs.ts";

const MOST_LARGE = 12;
/** From one dot to the next, where there are few enough to settle one by one. */
const SETTLE_APART_MS = 40;
const MOST_DOTS = 40;

/** `scale`: the larger of the two rows, so that both bars measure the same. */
export function Dots({ runs, scale }: { readonly runs: readonly DotRun[]; readonly scale?: number }) {
  const count = total(runs);
  const most = Math.max(scale ?? 0, count);
  const settling = useSettling(runs);
  if (most > MOST_DOTS) {
    return (
      <span className="bars" aria-hidden="true">
        {runs.map(([kind, length]) => (length > 0 ? <i key={kind} className={`bar-${kind}`} style={{ width: `${(length / most) * 100}%` }} /> : null))}
      </span>
    );
  }
  const isLarge = most <= MOST_LARGE;
  return (
    <span className={isLarge ? "dots" : "dots small"} aria-hidden="true">
      {dotsOf(runs).map((kind, index) => {
        const turn = settling.indexOf(index);
        const isSettling = turn >= 0;
        return <i key={index} className={["dot", ...(kind === "held" ? [] : [kind]), ...(isSettling ? ["settling"] : [])].join(" ")} style={isSettling && isLarge ? { animationDelay: `${turn * SETTLE_APART_MS}ms` } : undefined} />;
      })}
    </span>
  );
}

/** The dots that have come to rest with these runs: whoever was in no backup, or gone, and is held now. Nobody at first. */
function useSettling(runs: readonly DotRun[]): readonly number[] {
  const key = runs.join(" ");
  const [shown, setShown] = useState<{ key: string; runs: readonly DotRun[]; settling: readonly number[] }>({ key, runs, settling: [] });
  if (shown.key === key) return shown.settling;
  const settling = settlingDots(shown.runs, runs);
  setShown({ key, runs, settling });
  return settling;
}

export interface FactView {
  readonly icon: IconName;
  readonly text: string;
  readonly tone?: "ok" | "warn" | "bad";
  /** Left out in narrow windows. */
  readonly wide?: boolean;
  readonly title?: string;
}

export function Fact({ icon, text, tone, wide = false, title }: FactView) {
  return (
    <span className={wide ? "fact wide" : "fact"} title={title}>
      <span className={tone}>
        <Icon name={icon} />
      </span>
      {text}
    </span>
  );
}

interface TallyRow {
  readonly icon: IconName;
  readonly name: string;
  /** Null: not known. */
  readonly count: number | null;
  readonly runs: readonly DotRun[];
  readonly facts: readonly FactView[];
}

export function Tally({ label, rows }: { readonly label: string; readonly rows: readonly TallyRow[] }) {
  const scale = Math.max(...rows.map((row) => total(row.runs)));
  return (
    <ul className="tally" aria-label={label}>
      {rows.map((row) => (
        <li key={row.name}>
          <span className="who">
            <Icon name={row.icon} />
            {row.name}
            <span className="vh">: </span>
          </span>
          <span className="n">{row.count === null ? "?" : number(row.count)}</span>
          <Dots runs={row.runs} scale={scale} />
          <Facts>
            {row.facts.map((fact) => (
              <Fact key={fact.text} {...fact} />
            ))}
          </Facts>
        </li>
      ))}
    </ul>
  );
}

function Facts({ children }: { readonly children: ReactNode }) {
  return <span className="facts">{children}</span>;
}
