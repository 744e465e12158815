/** What a pasted variable is worth, compared with the site. Pure. */
import type { CommandResponse } from "../../../shared/contract.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { OperationResult } from "../../../shared/operations.ts";
import { en } from "../../strings/en.ts";
import { masked } from "../../strings/words.ts";

export interface Verdict {
  readonly tone: "safe" | "risk" | "wiped";
  readonly title: string;
  readonly hint: string;
}

type Held = CommandResponse<"variable.inspect">;
type Diff = OperationResult<"diff">;

const words = en.variable.check;
const MOST_NAMED = 3;

/** `diff`: left the pasted text, right the site; null where it could not be made. */
export function verdictOf(held: Held, diff: Diff | null, compareError: ErrorValue | null): Verdict {
  const remarks = held.remarks.map(({ message }) => message).join(" ");
  if (!held.readableBySite) return { tone: "risk", title: words.holds(held.accounts), hint: `${words.notReadable} ${remarks}`.trim() };
  if (held.withoutId + held.withoutEmail + held.sharedEmail > 0) return { tone: "risk", title: words.holds(held.accounts), hint: words.notRestorable };
  if (diff === null) return { tone: "risk", title: words.holds(held.accounts), hint: compareError === null ? `${words.whole} ${remarks}`.trim() : `${words.whole} ${words.compareFailed}` };
  const { same, added, changed, missing } = diff.counts;
  if (same + changed === 0 && held.accounts > 0 && added > 0) return { tone: "wiped", title: words.other(held.accounts), hint: words.otherHint };
  if (added > 0) {
    const names = diff.added.length <= MOST_NAMED ? diff.added.map(masked).join(", ") : "";
    return { tone: "risk", title: words.holds(held.accounts), hint: words.missing(added, names) };
  }
  if (changed > 0) return { tone: "risk", title: words.holds(held.accounts), hint: words.changed(changed) };
  if (missing > 0) return { tone: "risk", title: words.holds(held.accounts), hint: words.gone(missing) };
  return { tone: "safe", title: words.same(held.accounts), hint: remarks === "" ? words.sameHint : remarks };
}
