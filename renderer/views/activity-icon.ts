/** Icon, tone and sentence of an entry of the activity, by its kind. Pure. */
import type { IconName } from "../components/Icon.tsx";
import type { ActivityView } from "../../shared/model.ts";
import { en } from "../strings/en.ts";

type Tone = "ok" | "warn" | "bad" | "t3";

const icons: Record<string, readonly [IconName, Tone]> = {
  watching: ["clock", "t3"],
  backed_up: ["backup", "t3"],
  kept_apart: ["warning", "warn"],
  older_versions: ["warning", "warn"],
  wiped: ["wiped", "bad"],
  restored: ["restored", "ok"],
  restore_incomplete: ["wiped", "bad"],
  deletions: ["warning", "warn"],
  asleep: ["moon", "t3"],
  unreachable: ["unplugged", "t3"],
  back: ["check_ring", "ok"],
  rehearsed: ["rehearsed", "ok"],
  pruned: ["trash", "t3"],
  redeployed: ["redeploy", "ok"],
  variable_set: ["variable", "t3"],
  variable_stale: ["variable", "warn"],
  failed: ["warning", "warn"],
};

export function activityIcon(entry: ActivityView): readonly [IconName, Tone] {
  const [icon, tone] = icons[entry.kind] ?? (["activity", "t3"] as const);
  if (entry.level === "problem") return [icon, "bad"];
  return entry.level === "attention" ? [icon, "warn"] : [icon, tone];
}

/** The sentence for the window. The log names a backup by its file, whose name another one of the same day has taken over since. */
export function activityMessage({ kind, accounts, message }: ActivityView): string {
  return kind === "backed_up" && accounts !== undefined ? en.activity.backedUp(accounts) : message;
}
