import fc from "fast-check";
import { expect, it } from "vitest";
import { grouped } from "../../../shared/grouped.ts";

it("writes whole numbers as the language's own formatter does", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (whole) => {
      expect(grouped(whole)).toBe(whole.toLocaleString("en-US"));
    }),
  );
  expect([0, 999, 1_000, 1_234_567].map(grouped)).toEqual(["0", "999", "1,000", "1,234,567"]);
});
