/** A small bakery's site with a month behind it, for pictures: sign-ups, new passwords, one wipe that was put right. Real accounts, real backups, only the clock is turned back. */
import { join } from "node:path";
import { noteActivity } from "../../electron/engine/activity/activity-log.ts";
import { words } from "../../electron/engine/activity/words.ts";
import { words as watchWords } from "../../electron/app/watch/words.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import type { TestSite } from "./site.ts";

const DAY_MS = 86_400_000;
/** Days ago, the hour, and how many accounts the site had then; where it is no more than before, somebody has a new password. */
const HISTORY: readonly (readonly [daysAgo: number, clock: string, accounts: number])[] = [
  [29, "08:10", 3], [27, "17:25", 3], [24, "11:48", 4], [22, "19:30", 4], [20, "09:05", 5], [17, "16:12", 5], [15, "07:55", 6], [13, "12:40", 6],
  [9, "10:42", 6], [7, "18:20", 6], [5, "13:11", 6], [3, "21:02", 6], [2, "16:27", 6], [1, "18:40", 6],
];
const WIPED_DAYS_AGO = 10;

export const customers: readonly WritableRecord[] = sampleAccounts(12);

function daysAgo(days: number, clock: string): Date {
  const at = new Date(Date.now() - days * DAY_MS);
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  at.setHours(hours, minutes, 17);
  return at;
}

function withNewPassword(record: WritableRecord | undefined, round: number): readonly WritableRecord[] {
  return record === undefined || record.document === null ? [] : [{ ...record, document: record.document.replace(/2b\$12\$../, `2b$12$${String(round).padStart(2, "0")}`) }];
}

/** Fills the vault of `site`, which has to be its folder, as a month of watching would have; six customers are there at the end. */
export async function liveThroughAMonth(site: TestSite): Promise<void> {
  const shown = site.site;
  for (const [round, [days, clock, accounts]] of HISTORY.entries()) {
    const before = HISTORY[round - 1]?.[2] ?? 0;
    await site.add(accounts > before ? customers.slice(before, accounts) : withNewPassword(customers[round % accounts], round));
    const at = daysAgo(days, clock);
    const report = await backupSite({ ...site, site: shown, now: () => at });
    await noteActivity(site.folder, shown, words.backedUp(report), at);
    if (days > WIPED_DAYS_AGO && (HISTORY[round + 1]?.[0] ?? 0) <= WIPED_DAYS_AGO) {
      const wiped = daysAgo(WIPED_DAYS_AGO, "10:41");
      await noteActivity(site.folder, shown, watchWords.restored("recreated", { added: accounts, accountsOnSite: accounts, seenAt: wiped }, []), new Date(wiped.getTime() + 4_000));
    }
  }
}

export function vaultOf(home: string, name: string): string {
  return join(home, "Documents", "Account Keeper", name);
}
