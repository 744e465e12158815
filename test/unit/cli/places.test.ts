/** What `--from` may not be, and what is said when nothing is there: before any server is asked. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../../../electron/cli/commands/index.ts";
import { tempFolder } from "../backup/make-backup.ts";
import { createFakeHost, run } from "./fake-host.ts";

const SITE = ["--url", "http://127.0.0.1:1"];

describe("a start command", () => {
  it.each([
    ["-", "--on-startup does not read standard input."],
    ["variable", "--on-startup looks at USER_BACKUP_DATA by itself, after the backups."],
  ])("refuses --from %s: it would pass over what is there, and call that a fresh start", async (from, sentence) => {
    const { exitCode, out, err } = await run(["restore", "--on-startup", ...SITE, "--from", from], commands, createFakeHost({ stdin: "[]" }));
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(err).toMatch(/^\S.*\n\S.*--from.*\.\n$/);
    expect(err.split("\n")[0]).toBe(sentence);
  });
});

describe("an undo", () => {
  it("refuses standard input: a safety copy lies in a folder", async () => {
    const { exitCode, out, err } = await run(["restore", "--undo", ...SITE, "--from", "-"], commands, createFakeHost({ stdin: "[]" }));
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(err).toMatch(/^An undo takes nothing from standard input\.\n.*--from variable.*\n$/);
  });
});

describe("nothing on standard input", () => {
  it.each([
    ["restore", ...SITE, "--from", "-"],
    ["drill", "-"],
    ["diff", ...SITE, "--from", "-"],
    ["variable", "--from", "-"],
    ["inspect", "-"],
  ])("is no damaged backup: %s", async (...line) => {
    for (const stdin of ["", " \n"]) {
      const { exitCode, out, err } = await run(line, commands, createFakeHost({ stdin }));
      expect({ exitCode, out }).toEqual({ exitCode: 1, out: "" });
      expect(err).toMatch(/^(?:❌ .*: )?Nothing came in\.\nIf it should have been the variable, it is not set here\.\n$/);
    }
  });
});

describe("a restore from a place that is not there", () => {
  it("is a failure and no fresh start", async () => {
    for (const from of [join(await tempFolder(), "mistyped"), await tempFolder(), "variable"]) {
      const { exitCode, out, err } = await run(["restore", ...SITE, "--from", from, "--yes"], commands);
      expect({ exitCode, out }).toEqual({ exitCode: 10, out: "" });
      expect(err).toMatch(/^❌ Failed to restore users from backup: \S/);
    }
  });
});
