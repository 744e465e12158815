/** The list of what happened is in the order in which it happened, also when a clock was ahead for a while. */
import { expect, it } from "vitest";
import { newestFirst } from "../../../electron/app/activity-order.ts";
import type { Activity } from "../../../electron/engine/activity/activity.ts";

const NOW = new Date("2026-11-27T10:30:00.000Z");
const happened = (message: string, at: string): Activity => ({ at, kind: "backed_up", level: "info", site: "x", message });
const told = (...logs: Activity[][]): string[] => newestFirst(logs.map((activities, index) => ({ siteId: `site-000${index}`, activities })), NOW).map(({ at, message }) => `${at.slice(11, 16)} ${message}`);

it("puts the logs of several sites together", () => {
  expect(told([happened("a", "2026-11-27T08:00:00.000Z"), happened("c", "2026-11-27T10:00:00.000Z")], [happened("b", "2026-11-27T09:00:00.000Z")])).toEqual(["10:00 c", "09:00 b", "08:00 a"]);
});

it("takes a time still to come for the one of what was logged next, or for now", () => {
  const ahead = happened("backed up", "2026-11-28T09:00:00.000Z");
  expect(told([happened("first", "2026-11-27T08:00:00.000Z"), ahead, happened("wiped", "2026-11-27T10:00:00.000Z")])).toEqual(["10:00 wiped", "10:00 backed up", "08:00 first"]);
  expect(told([happened("first", "2026-11-27T08:00:00.000Z"), ahead])).toEqual(["10:30 backed up", "08:00 first"]);
});

it("leaves a time of a clock that was behind as it is", () => {
  expect(told([happened("late", "2026-11-27T09:00:00.000Z"), happened("early", "2026-11-27T07:00:00.000Z")])).toEqual(["09:00 late", "07:00 early"]);
});
