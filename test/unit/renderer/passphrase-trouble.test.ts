/** A site whose newest backup cannot be opened answers: nothing says that it does not, or that there is no backup. */
import { expect, it } from "vitest";
import { stateOf } from "../../../renderer/stores/site-state.ts";
import { tallyRows } from "../../../renderer/views/overview/tally-rows.ts";
import { unseen } from "../../../renderer/stores/looks.ts";

it.each(["PASSPHRASE_NEEDED", "PASSPHRASE_WRONG"] as const)("%s", (code) => {
  const trouble = { error: { code, message: "It has a passphrase.", retryable: false }, since: "2026-11-27T10:00:00Z", at: "2026-11-27T10:00:00Z", times: 1, nextAt: null };
  const look = { ...unseen, trouble };
  expect(stateOf(look)).toBe("risk");
  const [site, backups] = tallyRows({ look, newest: null, newerDamaged: 0, story: null, now: Date.parse("2026-11-27T10:05:00Z") });
  expect([site.count, site.facts]).toEqual([null, []]);
  expect([backups.count, backups.facts]).toEqual([null, [{ icon: "lock", text: "Locked with a passphrase" }]]);
});
