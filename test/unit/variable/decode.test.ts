import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeVariable } from "../../../electron/engine/variable/decode.ts";
import { encodeVariable } from "../../../electron/engine/variable/encode.ts";
import { account, accounts, base64, keeperErrorOf, pythonCases } from "./fixtures.ts";

const three = accounts(3);
const value = encodeVariable(three);
const json = `[${three.join(",")}]`;
const wrapped = value.replace(/(.{64})/g, "$1\n");

function remarksOf(text: string): string[] {
  const decoded = decodeVariable(text);
  expect(decoded.json).toBe(json);
  expect(decoded.value).toBe(value);
  return decoded.remarks.map(({ code }) => code);
}

describe("decodeVariable reads", () => {
  it.each(pythonCases)("what Python made, without a remark: $name", ({ accounts, value }) => {
    const decoded = decodeVariable(value);
    expect(decoded).toMatchObject({ value, remarks: [] });
    expect(decoded.accounts).toHaveLength(accounts.length);
    expect(encodeVariable(decoded.accounts)).toBe(value);
  });

  it.each<[string, string, string[]]>([
    ["a line end behind it", `${value}\n`, []],
    ["spaces around it", `  ${value}\t`, []],
    ["a byte order mark", `\ufeff${value}`, ["invisible_characters"]],
    ["a zero-width space inside", `${value.slice(0, 9)}\u200b${value.slice(9)}`, ["invisible_characters"]],
    ["line wrapping", wrapped, ["line_breaks"]],
    ["line wrapping from Windows", wrapped.replaceAll("\n", "\r\n"), ["line_breaks"]],
    ["line breaks written as \\n", wrapped.replaceAll("\n", "\\n"), ["line_breaks"]],
    ["spaces inside", `${value.slice(0, 8)} ${value.slice(8)}`, ["spaces"]],
    ["double quotes", `"${value}"`, ["quotes"]],
    ["single quotes", `'${value}'`, ["quotes"]],
    ["typographic quotes", `\u201c${value}\u201d`, ["curly_quotes"]],
    ["one quote only", `"${value}`, ["quotes"]],
    ["a comma behind it", `"${value}",`, ["quotes"]],
    ["its name in front", `USER_BACKUP_DATA=${value}`, ["name_in_front"]],
    ["export in front", `export USER_BACKUP_DATA="${value}"`, ["name_in_front", "quotes"]],
    ["PowerShell", `$env:USER_BACKUP_DATA = '${value}'`, ["name_in_front", "quotes"]],
    ["YAML", `  - USER_BACKUP_DATA: ${value}`, ["name_in_front"]],
    ["a line of JSON", `"USER_BACKUP_DATA": "${value}",`, ["name_in_front", "quotes"]],
    ["a comment behind it", `USER_BACKUP_DATA=${value} # 3 people`, ["name_in_front"]],
    ["an .env file", `# site\nPORT=80\nUSER_BACKUP_DATA=${value}\nDEBUG=\nKEY=abc\n`, ["name_in_front", "from_env_file"]],
    ["an .env file, wrapped in quotes", `PORT=80\r\nUSER_BACKUP_DATA="${wrapped}"\r\nKEY=abc`, ["name_in_front", "from_env_file", "quotes", "line_breaks"]],
    ["an .env file, wrapped without quotes", `USER_BACKUP_DATA=${wrapped}\nKEY=abc`, ["name_in_front", "from_env_file", "line_breaks"]],
    ["signs written for a web address", value.replaceAll("=", "%3D"), value.includes("=") ? ["percent_signs"] : []],
    ["encoded twice", base64(value), ["encoded_twice"]],
    ["encoded three times", base64(base64(value)), ["encoded_twice"]],
    ["encoded twice, wrapped inside", base64(`${wrapped}\n`), ["encoded_twice", "line_breaks"]],
    ["plain JSON", json, ["not_encoded"]],
    ["plain JSON with its name", `USER_BACKUP_DATA=${json}`, ["name_in_front", "not_encoded"]],
    ["plain JSON in quotes", `'${json}'`, ["quotes", "not_encoded"]],
    ["a whole backup", base64(`{"backup_timestamp":"2026-11-01","user_count":3,"users":${json}}`), ["whole_backup"]],
    ["a whole backup, plain", `{"users": ${json}}`, ["not_encoded", "whole_backup"]],
  ])("%s", (_, text, remarks) => {
    expect(remarksOf(text)).toEqual(remarks);
  });

  it("an end that looks like the next variable, and tells the next variable from an end", () => {
    const people = [account(1, { note: "xxx" })];
    const whole = encodeVariable(people);
    expect(whole.slice(-4)).toBe("fV0=");
    for (const next of ["DEBUG=", "ABC=", "export ABC="]) {
      const text = `USER_BACKUP_DATA=${whole.slice(0, -4)}\nfV0=\n${next}\nPORT=80\n`;
      expect(decodeVariable(text)).toMatchObject({ value: whole, accounts: people });
    }
  });

  it("the url-safe alphabet", () => {
    const people = [account(1, { note: "~~~>>>???" })];
    const standard = encodeVariable(people);
    const urlSafe = standard.replaceAll("+", "-").replaceAll("/", "_");
    expect(urlSafe).toMatch(/-.*_|_.*-/);
    expect(decodeVariable(urlSafe)).toMatchObject({ value: standard, remarks: [{ code: "url_alphabet", siteStumbles: true }] });
  });

  it("missing, surplus and encoded padding", () => {
    for (const note of ["", "x", "xx"]) {
      const padded = encodeVariable([account(1, { note })]);
      const bare = padded.replace(/=+$/, "");
      const missing = bare === padded ? [] : ["end_signs"];
      expect(decodeVariable(bare).remarks.map(({ code }) => code)).toEqual(missing);
      expect(decodeVariable(bare).value).toBe(padded);
      expect(decodeVariable(`${padded}=`).remarks.map(({ code }) => code)).toEqual(["end_signs"]);
    }
  });

  it("UTF-8 that was not escaped, as other programs write it", () => {
    const text = '[{"user_id":"a","full_name":"Zoë 😀","n":1.0}]';
    expect(decodeVariable(base64(text)).json).toBe(text);
    expect(decodeVariable(base64(`\ufeff${text}\n`)).json).toBe(text);
  });

  it("exactly the text of each account, numbers untouched", () => {
    const text = '[ {"user_id":"a", "n":1.0} , {"__proto__":{"x":1},"big":9223372036854775807}]';
    expect(decodeVariable(base64(text)).accounts).toEqual(['{"user_id":"a", "n":1.0}', '{"__proto__":{"x":1},"big":9223372036854775807}']);
  });

  it("back whatever was encoded", () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), { maxLength: 5 }), (people) => {
        const texts = people.map((person) => JSON.stringify(person));
        const decoded = decodeVariable(encodeVariable(texts));
        expect(JSON.parse(decoded.json)).toEqual(JSON.parse(`[${texts.join(",")}]`));
        expect(decoded.remarks).toEqual([]);
      }),
    );
  });
});

describe("decodeVariable finds a cut value", () => {
  it.each<[string, string]>([
    ["plain", value],
    // With the inner = signs lost, the value would still be whole.
    ["encoded twice", base64(value.replace(/=+$/, ""))],
    ["a whole backup", base64(`{"user_count":3,"users":${json}}`)],
    ["unescaped UTF-8", base64('[{"user_id":"a","full_name":"Zoë 😀"},{"user_id":"b"}]')],
  ])("at every length: %s", (_, whole) => {
    const withoutPadding = whole.replace(/=+$/, "");
    // Shorter beginnings are no bytes at all, or, encoded twice, not yet one character of the inner value.
    const shortest = 4;
    for (let length = shortest; length < withoutPadding.length; length += 1) {
      const error = keeperErrorOf(() => decodeVariable(whole.slice(0, length)));
      expect([length, error.code]).toEqual([length, "VARIABLE_CUT"]);
      expect(error.message).toBe(`This value is cut off after ${length} characters.`);
    }
  });

  it("counts the whole accounts before the cut", () => {
    const borders = three.map((_, index) => Math.ceil(((1 + three.slice(0, index + 1).join(",").length) * 4) / 3));
    const countAt = (length: number): string | undefined => keeperErrorOf(() => decodeVariable(value.slice(0, length))).hint;
    expect(countAt((borders[0] ?? 0) - 2)).toContain("No whole account comes before the cut.");
    expect(countAt(borders[0] ?? 0)).toContain("1 whole account comes before the cut.");
    expect(countAt((borders[1] ?? 0) - 2)).toContain("1 whole account comes before the cut.");
    expect(countAt(borders[1] ?? 0)).toContain("2 whole accounts come before the cut.");
    expect(countAt(value.replace(/=+$/, "").length - 1)).toContain("3 whole accounts come before the cut.");
  });

  it("knows a terminal's work by its length, of the value or of the whole line", () => {
    const long = encodeVariable(Array.from({ length: 10 }, (_, index) => account(index, { note: "x".repeat(400) })));
    const command = `export USER_BACKUP_DATA=${long}`;
    for (const text of [long.slice(0, 4_095), `${long.slice(0, 4_095)}\n`, command.slice(0, 4_095), `"${long}`.slice(0, 4_096)]) {
      const error = keeperErrorOf(() => decodeVariable(text));
      expect(error.code).toBe("VARIABLE_CUT");
      expect(error.message).toBe("This value is cut off after 4,095 characters.");
      expect(error.hint).toMatch(/^A terminal did that\. Paste it in the dashboard instead\. \d whole accounts come before the cut\.$/);
    }
    const elsewhere = keeperErrorOf(() => decodeVariable(long.slice(0, 4_094)));
    expect(elsewhere.message).toBe("This value is cut off after 4,094 characters.");
    expect(elsewhere.hint).not.toContain("terminal");
  });

  it("also where a display shortened it, in quotes, wrapped, or not encoded", () => {
    for (const text of [`${value.slice(0, 60)}…`, `${value.slice(0, 60)}...`, `"${value.slice(0, 60)}`, wrapped.slice(0, 150), json.slice(0, -1)]) {
      expect(keeperErrorOf(() => decodeVariable(text)).code).toBe("VARIABLE_CUT");
    }
  });
});

describe("decodeVariable finds damage", () => {
  it.each<[string, string]>([
    ["a foreign character", `${value.slice(0, 50)}*${value.slice(51)}`],
    ["a foreign letter", `${value.slice(0, 50)}é${value.slice(51)}`],
    ["pasted twice", value.replace(/=*$/, "==") + value],
    ["the end of another value behind it", base64(`${json}]`)],
    ["a stray character at the end", `${encodeVariable(['{"user_id":"ab"}'])}A`],
    ["a lost block in the middle", base64(json.replace('"email":"person2', ""))],
    ["bytes that are no text", Buffer.concat([Buffer.from(json.slice(0, 30)), Buffer.from([0xff, 0xfe]), Buffer.from(json.slice(30))]).toString("base64")],
    ["a number among the accounts", base64(`[${three.join(",")},5]`)],
  ])("%s", (_, text) => {
    const error = keeperErrorOf(() => decodeVariable(text));
    expect(error.code).toBe("VARIABLE_DAMAGED");
    expect(error.message).toBe("This value is damaged.");
  });

  it("a lost beginning, wherever it was cut", () => {
    for (let lost = 3; lost < 40; lost += 1) {
      const error = keeperErrorOf(() => decodeVariable(value.slice(lost)));
      expect([lost, error.code, error.message]).toEqual([lost, "VARIABLE_DAMAGED", "The beginning of this value is missing."]);
    }
  });

  it("never anything but the three verdicts, and never quotes the value", () => {
    const codes = new Set<string>();
    fc.assert(
      fc.property(fc.nat(value.length - 1), fc.string({ unit: "binary", minLength: 1, maxLength: 3 }), (at, noise) => {
        try {
          decodeVariable(value.slice(0, at) + noise + value.slice(at + 1));
        } catch (thrown) {
          const error = keeperErrorOf(() => {
            throw thrown;
          });
          codes.add(error.code);
          expect(error.cause).toBeUndefined();
          for (const secret of ["made-up-hash", "person", "example", value.slice(4, 12)]) expect(`${error.message} ${error.hint ?? ""}`).not.toContain(secret);
        }
      }),
      { numRuns: 2_000 },
    );
    for (const code of codes) expect(["VARIABLE_CUT", "VARIABLE_DAMAGED", "NOT_A_VARIABLE"]).toContain(code);
    expect(codes).toContain("VARIABLE_DAMAGED");
  });
});

describe("decodeVariable refuses what is no variable", () => {
  const deep = `[${'{"a":['.repeat(300_000)}`;
  it.each<[string, string]>([
    ["nothing", ""],
    ["spaces", " \n"],
    ["its name alone", "USER_BACKUP_DATA="],
    ["empty quotes", '""'],
    ["a sentence", "Good morning, this is not it."],
    ["one word", "hello"],
    ["a key", "sk_live_51H8aBcDeFgHiJkLmNoPqRsT"],
    ["a sign-in token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLW9mLXRoaXM"],
    ["another object", base64('{"name":"x","version":"1"}')],
    ["another object, cut", base64('{"name":"x","version":"1"}').slice(0, -6)],
    ["users that are no list", base64('{"users":5}')],
    ["numbers", base64("[1,2,3]")],
    ["numbers, cut", base64("[1,2,3")],
    ["the beginning of a text in a list", base64('["Mon')],
    ["a JSON text", base64('"hello there"')],
    ["a picture", `iVBORw0KGgoAAAANSUhEUgAA${"AAAA".repeat(20)}`],
    ["plain JSON of something else", '{"name":"x"}'],
    ["base64 without end", base64(base64(base64(base64("[]"))))],
    ["endless nesting", base64(deep)],
    ["endless nesting, plain", deep],
    ["something far too long", "A".repeat(4 * 1024 * 1024 + 1)],
  ])("%s", (_, text) => {
    const error = keeperErrorOf(() => decodeVariable(text));
    expect(error.code).toBe("NOT_A_VARIABLE");
    expect(error.hint).toContain("W3si");
  });

  it("in time that grows no faster than the text", () => {
    const hostile = ["=".repeat(1_000_000), `USER_BACKUP_DATA=${" ".repeat(1_000_000)}x`, `${"\n".repeat(500_000)}x y`, "\\n".repeat(1_000_000), `W3si${"A ".repeat(1_000_000)}*`, `${" \n".repeat(500_000)}USER_BACKUP_DATA`, `W3si${" ".repeat(1_000_000)}*`, `${"=".repeat(1_000_000)}x`, base64(`W3si${" ".repeat(1_000_000)}*`), `USER_BACKUP_DATA=x${"\nA=".repeat(300_000)}`];
    for (const text of hostile) {
      const began = performance.now();
      keeperErrorOf(() => decodeVariable(text));
      expect(performance.now() - began).toBeLessThan(20_000);
    }
  });
});
