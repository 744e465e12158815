/** Which entries a filter lets through, and the days they belong to. Pure. */
import type { ActivityView } from "../../../shared/model.ts";
import { day } from "../../strings/words.ts";
import { activityMessage } from "../activity-icon.ts";

export const activityFilters = ["all", "backups", "wipes", "signups", "problems"] as const;
export type ActivityFilter = (typeof activityFilters)[number];

const kindsOf: Record<Exclude<ActivityFilter, "all" | "problems" | "signups">, readonly string[]> = {
  backups: ["backed_up", "kept_apart", "older_versions", "rehearsed", "pruned"],
  wipes: ["wiped", "restored", "restore_incomplete", "deletions", "redeployed"],
};

/** What the filter and the search let through, of the entries of one site, newest first. */
export function filtered(entries: readonly ActivityView[], filter: ActivityFilter, search: string): readonly ActivityView[] {
  const wanted = search.trim().toLowerCase();
  const signUps = filter === "signups" ? signUpsOf(entries) : null;
  return entries.filter((entry) => {
    if (wanted !== "" && !`${activityMessage(entry)} ${entry.hint ?? ""} ${entry.line ?? ""}`.toLowerCase().includes(wanted)) return false;
    if (signUps !== null) return signUps.has(entry);
    if (filter === "problems") return entry.level !== "info";
    return filter === "all" || filter === "signups" || kindsOf[filter].includes(entry.kind);
  });
}

/** Nobody logs a sign-up itself: what tells of one is a backup that holds more accounts than the one before it. */
function signUpsOf(entries: readonly ActivityView[]): ReadonlySet<ActivityView> {
  const found = new Set<ActivityView>();
  let before: number | null = null;
  for (const entry of entries.toReversed()) {
    if (entry.kind !== "backed_up" || entry.accounts === undefined) continue;
    if (before !== null && entry.accounts > before) found.add(entry);
    before = entry.accounts;
  }
  return found;
}

export type ActivityRow = { readonly kind: "day"; readonly day: string } | { readonly kind: "entry"; readonly entry: ActivityView };

/** Headings and entries in one list, so that both can be virtual. */
export function withDays(entries: readonly ActivityView[], now: number): readonly ActivityRow[] {
  const rows: ActivityRow[] = [];
  let last = "";
  for (const entry of entries) {
    const name = day(entry.at, now);
    if (name !== last) rows.push({ kind: "day", day: name });
    last = name;
    rows.push({ kind: "entry", entry });
  }
  return rows;
}
