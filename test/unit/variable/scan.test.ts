import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_DEPTH, rewriteStrings, scanJson } from "../../../electron/engine/variable/scan.ts";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON as programs write it, with and without spaces. */
const jsonText = fc.tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 1, "\t")).map(([value, indent]) => JSON.stringify(value, null, indent));
const bitsOfJson = fc.array(fc.constantFrom("{", "}", "[", "]", ",", ":", '"', "\\", "u00e9", "-", "0", "12", ".", "e", "+", "true", "nul", " ", "\n", "é"), { maxLength: 12 }).map((bits) => bits.join(""));

describe("scanJson", () => {
  it("finds whole exactly what JSON.parse takes", () => {
    fc.assert(
      fc.property(fc.oneof(jsonText, bitsOfJson), (text) => {
        expect(scanJson(text).state === "whole").toBe(isJson(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it("finds whole exactly what JSON.parse takes after one character was changed", () => {
    fc.assert(
      fc.property(jsonText, fc.nat(), fc.constantFrom('"', "\\", "{", "]", ",", "x", "0", "\n", ""), (text, place, character) => {
        const at = place % text.length;
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        expect(scanJson(changed).state === "whole").toBe(isJson(changed));
      }),
      { numRuns: 3_000 },
    );
  });

  it("finds every beginning of JSON open, never broken", () => {
    fc.assert(
      fc.property(jsonText, fc.nat(), (text, length) => {
        const beginning = text.slice(0, length % text.length);
        expect(scanJson(beginning).state).toBe(isJson(beginning) ? "whole" : "open");
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(["1.e5", "01", "-x", "[1-2", "tru e", "nulk", '"\\x', '"\\u12g', '"a\nb', "[,", '{"a",', "{a", "[1]]", "[1] 2", "[1}", ""])("tells %j from a beginning", (text) => {
    expect(scanJson(text).state).toBe(text === "" ? "open" : "broken");
  });

  it("gives the values inside the root, and the one that had begun", () => {
    const text = ' {"a": [1, {"x": 2}], "\\u0062" : "t" , "c": {"d": [';
    const scan = scanJson(text);
    expect(scan.state).toBe("open");
    expect(scan.parts.map(({ key, start, end }) => [key, text.slice(start, end)])).toEqual([
      ["a", '[1, {"x": 2}]'],
      ["b", '"t"'],
    ]);
    expect(scan.unfinished).toEqual({ key: "c", start: text.indexOf('{"d"') });
  });

  it("stops at the depth limit, however deep the text goes on", () => {
    expect(scanJson("[".repeat(MAX_DEPTH) + "]".repeat(MAX_DEPTH)).state).toBe("whole");
    expect(scanJson("[".repeat(MAX_DEPTH + 1)).state).toBe("too_deep");
    expect(scanJson('{"a":'.repeat(1_000_000)).state).toBe("too_deep");
  });
});

describe("rewriteStrings", () => {
  it("hands over every string and drops the spaces around them", () => {
    const seen: string[] = [];
    const written = rewriteStrings('{ "a b" :\t[ "c\\" d", 1.0,\r\n"" ] }', (token) => {
      seen.push(token);
      return token;
    });
    expect(written).toBe('{"a b":["c\\" d",1.0,""]}');
    expect(seen).toEqual(['"a b"', '"c\\" d"', '""']);
  });
});
