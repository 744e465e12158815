/** Which backups may go. Decides only; `prune.ts` removes. Pure, so that a year can be tested in a moment. */
import { newestFirst } from "./entries.ts";
import type { VaultEntry } from "./vault.ts";

/** Why a backup stays. The first that holds. */
export type KeptBecause = "newest" | "fullest" | "last_7_days" | "daily" | "weekly" | "not_ours_to_remove";

export interface RetentionPlan {
  readonly keep: readonly { readonly entry: VaultEntry; readonly because: KeptBecause }[];
  readonly remove: readonly VaultEntry[];
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Everything of a week, one of each day for a month, one of each week for a year. */
const ALL_DAYS = 7;
const DAILY_DAYS = 30;
const WEEKLY_DAYS = 365;

/**
 * Every good backup of the last 7 days stays, then the last of each day for 30 days, then of each week for a year; the
 * newest and the fullest always. What is damaged, newer than we can read, locked or another program's is never removed:
 * we cannot know what it holds. Short and safety copies follow the same ages, each kind for itself, with its own newest;
 * the fullest is one of the normal ones.
 */
export function planRetention(entries: readonly VaultEntry[], now: Date): RetentionPlan {
  const keep: { entry: VaultEntry; because: KeptBecause }[] = [];
  const remove: VaultEntry[] = [];
  for (const shelf of ["normal", "short", "safety"] as const) {
    const ours = entries.filter((entry) => entry.shelf === shelf && entry.state === "good" && entry.timestamp !== null);
    const trusted = shelf === "normal" ? ours.filter((entry) => entry.fewerThan === null) : [];
    // The newest safety copy is what an undo needs.
    const newest = latest(shelf === "normal" ? trusted : ours);
    const fullest = fullestOf(trusted);
    const taken = new Set<string>();
    for (const entry of [...ours].sort(newestFirst)) {
      // Asked of these two as well: each stands for its own day or week, nothing older takes that place.
      const ofAge = becauseOfAge(entry, now, taken);
      const because = entry === newest ? "newest" : entry === fullest ? "fullest" : ofAge;
      if (because === null) remove.push(entry);
      else keep.push({ entry, because });
    }
  }
  const decided = new Set([...keep.map(({ entry }) => entry), ...remove]);
  for (const entry of entries) if (!decided.has(entry)) keep.push({ entry, because: "not_ours_to_remove" });
  return { keep, remove };
}

/** `taken`: days and weeks that have their backup already; entries come newest first. */
function becauseOfAge(entry: VaultEntry, now: Date, taken: Set<string>): KeptBecause | null {
  if (entry.timestamp === null) return "not_ours_to_remove";
  // In whole days of the calendar: all backups of a day are of one age, so thinning every day ends where thinning once does.
  const ageDays = dayNumber(now) - dayNumber(entry.timestamp);
  // Also what is from tomorrow: a clock was wrong, and nobody knows which.
  if (ageDays <= ALL_DAYS) return "last_7_days";
  if (ageDays <= DAILY_DAYS) return takeOnce(taken, `day ${dayNumber(entry.timestamp)}`) ? "daily" : null;
  if (ageDays <= WEEKLY_DAYS) return takeOnce(taken, `week ${weekNumber(entry.timestamp)}`) ? "weekly" : null;
  return null;
}

function takeOnce(taken: Set<string>, slot: string): boolean {
  if (taken.has(slot)) return false;
  taken.add(slot);
  return true;
}

/** The owner's day, as in the file's name. Counted as if in UTC, where every day has 24 hours. */
function dayNumber(time: Date): number {
  return Date.UTC(time.getFullYear(), time.getMonth(), time.getDate()) / DAY_MS;
}

/** Weeks begin on Monday; day 0 was a Thursday. */
function weekNumber(time: Date): number {
  return Math.floor((dayNumber(time) + 3) / 7);
}

function latest(entries: readonly VaultEntry[]): VaultEntry | undefined {
  return [...entries].sort(newestFirst)[0];
}

/** Of several the newest. */
function fullestOf(entries: readonly VaultEntry[]): VaultEntry | undefined {
  return [...entries].sort((a, b) => (b.records ?? 0) - (a.records ?? 0) || newestFirst(a, b))[0];
}
