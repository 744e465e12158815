/** The four steps of a redeploy tick themselves. */
import { describe, expect, it } from "vitest";
import { currentStep, isStayingAway, isWaitingLong, newcomers, newNotes, usesVariable, whyNoVariable, withActivity, withLook, withSilence, type RedeployNotes } from "../../../renderer/stores/redeploy-steps.ts";
import { judgeEligibility } from "../../../shared/eligibility.ts";
import type { ActivityView } from "../../../shared/model.ts";
import { overviewOf } from "./fake-bridge.ts";

const start = Date.parse("2026-11-18T14:00:00.000Z");
const at = (minutes: number): string => new Date(start + minutes * 60_000).toISOString();
const seven = overviewOf(7, { checkedAt: at(20) });
const ready: RedeployNotes = { ...newNotes(at(0)), backup: { at: at(6), accounts: 7 }, copy: { at: at(8), accounts: 7, length: 2_684, checksum: "8409 C1EC" } };
const news = (kind: string, minutes: number, more: Partial<ActivityView> = {}): ActivityView => ({ at: at(minutes), kind, level: "info", site: "Marlow Bakery", siteId: "site-0001", message: "", ...more });

describe("the steps", () => {
  it("follow one another", () => {
    expect(currentStep(newNotes(at(0)), seven)).toBe(1);
    expect(currentStep({ ...ready, copy: null }, seven)).toBe(2);
    expect(currentStep(ready, seven)).toBe(3);
    expect(currentStep({ ...ready, downAt: at(16) }, seven)).toBe(4);
    expect(currentStep({ ...ready, allThereAt: at(18) }, seven)).toBe(5);
  });
  it("need no copy for a site that is too large for the variable", () => {
    const large = overviewOf(37);
    expect(usesVariable(large)).toBe(false);
    expect(currentStep({ ...ready, copy: null }, large)).toBe(3);
  });
  it("need no copy where the variable would not bring everybody back, and say why", () => {
    const shared = overviewOf(3, { eligibility: judgeEligibility({ accounts: 3, valueLength: 1_000, obstacle: "shared_email" }), gauge: [] });
    expect([usesVariable(shared), whyNoVariable(shared)]).toEqual([false, "Two accounts share an e-mail address: the variable could not bring them back."]);
    expect(currentStep({ ...ready, copy: null }, shared)).toBe(3);
    expect([usesVariable(seven), whyNoVariable(seven), usesVariable(overviewOf(0))]).toEqual([true, "", true]);
  });
  it.each([
    ["too large", overviewOf(37)],
    ["not for the variable", overviewOf(3, { eligibility: judgeEligibility({ accounts: 3, valueLength: 1_000, obstacle: "without_id" }), gauge: [] })],
  ])("do not go back to copying when a site that is %s comes back empty", (_, before) => {
    const down = withSilence({ ...ready, copy: null }, at(16), before);
    const empty = overviewOf(0, { state: "wiped", missing: before.accounts, checkedAt: at(17) });
    expect(currentStep(withLook(down, empty), empty)).toBe(4);
  });
  it("call nobody a newcomer who would come back anyway: backed up since, where no variable has to be copied once more", () => {
    const late = { ...ready, copy: null };
    expect(newcomers(ready, overviewOf(8, { notBackedUp: 0 }))).toBe(1);
    expect(newcomers(late, overviewOf(38, { notBackedUp: 0 }))).toBe(0);
    expect(newcomers({ ...late, withoutVariable: true }, overviewOf(8, { notBackedUp: 0 }))).toBe(0);
    expect(newcomers({ ...late, withoutVariable: true }, overviewOf(8, { notBackedUp: 1 }))).toBe(1);
    // The copy of before is of no use for an eleventh account.
    expect(newcomers(ready, overviewOf(11, { notBackedUp: 0 }))).toBe(0);
  });
  it("take silence for the redeploy only once it may begin", () => {
    expect(withSilence({ ...ready, copy: null }, at(10), seven).downAt).toBeNull();
    expect(withSilence(ready, at(10), seven).downAt).toBe(at(10));
  });
  it("see the site go down, come back empty, and everybody return", () => {
    const down = withActivity(ready, news("unreachable", 16), seven);
    const wiped = withLook(down, overviewOf(0, { state: "wiped", missing: 7, checkedAt: at(17) }));
    const restored = withActivity(wiped, news("restored", 18, { accounts: 7, accountsOnSite: 7, seenAt: at(17) }), seven);
    expect(restored).toMatchObject({ downAt: at(16), backAt: at(17), cameBackEmpty: true, allThereAt: at(18), restoredItself: false });
  });
  it("say when the site restored itself", () => {
    const back = withLook(withSilence(ready, at(16), seven), overviewOf(7, { checkedAt: at(18) }));
    expect(back).toMatchObject({ cameBackEmpty: false, allThereAt: at(18) });
  });
  it("take the moment of the wipe from a restore that was not told before", () => {
    expect(withActivity(ready, news("restored", 18, { accounts: 0, accountsOnSite: 7, seenAt: at(17), itself: true }), seven)).toMatchObject({ downAt: at(17), backAt: at(17), cameBackEmpty: false, allThereAt: at(18), restoredItself: true });
  });
  it("take a restore by hand for the end of a redeploy only after one, and with everybody there", () => {
    const byHand = (accountsOnSite?: number): ActivityView => news("restored", 18, { accounts: 2, ...(accountsOnSite === undefined ? {} : { accountsOnSite }) });
    expect(withActivity(ready, byHand(7), seven)).toBe(ready);
    const back: RedeployNotes = { ...ready, downAt: at(16), backAt: at(17), cameBackEmpty: true };
    expect([withActivity(back, byHand(2), seven).allThereAt, withActivity(back, byHand(), seven).allThereAt, withActivity(back, byHand(7), seven).allThereAt]).toEqual([null, null, at(18)]);
  });
  it("tick nothing by a look that shows no redeploy", () => {
    expect(withLook(ready, seven)).toBe(ready);
    expect(withLook({ ...ready, deployedAt: at(19) }, seven).allThereAt).toBeNull();
    expect(withLook({ ...ready, deployedAt: at(10) }, seven).allThereAt).toBe(at(20));
  });
  it("are not ticked by a look from before the wipe, which a page that is loaded anew still has", () => {
    const wiped: RedeployNotes = { ...ready, downAt: at(17), backAt: at(17), cameBackEmpty: true };
    const before = overviewOf(7, { checkedAt: at(16) });
    expect(withLook(wiped, before)).toBe(wiped);
    expect(withLook(wiped, overviewOf(7, { checkedAt: at(18) })).allThereAt).toBe(at(18));
  });
  it("notice newcomers before the redeploy, not after it", () => {
    expect(newcomers(ready, overviewOf(8))).toBe(1);
    expect(newcomers({ ...ready, downAt: at(16) }, overviewOf(8))).toBe(0);
  });
  it("ask after half an hour, and after ten minutes of silence", () => {
    expect(isWaitingLong(ready, seven, start + 37 * 60_000)).toBe(false);
    expect(isWaitingLong(ready, seven, start + 39 * 60_000)).toBe(true);
    expect(isWaitingLong({ ...ready, waitingSince: at(39) }, seven, start + 40 * 60_000)).toBe(false);
    expect(isStayingAway({ ...ready, downAt: at(16) }, start + 27 * 60_000)).toBe(true);
  });
});
