import { describe, expect, test } from "vitest";
import { APP_URL } from "../../../electron/desktop/app-files.ts";
import { checkRequest, checkSender } from "../../../electron/desktop/request-check.ts";
import { isKeeperError, type ErrorCode } from "../../../shared/errors.ts";

function codeOf(attempt: () => void): ErrorCode | "fine" {
  try {
    attempt();
    return "fine";
  } catch (error) {
    if (isKeeperError(error)) return error.code;
    throw error;
  }
}

describe("the sender", () => {
  const ours = { frame: { url: APP_URL, isMain: true }, isOurWindow: true };

  test("is our window's main frame on our page", () => {
    expect(codeOf(() => checkSender(ours))).toBe("fine");
  });

  test.each([
    ["another window", { ...ours, isOurWindow: false }],
    ["a frame inside", { ...ours, frame: { url: APP_URL, isMain: false } }],
    ["a frame that is gone", { ...ours, frame: null }],
    ["another page in our window", { ...ours, frame: { url: "https://evil.example/app://account-keeper/", isMain: true } }],
    ["a blank page in our window", { ...ours, frame: { url: "about:blank", isMain: true } }],
  ])("is not %s", (_who, sender) => {
    expect(codeOf(() => checkSender(sender))).toBe("SENDER_REFUSED");
  });
});

describe("the request", () => {
  test.each([undefined, null, {}, { text: "x".repeat(1_000_000) }, { input: { only: ["a", "b"], deep: [{ n: 1, yes: true }] } }])("may be %#", (request) => {
    expect(codeOf(() => checkRequest(request))).toBe("fine");
  });

  test.each([
    ["long text", () => ({ text: "x".repeat(10_000_000) })],
    ["long names", () => Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`${n}`.padEnd(1_000, "x"), 1]))],
    ["many items", () => Array.from({ length: 2_000_000 }, () => 1)],
    ["a sparse array", () => new Array<number>(4_000_000_000)],
    ["much in small pieces", () => Array.from({ length: 300_000 }, () => ["abc"])],
    ["a circle", () => { const circle: unknown[] = []; circle.push(circle); return circle; }],
  ])("is too large with %s", (_what, make) => {
    // It stops at the limit: looked at to their end, the sparse array takes minutes and the circle for ever.
    expect(codeOf(() => checkRequest(make()))).toBe("REQUEST_TOO_LARGE");
  });

  test.each([
    ["a date", new Date()],
    ["a map", new Map([["a", 1]])],
    ["a buffer", new Uint8Array(4)],
    ["an error", new Error("x")],
    ["one deep inside", { a: [{ b: new Set() }] }],
  ])("is refused with %s", (_what, request) => {
    expect(codeOf(() => checkRequest(request))).toBe("BAD_REQUEST");
  });

  test("may be as deep as it likes", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(codeOf(() => checkRequest(deep))).toBe("fine");
  });

  test("is only looked at: a name such as __proto__ goes on to the schema, which refuses it", () => {
    const request: unknown = JSON.parse('{"__proto__":{"polluted":true}}');
    expect(codeOf(() => checkRequest(request))).toBe("fine");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
