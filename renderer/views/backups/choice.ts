/** Whom the button brings back: everyone who is missing until somebody is ticked, then those. Pure. */
import type { OperationResult } from "../../../shared/operations.ts";
import { en } from "../../strings/en.ts";

export type Diff = OperationResult<"diff">;

const words = en.backups.detail;

export interface Choice {
  /** Who shows a tick. */
  readonly ticked: ReadonlySet<string>;
  /** In the button; null where only the plan can tell. */
  readonly count: number | null;
  readonly plan: string;
  /** Why nobody can be brought back. */
  readonly blocked: string | undefined;
}

const nobody: ReadonlySet<string> = new Set();

/** A comparison lists the first thousand of those who are missing; its count is exact. */
export function listsEveryone(diff: Diff): boolean {
  return diff.missing.length >= diff.counts.missing;
}

/** `chosen` null: nobody was ticked yet. */
export function choiceOf(diff: Diff | null, chosen: ReadonlySet<string> | null): Choice {
  if (diff === null) {
    if (chosen === null) return { ticked: nobody, count: null, plan: words.planUnknown, blocked: undefined };
    return { ticked: chosen, count: chosen.size, plan: words.planUnknown, blocked: chosen.size === 0 ? words.nobodyChosen : undefined };
  }
  const { same, changed, added, missing } = diff.counts;
  const leave = same + changed + added;
  if (chosen === null) {
    const isThere = missing === 0;
    return { ticked: listsEveryone(diff) ? new Set(diff.missing) : nobody, count: missing, plan: isThere ? words.everyoneThere : words.plan(missing, leave), blocked: isThere ? words.everyoneThere : undefined };
  }
  if (chosen.size === 0) return { ticked: chosen, count: null, plan: words.nobodyChosen, blocked: words.nobodyChosen };
  if (!listsEveryone(diff)) return { ticked: chosen, count: chosen.size, plan: words.planUnknown, blocked: undefined };
  const adds = diff.missing.filter((id) => chosen.has(id)).length;
  const older = diff.changed.filter(({ id }) => chosen.has(id)).length;
  if (adds + older === 0) return { ticked: chosen, count: null, plan: words.chosenThere, blocked: words.chosenThere };
  return { ticked: chosen, count: adds + older, plan: older === 0 ? words.plan(adds, leave) : words.planWithOlder(adds, older), blocked: undefined };
}

/** The ticks after these were ticked or unticked. */
export function withTicks(diff: Diff | null, chosen: ReadonlySet<string> | null, ids: readonly string[], isOn: boolean): ReadonlySet<string> {
  const next = new Set(choiceOf(diff, chosen).ticked);
  for (const id of ids) {
    if (isOn) next.add(id);
    else next.delete(id);
  }
  return next;
}
