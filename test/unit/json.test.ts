import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createJsonSlicer, JsonSyntaxError, type JsonSlice } from "../../electron/engine/json/slices.ts";
import { canonicalJson, minifyJson, parseLossless, stringifyLossless } from "../../electron/engine/json/text.ts";

function sliceInChunks(bytes: Buffer, chunkSize: number, maxSliceBytes?: number): JsonSlice[] {
  const slicer = createJsonSlicer(maxSliceBytes === undefined ? {} : { maxSliceBytes });
  const slices: JsonSlice[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) slices.push(...slicer.push(bytes.subarray(at, at + chunkSize)));
  slicer.end();
  return slices;
}

/** Rebuilds the value that the slices came from, so that it can be compared with JSON.parse. */
function rebuild(slices: readonly JsonSlice[]): unknown {
  const arrays = new Map<string | null, unknown[]>();
  const members = Object.create(null) as Record<string, unknown>;
  let root: unknown = members;
  for (const slice of slices) {
    if (slice.kind === "member") members[slice.key] = JSON.parse(slice.bytes.toString());
    else if (slice.kind === "array") {
      const items: unknown[] = [];
      arrays.set(slice.key, items);
      if (slice.key === null) root = items;
      else members[slice.key] = items;
    } else arrays.get(slice.key)?.push(JSON.parse(slice.bytes.toString()));
  }
  return root;
}

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.reason;
    throw error;
  }
  return "no error";
}

const jsonRoot = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));

describe("cutting JSON into slices", () => {
  it("finds every member and element, wherever the chunks end", () => {
    fc.assert(
      fc.property(jsonRoot, fc.constantFrom(undefined, 1, "\t"), fc.integer({ min: 1, max: 40 }), (value, indent, chunkSize) => {
        const text = JSON.stringify(value, null, indent);
        const slices = sliceInChunks(Buffer.from(text), chunkSize);
        expect(JSON.stringify(rebuild(slices))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 500 },
    );
  });

  it("keeps each slice as it was written", () => {
    const slices = sliceInChunks(Buffer.from('{ "a" : [ 1.0 , {"b": 9007199254740993 }, "x\\"]\\\\" ] , "n" : 1e300 }'), 3);
    expect(slices.map((slice) => (slice.kind === "array" ? "[" : slice.bytes.toString()))).toEqual(["[", "1.0", '{"b": 9007199254740993 }', '"x\\"]\\\\"', "1e300"]);
  });

  it("notices every cut", () => {
    const text = '{"a": [1, {"b": "}]\\""}], "c": {"d": []}, "e": 12}';
    for (let length = 0; length < text.length; length += 1) {
      expect(reasonOf(() => sliceInChunks(Buffer.from(text.slice(0, length)), 7)), text.slice(0, length)).toBe("cut");
    }
    expect(reasonOf(() => sliceInChunks(Buffer.from(text), 7))).toBe("no error");
  });

  it.each(["x", "1", '"text"', "{1:2}", '{"a" 1}', '{"a":1,}', "[1,]", "[,1]", '{"a":[1}', "[1}", '{"a":1]', "[1] 2", "{} {}", '{"a":,"b":1}', "\u00e9{}"])("refuses %s", (text) => {
    expect(reasonOf(() => sliceInChunks(Buffer.from(text), 2))).toBe("malformed");
  });

  it("passes over a byte order mark, at the start only", () => {
    expect(rebuild(sliceInChunks(Buffer.from("\ufeff[1]"), 1))).toEqual([1]);
    expect(reasonOf(() => sliceInChunks(Buffer.from("[1]\ufeff"), 1))).toBe("malformed");
  });

  it("refuses a value over the limit instead of growing", () => {
    expect(reasonOf(() => sliceInChunks(Buffer.from(`["${"x".repeat(100)}"]`), 16, 50))).toBe("too_large");
  });

  it("is not troubled by deep nesting", () => {
    const deep = `[${"[".repeat(200_000)}${"]".repeat(200_000)}]`;
    expect(sliceInChunks(Buffer.from(deep), 65_536)).toHaveLength(2);
  });
});

describe("JSON text", () => {
  it("minifies without touching strings, numbers or escapes", () => {
    expect(minifyJson('{ "a b" : [ 1.0 ,\n\t1E5 ] , "q\\" : x" : "\\u00e9  \\\\" }')).toBe('{"a b":[1.0,1E5],"q\\" : x":"\\u00e9  \\\\"}');
    fc.assert(fc.property(fc.json(), (text) => {
      const minified = minifyJson(JSON.stringify(JSON.parse(text), null, 3));
      expect(minified).toBe(JSON.stringify(JSON.parse(text)));
    }));
  });

  it("writes back exactly the numbers it read", () => {
    const text = '{"__proto__":1.0,"int":9007199254740993,"big":1e300,"list":[0.10,-0]}';
    expect(stringifyLossless(parseLossless(text))).toBe(text);
  });

  it("has one canonical form for one value, and keeps whole numbers apart from floats", () => {
    expect(canonicalJson('{"b": 1e+300, "a": "\\u00e9"}')).toBe(canonicalJson('{"a":"é","b":1E300}'));
    expect(canonicalJson("1.0")).not.toBe(canonicalJson("1"));
    expect(canonicalJson("1.00")).toBe(canonicalJson("1.0"));
    expect(canonicalJson("9007199254740993")).not.toBe(canonicalJson("9007199254740992"));
    expect(canonicalJson('{"__proto__":1}')).not.toBe(canonicalJson("{}"));
  });
});
