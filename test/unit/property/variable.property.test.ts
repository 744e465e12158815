/** What holds for every variable: Python's own bytes, back again letter by letter, and no damage that goes unseen and does harm. */
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeVariable } from "../../../electron/engine/variable/decode.ts";
import { encodeVariable } from "../../../electron/engine/variable/encode.ts";
import { inspectVariable } from "../../../electron/engine/variable/inspect.ts";
import { proveVariable } from "../../../electron/engine/variable/prove.ts";
import { isKeeperError } from "../../../shared/errors.ts";
import { accountText, pythonAccountText } from "./arbitraries.ts";

const VERDICTS = ["VARIABLE_CUT", "VARIABLE_DAMAGED", "NOT_A_VARIABLE"];

const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** Python's answer to all cases at once. */
function pythonValues(cases: readonly (readonly string[])[]): string[] {
  const script = [
    "import base64, json, sys",
    'print("\\n".join(base64.b64encode(json.dumps([json.loads(a) for a in case], separators=(",", ":")).encode()).decode() for case in json.load(sys.stdin)))',
  ].join("\n");
  return spawnSync("python3", ["-c", script], { input: JSON.stringify(cases), encoding: "utf8" }).stdout.trimEnd().split("\n");
}

describe("every variable", () => {
  // Elsewhere the values in test/fixtures, which Python made, have to do.
  it.skipIf(!hasPython)("is byte for byte what Python makes of the same accounts", () => {
    const cases = fc.sample(fc.array(pythonAccountText, { maxLength: 5 }), { numRuns: 500, seed: 7 });
    expect(cases.map((accounts) => encodeVariable(accounts))).toEqual(pythonValues(cases));
  });

  it("gives back its accounts: numbers with their own digits, strings with their own characters", () => {
    fc.assert(
      fc.property(fc.array(accountText, { maxLength: 6 }), (accounts) => {
        const value = encodeVariable(accounts);
        expect(value).toMatch(/^[A-Za-z0-9+/]*={0,2}$/);
        const decoded = decodeVariable(value);
        expect(decoded).toMatchObject({ value, remarks: [] });
        expect(encodeVariable(decoded.accounts)).toBe(value);
        expect(() => proveVariable(value, decoded.accounts)).not.toThrow();
        expect(inspectVariable(value)).toMatchObject({ accounts: accounts.length, readableBySite: true });
      }),
      { numRuns: 500 },
    );
  });

  // Base64 has no check of its own: where a letter was changed, or a piece between two letters is gone, a name may read differently. A lost end or beginning never passes.
  it("that was damaged is refused, or is the very same or at least whole accounts", () => {
    const damage = fc.oneof(
      fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }),
      fc.record({ kind: fc.constant("behead" as const), at: fc.nat() }),
      fc.record({ kind: fc.constant("lose" as const), at: fc.nat(), length: fc.integer({ min: 1, max: 200 }) }),
      fc.record({ kind: fc.constant("repeat" as const), at: fc.nat(), length: fc.integer({ min: 1, max: 200 }) }),
      fc.record({ kind: fc.constant("noise" as const), at: fc.nat(), text: fc.string({ unit: "binary", minLength: 1, maxLength: 4 }) }),
    );
    let refused = 0;
    fc.assert(
      fc.property(fc.array(accountText, { minLength: 1, maxLength: 4 }), damage, (accounts, done) => {
        const value = encodeVariable(accounts);
        const at = done.at % value.length;
        const text =
          done.kind === "cut" ? value.slice(0, at)
          : done.kind === "behead" ? value.slice(at)
          : done.kind === "lose" ? value.slice(0, at) + value.slice(at + done.length)
          : done.kind === "repeat" ? value.slice(0, at) + value.slice(at, at + done.length) + value.slice(at)
          : value.slice(0, at) + done.text + value.slice(at + done.text.length);
        try {
          const decoded = decodeVariable(text);
          if (done.kind === "cut" || done.kind === "behead") expect(decoded.value).toBe(value);
          for (const account of decoded.accounts) expect(account).toMatch(/^\{[^]*\}$/);
          expect(JSON.parse(decoded.json)).toHaveLength(decoded.accounts.length);
        } catch (error) {
          if (!isKeeperError(error)) throw error;
          refused += 1;
          expect(VERDICTS).toContain(error.code);
          expect(error.cause).toBeUndefined();
        }
      }),
      { numRuns: 3_000 },
    );
    expect(refused).toBeGreaterThan(1_000);
  });
});
