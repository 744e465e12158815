/** `redeploy` and `variable --push|--check` before anything is asked at Render: flags, refusals, and the line to go on with. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { commands } from "../../../electron/cli/commands/index.ts";
import { resumeCommand } from "../../../electron/cli/commands/resume-command.ts";
import { optionSchemas } from "../../../electron/cli/command-options.ts";
import { exitCodes } from "../../../electron/cli/exit-codes.ts";
import { withRender } from "../../../electron/cli/render-options.ts";
import { createFakeHost, run, type CliRun } from "./fake-host.ts";

const KEY = "rnd_MarkerKey0123456789";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "account-keeper-test-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function say(words: readonly string[], env: Record<string, string> = {}): Promise<CliRun> {
  return await run(words, commands, createFakeHost({ env }));
}

async function optionsOf(line: string): Promise<unknown> {
  const seen: unknown[] = [];
  const keep = (_context: unknown, options: unknown) => {
    seen.push(options);
    return Promise.resolve(exitCodes.done);
  };
  expect(await run(line.split(" "), { redeploy: keep, variable: keep })).toEqual({ exitCode: 0, out: "", err: "" });
  return seen[0];
}

describe("what is typed", () => {
  it.each<[string, Record<string, unknown>]>([
    ["redeploy --url http://a --out d --service s", { url: "http://a", out: "d", service: "s", resume: false, yes: false, json: false }],
    [
      "redeploy --url http://a --collection c --out d --service srv-1 --render-key-file k --passphrase-file p --dimension 8 --resume --yes --json",
      { url: "http://a", collection: "c", out: "d", service: "srv-1", renderKeyFile: "k", passphraseFile: "p", dimension: 8, resume: true, yes: true, json: true },
    ],
    ["variable --url http://a --push --service s --out d", { url: "http://a", push: true, check: false, service: "s", out: "d", nameValue: false, dotenv: false, json: false }],
    ["variable --cloud --check --service s", { cloud: true, push: false, check: true, service: "s", nameValue: false, dotenv: false, json: false }],
  ])("%s", async (line, options) => {
    expect(await optionsOf(line)).toEqual(options);
  });

  it.each<[string, string]>([
    ["redeploy --url http://a --service s", "--out is missing."],
    ["redeploy --url http://a --out d --service --yes", "--service needs a value."],
    ["redeploy --url http://a --out d --dimension 0", "--dimension needs a whole number from 1 to 65,536."],
    ["redeploy --folder f --out d --service s", "A data folder on this computer is not what Render deploys."],
    ["redeploy --cloud --out d --service s", "Accounts in Chroma Cloud are not wiped by a redeploy at Render."],
    ["redeploy --out d --service s", "We do not know where the accounts are."],
    ["redeploy --url http://a --out d --service s", "Render asks for a key."],
    ["variable --url http://a --push --check", "--push does not go together with --check."],
    ["variable --url http://a --push --name-value", "--push does not go together with --name-value."],
    ["variable --url http://a --push --dotenv", "--push does not go together with --dotenv."],
    ["variable --from f --push", "--push does not go together with --from."],
    ["variable --from f --check", "--check does not go together with --from."],
    ["variable --url http://a --check --out d", "--out does nothing for --check."],
    ["variable --url http://a --service s", "--service does nothing here."],
    ["variable --url http://a --render-key-file k", "--render-key-file does nothing here."],
    ["variable --url http://a --out d", "--out does nothing here."],
    ["variable --url http://a --push", "Render asks for a key."],
  ])("is refused: %s", async (line, sentence) => {
    const people = await say(line.split(" "));
    expect(people).toMatchObject({ exitCode: 2, out: "" });
    expect(people.err.split("\n")[0]).toBe(sentence);
    expect(people.err.split("\n")[1]).not.toBe("");
    const machine = await say([...line.split(" "), "--json"]);
    expect(machine).toMatchObject({ exitCode: 2, err: "" });
    expect(JSON.parse(machine.out)).toMatchObject({ ok: false, error: { code: "USAGE", message: sentence } });
  });

  it("needs a service, and says how to name one", async () => {
    const { exitCode, err } = await say(["redeploy", "--url", "http://a", "--out", folder()], { RENDER_API_KEY: KEY });
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: "We do not know which service at Render this is.\nName it with --service, by its name or its id (srv-…), or set RENDER_SERVICE.\n" });
  });

  it("has nothing to resume where nothing was begun, and needs no key to say so", async () => {
    const args = ["redeploy", "--url", "http://a", "--out", folder(), "--resume"];
    expect(await say(args)).toEqual({ exitCode: 10, out: "No redeploy was under way.\n", err: "" });
    expect(await say([...args, "--json"])).toEqual({ exitCode: 10, out: '{"ok":true,"outcome":"nothing_begun"}\n', err: "" });
  });
});

describe("the key for Render", () => {
  it.each(["--render-key", "--api-key", "--key"])("is not taken as %s, and not repeated", async (flag) => {
    for (const words of [[`${flag}=${KEY}`], [flag, KEY]]) {
      const { exitCode, out, err } = await say(["redeploy", "--url", "http://a", "--out", "d", "--service", "s", ...words]);
      expect(exitCode).toBe(2);
      expect(out + err).not.toContain(KEY);
    }
  });

  it.each([
    ["nothing in it", "# only a comment\n\n"],
    ["more than a key", `Bearer ${KEY}`],
  ])("does not come from a file with %s", async (_what, text) => {
    const path = join(folder(), "key");
    writeFileSync(path, text);
    const { exitCode, out, err } = await say(["variable", "--url", "http://a", "--check", "--service", "s", "--render-key-file", path]);
    expect(exitCode).toBe(2);
    expect(err).toMatch(/^The key file .* is not written as we need it\.\n/);
    expect(out + err).not.toContain(KEY);
  });

  it("comes from a file that is not there: told", async () => {
    const { exitCode, err } = await say(["variable", "--url", "http://a", "--check", "--service", "s", "--render-key-file", join(folder(), "none")]);
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^We cannot read the key file /);
  });

  it("goes to no address without TLS but this machine's", async () => {
    const env = { RENDER_API_KEY: KEY, RENDER_API_URL: "http://render.example/v1" };
    await expect(withRender({ env }, {}, () => Promise.resolve("asked"))).rejects.toMatchObject({ code: "INVALID_ADDRESS" });
    await expect(withRender({ env: { ...env, RENDER_API_URL: "http://127.0.0.1:1/v1" } }, {}, () => Promise.resolve("asked"))).resolves.toBe("asked");
  });
});

describe("the line to go on with", () => {
  it("repeats what was typed, fit for a shell, and no answer to a question", () => {
    const options = optionSchemas.redeploy.parse({ url: "https://a.example/x?y", out: "my backups", service: "marlow-bakery", renderKeyFile: "it's", yes: true });
    expect(resumeCommand(options, "linux")).toBe(String.raw`account-keeper redeploy --resume --url 'https://a.example/x?y' --out 'my backups' --render-key-file 'it'\''s'`);
    const onWindows = { ...options, out: String.raw`C:\Users\Ann Lee\backups`, renderKeyFile: String.raw`D:\render.key` };
    expect(resumeCommand(onWindows, "win32")).toBe(String.raw`account-keeper redeploy --resume --url "https://a.example/x?y" --out "C:\Users\Ann Lee\backups" --render-key-file D:\render.key`);
  });
});

describe("the help", () => {
  it.each(["redeploy", "variable"])("of %s says how it goes with Render", async (name) => {
    const { exitCode, out } = await say([name, "--help"]);
    expect(exitCode).toBe(0);
    for (const word of ["--service <ID|NAME>", "--render-key-file <FILE>", "RENDER_API_KEY", "RENDER_SERVICE"]) expect(out).toContain(word);
    expect(out).toMatch(new RegExp(`Examples?:\\n(?:.*\\n)*?.*account-keeper ${name} .*--service marlow-bakery`));
  });

  it("of redeploy says what it cannot promise, and how to go on", async () => {
    const { out } = await say(["redeploy", "--help"]);
    for (const words of ["we look every second", "--resume follows it to its end", "cannot be seen"]) expect(out).toContain(words);
  });
});
