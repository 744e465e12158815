/** Who is on the site, who is in the backups: two rows that line up. Figures are always beside the dots, which nobody has to see. */
import type { ReactNode } from "react";
import { number } from "../strings/words.ts";
import { Icon, type IconName } from "./Icon.tsx";

/** held: full. wait: not in a backup yet. new: signed up after a wipe. gone: missing. seen: last seen, not checked now. */
type DotKind = "held" | "wait" | "new" | "gone" | "seen";
export type DotRun = readonly [kind: DotKind, count: number];

const MOST_LARGE = 12;
const MOST_DOTS = 40;

function total(runs: readonly DotRun[]): number {
  return runs.reduce((sum, [, count]) => sum + count, 0);
}

/** `scale`: the larger of the two rows, so that both bars measure the same. */
export function Dots({ runs, scale }: { readonly runs: readonly DotRun[]; readonly scale?: number }) {
  const count = total(runs);
  const most = Math.max(scale ?? 0, count);
  if (most > MOST_DOTS) {
    return (
      <span className="bars" aria-hidden="true">
        {runs.map(([kind, length]) => (length > 0 ? <i key={kind} className={`bar-${kind}`} style={{ width: `${(length / most) * 100}%` }} /> : null))}
      </span>
    );
  }
  return (
    <span className={most > MOST_LARGE ? "dots small" : "dots"} aria-hidden="true">
      {runs.flatMap(([kind, length]) => Array.from({ length }, (_, index) => <i key={`${kind}${index}`} className={kind === "held" ? "dot" : `dot ${kind}`} />))}
    </span>
  );
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
