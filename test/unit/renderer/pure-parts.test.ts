/** Smaller pure parts: keys, the source being entered, why a backup is kept, the pasted variable, the chart, which kinds write. */
import { describe, expect, it } from "vitest";
import { operationKindsThatWrite } from "../../../renderer/api/operation-kinds.ts";
import { chartOf } from "../../../renderer/components/chart-points.ts";
import { settlingDots } from "../../../renderer/components/dot-runs.ts";
import { emptyKey } from "../../../renderer/components/key-draft.ts";
import { isolated } from "../../../renderer/strings/words.ts";
import { backupRows, insteadOf } from "../../../renderer/views/backups/kept-because.ts";
import { whenMade } from "../../../renderer/views/backups/when-made.ts";
import { nameFor, sourceOf, type SourceEntry } from "../../../renderer/views/first-run/draft.ts";
import { unseen } from "../../../renderer/stores/looks.ts";
import { actionOfKey } from "../../../renderer/views/frame/key-actions.ts";
import { badgeOf } from "../../../renderer/views/frame/state-badge.ts";
import { filtered, withDays } from "../../../renderer/views/activity/activity-filter.ts";
import { isOutOfDate } from "../../../renderer/views/variable/copy-age.ts";
import { verdictOf } from "../../../renderer/views/variable/check-verdict.ts";
import { judgeEligibility } from "../../../shared/eligibility.ts";
import type { ActivityView, BackupEntry } from "../../../shared/model.ts";
import { operationKinds, type Overview } from "../../../shared/operations.ts";
import { overviewOf } from "./fake-bridge.ts";

const now = Date.parse("2026-11-18T15:00:00.000Z");
const entry = (daysBack: number, accounts: number | null, more: Partial<BackupEntry> = {}): BackupEntry => ({
  name: `user_backup_day_${String(daysBack)}.json`,
  shelf: "normal",
  state: "good",
  encrypted: false,
  sizeBytes: 1_000,
  at: new Date(now - daysBack * 86_400_000).toISOString(),
  dayOnly: false,
  accounts,
  fewerThan: null,
  rehearsed: null,
  error: null,
  ...more,
});

describe("when a backup was made", () => {
  it("is told no more exactly than it is known", () => {
    expect(whenMade(entry(0, 3), now)).toMatch(/^Today, \d\d:\d\d$/);
    expect(whenMade(entry(0, null, { state: "locked", dayOnly: true }), now)).toBe("Today");
    expect(whenMade(entry(0, null, { at: null }), now)).toBe("Unknown time");
  });
});

describe("kinds that write", () => {
  it("are those of the contract", () => {
    const writing = Object.entries(operationKinds).filter(([, kind]) => kind.writes).map(([name]) => name);
    expect([...operationKindsThatWrite].toSorted()).toEqual(writing.toSorted());
  });
});

describe("keys", () => {
  const key = (code: string, more: Partial<KeyboardEvent> = {}) => ({ code, key: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });
  const desktop = { isTyping: false, isBrowser: false, isMac: false };
  it("are Ctrl on the desktop, ⌘ on a Mac, Alt Shift in a browser", () => {
    expect(actionOfKey(key("KeyB", { ctrlKey: true }), desktop)).toEqual({ kind: "backup" });
    expect(actionOfKey(key("KeyB", { metaKey: true }), { ...desktop, isMac: true })).toEqual({ kind: "backup" });
    expect(actionOfKey(key("KeyB", { ctrlKey: true }), { ...desktop, isBrowser: true })).toBeNull();
    expect(actionOfKey(key("KeyB", { altKey: true, shiftKey: true }), { ...desktop, isBrowser: true })).toEqual({ kind: "backup" });
    expect(actionOfKey(key("Digit3", { altKey: true }), desktop)).toEqual({ kind: "place", index: 2 });
  });
  it("leave “?” to whoever types", () => {
    expect(actionOfKey(key("Slash", { key: "?", shiftKey: true }), desktop)).toEqual({ kind: "help" });
    expect(actionOfKey(key("Slash", { key: "?", shiftKey: true }), { ...desktop, isTyping: true })).toBeNull();
  });
});

describe("the source being entered", () => {
  const blank: SourceEntry = { kind: "server", url: "", key: emptyKey, cloudKey: "", folder: null, tenant: "", database: "", pasted: "" };
  it("takes a bare host for https, and a local one for http", () => {
    expect(sourceOf({ ...blank, url: "db.example.com" })).toMatchObject({ url: "https://db.example.com" });
    expect(sourceOf({ ...blank, url: "localhost:8000" })).toMatchObject({ url: "http://localhost:8000" });
  });
  it("waits while the address is not one yet", () => {
    expect([sourceOf(blank), sourceOf({ ...blank, url: "https://" }), sourceOf({ ...blank, url: "db" })]).toEqual([null, null, null]);
  });
  it("names a site after its address", () => {
    expect(nameFor({ ...blank, url: "https://db.marlow-bakery.example" }, "My site")).toBe("Marlow Bakery");
    expect(nameFor({ ...blank, url: "http://127.0.0.1:8000" }, "My site")).toBe("My site");
  });
});

describe("the table of backups", () => {
  it("says why each is kept, and what changed against the one before", () => {
    const rows = backupRows([entry(0, 37), entry(1, 36), entry(3, 3, { shelf: "short", fewerThan: { backup: "x", accounts: 34, missing: 31 } }), entry(4, 33, { state: "damaged" }), entry(9, 31), entry(40, 26)], now);
    expect(rows.map(({ kept }) => kept)).toEqual(["Newest, fullest", "Last 7 days", "Kept apart", "Use 9 Nov", "Daily copy", "Weekly copy"]);
    expect(rows.map(({ change }) => change)).toEqual([1, 5, -31, null, 5, null]);
  });
  it("offers the next older whole one instead of a damaged one", () => {
    expect(insteadOf([entry(0, 3, { state: "damaged" }), entry(1, 2)], "user_backup_day_0.json")?.accounts).toBe(2);
  });
});

describe("a pasted variable", () => {
  const held = { accounts: 6, ids: [], withoutId: 0, withoutEmail: 0, sharedEmail: 0, length: 10, checksum: "", remarks: [], readableBySite: true, eligibility: judgeEligibility({ accounts: 6, valueLength: 10 }), gauge: [] };
  const diff = (same: number, added: string[], changed = 0) => ({ compared: "accounts" as const, counts: { added: added.length, missing: 0, changed, signedUpAgain: 0, same }, added, missing: [], changed: [], signedUpAgain: [] });
  it("is current, older, or another site's", () => {
    expect(verdictOf(held, diff(6, []), null)).toMatchObject({ tone: "safe", title: "The same 6 accounts as your site." });
    expect(verdictOf(held, diff(6, ["rosa@gmail.com"]), null)).toMatchObject({ tone: "risk", hint: "It is whole, but 1 account is missing: r•••••@gmail.com. Paste the new one." });
    expect(verdictOf(held, diff(0, ["a", "b"]), null)).toMatchObject({ tone: "wiped", title: "These 6 accounts are not from this site." });
  });
  it.each(["withoutId", "withoutEmail", "sharedEmail"] as const)("is of no use to anybody: %s", (what) => {
    const error = { code: "DUPLICATE_EMAIL", message: "Accounts 1 and 2 in this file have the same e-mail address.", retryable: false } as const;
    expect(verdictOf({ ...held, [what]: 1 }, null, error)).toEqual({ tone: "risk", title: "6 accounts.", hint: "Nobody would come back from it: an account in it has no id, or no e-mail address of its own." });
  });
});

describe("the activity", () => {
  const news = (kind: string, level: "info" | "attention", at: string) => ({ at, kind, level, site: "", siteId: null, message: `${kind} news` });
  it("filters by kind, level and words, under headings by day", () => {
    const wiped = news("wiped", "attention", "2026-11-18T12:00:00.000Z");
    expect([filtered([wiped], "wipes", ""), filtered([wiped], "backups", ""), filtered([wiped], "problems", "WIPED"), filtered([wiped], "all", "march")]).toEqual([[wiped], [], [wiped], []]);
    expect(withDays([wiped, news("back", "info", "2026-11-10T12:00:00.000Z")], now).map(({ kind }) => kind)).toEqual(["day", "entry", "day", "entry"]);
  });
});

describe("sign-ups", () => {
  it("are told by backups that hold more than the one before", () => {
    const news = (kind: string, accounts: number): ActivityView => ({ at: "2026-11-18T12:00:00.000Z", kind, level: "info", site: "", siteId: null, message: kind, accounts });
    const [third, wiped, restored, second, fewer, first] = [news("backed_up", 9), news("wiped", 8), news("restored", 8), news("backed_up", 8), news("backed_up", 6), news("backed_up", 7)];
    const log = [third, restored, wiped, second, fewer, first];
    expect(filtered(log, "signups", "")).toEqual([third, second]);
    expect(filtered(log, "signups", "nothing")).toEqual([]);
  });
});

describe("the dots", () => {
  it("settle where somebody came into a backup or back to the site, and nowhere else", () => {
    expect(settlingDots([["held", 7], ["wait", 2]], [["held", 9]])).toEqual([7, 8]);
    expect(settlingDots([["new", 1], ["gone", 2]], [["held", 2], ["new", 1]])).toEqual([1]);
    expect(settlingDots([["seen", 7]], [["held", 7]])).toEqual([]);
    expect(settlingDots([["held", 7]], [["held", 9]])).toEqual([]);
  });
});

describe("the copied variable", () => {
  const length = overviewOf(7).gauge.find(({ id }) => id === "linux")?.used ?? 0;
  const looked = (more: Partial<Overview> = {}): Overview => overviewOf(7, { checkedAt: new Date(now).toISOString(), ...more });
  it("is out of date only where a later look is sure of it", () => {
    expect(isOutOfDate({ at: now - 1, length: length - 383 }, looked())).toBe(true);
    expect(isOutOfDate({ at: now - 1, length }, looked())).toBe(false);
    expect(isOutOfDate({ at: now + 1, length: 1 }, looked())).toBe(false);
    expect(isOutOfDate(null, looked())).toBe(false);
    for (const more of [{ state: "wiped" as const }, { state: "deletions" as const }, { gauge: [] }]) expect(isOutOfDate({ at: now - 1, length: 1 }, looked(more))).toBe(false);
  });
});

describe("the chart", () => {
  it("ends with who is on the site now, on a scale above the most", () => {
    const chart = chartOf({ backups: [entry(2, 6), entry(40, 4), entry(3, 99, { shelf: "short" })], activity: [], siteId: "site-0001", accounts: 7, now });
    expect(chart.points.map(({ count }) => count)).toEqual([4, 6, 7]);
    expect(chart).toMatchObject({ last: 7, top: 10, ticks: [0, 5, 10] });
  });
  it("shows a backup that is newer than the page's clock, which is not read all the time", () => {
    const chart = chartOf({ backups: [entry(2, 6), entry(-0.001, 7)], activity: [], siteId: "site-0001", accounts: 7, now });
    expect(chart.points.map(({ count }) => count)).toEqual([6, 7]);
    expect(chart.dots.at(-1)).toBe(now);
  });
  it("counts every backup, though of many only some are drawn", () => {
    const many = Array.from({ length: 150 }, (_, index) => entry(index / 10, 6));
    const { backups, dots } = chartOf({ backups: many, activity: [], siteId: "site-0001", accounts: 6, now });
    expect([backups, dots.length]).toEqual([150, 50]);
  });
  it("marks a wipe where it was seen", () => {
    const at = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
    const news = (kind: string, minutes: number, more: Partial<ActivityView> = {}): ActivityView => ({ at: at(minutes), kind, level: "info", site: "", siteId: "site-0001", message: "", ...more });
    const activity = [news("restored", 1, { accounts: 7, seenAt: at(2) }), news("restored", 5, { accounts: 1 }), news("wiped", 9)];
    expect(chartOf({ backups: [entry(2, 6)], activity, siteId: "site-0001", accounts: 7, now }).wipes).toEqual([now - 2 * 60_000, now - 9 * 60_000]);
  });
  it("says the same as a table, wipes too, newest first", () => {
    const at = now - 86_400_000;
    const wiped: ActivityView = { at: new Date(at).toISOString(), kind: "wiped", level: "attention", site: "", siteId: "site-0001", message: "" };
    const { rows } = chartOf({ backups: [entry(2, 6)], activity: [wiped], siteId: "site-0001", accounts: 7, now });
    expect(rows).toEqual([{ at: now, count: 7 }, { at, count: null }, { at: now - 2 * 86_400_000, count: 6 }]);
  });
});

it("a site whose owner has not yet heard of a restore is told as restored, unless something is wrong", () => {
  const look = { ...unseen, overview: overviewOf(7) };
  expect([badgeOf(look, null, true).word, badgeOf(look, null, false).word]).toEqual(["Restored", "Safe"]);
  expect(badgeOf({ ...look, overview: overviewOf(9, { notBackedUp: 2 }) }, null, true).word).toBe("At risk");
});

it("a name that is written from right to left turns nothing around it", () => {
  expect(isolated("Marlow Bakery")).toBe("Marlow Bakery");
  expect(isolated("מאפייה")).toBe("\u2068מאפייה\u2069");
  expect(isolated("exe.\u202Egpj")).toBe("\u2068exe.\u202Egpj\u2069");
});
