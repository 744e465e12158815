/** Names and order of backups where the owner's clock jumps: at midnight, over a whole day, and on a journey. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { verifyBackup } from "../../../electron/engine/backup/verify-backup.ts";
import { plainName, timedName, timeFromName } from "../../../electron/engine/vault/names.ts";
import { openVault } from "../../../electron/engine/vault/vault.ts";
import { accounts, makeBackup, tempFolder } from "../backup/make-backup.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ownZone = process.env["TZ"];
afterEach(() => {
  if (ownZone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = ownZone;
});

/** The day by the clock on the wall, from another source than `Date`'s own fields. */
function dayIn(zone: string, time: Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(time).replaceAll("-", "");
}

const CHANGES: readonly (readonly [what: string, zone: string, at: string])[] = [
  ["an hour is missing", "Europe/Berlin", "2026-03-29T01:00:00Z"],
  ["an hour comes twice", "Europe/Berlin", "2026-10-25T01:00:00Z"],
  ["midnight is passed, and an hour later once more", "America/St_Johns", "2009-11-01T02:31:00Z"],
  ["the first hour of a day is missing", "America/St_Johns", "2010-03-14T03:31:00Z"],
  ["midnight is missing", "America/Santiago", "2026-09-06T04:00:00Z"],
  ["a whole day is missing", "Pacific/Apia", "2011-12-30T10:00:00Z"],
  ["half an hour comes twice", "Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
];

describe.each(CHANGES)("where %s (%s)", (_, zone, change) => {
  const changeMs = Date.parse(change);

  it("the clock does jump there", () => {
    process.env["TZ"] = zone;
    expect(new Date(changeMs - 1).getTimezoneOffset()).not.toBe(new Date(changeMs).getTimezoneOffset());
  });

  it("a name tells its day, and its time but for an hour that comes twice", () => {
    process.env["TZ"] = zone;
    for (let ms = changeMs - 26 * HOUR; ms <= changeMs + 26 * HOUR; ms += 7 * MINUTE) {
      const time = new Date(ms);
      expect(plainName(time, false)).toBe(`user_backup_${dayIn(zone, time)}.json`);
      const endOfDay = timeFromName(plainName(time, false))?.getTime() ?? Number.NaN;
      expect(dayIn(zone, new Date(endOfDay))).toBe(dayIn(zone, time));
      expect(endOfDay - ms, time.toISOString()).toBeLessThan(26 * HOUR);
      const told = timeFromName(timedName(time, false))?.getTime() ?? Number.NaN;
      expect([0, HOUR, HOUR / 2], time.toISOString()).toContain(Math.abs(told - Math.floor(ms / 1000) * 1000));
    }
  });

  it("no backup is lost, the last one is the newest, and a day's plain name is that day's last", { timeout: 120_000 }, async () => {
    process.env["TZ"] = zone;
    // An hour apart to the second, so that names of an hour that comes twice are the same.
    const times = Array.from({ length: 13 }, (__, index) => new Date(changeMs + (index - 6) * 30 * MINUTE));
    await expectAllKept(times, () => zone);
  });
});

it("on a journey over the date line and back, nothing is lost either", { timeout: 120_000 }, async () => {
  const times = Array.from({ length: 12 }, (_, index) => new Date(Date.parse("2026-11-23T09:30:00Z") + index * HOUR));
  await expectAllKept(times, (index) => ["Pacific/Apia", "America/St_Johns", "Pacific/Pago_Pago"][index % 3] ?? "UTC");
});

/** Places one backup at each time, with one account more each. */
async function expectAllKept(times: readonly Date[], zoneAt: (index: number) => string): Promise<void> {
  const folder = await tempFolder();
  const vault = await openVault(folder);
  const lastOfDay = new Map<string, number>();
  for (const [index, timestamp] of times.entries()) {
    const zone = zoneAt(index);
    process.env["TZ"] = zone;
    const { name } = await vault.place(await makeBackup(folder, accounts(index + 1), { timestamp }), { kind: "normal" });
    expect(name).toBe(`user_backup_${dayIn(zone, timestamp)}.json`);
    lastOfDay.set(name, index + 1);
    const { newest, passedOver } = await vault.newestGood();
    expect([newest?.verified.accountCount, passedOver]).toEqual([index + 1, []]);
  }
  const listed = await vault.list();
  expect(listed.map(({ accounts: count }) => count)).toEqual(times.map((_, index) => times.length - index));
  const names = await readdir(folder);
  expect(names).toHaveLength(times.length);
  for (const name of names) {
    const { accountCount } = await verifyBackup({ path: join(folder, name) });
    const expected = lastOfDay.get(name);
    if (expected !== undefined) expect(accountCount, name).toBe(expected);
    // The old site goes by this.
    expect(Math.round((await stat(join(folder, name))).mtimeMs), name).toBe(times[accountCount - 1]?.getTime());
  }
}
