/** Which entries a filter lets through, and the days they belong to. Pure. */
import type { ActivityView } from "../../../shared/model.ts";
import { day } from "../../strings/words.ts";

export const activityFilters = ["all", "backups", "wipes", "signups", "problems"] as const;
export type ActivityFilter = (typeof activityFilters)[number];

const kindsOf: Record<Exclude<ActivityFilter, "all" | "problems">, readonly string[]> = {
  backups: ["backed_up", "kept_apart", "rehearsed", "pruned"],
  wipes: ["wiped", "restored", "restore_incomplete", "deletions"],
  signups: ["backed_up"],
};

export function passes(entry: ActivityView, filter: ActivityFilter, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  if (wanted !== "" && !`${entry.message} ${entry.hint ?? ""} ${entry.line ?? ""}`.toLowerCase().includes(wanted)) return false;
  if (filter === "all") return true;
  if (filter === "problems") return entry.level !== "info";
  return kindsOf[filter].includes(entry.kind);
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
