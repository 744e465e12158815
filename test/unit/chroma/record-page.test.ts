import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseIds, parseRecordPage, parseVector } from "../../../electron/engine/chroma/record-page.ts";
import { isKeeperError } from "../../../shared/errors.ts";

function page(text: string) {
  return parseRecordPage(Buffer.from(text));
}

function failsAsBadAnswer(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    return isKeeperError(error, "BAD_ANSWER");
  }
}

describe("a page of records", () => {
  it("keeps metadata as it was written and tells null from empty", () => {
    const records = page(
      '{"ids":["a","b"],"embeddings":[[0.5,-2.0],null],"documents":["\\u00e9",null],"uris":["",null],"metadatas":[{"f":1.0,"i":9007199254740993},null],"include":["documents"]}',
    );
    expect(records).toEqual([
      { id: "a", document: "é", metadata: '{"f":1.0,"i":9007199254740993}', uri: "", embedding: new Float32Array([0.5, -2]) },
      { id: "b", document: null, metadata: null, uri: null, embedding: null },
    ]);
  });

  it("leaves out what the server did not send", () => {
    expect(page('{"ids":["a"],"documents":null,"metadatas":null,"uris":null,"embeddings":null,"include":[]}')).toEqual([
      { id: "a", document: null, metadata: null, uri: null, embedding: null },
    ]);
    expect(parseIds(Buffer.from('{"ids":["a","b"],"include":[]}'))).toEqual(["a", "b"]);
  });

  it.each([
    '{"ids":["a"],"documents":["x","y"]}',
    '{"ids":["a","b"],"documents":["x"',
    '{"documents":[]}',
    '{"ids":[1]}',
    '{"ids":"a"}',
    '{"ids":["a"],"documents":[7]}',
    '{"ids":["a"],"embeddings":["AAAA"]}',
    "<html></html>",
    "",
  ])("refuses %s", (text) => {
    expect(failsAsBadAnswer(() => page(text))).toBe(true);
  });
});

describe("a vector", () => {
  it("has the same 32-bit floats that JSON.parse gives", () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(fc.oneof(float, fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 })), { maxLength: 40 }), fc.integer({ min: 0, max: 50 }), (numbers, expected) => {
        const text = JSON.stringify(numbers);
        expect(parseVector(Buffer.from(text), new Float32Array(expected))).toEqual(Float32Array.from(JSON.parse(text) as number[]));
      }),
      { numRuns: 1_000 },
    );
  });

  it("reads every spelling of a number", () => {
    expect(parseVector(Buffer.from("[0.099999994, 1e-7,-1.5E+3 ,0,-0.0,123456789012345680000000000000, 0.00000000000000000000000000001]"))).toEqual(
      Float32Array.from([0.099999994, 1e-7, -1500, 0, -0, 123456789012345680000000000000, 1e-29]),
    );
    expect(parseVector(Buffer.from("[]"))).toHaveLength(0);
  });

  it("is none when one of its numbers is none, and the others of the page are as they are", () => {
    expect(parseVector(Buffer.from("[1.0, null ,2.0]"))).toBeNull();
    const vectors = page('{"ids":["a","b","c","d"],"embeddings":[[null,null],[1.0,2.0],[3.0,null],[-4.0,5.0]]}').map(({ embedding }) => embedding);
    expect(vectors).toEqual([null, new Float32Array([1, 2]), null, new Float32Array([-4, 5])]);
  });

  it.each(["[1,]x", "[1,]", "[-]", "[.]", "[,]", "[1,nul]", "[null,]", '["1"]', "{}", "[1,,2]", "[NaN]", "[1e999]", "[--1]", "[1.2.3]"])("refuses %s", (text) => {
    expect(failsAsBadAnswer(() => parseVector(Buffer.from(text)))).toBe(true);
  });
});
