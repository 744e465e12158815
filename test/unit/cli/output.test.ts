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

const STEERING = /[^\P{Cc}\n]|[\u00ad\u061c\u115f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e0fff}]/u;
const HOSTILE = "a\x1b[2J\x07\x08\x7f\x9b31m\r\u202eevil\u2066\u200b\ufeff\u2028\u00ad\u180e\u115f\u3164\ufff9\u{e0041}b";

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

  it("begins no line of its own, in no sentence and no failure", () => {
    const { output, stderr } = capture(false);
    output.fail(new KeeperError("DUPLICATE_ID", "Accounts 1 and 2 have the same id (u\n✅ Backed up 7 users).", { hint: "Mend\n✅ Restored 7 users" }), "❌ ");
    expect(stderr.join("")).toBe("❌ Accounts 1 and 2 have the same id (u ✅ Backed up 7 users).\nMend ✅ Restored 7 users\n");
  });

  it("takes several lines where our own help on the command line does", () => {
    const { output, stderr } = capture(false);
    output.fail(new KeeperError("USAGE", "No.", { hint: "One of\n  a\n  b" }));
    expect(stderr.join("")).toBe("No.\nOne of\n  a\n  b\n");
  });

  it("is cut where nobody would read on", () => {
    expect(shown("x".repeat(5_000_000))).toBe(`${"x".repeat(4_096)}…`);
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
