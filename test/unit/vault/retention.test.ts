/** Which backups may go, over simulated years: for any vault, any day, and thinned every day or only once. */
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { planRetention, type KeptBecause } from "../../../electron/engine/vault/retention.ts";
import type { Shelf, VaultEntry } from "../../../electron/engine/vault/vault.ts";

const HOUR_MS = 3_600_000;
const RUNS = 300;
/** With a change of clocks twice a year, one on a Sunday as midnight nears, and far from UTC on both sides. */
const ZONES = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland", "America/Santiago"];

function entry(timestamp: Date | null, rest: Partial<VaultEntry> = {}): VaultEntry {
  const name = `user_backup_${timestamp?.toISOString() ?? "unknown"}_${JSON.stringify(rest)}.json`;
  const common = { name, path: `/vault/${rest.shelf ?? "normal"}/${name}`, sizeBytes: 1, kind: "format_1", encrypted: false, timestampFrom: "file", content: null, headDigest: null } as const;
  return { ...common, shelf: "normal", state: "good", timestamp, accounts: 5, records: 5, fewerThan: null, ...rest };
}

/** Local time. */
function at(year: number, month: number, day: number, hours = 12, minutes = 0): Date {
  return new Date(year, month - 1, day, hours, minutes);
}

function days(time: Date): number {
  return Date.UTC(time.getFullYear(), time.getMonth(), time.getDate()) / (24 * HOUR_MS);
}
const ageInDays = (now: Date, time: Date): number => days(now) - days(time);
const weekOf = (time: Date): number => Math.floor((days(time) + 3) / 7);

const paths = (entries: readonly VaultEntry[]): string[] => entries.map(({ path }) => path).sort();
const kept = (entries: readonly VaultEntry[], now: Date): VaultEntry[] => planRetention(entries, now).keep.map((item) => item.entry);
const timeOf = ({ timestamp }: VaultEntry): Date => timestamp ?? new Date(Number.NaN);

const NOW_MS = Date.UTC(2026, 10, 23, 12);
/** A moment of the last 400 days and a little of what is to come, on one of the three shelves. */
const anyEntry = fc
  .record({
    hoursAgo: fc.integer({ min: -72, max: 400 * 24 }),
    minutes: fc.integer({ min: 0, max: 59 }),
    records: fc.integer({ min: 0, max: 12 }),
    shelf: fc.constantFrom<Shelf>("normal", "normal", "normal", "short", "safety"),
    isFlagged: fc.boolean(),
    state: fc.constantFrom<VaultEntry["state"]>("good", "good", "good", "good", "damaged", "foreign", "locked", "newer"),
    hasTime: fc.boolean(),
  })
  .map(({ hoursAgo, minutes, records, shelf, isFlagged, state, hasTime }) =>
    entry(hasTime || state === "good" ? new Date(NOW_MS - hoursAgo * HOUR_MS + minutes * 60_000) : null, {
      records,
      shelf,
      state,
      fewerThan: isFlagged && shelf === "short" ? { backup: "b", accounts: 9, missing: 1 } : null,
    }),
  );
const anyVault = fc.uniqueArray(anyEntry, { maxLength: 250, selector: ({ path }) => path });
const anyNow = fc.integer({ min: -24 * 40, max: 24 * 40 }).map((hours) => new Date(NOW_MS + hours * HOUR_MS));

const ownZone = process.env["TZ"];
afterEach(() => {
  if (ownZone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = ownZone;
});

describe.each(ZONES)("any vault, in %s", (zone) => {
  beforeAll(() => {
    // Says that the process follows; else every zone below would be the same one.
    process.env["TZ"] = zone;
    expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
  });
  const check = (property: (vault: VaultEntry[], now: Date) => void): void => {
    process.env["TZ"] = zone;
    fc.assert(fc.property(anyVault, anyNow, property), { numRuns: RUNS });
  };

  it("every backup is either kept or removed, once", () =>
    check((vault, now) => {
      const { keep, remove } = planRetention(vault, now);
      expect(paths([...keep.map((item) => item.entry), ...remove])).toEqual(paths(vault));
    }));

  it("keeps the newest and the fullest, of several as full the newest", () =>
    check((vault, now) => {
      const { keep } = planRetention(vault, now);
      const trusted = vault.filter(({ shelf, state, fewerThan }) => shelf === "normal" && state === "good" && fewerThan === null);
      if (trusted.length === 0) return;
      const newestMs = Math.max(...trusted.map((item) => timeOf(item).getTime()));
      const most = Math.max(...trusted.map(({ records }) => records ?? 0));
      const fullestMs = Math.max(...trusted.filter(({ records }) => records === most).map((item) => timeOf(item).getTime()));
      const stayed = keep.filter((item) => trusted.includes(item.entry));
      expect(stayed.some((item) => item.because === "newest" && timeOf(item.entry).getTime() === newestMs)).toBe(true);
      expect(stayed.some((item) => timeOf(item.entry).getTime() === fullestMs && item.entry.records === most)).toBe(true);
    }));

  it("removes nothing of the last seven days or from the future, and nothing it cannot read", () =>
    check((vault, now) => {
      for (const gone of planRetention(vault, now).remove) {
        expect(gone.state).toBe("good");
        expect(now.getTime() - timeOf(gone).getTime()).toBeGreaterThan(7 * 24 * HOUR_MS - 2 * HOUR_MS);
        expect(ageInDays(now, timeOf(gone))).toBeGreaterThan(7);
      }
    }));

  it("removes a backup only where a later one of its day, or of its week, stays; or after a year", () =>
    check((vault, now) => {
      const { keep, remove } = planRetention(vault, now);
      for (const gone of remove) {
        const age = ageInDays(now, timeOf(gone));
        const stands = (same: (time: Date) => boolean): boolean =>
          keep.some((item) => item.entry.state === "good" && item.entry.shelf === gone.shelf && item.entry.timestamp !== null && item.entry.timestamp >= timeOf(gone) && same(item.entry.timestamp));
        if (age <= 30) expect(stands((time) => days(time) === days(timeOf(gone)))).toBe(true);
        else if (age <= 365) expect(stands((time) => weekOf(time) === weekOf(timeOf(gone)))).toBe(true);
      }
    }));

  it("keeps no more than one of a day after seven days, one of a week after thirty, none after a year", () =>
    check((vault, now) => {
      const thinned = planRetention(vault, now).keep.filter(({ because }) => because === "daily" || because === "weekly");
      const slots = thinned.map(({ entry: { shelf, timestamp }, because }) => `${shelf} ${because} ${timestamp === null ? "" : because === "daily" ? days(timestamp) : weekOf(timestamp)}`);
      expect(new Set(slots).size).toBe(slots.length);
      for (const { entry: stays, because } of planRetention(vault, now).keep) {
        if (stays.state === "good" && ageInDays(now, timeOf(stays)) > 365) expect(["newest", "fullest"]).toContain(because);
      }
    }));

  it("does not care in which order they are given", () => {
    process.env["TZ"] = zone;
    const shuffled = anyVault.chain((vault) => fc.tuple(fc.constant(vault), fc.shuffledSubarray(vault, { minLength: vault.length })));
    fc.assert(
      fc.property(shuffled, anyNow, ([vault, other], now) => {
        expect(paths(planRetention(other, now).remove)).toEqual(paths(planRetention(vault, now).remove));
      }),
      { numRuns: RUNS },
    );
  });

  it("planned again on what was kept, removes nothing more", () =>
    check((vault, now) => {
      expect(planRetention(kept(vault, now), now).remove).toEqual([]);
    }));

  it("decides for each shelf by itself", () =>
    check((vault, now) => {
      const together = planRetention(vault, now).remove;
      const apart = (["normal", "short", "safety"] as const).flatMap((shelf) => planRetention(vault.filter((item) => item.shelf === shelf), now).remove);
      expect(paths(apart)).toEqual(paths(together));
    }));

  it("thinned on any days on the way, ends where thinning once ends", () => {
    process.env["TZ"] = zone;
    const stops = fc.array(fc.integer({ min: 0, max: 430 * 24 }), { maxLength: 12 });
    fc.assert(
      fc.property(anyVault, stops, (vault, hours) => {
        const end = new Date(NOW_MS + 24 * HOUR_MS * 20);
        const moments = [...hours].sort((a, b) => b - a).map((ago) => new Date(end.getTime() - ago * HOUR_MS));
        // Each backup comes into the vault when it was made.
        const last = [...moments, end].reduce<{ there: VaultEntry[]; seen: number }>(
          ({ there, seen }, now) => {
            const fresh = vault.filter((item) => (item.timestamp === null ? seen === -Infinity : item.timestamp.getTime() > seen && item.timestamp <= now));
            return { there: kept([...there, ...fresh], now), seen: now.getTime() };
          },
          { there: [], seen: -Infinity },
        );
        expect(paths(last.there)).toEqual(paths(kept(vault, end)));
      }),
      { numRuns: RUNS },
    );
  });
});

describe("a vault that is pruned every day for two years", () => {
  /** Six backups a day, of a site that grows; pruned at another hour every day. */
  function simulate(zone: string): { there: VaultEntry[]; all: VaultEntry[]; now: Date; most: number } {
    process.env["TZ"] = zone;
    const all: VaultEntry[] = [];
    let there: VaultEntry[] = [];
    let most = 0;
    let now = at(2025, 1, 1);
    for (let day = 0; day < 730; day += 1) {
      for (const hours of [0, 4, 9, 13, 18, 23]) all.push(entry(at(2025, 1, 1 + day, hours, (day * 7) % 60), { records: 1 + day }));
      there.push(...all.slice(-6));
      now = at(2025, 1, 1 + day, 23, 59);
      there = kept(there, now);
      most = Math.max(most, there.length);
    }
    return { there, all, now, most };
  }

  it.each(ZONES)("in %s holds a bounded number, no gap wider than the rule, and what thinning once would leave", (zone) => {
    const { there, all, now, most } = simulate(zone);
    // 8 days of the calendar with 6 each, 23 days with one, 48 or 49 weeks with one.
    expect(most).toBeLessThanOrEqual(8 * 6 + 23 + 49);
    expect(there.length).toBeGreaterThanOrEqual(8 * 6 + 23 + 47);
    expect(paths(there)).toEqual(paths(kept(all, now)));
    const ages = there.map((item) => ageInDays(now, timeOf(item))).sort((a, b) => a - b);
    expect(ages.filter((age) => age <= 7)).toHaveLength(48);
    for (let age = 8; age <= 30; age += 1) expect(ages.filter((other) => other === age), `${age} days ago`).toHaveLength(1);
    const older = ages.filter((age) => age >= 30);
    for (const [index, age] of older.entries()) if (index > 0) expect(age - (older[index - 1] ?? 0)).toBeLessThanOrEqual(7);
    expect(older.at(-1)).toBeGreaterThan(365 - 7);
    expect(older.at(-1)).toBeLessThanOrEqual(365);
  });
});

describe("single cases", () => {
  const because = (vault: readonly VaultEntry[], now: Date): (KeptBecause | "removed")[] => {
    const plan = planRetention(vault, now);
    return vault.map((item) => plan.keep.find((other) => other.entry === item)?.because ?? "removed");
  };

  it("keeps the last of a day and of a week, not the first", () => {
    const vault = [
      entry(at(2026, 11, 23)),
      ...[entry(at(2026, 11, 10, 23, 59)), entry(at(2026, 11, 10, 0, 0))],
      // Monday to Sunday are one week.
      ...[entry(at(2026, 10, 18, 23)), entry(at(2026, 10, 12, 1)), entry(at(2026, 10, 11, 23))],
    ];
    expect(because(vault, at(2026, 11, 23, 13))).toEqual(["newest", "daily", "removed", "weekly", "removed", "weekly"]);
  });

  it("counts the weeks on over the new year", () => {
    // 28 December 2026 is a Monday, 3 January 2027 its Sunday.
    const vault = [entry(at(2027, 4, 1)), entry(at(2027, 1, 4)), entry(at(2027, 1, 3)), entry(at(2027, 1, 1)), entry(at(2026, 12, 31)), entry(at(2026, 12, 28)), entry(at(2026, 12, 27))];
    expect(because(vault, at(2027, 4, 1))).toEqual(["newest", "weekly", "weekly", "removed", "removed", "removed", "weekly"]);
  });

  it.each(["Europe/Berlin", "America/Santiago"])("knows days of 23 and of 25 hours, in %s", (zone) => {
    process.env["TZ"] = zone;
    for (const [month, day] of [
      [3, 29],
      [10, 25],
      [4, 5],
      [9, 6],
    ] as const) {
      const vault = [entry(at(2026, month, day + 9)), entry(at(2026, month, day + 1, 0, 1)), entry(at(2026, month, day, 23, 59)), entry(at(2026, month, day, 0, 1)), entry(at(2026, month, day - 1, 23, 59))];
      expect(because(vault, at(2026, month, day + 9)), `${zone} ${month}-${day}`).toEqual(["newest", "daily", "daily", "removed", "daily"]);
    }
  });

  it("keeps everything when the clock was put back, and goes on where it was when it is right again", () => {
    const vault = Array.from({ length: 60 }, (_, index) => entry(at(2026, 11, 23 - index)));
    expect(planRetention(vault, at(2025, 1, 1)).remove).toEqual([]);
    const once = kept(vault, at(2026, 11, 23, 13));
    expect(kept(once, at(2020, 1, 1))).toHaveLength(once.length);
    expect(planRetention(once, at(2026, 11, 23, 13)).remove).toEqual([]);
  });

  it("a clock put forward by ten years takes the newest and the fullest not along", () => {
    const vault = [entry(at(2026, 11, 23)), entry(at(2026, 11, 22), { records: 9 }), entry(at(2026, 11, 21))];
    expect(because(vault, at(2036, 11, 23))).toEqual(["newest", "fullest", "removed"]);
  });

  it("short and safety copies are never the newest or the fullest of the vault", () => {
    const vault = [entry(at(2026, 11, 23), { shelf: "safety", records: 99 }), entry(at(2026, 11, 22), { shelf: "short", records: 99 }), entry(at(2024, 1, 2)), entry(at(2024, 1, 1), { records: 6 })];
    expect(because(vault, at(2026, 11, 23, 13)).slice(2)).toEqual(["newest", "fullest"]);
  });

  it("a flagged backup in the vault itself counts neither as newest nor as fullest", () => {
    const flagged = { fewerThan: { backup: "b", accounts: 9, missing: 1 }, records: 50 };
    const vault = [entry(at(2024, 1, 3), flagged), entry(at(2024, 1, 2)), entry(at(2024, 1, 1), { records: 6 })];
    expect(because(vault, at(2026, 11, 23))).toEqual(["removed", "newest", "fullest"]);
  });

  it("the newest safety copy stays however old it is: an undo needs it", () => {
    const vault = [entry(at(2026, 11, 23)), entry(at(2024, 1, 2), { shelf: "safety" }), entry(at(2024, 1, 1), { shelf: "safety" })];
    expect(because(vault, at(2026, 11, 23))).toEqual(["newest", "newest", "removed"]);
  });
});
