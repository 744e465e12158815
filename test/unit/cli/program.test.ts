import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { commands } from "../../../electron/cli/commands/index.ts";
import { exitCodeOf, exitCodes, type ExitCode } from "../../../electron/cli/exit-codes.ts";
import type { CommandBodies } from "../../../electron/cli/program.ts";
import { VERSION } from "../../../electron/engine/program.ts";
import { KeeperError, type ErrorCode } from "../../../shared/errors.ts";
import { createFakeHost, run } from "./fake-host.ts";

/** All commands, so that their flags can be tried; each keeps the options it got. */
function recordingBodies(): { bodies: CommandBodies; seen: [string, unknown][] } {
  const seen: [string, unknown][] = [];
  const keep = (name: string) => (_context: unknown, options: unknown) => {
    seen.push([name, options]);
    return Promise.resolve(exitCodes.done);
  };
  const bodies = {
    backup: keep("backup"),
    restore: keep("restore"),
    variable: keep("variable"),
    inspect: keep("inspect"),
    verify: keep("verify"),
    list: keep("list"),
    status: keep("status"),
    watch: keep("watch"),
    demo: keep("demo"),
  };
  return { bodies, seen };
}

async function optionsOf(line: string): Promise<[string, unknown] | undefined> {
  const { bodies, seen } = recordingBodies();
  expect(await run(line.split(" "), bodies)).toEqual({ exitCode: 0, out: "", err: "" });
  return seen[0];
}

describe("the command line", () => {
  it.each<[string, string, Record<string, unknown>]>([
    ["backup --url http://a --out d", "backup", { url: "http://a", out: "d", encrypt: false, acceptFewer: false, json: false }],
    [
      "backup --folder f --collection c --tenant t --database d --out o --encrypt --accept-fewer --passphrase-file p --json",
      "backup",
      { folder: "f", collection: "c", tenant: "t", database: "d", out: "o", encrypt: true, acceptFewer: true, passphraseFile: "p", json: true },
    ],
    ["backup --cloud --auth-file k --out d", "backup", { cloud: true, authFile: "k", out: "d", encrypt: false, acceptFewer: false, json: false }],
    ["restore --url http://a --from -", "restore", { url: "http://a", from: "-", policy: "add-missing", dryRun: false, yes: false, json: false }],
    [
      "restore --ca-file ca --from variable --policy overwrite --only a,b --only c --dry-run --yes",
      "restore",
      { caFile: "ca", from: "variable", policy: "overwrite", only: ["a", "b", "c"], dryRun: true, yes: true, json: false },
    ],
    ["variable --from f --dotenv", "variable", { from: "f", nameValue: false, dotenv: true, push: false, check: false, json: false }],
    ["variable --url http://a --name-value --json", "variable", { url: "http://a", nameValue: true, dotenv: false, push: false, check: false, json: true }],
    ["inspect f --json", "inspect", { target: "f", json: true }],
    ["inspect -", "inspect", { target: "-", json: false }],
    ["verify d", "verify", { target: "d", json: false }],
    ["list d --json", "list", { target: "d", json: true }],
    ["status --url http://a", "status", { url: "http://a", json: false }],
    ["demo", "demo", { json: false }],
    // As a shell leaves it behind an =, and in quotes.
    ["backup --folder=~/site --collection=~/c --out=~/b", "backup", { folder: join(homedir(), "site"), collection: "~/c", out: join(homedir(), "b"), encrypt: false, acceptFewer: false, json: false }],
    ["list ~/b", "list", { target: join(homedir(), "b"), json: false }],
    ["list ~b", "list", { target: "~b", json: false }],
  ])("%s", async (line, name, options) => {
    expect(await optionsOf(line)).toEqual([name, options]);
  });

  it.each<[string, string]>([
    ["nope", "There is no such command."],
    ["help nope", "There is no such command."],
    ["backup --url http://a", "--out is missing."],
    ["backup --out", "--out needs a value."],
    ["backup --out --encrypt --url http://a", "--out needs a value."],
    ["restore --from a --only --yes", "--only needs a value."],
    ["restore --from a --only ,", "--only needs a value."],
    ["variable --from --dotenv", "--from needs a value."],
    ["restore --url http://a --from b --dimension 0", "--dimension needs a whole number from 1 to 65,536."],
    ["restore --url http://a --from b --dimension 999999999999", "--dimension needs a whole number from 1 to 65,536."],
    ["watch --url http://a --out b --interval 3000000", "--interval needs a whole number from 1 to 86,400."],
    ["watch --url http://a --out b --interval 1.5", "--interval needs a whole number from 1 to 86,400."],
    ["restore --url http://a", "--from is missing."],
    ["restore --from a --policy replace", "--policy takes only add-missing or overwrite."],
    ["variable --from a --url b", "--from does not go together with --url."],
    ["variable --name-value --dotenv", "--name-value does not go together with --dotenv."],
    ["inspect", "The file or folder is missing."],
    ["inspect a b", "There is one word too many."],
    ["status --nope", "There is no option --nope here."],
  ])("says what is wrong with: %s", async (line, sentence) => {
    const { bodies, seen } = recordingBodies();
    const people = await run(line.split(" "), bodies);
    expect(people).toMatchObject({ exitCode: 2, out: "" });
    expect(people.err.split("\n")[0]).toBe(sentence);
    expect(people.err).toMatch(/See account-keeper (?:\w+ )?--help\.\n$/);

    const machine = await run([...line.split(" "), "--json"], bodies);
    expect(machine).toMatchObject({ exitCode: 2, err: "" });
    expect(JSON.parse(machine.out)).toMatchObject({ ok: false, error: { code: "USAGE", message: sentence } });
    expect(seen).toEqual([]);
  });

  it.each(["--token", "--auth", "--api-key", "--key", "--password", "--passphrase"])("takes no secret as %s, and does not repeat it", async (flag) => {
    for (const words of [[`${flag}=s3cret`], [flag, "s3cret"]]) {
      const { exitCode, out, err } = await run(["backup", "--url", "http://a", "--out", "d", ...words], recordingBodies().bodies);
      expect(exitCode).toBe(2);
      expect(out + err).not.toContain("s3cret");
    }
  });

  it("does not repeat a word that came in the wrong place", async () => {
    for (const words of [["s3cret"], ["inspect", "a", "s3cret"], ["restore", "--from", "a", "--policy", "s3cret"]]) {
      const { exitCode, out, err } = await run(words, recordingBodies().bodies);
      expect(exitCode).toBe(2);
      expect(out + err).not.toContain("s3cret");
    }
  });
});

describe("help", () => {
  it("teaches: examples, environment, key file, exit codes", async () => {
    const { exitCode, out, err } = await run(["--help"], recordingBodies().bodies);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    for (const word of ["account-keeper demo", "CHROMA_URL", "CHROMA_TOKEN", "ACCOUNT_KEEPER_PASSPHRASE", "basic user:password", "130"]) expect(out).toContain(word);
  });

  it.each(["backup", "restore", "variable", "inspect", "verify", "list", "status"])("of %s has an example", async (name) => {
    const { exitCode, out } = await run([name, "--help"], recordingBodies().bodies);
    expect(exitCode).toBe(0);
    expect(out).toMatch(new RegExp(`Examples?:\\n(?:.*\\n)*?.*account-keeper ${name} `));
    expect((await run(["help", name], recordingBodies().bodies)).out).toBe(out);
  });

  it("offers no source that the command refuses, which is still understood", async () => {
    const flagsOf = async (name: string): Promise<string[]> => (await run([name, "--help"], commands)).out.match(/^ {2}--(?:url|folder|cloud)\b/gm) ?? [];
    expect(await flagsOf("backup")).toEqual(["  --url", "  --folder", "  --cloud"]);
    expect(await flagsOf("watch")).toEqual(["  --url", "  --cloud"]);
    expect(await flagsOf("redeploy")).toEqual(["  --url"]);
    expect(await run(["watch", "--folder", "chroma_db", "--out", "backups"], commands)).toMatchObject({ exitCode: 2, err: expect.stringContaining("A data folder cannot be watched") as string });
  });

  it("ends each summary as a sentence ends", async () => {
    const { out } = await run(["drill", "--help"], commands);
    expect(out).toContain("Rehearse a restore: would everybody come back and be able to sign in?\n");
  });

  it("is the answer to no command at all, on stderr", async () => {
    const { exitCode, out, err } = await run([], recordingBodies().bodies);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(err).toContain("Usage: account-keeper");
  });

  it("offers only commands that have a body", async () => {
    const { demo } = recordingBodies().bodies;
    expect(demo).toBeDefined();
    const { out } = await run(["--help"], demo === undefined ? {} : { demo });
    expect(out).toMatch(/^ {2}demo /m);
    expect(out).not.toMatch(/^ {2}backup /m);
  });

  it("tells the version of the package", async () => {
    expect(VERSION).toMatch(/^\d+\.\d+\.\d+/);
    expect(await run(["--version"], commands)).toEqual({ exitCode: 0, out: `${VERSION}\n`, err: "" });
  });
});

describe("endings", () => {
  it.each<[ErrorCode, ExitCode]>([
    ["SERVER_UNREACHABLE", 1],
    ["VARIABLE_CUT", 1],
    ["NOT_ELIGIBLE", 1],
    ["INTERNAL", 1],
    ["USAGE", 2],
    ["CONFIRMATION_NEEDED", 2],
    ["BACKUP_NOT_FOUND", 10],
    ["VARIABLE_NOT_SET", 10],
    ["COLLECTION_NOT_FOUND", 10],
    ["BUSY", 11],
    ["PASSPHRASE_WRONG", 12],
    ["PASSPHRASE_NEEDED", 12],
    ["CANCELLED", 130],
  ])("%s ends with %d, told once", async (code, exitCode) => {
    expect(exitCodeOf(code)).toBe(exitCode);
    const demo = (): Promise<never> => Promise.reject(new KeeperError(code, "A sentence.", { hint: "A hint." }));
    expect(await run(["demo"], { demo })).toEqual({ exitCode, out: "", err: "A sentence.\nA hint.\n" });
    const machine = await run(["demo", "--json"], { demo });
    expect(machine.exitCode).toBe(exitCode);
    expect(JSON.parse(machine.out)).toMatchObject({ ok: false, error: { code } });
  });

  it("hands the body's own exit code on", async () => {
    expect((await run(["demo"], { demo: () => Promise.resolve(exitCodes.doneWithProblems) })).exitCode).toBe(3);
  });

  it("turns a defect into a sentence without its text", async () => {
    const demo = (): Promise<never> => Promise.reject(new TypeError("s3cret"));
    const { exitCode, err } = await run(["demo"], { demo });
    expect(exitCode).toBe(1);
    expect(err).not.toContain("s3cret");
    expect(err).toContain("Something went wrong inside Account Keeper.");
  });

  it("does not begin what was stopped before", async () => {
    const host = createFakeHost();
    host.controller.abort();
    const demo = vi.fn(() => Promise.resolve(exitCodes.done));
    expect((await run(["demo"], { demo }, host)).exitCode).toBe(130);
    expect(demo).not.toHaveBeenCalled();
  });

  it("draws no progress line on a terminal that cannot move its cursor", async () => {
    const host = createFakeHost({ terminal: true, env: { TERM: "dumb" } });
    const demo: CommandBodies["demo"] = ({ progress }) => {
      progress.onProgress({ phase: "reading", done: 1, total: 2, unit: "accounts", canCancel: true, problems: 0 });
      return Promise.resolve(exitCodes.done);
    };
    expect((await run(["demo"], { demo }, host)).err).toBe("");
  });

  it("does not call an undo that failed a restore", async () => {
    const restore = (): Promise<never> => Promise.reject(new KeeperError("BACKUP_NOT_FOUND", "There is no safety copy of this site here."));
    expect((await run(["restore", "--from", "backups"], { restore })).err).toMatch(/^❌ Failed to restore users from backup: There is no safety copy/);
    expect((await run(["restore", "--from", "backups", "--undo"], { restore })).err).toMatch(/^There is no safety copy/);
  });

  it("takes the progress line away before a failure is told", async () => {
    const host = createFakeHost({ terminal: true });
    const { err } = await run(
      ["demo"],
      {
        demo: (context) => {
          context.progress.onProgress({ phase: "reading", done: 1, total: 2, unit: "accounts", canCancel: true, problems: 0 });
          return Promise.reject(new KeeperError("BUSY", "Another one is at work."));
        },
      },
      host,
    );
    expect(err).toContain("Reading accounts: 1 of 2");
    expect(err).toMatch(/Another one is at work\.\n$/);
    expect(err.lastIndexOf("\x1b[?25h")).toBeLessThan(err.lastIndexOf("Another"));
  });
});
