import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOutput, shown, type Output } from "../../../electron/cli/output.ts";
import { KeeperError } from "../../../shared/errors.ts";

function capture(json: boolean): { output: Output; stdout: string[]; stderr: string[] } {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const output = createOutput({ stdout: { write: (text) => stdout.push(text) }, stderr: { write: (text) => stderr.push(text) }, json });
  return { output, stdout, stderr };
}

const STEERING = /[^\P{Cc}\n]|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
const HOSTILE = "a\x1b[2J\x07\x08\x7f\x9b31m\r\u202eevil\u2066\u200b\ufeff\u2028b";

describe("text from data", () => {
  it("loses whatever could steer a terminal, and keeps letters and emoji", () => {
    expect(shown(HOSTILE)).toBe("a[2J31mevilb");
    expect(shown("Zoë\tØ\n王 😀")).toBe("Zoë Ø 王 😀");
  });

  it("cannot steer the terminal through any way of saying it", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from(HOSTILE), "\n", "\t", "\u0085", "\ud83d") }), (text) => {
        for (const json of [true, false]) {
          const { output, stdout, stderr } = capture(json);
          output.say(text);
          output.note(text);
          output.result({ text });
          output.fail(new KeeperError("BUSY", text, { hint: text }));
          expect(STEERING.test([...stdout, ...stderr].join(""))).toBe(false);
        }
      }),
    );
  });

  it("reaches machines unchanged", () => {
    const { output, stdout } = capture(true);
    output.result({ name: HOSTILE });
    expect(JSON.parse(stdout.join(""))).toEqual({ ok: true, name: HOSTILE });
  });
});

describe("createOutput", () => {
  it("speaks to people in sentences: results on stdout, failures with their hint on stderr", () => {
    const { output, stdout, stderr } = capture(false);
    output.say("All 7 accounts are safe.");
    output.result({ accounts: 7 });
    output.note("Just so you know.");
    output.fail(new KeeperError("BUSY", "Another one is at work.", { hint: "Wait for it." }));
    expect(stdout).toEqual(["All 7 accounts are safe.\n"]);
    expect(stderr).toEqual(["Just so you know.\n", "Another one is at work.\nWait for it.\n"]);
  });

  it("gives machines one object on stdout and nothing else", () => {
    const { output, stdout, stderr } = capture(true);
    output.say("All 7 accounts are safe.");
    output.note("Just so you know.");
    output.print("secret");
    output.result({ accounts: 7 });
    expect(stdout).toEqual(['{"ok":true,"accounts":7}\n']);
    expect(stderr).toEqual([]);
  });

  it("gives machines the failure as data", () => {
    const { output, stdout } = capture(true);
    expect(output.fail(new KeeperError("SITE_ASLEEP", "Asleep.", { hint: "Wait.", cause: new Error("s3cret") })).code).toBe("SITE_ASLEEP");
    expect(JSON.parse(stdout.join(""))).toEqual({ ok: false, error: { code: "SITE_ASLEEP", message: "Asleep.", hint: "Wait.", retryable: true } });
  });

  it.each([true, false])("tells nothing of a defect's own text (json: %s)", (json) => {
    const { output, stdout, stderr } = capture(json);
    expect(output.fail(new Error("s3cret")).code).toBe("INTERNAL");
    expect([...stdout, ...stderr].join("")).not.toContain("s3cret");
  });

  it("prints the variable byte for byte", () => {
    const { output, stdout } = capture(false);
    output.print("abc=\n");
    expect(stdout).toEqual(["abc=\n"]);
  });
});
