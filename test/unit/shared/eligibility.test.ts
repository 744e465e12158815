import { describe, expect, it } from "vitest";
import { hostGauge, judgeEligibility, MAX_VALUE_LENGTH, VARIABLE_NAME } from "../../../shared/eligibility.ts";
import { eligibilitySchema } from "../../../shared/model.ts";

describe("judgeEligibility", () => {
  it("names what stands in the way of a restore, after the limits", () => {
    const hint = "Your backups hold everyone. After a redeploy, bring the accounts back from a backup file instead.";
    expect(judgeEligibility({ accounts: 3, valueLength: 900, obstacle: "shared_email" })).toEqual({ eligible: false, reason: "shared_email", accounts: 3, message: "Two accounts share an e-mail address: the variable could not bring them back.", hint });
    expect(judgeEligibility({ accounts: 11, valueLength: null, obstacle: "shared_email" })).toMatchObject({ reason: "too_many_accounts" });
    expect(judgeEligibility({ accounts: 3, valueLength: 900, obstacle: null })).toMatchObject({ eligible: true });
    for (const obstacle of ["without_email", "without_id", "not_restorable"] as const) expect(eligibilitySchema.parse(judgeEligibility({ accounts: 3, valueLength: 900, obstacle }))).toMatchObject({ reason: obstacle, hint });
  });

  it("allows ten accounts and says that the next one is too many", () => {
    expect(judgeEligibility({ accounts: 10, valueLength: 4_056 })).toEqual({
      eligible: true,
      accounts: 10,
      message: "10 of 10. The next account turns the variable off.",
    });
    expect(judgeEligibility({ accounts: 7, valueLength: 2_684 })).toMatchObject({ eligible: true, message: "7 of 10." });
  });

  it("refuses eleven accounts whatever their length, and names a way without the variable", () => {
    expect(judgeEligibility({ accounts: 11, valueLength: null })).toEqual({
      eligible: false,
      reason: "too_many_accounts",
      accounts: 11,
      message: "11 accounts are one too many for the variable.",
      hint: "It holds up to 10. After a redeploy, bring the accounts back from a backup file instead.",
    });
    expect(judgeEligibility({ accounts: 40_000, valueLength: 10_000_000 })).toMatchObject({
      reason: "too_many_accounts",
      message: "40,000 accounts are too many for the variable.",
    });
  });

  it("refuses a site without accounts", () => {
    expect(judgeEligibility({ accounts: 0, valueLength: 4 })).toMatchObject({ eligible: false, reason: "no_accounts" });
  });

  it("takes a value up to the last character Linux takes", () => {
    expect(MAX_VALUE_LENGTH).toBe(131_054);
    expect(Buffer.byteLength(`${VARIABLE_NAME}=${"x".repeat(MAX_VALUE_LENGTH)}\0`)).toBe(131_072);
    expect(judgeEligibility({ accounts: 3, valueLength: 131_054 })).toMatchObject({ eligible: true });
    expect(judgeEligibility({ accounts: 3, valueLength: 131_055 })).toMatchObject({
      eligible: false,
      reason: "too_long",
      message: "Too long for your host: 128.1 KB of 128 KB.",
    });
  });

  it("gives the size in whole KB where that is more than the limit", () => {
    expect(judgeEligibility({ accounts: 3, valueLength: 140 * 1024 - 18 })).toMatchObject({ message: "Too long for your host: 140 KB of 128 KB." });
  });
});

describe("hostGauge", () => {
  const fits = (valueLength: number): Record<string, boolean> => Object.fromEntries(hostGauge(valueLength).map(({ id, fits }) => [id, fits]));

  it("knows each host's limit to the character, leaving 256 for other variables where they share one", () => {
    expect(fits(131_054)).toEqual({ linux: true, heroku: false, lambda: false });
    expect(fits(131_055)).toEqual({ linux: false, heroku: false, lambda: false });
    expect(fits(32_768 - 17 - 256)).toEqual({ linux: true, heroku: true, lambda: false });
    expect(fits(32_768 - 17 - 255)).toEqual({ linux: true, heroku: false, lambda: false });
    expect(fits(4_096 - 17 - 256)).toEqual({ linux: true, heroku: true, lambda: true });
    expect(fits(4_096 - 17 - 255)).toEqual({ linux: true, heroku: true, lambda: false });
  });

  it("does not promise ten ordinary accounts a place on Lambda", () => {
    expect(fits(4_056)).toEqual({ linux: true, heroku: true, lambda: false });
  });

  it("tells used and limit in the same unit", () => {
    expect(hostGauge(2_684).map(({ used, limit }) => [used, limit])).toEqual([
      [2_684, 131_054],
      [2_684, 32_751],
      [2_684, 4_079],
    ]);
  });
});
