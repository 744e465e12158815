import { expect, it } from "vitest";
import { delayAfterMs, fullCheckEveryMs } from "../../../electron/app/watch/pace.ts";

const MINUTE = 60_000;

it("looks less and less often where it is in vain, down to every ten minutes", () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 2_000].map((inVain) => delayAfterMs(inVain, 30_000) / 1_000)).toEqual([30, 30, 60, 120, 240, 480, 600, 600, 600]);
});

it("never looks more often in vain than otherwise", () => {
  expect([0, 1, 2, 9].map((inVain) => delayAfterMs(inVain, 60 * MINUTE))).toEqual([60 * MINUTE, 60 * MINUTE, 60 * MINUTE, 60 * MINUTE]);
});

it("reads everything every ten minutes on small sites, every hour on large ones", () => {
  expect([0, 10, 5_000, 10_000, 30_000, 1_000_000].map((accounts) => fullCheckEveryMs(10 * MINUTE, accounts) / MINUTE)).toEqual([10, 10, 10, 20, 60, 60]);
});
