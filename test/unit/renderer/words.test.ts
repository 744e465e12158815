/** Numbers, counts and times as people read them. */
import { describe, expect, it } from "vitest";
import { accounts, ago, atWhen, day, duration, initial, longDuration, masked, maskedAloud, people, shortNumber, shortWhen, sinceWhen, size, theBackupOf, timeLeftMs, when } from "../../../renderer/strings/words.ts";

const at = (year: number, month: number, date: number, hours = 0, minutes = 0): string => new Date(year, month - 1, date, hours, minutes).toISOString();
const now = Date.parse(at(2026, 11, 18, 15, 0));

describe("counts", () => {
  it("write one apart from many, with thousands grouped", () => {
    expect([accounts(1), accounts(7), accounts(1_204), people(1), people(2)]).toEqual(["1 account", "7 accounts", "1,204 accounts", "1 person", "2 people"]);
  });
  it("are short beside a chart, and still the ones that are meant", () => {
    expect([0, 10, 999, 1_500, 2_000, 12_345, 100_000].map(shortNumber)).toEqual(["0", "10", "999", "1.5k", "2k", "12.3k", "100k"]);
  });
  it("never say 0 KB, and change unit where figures get long", () => {
    expect([size(1), size(104 * 1_024), size(1_258_291), size(52_428_800)]).toEqual(["1 KB", "104 KB", "1.2 MB", "50 MB"]);
  });
});

describe("times", () => {
  it("name today and yesterday, then the day, then the year", () => {
    expect(when(at(2026, 11, 18, 14, 6), now)).toBe("Today, 14:06");
    expect(when(at(2026, 11, 17, 18, 40), now)).toBe("Yesterday, 18:40");
    expect(when(at(2026, 11, 16, 7, 55), now)).toBe("Mon 16 Nov, 07:55");
    expect(when(at(2025, 11, 16, 7, 55), now)).toBe("16 Nov 2025, 07:55");
  });
  it("write September with three letters", () => {
    expect(day(at(2026, 9, 7), now)).toBe("Mon 7 Sep");
  });
  it("count calendar days, not spans of 24 hours", () => {
    expect(day(at(2026, 11, 17, 23, 59), Date.parse(at(2026, 11, 18, 0, 1)))).toBe("Yesterday");
  });
  it("shorten within a week and before", () => {
    expect(shortWhen(at(2026, 11, 16, 3, 0), now)).toBe("Mon, 03:00");
    expect(shortWhen(at(2026, 11, 9, 10, 41), now)).toBe("9 Nov, 10:41");
  });
  it("go without the day today only: what began yesterday is told as that tomorrow too", () => {
    expect([sinceWhen(at(2026, 11, 18, 14, 6), now), sinceWhen(at(2026, 11, 17, 18, 40), now), sinceWhen(at(2026, 11, 16, 7, 55), now)]).toEqual(["14:06", "yesterday, 18:40", "Mon, 07:55"]);
    expect([atWhen(at(2026, 11, 18, 14, 6), now), atWhen(at(2026, 11, 17, 18, 40), now), atWhen(at(2026, 11, 16, 7, 55), now)]).toEqual(["at 14:06", "yesterday at 18:40", "on Mon 16 Nov at 07:55"]);
  });
  it("say how long ago, and take a skewed clock for now", () => {
    expect(ago(new Date(now - 12_000).toISOString(), now)).toBe("12 s ago");
    expect(ago(new Date(now + 60_000).toISOString(), now)).toBe("just now");
  });
  it("say spans short for columns and long for sentences", () => {
    expect([duration(400), duration(89_000), duration(180_000), duration(2 * 3_600_000)]).toEqual(["1 s", "89 s", "3 min", "2 h"]);
    expect([longDuration(1_000), longDuration(120_000)]).toEqual(["1 second", "2 minutes"]);
  });
  it("name a backup inside a sentence", () => {
    expect(theBackupOf(at(2026, 11, 18, 14, 6), now)).toBe("today’s 14:06 backup");
    expect(theBackupOf(at(2026, 11, 16, 7, 55), now)).toBe("the backup of Mon 16 Nov, 07:55");
    expect(theBackupOf(null, now)).toBe("the newest backup");
  });
  it("tell the time left only when it can be known", () => {
    const startedAt = new Date(now - 4_000).toISOString();
    expect(timeLeftMs(startedAt, 20, 30, now)).toBe(2_000);
    expect(timeLeftMs(startedAt, 0, 30, now)).toBeNull();
    expect(timeLeftMs(startedAt, 5, null, now)).toBeNull();
    expect(timeLeftMs(startedAt, 30, 30, now)).toBeNull();
  });
});

describe("masking", () => {
  it("keeps the first letter and the host, and leaves what is no address", () => {
    expect(masked("lena@gmail.com")).toBe("l•••••@gmail.com");
    expect(maskedAloud("lena@gmail.com")).toBe("l, hidden, at gmail.com");
    expect(masked("e4b9982a-770f")).toBe("e4b9982a-770f");
  });
  it("cuts no letter in two", () => {
    expect([masked("🎂ada@example.com"), maskedAloud("🎂ada@example.com")]).toEqual(["🎂•••••@example.com", "🎂, hidden, at example.com"]);
    expect(["🧁 Cupcakes", "marlow", "מאפייה", " x"].map(initial)).toEqual(["🧁", "M", "מ", "X"]);
  });
});
