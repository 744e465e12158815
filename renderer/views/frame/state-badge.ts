/** Icon, word and tone of a site's state, as the switcher shows it. Pure. */
import type { IconName } from "../../components/Icon.tsx";
import type { Look } from "../../stores/looks.ts";
import { en } from "../../strings/en.ts";
import { atRisk, busyState, stateOf } from "../../stores/site-state.ts";
import type { Operation } from "../../../shared/operations.ts";

export interface StateBadge {
  readonly icon: IconName;
  readonly word: string;
  readonly tone: "ok" | "warn" | "bad" | "sleepy" | "";
  readonly count: string;
}

const words = en.frame.states;

/** `isRestored`: everybody was brought back, and the owner has not said "Got it" yet. */
export function badgeOf(look: Look, running: Operation | null, isRestored: boolean): StateBadge {
  const { overview } = look;
  const busy = busyState(running);
  const all = overview === null ? "" : en.frame.counts.all(overview.accounts);
  if (busy !== null) return { icon: "busy", word: words[busy], tone: "", count: all };
  const state = stateOf(look);
  switch (state) {
    case "safe":
      return { icon: isRestored ? "restored" : "check_ring", word: isRestored ? words.restored : words.safe, tone: "ok", count: all };
    case "risk":
      return { icon: "warning", word: words.risk, tone: "warn", count: overview === null || look.trouble !== null ? "" : en.frame.counts.some(overview.newestBackup === null ? overview.accounts : atRisk(overview), overview.accounts) };
    case "wiped":
      return { icon: "wiped", word: words.wiped, tone: "bad", count: overview === null ? "" : en.frame.counts.some(overview.accounts, overview.missing + overview.accounts) };
    case "deletions":
      return { icon: "warning", word: words.deletions, tone: "warn", count: all };
    case "asleep":
      return { icon: "moon", word: words.asleep, tone: "sleepy", count: "" };
    case "unreach":
      return { icon: "unplugged", word: words.unreach, tone: "", count: "" };
    case "empty":
      return { icon: "check_ring", word: words.empty, tone: "", count: "" };
    case "unknown":
      return { icon: "clock", word: words.unknown, tone: "", count: "" };
    default:
      return state satisfies never;
  }
}
