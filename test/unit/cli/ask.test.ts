import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { confirm } from "../../../electron/cli/ask.ts";
import { createContext, type CliContext } from "../../../electron/cli/context.ts";
import { givenPassphrase, openWithPassphrase, passphraseToLock } from "../../../electron/cli/passphrase.ts";
import { KeeperError } from "../../../shared/errors.ts";
import { createFakeHost, type FakeHost } from "./fake-host.ts";

const question = { question: "Bring back 7 accounts?", flag: "--yes" } as const;

function atTerminal(env: Record<string, string> = {}): { host: FakeHost; context: CliContext; type: (text: string) => void } {
  const host = createFakeHost({ terminal: true, env });
  return { host, context: createContext(host, { json: false }), type: (text) => void host.stdin.write(text) };
}

/** Lets a question be asked before it is answered. */
const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 5));

describe("confirm", () => {
  it.each([
    ["y", true],
    ["YES", true],
    [" yes ", true],
    ["n", false],
    ["", false],
    ["yesterday", false],
  ])("takes %j on a terminal for %s", async (typed, expected) => {
    const { host, context, type } = atTerminal();
    const answer = confirm(context.prompt, { ...question, yes: false });
    type(`${typed}\r`);
    expect(await answer).toBe(expected);
    expect(host.err()).toContain("Bring back 7 accounts? [y/N] ");
    expect(host.out()).toBe("");
  });

  it("does not ask when the flag has answered", async () => {
    const { host, context } = atTerminal();
    expect(await confirm(context.prompt, { ...question, yes: true })).toBe(true);
    expect(host.err()).toBe("");
  });

  it("never asks without a terminal, nor with --json, and names the flag", async () => {
    const piped = createFakeHost({ terminal: true });
    piped.stdin.isTTY = false;
    const unseen = createFakeHost({ terminal: true });
    unseen.stderr.isTTY = false;
    const prompts = [createFakeHost(), piped, unseen].map((host) => createContext(host, { json: false }).prompt);
    for (const prompt of [...prompts, createContext(createFakeHost({ terminal: true }), { json: true }).prompt]) {
      await expect(confirm(prompt, { ...question, yes: false })).rejects.toMatchObject({ code: "CONFIRMATION_NEEDED", hint: expect.stringContaining("--yes") as string });
    }
  });

  it("takes the end of the input for a no", async () => {
    const { host, context } = atTerminal();
    const answer = confirm(context.prompt, { ...question, yes: false });
    host.stdin.end();
    expect(await answer).toBe(false);
  });

  it("asks nobody whose input has ended, and names the flag", async () => {
    const { host, context } = atTerminal();
    host.stdin.end("a backup that was typed in for -");
    await text(host.stdin);
    await expect(confirm(context.prompt, { ...question, yes: false })).rejects.toMatchObject({ code: "CONFIRMATION_NEEDED", hint: expect.stringContaining("--yes") as string });
    expect(await context.prompt?.askSecret("Passphrase: ")).toBeNull();
    expect(host.err()).toBe("");
  });

  it("takes the progress line away first", async () => {
    const { host, context, type } = atTerminal();
    context.progress.onProgress({ phase: "reading", done: 1, total: 2, unit: "accounts", canCancel: true, problems: 0 });
    const answer = context.prompt?.askSecret("Passphrase: ");
    await turn();
    expect(host.err().lastIndexOf("\x1b[?25h")).toBeGreaterThan(host.err().indexOf("Reading accounts"));
    expect(host.err().endsWith("\x1b[2KPassphrase: ")).toBe(true);
    type("\r");
    expect(await answer).toBe("");
  });

  it("is stopped by Ctrl+C, and by a signal from outside", async () => {
    const first = atTerminal();
    const typed = confirm(first.context.prompt, { ...question, yes: false });
    first.type("y\x03");
    await expect(typed).rejects.toMatchObject({ code: "CANCELLED" });

    const second = atTerminal();
    const signalled = confirm(second.context.prompt, { ...question, yes: false });
    second.host.controller.abort();
    await expect(signalled).rejects.toMatchObject({ code: "CANCELLED" });
  });
});

describe("passphrases", () => {
  /** A backup that opens with any passphrase. */
  async function openLocked(passphrase: string | undefined): Promise<string> {
    if (passphrase === undefined) throw new KeeperError("PASSPHRASE_NEEDED", "This backup has a passphrase.", { hint: "Give it." });
    return await Promise.resolve(passphrase);
  }

  it("come from the file before the environment, its first line as it stands", async () => {
    const folder = mkdtempSync(join(tmpdir(), "keeper-cli-"));
    try {
      const file = join(folder, "pass");
      writeFileSync(file, " two words \r\nsecond line\n");
      const context = { env: { ACCOUNT_KEEPER_PASSPHRASE: "from env" } };
      expect(await givenPassphrase(context, file)).toBe(" two words ");
      expect(await givenPassphrase(context, undefined)).toBe("from env");
      expect(await givenPassphrase({ env: { ACCOUNT_KEEPER_PASSPHRASE: "" } }, undefined)).toBeUndefined();
      writeFileSync(file, "\nsecond line");
      await expect(givenPassphrase(context, file)).rejects.toMatchObject({ code: "USAGE" });
      await expect(givenPassphrase(context, join(folder, "missing"))).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("are asked for on a terminal and never shown", async () => {
    const { host, context, type } = atTerminal();
    const answer = openWithPassphrase(context, undefined, openLocked);
    type("s3cret phrase\r");
    expect(await answer).toBe("s3cret phrase");
    expect(host.err()).toContain("Passphrase of this backup: ");
    expect(host.err() + host.out()).not.toMatch(/s3cret|phrase\b.*phrase\b/);
  });

  it("are asked for twice when a backup is locked", async () => {
    const same = atTerminal();
    const good = passphraseToLock(same.context, undefined);
    same.type("s3cret\r");
    await turn();
    same.type("s3cret\r");
    expect(await good).toBe("s3cret");

    const other = atTerminal();
    const bad = passphraseToLock(other.context, undefined);
    other.type("s3cret\r");
    await turn();
    other.type("secret\r");
    await expect(bad).rejects.toMatchObject({ code: "PASSPHRASE_WRONG" });
    expect(same.host.err() + other.host.err()).not.toMatch(/s3cret|secret/);
  });

  it("are missing, with the ways to give them, where nobody can be asked", async () => {
    const context = createContext(createFakeHost(), { json: false });
    for (const attempt of [openWithPassphrase(context, undefined, openLocked), passphraseToLock(context, undefined)]) {
      await expect(attempt).rejects.toMatchObject({ code: "PASSPHRASE_NEEDED", hint: expect.stringMatching(/ACCOUNT_KEEPER_PASSPHRASE.*--passphrase-file/) as string });
    }
  });

  it("are missing when nothing was typed", async () => {
    const { context, type } = atTerminal();
    const answer = openWithPassphrase(context, undefined, openLocked);
    type("\r");
    await expect(answer).rejects.toMatchObject({ code: "PASSPHRASE_NEEDED" });
  });
});
