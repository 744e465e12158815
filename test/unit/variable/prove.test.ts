import { describe, expect, it } from "vitest";
import { z } from "zod";
import { MAX_VALUE_LENGTH } from "../../../shared/eligibility.ts";
import { isKeeperError } from "../../../shared/errors.ts";
import { encodeVariable } from "../../../electron/engine/variable/encode.ts";
import { judgeAccounts, offerVariable, type VariableAccount } from "../../../electron/engine/variable/offer.ts";
import { proveVariable } from "../../../electron/engine/variable/prove.ts";
import { account, asRecorded, base64, keeperErrorOf, pythonCases } from "./fixtures.ts";

describe("proveVariable", () => {
  it.each(pythonCases)("accepts what Python made of the same accounts: $name", ({ accounts, value }) => {
    expect(() => {
      proveVariable(value, accounts);
    }).not.toThrow();
  });

  const live = ['{"user_id":"a","n":1.0}', '{"user_id":"b","big":9007199254740993}'];
  const good = encodeVariable(live);
  it.each([
    ["one account fewer", encodeVariable(live.slice(1))],
    ["one account more", encodeVariable([...live, account(3)])],
    ["another order", encodeVariable(live.toReversed())],
    ["a float that became whole", base64('[{"user_id":"a","n":1},{"user_id":"b","big":9007199254740993}]')],
    ["a rounded int64", base64('[{"user_id":"a","n":1.0},{"user_id":"b","big":9007199254740992}]')],
    ["another text", base64('[{"user_id":"a","n":1.0},{"user_id":"B","big":9007199254740993}]')],
    ["a missing key", base64('[{"user_id":"a"},{"user_id":"b","big":9007199254740993}]')],
    ["an object around it", base64(`{"users":[${live.join(",")}]}`)],
    ["missing padding", good.replace(/=+$/, "")],
    ["a line break inside", `${good.slice(0, 8)}\n${good.slice(8)}`],
    ["a cut value", good.slice(0, 40)],
    ["no accounts", "W10="],
  ])("refuses %s", (_, value) => {
    const error = keeperErrorOf(() => {
      proveVariable(value, live);
    });
    expect(error.code).toBe("VERIFICATION_FAILED");
    expect(error.cause).toBeUndefined();
  });

  it("refuses what is no account, even if both sides agree on it", () => {
    expect(
      keeperErrorOf(() => {
        proveVariable(base64("[1]"), ["1"]);
      }).code,
    ).toBe("VERIFICATION_FAILED");
  });

  it("refuses nesting that overflows the parser", () => {
    const deep = `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    expect(
      keeperErrorOf(() => {
        proveVariable(base64(`[${deep}]`), [deep]);
      }).code,
    ).toBe("VERIFICATION_FAILED");
  });
});

describe("offerVariable", () => {
  it("offers ten accounts with length, checksum and gauge", async () => {
    const python = pythonCases.find(({ name }) => name === "ten accounts");
    const offer = await offerVariable((python?.accounts ?? []).map((json) => ({ id: z.object({ user_id: z.string() }).parse(JSON.parse(json)).user_id, json })));
    expect(offer).toMatchObject({ value: python?.value, accounts: 10, length: 2_800, eligibility: { eligible: true } });
    expect(offer.gauge.map(({ fits }) => fits)).toEqual([true, true, true]);
  });

  it("refuses eleven, and none", async () => {
    await expect(offerVariable(asRecorded(11))).rejects.toMatchObject({
      code: "NOT_ELIGIBLE",
      message: "11 accounts are one too many for the variable.",
    });
    await expect(offerVariable([])).rejects.toMatchObject({ code: "NO_ACCOUNTS_YET", message: "There are no accounts yet." });
  });

  const other = (json: string): VariableAccount[] => [...asRecorded(1), { id: "u-2", json }];
  it.each<[string, VariableAccount[], string]>([
    ["a shared e-mail address", other(account(2, { email: "person1@example.org" })), "Two accounts share an e-mail address: the variable could not bring them back."],
    ["a missing user_id", other(account(2, { user_id: undefined })), "An account does not carry its own id: the variable could not bring it back as it is."],
    ["an empty user_id", other(account(2, { user_id: "" })), "An account does not carry its own id: the variable could not bring it back as it is."],
    ["a number as user_id", other(account(2, { user_id: 2 })), "An account does not carry its own id: the variable could not bring it back as it is."],
    ["another user_id than the record's", other(account(3)), "An account does not carry its own id: the variable could not bring it back as it is."],
    ["a user_id twice", [...asRecorded(1), ...asRecorded(1)], "An account does not carry its own id: the variable could not bring it back as it is."],
    ["two ids that are changed over", [{ id: "u-2", json: account(1) }, { id: "u-1", json: account(2) }], "An account does not carry its own id: the variable could not bring it back as it is."],
    ["no e-mail address", other(account(2, { email: undefined })), "An account does not carry its e-mail address: the variable could not bring it back."],
    ["accounts nested deeper than the reader goes", other(account(2, { deep: JSON.parse("[".repeat(499) + "]".repeat(499)) as unknown })), "The variable could not bring all accounts back."],
  ])("refuses what a restore would refuse or change: %s", async (_, recorded, message) => {
    const error: unknown = await offerVariable(recorded).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "NOT_ELIGIBLE", message, hint: "Your backups hold everyone. After a redeploy, bring the accounts back from a backup file instead." });
    expect(error).not.toHaveProperty("cause");
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/example\.org|made-up-hash|u-\d/);
    expect(await judgeAccounts(recorded)).toMatchObject({ eligible: false, message });
  });

  it("counts all of a stream that is too long, and keeps none of it", async () => {
    async function* many(): AsyncGenerator<VariableAccount> {
      for (let number = 0; number < 5_000; number += 1) yield await Promise.resolve({ id: `u-${number}`, json: account(number) });
    }
    await expect(offerVariable(many())).rejects.toMatchObject({ code: "NOT_ELIGIBLE", message: "5,000 accounts are too many for the variable." });
  });

  it("offers the longest value Linux takes, and refuses the next longer one", async () => {
    // Base64 grows in steps of four: 131,052 characters fit into 131,054, and 131,056 do not.
    const frame = `[${account(1, { note: "" })}]`.length;
    const longest = account(1, { note: "x".repeat((131_052 / 4) * 3 - frame) });
    expect((await offerVariable([{ id: "u-1", json: longest }])).length).toBe(131_052);
    expect(131_056).toBeGreaterThan(MAX_VALUE_LENGTH);

    const error: unknown = await offerVariable([{ id: "u-1", json: longest.replace("x", "xx") }]).catch((thrown: unknown) => thrown);
    expect(isKeeperError(error, "NOT_ELIGIBLE")).toBe(true);
    expect(error).toMatchObject({ message: "Too long for your host: 128.1 KB of 128 KB." });
  });
});
