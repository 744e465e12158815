/** Counts, times and sizes as people read them. */
import { tellsTime } from "../engine/vault/names.ts";
import type { Shelf, VaultEntry } from "../engine/vault/vault.ts";
import { shown } from "./output.ts";
import { grouped } from "../../shared/grouped.ts";

/** "1 account", "1,204 accounts". */
export function countAccounts(count: number): string {
  return count === 1 ? "1 account" : `${grouped(count)} accounts`;
}

/** Of records that a backup file holds and the variable cannot. */
export function leftOutOfVariable(count: number): string {
  const [records, them] = count === 1 ? ["1 record", "it"] : [`${grouped(count)} records`, "them"];
  return `${records} could not be read as an account and cannot go into the variable. A backup file keeps ${them}.`;
}

export const IDS_SHOWN = 10;

/** "u-1, u-2 and 5 more". */
export function shownIds(ids: readonly string[]): string {
  const first = ids.slice(0, IDS_SHOWN).map(shown).join(", ");
  return ids.length > IDS_SHOWN ? `${first} and ${grouped(ids.length - IDS_SHOWN)} more` : first;
}

const DAY = { day: "numeric", month: "short", year: "numeric" } as const;

/** "23 Nov 2026, 14:06", in local time. */
export function dateAndTime(time: Date | null): string {
  if (time === null) return "date unknown";
  return time.toLocaleString("en-GB", { ...DAY, hour: "2-digit", minute: "2-digit" });
}

/** Names of the folders in which a vault keeps what is no usual backup, as they stand before a name. */
const SHELF_PREFIX = { normal: "", short: "short/", safety: "safety/" } as const satisfies Record<Shelf, string>;

/** "short/user_backup_20261123_140600.json". */
export function nameInVault({ name, shelf }: Pick<VaultEntry, "name" | "shelf">): string {
  return `${SHELF_PREFIX[shelf]}${shown(name)}`;
}

/** As `dateAndTime`; the day alone where nothing tells more. */
export function timeInVault({ name, timestamp, timestampFrom }: Pick<VaultEntry, "name" | "timestamp" | "timestampFrom">): string {
  const isDayOnly = timestamp !== null && timestampFrom === "name" && !tellsTime(name);
  return isDayOnly ? timestamp.toLocaleDateString("en-GB", DAY) : dateAndTime(timestamp);
}

/** "840 bytes", "12 KB", "3.1 MB". */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
