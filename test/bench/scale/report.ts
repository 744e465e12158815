/** What the measurements found, against what they may be. */

interface Finding {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  /** What `--check` holds it to, with room for a busy machine. Null: told for comparison only. */
  readonly budget: Limit | null;
  /** What we would like, where that is more. */
  readonly target?: Limit;
}

type Limit = { readonly atLeast: number } | { readonly atMost: number };

export interface Report {
  find(finding: Finding): void;
  /** A line of its own, for what no number says. */
  say(line: string): void;
  /** Prints every finding in one table; the findings that are over their budget. */
  print(): readonly Finding[];
}

export function createReport(): Report {
  const findings: Finding[] = [];
  return {
    find(finding) {
      findings.push(finding);
      console.log(rowOf(finding));
    },
    say: (line) => console.log(line),
    print() {
      console.log(["", "| | Measured | Budget | Target | |", "| --- | --- | --- | --- | --- |", ...findings.map(rowOf)].join("\n"));
      return findings.filter(({ measured, budget }) => !isWithin(measured, budget));
    },
  };
}

function rowOf(finding: Finding): string {
  const { what, measured, unit, budget, target } = finding;
  const limit = (of: Limit | null | undefined): string => (of === null || of === undefined ? "" : "atLeast" in of ? `≥ ${inWords(of.atLeast, unit)}` : `≤ ${inWords(of.atMost, unit)}`);
  const verdict = budget === null ? "" : !isWithin(measured, budget) ? "**over**" : target === undefined || isWithin(measured, target) ? "ok" : "short of it";
  return `| ${what} | ${inWords(measured, unit)} | ${limit(budget)} | ${limit(target)} | ${verdict} |`;
}

function inWords(value: number, unit: string): string {
  const digits = Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return `${value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })}${unit === "" ? "" : ` ${unit}`}`;
}

/** A number that could not be measured is over. */
function isWithin(measured: number, limit: Limit | null): boolean {
  if (limit === null) return true;
  return "atLeast" in limit ? measured >= limit.atLeast : measured <= limit.atMost;
}
