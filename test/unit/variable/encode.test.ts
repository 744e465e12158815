import { parseEnv } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checksum, encodeVariable, variableForms } from "../../../electron/engine/variable/encode.ts";
import { MAX_DEPTH } from "../../../electron/engine/variable/scan.ts";
import { account, accounts, base64, keeperErrorOf, pythonCases } from "./fixtures.ts";

const decode = (value: string): string => Buffer.from(value, "base64").toString("latin1");

describe("encodeVariable", () => {
  it.each(pythonCases)("makes the very bytes that Python makes: $name", ({ accounts, value }) => {
    expect(encodeVariable(accounts)).toBe(value);
  });

  it("spells strings as Python does, however they were spelled before", () => {
    const text = String.raw`{"a":"\u00e9\/\u0041\u002F\u000a\u0008\u001F\u007f\uD83D\uDE00\uD83D"}`;
    expect(decode(encodeVariable([text]))).toBe(String.raw`[{"a":"\u00e9/A/\n\b\u001f\u007f\ud83d\ude00\ud83d"}]`);
  });

  it("leaves the spelling of numbers alone", () => {
    const text = '{"a":1.0,"b":9223372036854775807,"c":1.50,"d":1E5,"e":-0,"f":123456789012345678901234567890}';
    expect(decode(encodeVariable([text]))).toBe(`[${text}]`);
  });

  it("holds equal values for any account", () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), { maxLength: 4 }), (people) => {
        const written = decode(encodeVariable(people.map((person) => JSON.stringify(person, null, 2))));
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(people)));
        expect(written).toMatch(/^[ -~]*$/);
      }),
    );
  });

  it.each([
    ["no JSON", "{"],
    ["an array", "[]"],
    ["a text", '"x"'],
    ["two objects", "{}{}"],
    ["nothing", ""],
    ["nesting the site could not read", `{"a":${"[".repeat(MAX_DEPTH)}${"]".repeat(MAX_DEPTH)}}`],
  ])("refuses %s in place of an account", (_, text) => {
    const error = keeperErrorOf(() => encodeVariable([account(1), text]));
    expect(error.code).toBe("INTERNAL");
    expect(error.cause).toBeUndefined();
  });
});

describe("checksum", () => {
  it("is the first 8 hex digits of SHA-256 in two groups", () => {
    // SHA-256 of "abc" is ba7816bf…, from the standard (FIPS 180-4).
    expect(checksum("abc")).toBe("BA78 16BF");
  });

  it("changes when the value is cut", () => {
    const value = encodeVariable(accounts(10));
    expect(checksum(value.slice(0, -1))).not.toBe(checksum(value));
  });
});

describe("variableForms", () => {
  it.each(pythonCases)("gives a line that Node's own .env reader reads back: $name", ({ value }) => {
    const { dotenv } = variableForms(value);
    expect(parseEnv(`BEFORE=1\n${dotenv}AFTER="2"\n`)).toEqual({ BEFORE: "1", USER_BACKUP_DATA: value, AFTER: "2" });
  });

  it("quotes nothing, because Docker would take quotes into the value", () => {
    const value = base64("[{}]~~~");
    expect(variableForms(value)).toEqual({ value, nameValue: `USER_BACKUP_DATA=${value}`, dotenv: `USER_BACKUP_DATA=${value}\n` });
  });
});
