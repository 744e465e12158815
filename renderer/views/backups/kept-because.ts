/** What the table says of a backup: why it is kept, how many more or fewer than before, what was checked. Pure. */
import type { IconName } from "../../components/Icon.tsx";
import type { BackupEntry } from "../../../shared/model.ts";
import { en } from "../../strings/en.ts";
import { daysAgo, shortDay } from "../../strings/words.ts";

const words = en.backups;
const WEEK = 7;
const MONTH = 30;

export interface BackupRow {
  readonly entry: BackupEntry;
  /** Against the next older good one; null where there is none to compare with. */
  readonly change: number | null;
  readonly check: { readonly icon: IconName; readonly word: string; readonly tone: "ok" | "warn" | "bad" | "t3" };
  readonly kept: string;
  readonly isNewest: boolean;
  readonly isFullest: boolean;
}

function isUsable({ shelf, state }: BackupEntry): boolean {
  return shelf === "normal" && (state === "good" || state === "locked");
}

function checkOf(entry: BackupEntry): BackupRow["check"] {
  switch (entry.state) {
    case "damaged":
      return { icon: "warning", word: words.states.damaged, tone: "bad" };
    case "foreign":
      return { icon: "minus", word: words.states.foreign, tone: "t3" };
    case "newer":
      return { icon: "warning", word: words.states.newer, tone: "warn" };
    case "locked":
      return { icon: "lock", word: words.states.locked, tone: "t3" };
    case "good":
      if (entry.shelf === "short") return { icon: "warning", word: words.states.short, tone: "warn" };
      if (entry.rehearsed !== null) return entry.rehearsed.ok ? { icon: "rehearsed", word: words.states.rehearsed, tone: "ok" } : { icon: "warning", word: words.states.trouble, tone: "warn" };
      return { icon: "check_ring", word: words.states.verified, tone: "ok" };
    default:
      return entry.state satisfies never;
  }
}

/** `entries` newest first. */
export function backupRows(entries: readonly BackupEntry[], now: number): readonly BackupRow[] {
  const newest = entries.findIndex(isUsable);
  let fullest = -1;
  entries.forEach((entry, index) => {
    const best = entries[fullest];
    if (isUsable(entry) && entry.accounts !== null && (best === undefined || entry.accounts > (best.accounts ?? 0))) fullest = index;
  });
  /** From the end: the next older good one of every row. */
  const olderCounts: (number | null)[] = Array.from({ length: entries.length }, () => null);
  const olderAt: (string | null)[] = Array.from({ length: entries.length }, () => null);
  let count: number | null = null;
  let at: string | null = null;
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    olderCounts[index] = count;
    olderAt[index] = at;
    const entry = entries[index];
    if (entry === undefined || !isUsable(entry) || entry.accounts === null) continue;
    count = entry.accounts;
    at = entry.at;
  }
  return entries.map((entry, index) => {
    const isNewest = index === newest;
    const isFullest = index === fullest;
    const before = entry.shelf === "short" && entry.fewerThan !== null ? entry.fewerThan.accounts : (olderCounts[index] ?? null);
    const older = olderAt[index] ?? null;
    return {
      entry,
      change: entry.accounts === null || before === null || entry.state === "damaged" ? null : entry.accounts - before,
      check: checkOf(entry),
      kept: keptBecause(entry, isNewest, isFullest, older, now),
      isNewest,
      isFullest,
    };
  });
}

function keptBecause(entry: BackupEntry, isNewest: boolean, isFullest: boolean, older: string | null, now: number): string {
  const { kept } = words;
  if (entry.state === "damaged") return older === null ? kept.unused : kept.use(shortDay(older, now));
  if (entry.state === "foreign" || entry.state === "newer") return kept.unused;
  if (entry.shelf === "short") return kept.apart;
  if (entry.shelf === "safety") return kept.safety;
  if (isNewest) return isFullest ? kept.newestFullest : kept.newest;
  if (isFullest) return kept.fullest;
  const days = entry.at === null ? 0 : daysAgo(entry.at, now);
  if (days <= WEEK) return kept.week;
  return days <= MONTH ? kept.daily : kept.weekly;
}

/** The next older backup that can be used instead of this one. */
export function insteadOf(entries: readonly BackupEntry[], name: string): BackupEntry | null {
  const index = entries.findIndex((entry) => entry.name === name);
  return entries.slice(index + 1).find(isUsable) ?? entries.find(isUsable) ?? null;
}
