/** Accounts over thirty days with backups as dots and wipes as empty bowls; the same as a table for whoever prefers words. */
import { en } from "../strings/en.ts";
import { day, dayAndMonth, number, shortNumber } from "../strings/words.ts";
import { chartOf, type ChartFacts } from "./chart-points.ts";

const words = en.overview.chart;

interface Frame {
  readonly width: number;
  readonly height: number;
}

const LEFT = 26;
const TOP = 20;
/** Room for one figure of the last count, and of the scale. */
const DIGIT = 9;
const TICK_DIGIT = 6.5;

function Drawing({ facts, frame, className, label }: { readonly facts: ChartFacts; readonly frame: Frame; readonly className: string; readonly label: string }) {
  const { points, dots, wipes, top, last, from, to, ticks } = chartOf(facts);
  const bottom = frame.height - 38;
  const left = Math.max(LEFT, 8 + TICK_DIGIT * Math.max(...ticks.map((tick) => shortNumber(tick).length)));
  const lastLabel = last === null ? "" : last >= 10_000 ? shortNumber(last) : number(last);
  const right = frame.width - 28 - DIGIT * lastLabel.length;
  const x = (at: number): number => left + ((at - from) / (to - from)) * (right - left);
  const y = (count: number): number => bottom - (count / top) * (bottom - TOP);
  const path = points.map(({ at, count }, index) => (index === 0 ? `M${x(at).toFixed(1)} ${y(count).toFixed(1)}` : `H${x(at).toFixed(1)}V${y(count).toFixed(1)}`)).join("");
  const start = points[0]?.at ?? from;
  const middle = (from + to) / 2;
  return (
    <svg className={`chart ${className}`} viewBox={`0 0 ${frame.width} ${frame.height}`} role="img" aria-label={label}>
      {ticks.map((tick) => (
        <g key={tick}>
          <path d={`M${left} ${y(tick)}H${right}`} stroke={tick === 10 ? "var(--ctl)" : "var(--line)"} strokeDasharray={tick === 10 ? "2 3" : undefined} />
          <text x={left - 8} y={y(tick) + 4} textAnchor="end">
            {shortNumber(tick)}
          </text>
        </g>
      ))}
      {ticks.includes(10) && (
        <text x={left + 2} y={y(10) - 6}>
          {words.most}
        </text>
      )}
      {path !== "" && <path d={`${path}H${right}V${bottom}H${x(start).toFixed(1)}Z`} fill="var(--accent-text)" opacity=".07" />}
      {path !== "" && <path d={`${path}H${right}`} fill="none" stroke="var(--accent-text)" strokeWidth="2.2" strokeLinejoin="round" strokeLinecap="round" />}
      {wipes.map((at) => (
        <g key={at}>
          <path d={`M${x(at).toFixed(1)} ${TOP + 20}V${bottom}`} stroke="var(--wiped)" strokeWidth="1.4" strokeDasharray="3 3" />
          <g transform={`translate(${x(at).toFixed(1)} ${bottom})`}>
            <circle r="9" fill="var(--surface)" />
            <path d="M-7-2.5H7a7 7 0 0 1-14 0Z" fill="var(--wiped)" />
          </g>
        </g>
      ))}
      {last !== null && <circle cx={right} cy={y(last)} r="4.5" fill="var(--accent-text)" stroke="var(--surface)" strokeWidth="2" />}
      {last !== null && (
        <text className="v" x={right + 13} y={y(last) + 5}>
          {lastLabel}
        </text>
      )}
      {dots.map((at) => (
        <circle key={at} cx={x(at).toFixed(1)} cy={bottom + 14} r="2.6" fill="var(--ink-3)" />
      ))}
      <text x={left} y={bottom + 34}>
        {dayAndMonth(from)}
      </text>
      <text x={x(middle)} y={bottom + 34} textAnchor="middle">
        {dayAndMonth(middle)}
      </text>
      <text x={right} y={bottom + 34} textAnchor="end">
        {words.today}
      </text>
    </svg>
  );
}

export function Chart({ facts, asTable }: { readonly facts: ChartFacts; readonly asTable: boolean }) {
  const { points, rows, backups, wipes, last, from } = chartOf(facts);
  const label = words.summary(dayAndMonth(from), points[0]?.count ?? last ?? 0, last ?? 0, backups, wipes.length);
  return asTable ? (
    <div className="chart-table" tabIndex={0} role="region" aria-label={label}>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">{words.day}</th>
            <th scope="col" className="num">
              {words.accounts}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, count }) => (
            <tr key={`${at} ${count ?? ""}`}>
              <td>{day(new Date(at).toISOString(), facts.now)}</td>
              <td className="num">{count === null ? words.wipe : number(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  ) : (
    <>
      <Drawing facts={facts} label={label} className="wide" frame={{ width: 540, height: 174 }} />
      <Drawing facts={facts} label={label} className="slim" frame={{ width: 300, height: 152 }} />
    </>
  );
}

export function ChartKey() {
  return (
    <div className="key end" aria-hidden="true">
      <span>
        <svg width="14" height="3">
          <rect width="14" height="3" rx="1.5" fill="var(--accent-text)" />
        </svg>
        {words.accounts}
      </span>
      <span>
        <svg width="6" height="6">
          <circle cx="3" cy="3" r="2.6" fill="var(--ink-3)" />
        </svg>
        {words.backups}
      </span>
      <span>
        <svg width="14" height="9">
          <path d="M0 1h14a7 7 0 0 1-14 0Z" fill="var(--wiped)" />
        </svg>
        {words.wipe}
      </span>
    </div>
  );
}
