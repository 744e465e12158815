import { inspect } from "node:util";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decode, encode, NOT_CLONABLE } from "../../support/electron-stand-in/codec.ts";

const roundTrip = (value: unknown): unknown => decode(encode(value));

/** Whatever structured clone carries, cut down to what can be compared by value. */
const clonable = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(undefined, null),
    fc.boolean(),
    fc.string(),
    fc.double(),
    fc.bigInt(),
    fc.date({ noInvalidDate: false }),
    fc.uint8Array(),
    fc.float64Array(),
    fc.bigInt64Array(),
    fc.array(tie("value")),
    fc.dictionary(fc.string(), tie("value")),
    fc.array(fc.tuple(fc.string(), tie("value"))).map((entries) => new Map(entries)),
    fc.array(tie("value")).map((items) => new Set(items)),
  ),
})).value;

describe("what structured clone carries", () => {
  test("arrives exactly as structuredClone would bring it", () => {
    const show = (value: unknown): string => inspect(value, { depth: null, maxArrayLength: null, maxStringLength: null });
    const same = fc.property(clonable, (value) => {
      expect(show(roundTrip(value))).toBe(show(structuredClone(value)));
    });
    fc.assert(same, { numRuns: 300 });
  });

  test.each([
    ["minus zero", -0],
    ["not a number", NaN],
    ["infinity", -Infinity],
    ["a lone surrogate", "\ud800"],
    ["an invalid date", new Date(NaN)],
    ["a regular expression", /a\/b/giu],
    ["a sparse array", Object.assign(new Array<number>(3), { 1: 7 })],
    ["a buffer", new Uint8Array([1, 2, 255]).buffer],
    ["a view", new DataView(new Uint8Array([1, 2, 3]).buffer)],
    ["a boxed string", Object("text")],
    ["a key named __proto__", JSON.parse('{"__proto__": {"polluted": true}}')],
  ])("%s", (_name, value: unknown) => {
    expect(roundTrip(value)).toStrictEqual(value);
  });

  test("errors keep their class, message, stack and cause", () => {
    const error = new RangeError("too far", { cause: { code: 7 } });
    const copy = roundTrip(error) as RangeError;
    expect(copy).toBeInstanceOf(RangeError);
    expect({ message: copy.message, stack: copy.stack, cause: copy.cause }).toEqual({ message: "too far", stack: error.stack, cause: { code: 7 } });
  });

  test("cycles and shared parts stay cycles and shared parts", () => {
    const shared = { name: "shared" };
    const value: Record<string, unknown> = { first: shared, second: shared, map: new Map([["key", shared]]) };
    value["self"] = value;
    const copy = roundTrip(value) as { first: object; second: object; self: object; map: Map<string, object> };
    expect(copy.self).toBe(copy);
    expect(copy.second).toBe(copy.first);
    expect(copy.map.get("key")).toBe(copy.first);
  });

  test("an object of a class arrives as a plain object", () => {
    class Account {
      readonly name = "Ada";
      get [Symbol.toStringTag](): string {
        return "Account";
      }
    }
    expect(roundTrip(new Account())).toStrictEqual({ name: "Ada" });
  });

  test("only the viewed bytes of a larger buffer travel", () => {
    const copy = roundTrip(new Uint8Array([9, 1, 2, 9]).subarray(1, 3)) as Uint8Array;
    expect([copy.buffer.byteLength, ...copy]).toEqual([2, 1, 2]);
  });
});

describe("what structured clone refuses", () => {
  test.each([
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a promise", Promise.resolve(1)],
    ["a WeakMap", new WeakMap()],
    ["a function deep inside", { list: [new Map([["key", { act: () => 1 }]])] }],
  ])("%s", (_name, value: unknown) => {
    expect(() => encode(value)).toThrow(NOT_CLONABLE);
  });

  test("text that is not its own is refused", () => {
    expect(() => decode("[]")).toThrow("No node 0");
  });
});

test("with hooks, functions and promises pass and come back as what the hooks make", () => {
  const text = encode([() => 1, Promise.resolve()], { fn: () => 11, promise: () => 22, file: () => 33 });
  expect(decode(text, { fn: (id) => `function ${id}`, promise: (id) => `promise ${id}`, file: (id) => `file ${id}` })).toEqual(["function 11", "promise 22"]);
});
