import { describe, expect, it } from "vitest";
import { checksum, encodeVariable } from "../../../electron/engine/variable/encode.ts";
import { inspectVariable } from "../../../electron/engine/variable/inspect.ts";
import { account, accounts, base64 } from "./fixtures.ts";

describe("inspectVariable", () => {
  it("tells what is in a value, and holds nothing secret", () => {
    const value = encodeVariable(accounts(10));
    const report = inspectVariable(value);
    expect(report).toMatchObject({
      accounts: 10,
      ids: Array.from({ length: 10 }, (_, index) => `u-${index + 1}`),
      withoutId: 0,
      withoutEmail: 0,
      length: value.length,
      checksum: checksum(value),
      remarks: [],
      readableBySite: true,
      eligibility: { eligible: true },
    });
    const everything = JSON.stringify(report);
    for (const secret of ["made-up-hash", "example.org", value.slice(0, 40)]) expect(everything).not.toContain(secret);
  });

  it("gives the checksum of the value as it should be, whatever was around it", () => {
    const value = encodeVariable(accounts(2));
    for (const text of [`"${value}"`, base64(value), `USER_BACKUP_DATA=${value}\n`, `[${accounts(2).join(",")}]`]) {
      expect(inspectVariable(text)).toMatchObject({ checksum: checksum(value), length: value.length });
    }
  });

  it("says when the site would stumble over it", () => {
    const value = encodeVariable(accounts(2));
    expect(inspectVariable(`"${value}"`).readableBySite).toBe(true);
    expect(inspectVariable(base64(value)).readableBySite).toBe(false);
  });

  it("counts accounts that the site could not take back", () => {
    const odd = ['{"email":"a@example.org"}', '{"user_id":7,"email":"b@example.org"}', '{"user_id":"c","email":""}', '{"user_id":"","__proto__":{"user_id":"x"}}', account(1)];
    expect(inspectVariable(encodeVariable(odd))).toMatchObject({ accounts: 5, ids: ["c", "u-1"], withoutId: 3, withoutEmail: 2, sharedEmail: 0 });
    const shared = [account(1), account(2, { email: "person1@example.org" }), account(3), account(4, { email: "Person3@example.org" })];
    expect(inspectVariable(encodeVariable(shared))).toMatchObject({ withoutId: 0, withoutEmail: 0, sharedEmail: 1 });
  });

  it("judges a value of eleven accounts", () => {
    expect(inspectVariable(encodeVariable(accounts(11))).eligibility).toMatchObject({ eligible: false, reason: "too_many_accounts" });
  });
});
