/** What the owner is told of the variable as Render holds it. Pure. */
import type { IconName } from "../../../components/Icon.tsx";
import type { HeldVariableView } from "../../../../shared/model.ts";
import { en } from "../../../strings/en.ts";

const words = en.render.held;

export interface HeldWords {
  readonly tone: "safe" | "risk" | "quiet";
  readonly icon: IconName;
  /** For a chip. */
  readonly short: string | null;
  readonly text: string;
}

export function heldWords(held: HeldVariableView | null): HeldWords {
  if (held === null) return { tone: "quiet", icon: "clock", short: null, text: words.unknown };
  const { accounts, missing, changed, gone } = held;
  switch (held.state) {
    case "current":
      return { tone: "safe", icon: "check", short: words.upToDate, text: words.current(accounts) };
    case "stale": {
      const parts = [missing > 0 ? words.missing(missing) : "", changed > 0 ? words.changed(changed) : "", gone > 0 ? words.gone(gone) : ""].filter((part) => part !== "");
      return { tone: "risk", icon: "clock", short: words.outOfDate, text: words.stale(parts.join(", ")) };
    }
    case "not_set":
      return { tone: "quiet", icon: "minus", short: words.notThere, text: words.notSet };
    case "unreadable":
      return { tone: "risk", icon: "warning", short: words.outOfDate, text: words.unreadable };
    default:
      return held.state satisfies never;
  }
}

/** Whether an update would change anything; not known counts. */
export function wantsUpdate(held: HeldVariableView | null): boolean {
  return held !== null && held.state !== "current";
}
