/** What a person sees on a real terminal: the progress line while it works and not after, and the questions. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { startFrontProxy } from "../support/front-proxy.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { createCliStage, type CliStage } from "../support/cli-stage.ts";
import { hasTerminal, runInTerminal, screenAfter, type TerminalRun } from "../support/terminal.ts";

if (!hasTerminal) console.warn("SKIPPED: the tests on a real terminal need the program `script` of util-linux.");

const READ = /^POST .*\/get$/;
const QUESTION = /Bring back 3 accounts\? \[y\/N\] /;

function onTerminal(stage: CliStage, args: readonly string[]): TerminalRun {
  return runInTerminal(args, { ...stage.env, TMPDIR: stage.temporary, ACCOUNT_KEEPER_PASSPHRASE: undefined, USER_BACKUP_DATA: undefined });
}

async function wipedStage(): Promise<CliStage> {
  const stage = await createCliStage();
  await stage.backUp();
  await stage.site.wipe();
  return stage;
}

describe.skipIf(!hasTerminal)("on a terminal", () => {
  it("backup shows a progress line while it works, and in the end its sentences alone", async () => {
    const stage = await createCliStage();
    const terminal = onTerminal(stage, ["backup", ...stage.source, "--out", stage.vault]);
    expect(await terminal.ended).toBe(0);
    expect(terminal.output()).toContain("Connecting");
    expect(screenAfter(terminal.output())).toEqual({
      lines: ["✅ Backed up 3 users for persistence", "All 3 accounts are safe.", expect.stringContaining("It was read back and checked.")],
      cursorShown: true,
    });
  });

  it("restore shows a bar with counts, asks, and a yes brings them back", async () => {
    const stage = await wipedStage();
    const terminal = onTerminal(stage, ["restore", ...stage.source, "--from", stage.vault]);
    await terminal.shows(QUESTION);
    expect(await stage.state()).toMatchObject({ site: null });
    terminal.type("y\r");
    expect(await terminal.ended).toBe(0);
    expect(terminal.output()).toMatch(/█{24} \w[\w ]+: 3 of 3/);
    const { lines, cursorShown } = screenAfter(terminal.output());
    expect(cursorShown).toBe(true);
    expect(lines.filter((line) => line !== "")).toEqual([
      expect.stringMatching(/^From user_backup_\d{8}\.json, .*: 3 accounts\.$/),
      "Adds 3 · leaves 0 as they are · changes nobody.",
      expect.stringMatching(/^The collection "users-.*" is missing and will be made\.$/),
      "Bring back 3 accounts? [y/N] y",
      "✅ Restored 3 users from backup",
      "All 3 accounts are back, read again from your site and checked. It now has 3.",
    ]);
    expect((await stage.site.read()).size).toBe(3);
  });

  it.each(["n\r", "\r", "yep\r", "\u0004"])("anything but a yes (%j) changes nothing and ends with 130", async (keys) => {
    const stage = await wipedStage();
    const terminal = onTerminal(stage, ["restore", ...stage.source, "--from", stage.vault]);
    await terminal.shows(QUESTION);
    terminal.type(keys);
    expect(await terminal.ended).toBe(130);
    expect(screenAfter(terminal.output()).lines.at(-1)).toBe("Nothing was changed.");
    expect(await stage.state()).toMatchObject({ site: null });
  });

  it("Ctrl+C at the question stops it", async () => {
    const stage = await wipedStage();
    const terminal = onTerminal(stage, ["restore", ...stage.source, "--from", stage.vault]);
    await terminal.shows(QUESTION);
    terminal.type("\u0003");
    expect(await terminal.ended).toBe(130);
    expect(screenAfter(terminal.output())).toMatchObject({ cursorShown: true });
    expect(terminal.output()).toMatch(/Stopped\. Nothing was changed\.\r\n$/);
    expect(await stage.state()).toMatchObject({ site: null });
  });

  it("Ctrl+C in the middle takes the progress line away and shows the cursor again", async () => {
    const stage = await createCliStage();
    const proxy = await startFrontProxy({ target: inject("chromaUrl") });
    onTestFinished(async () => await proxy.close());
    proxy.injectAlways(READ, { kind: "hold" });
    const held = proxy.nextRequest(READ);
    const terminal = onTerminal(stage, ["backup", "--url", proxy.url, "--collection", stage.site.collectionName, "--out", stage.vault]);
    await held;
    await terminal.shows(/\[\?25l/);
    terminal.type("\u0003");
    expect(await terminal.ended).toBe(130);
    const { lines, cursorShown } = screenAfter(terminal.output().replace("^C", ""));
    expect({ lines, cursorShown }).toEqual({ lines: ["Stopped."], cursorShown: true });
  });

  it("asks whether fewer accounts are right, and takes the answer", async () => {
    const stage = await createCliStage();
    await stage.backUp();
    await stage.site.deleteAccounts([...(await stage.site.read()).keys()].slice(1));
    const terminal = onTerminal(stage, ["backup", ...stage.source, "--out", stage.vault]);
    await terminal.shows(/Is it right that they are gone\? \[y\/N\] /);
    terminal.type("y\r");
    expect(await terminal.ended).toBe(0);
    expect(screenAfter(terminal.output()).lines).toContain("Your 1 account is safe.");
    expect((await stage.run(["restore", ...stage.source, "--from", stage.vault, "--dry-run"])).stdout).toContain(": 1 account.\n");
  });

  it("says once what is missing, also after a no", async () => {
    const stage = await createCliStage();
    await stage.backUp();
    await stage.site.deleteAccounts([...(await stage.site.read()).keys()].slice(1));
    const terminal = onTerminal(stage, ["backup", ...stage.source, "--out", stage.vault]);
    await terminal.shows(/Is it right that they are gone\? \[y\/N\] /);
    terminal.type("n\r");
    expect(await terminal.ended).toBe(3);
    expect(terminal.output().match(/Both are kept/g)).toHaveLength(1);
    expect(terminal.output().match(/not on your site: user_\w+, user_\w+\./g)).toHaveLength(1);
    expect(terminal.output()).toMatch(/short\/user_backup_\d{8}_\d{6}\.json, .* It was read back and checked\.\r\n$/);
  });

  it("Ctrl+C instead of that answer says that the short copy is kept, and its history knows it", async () => {
    const stage = await createCliStage();
    await stage.backUp();
    await stage.site.deleteAccounts([...(await stage.site.read()).keys()].slice(1));
    const terminal = onTerminal(stage, ["backup", ...stage.source, "--out", stage.vault]);
    await terminal.shows(/Is it right that they are gone\? \[y\/N\] /);
    terminal.type("\u0003");
    expect(await terminal.ended).toBe(130);
    expect(terminal.output()).toMatch(/Stopped\. Both are kept, .*--accept-fewer\.\r\n$/);
    expect(await readFile(join(stage.vault, "account-keeper-activity.jsonl"), "utf8")).toContain('"kept_apart"');
  });

  it("a backup that was typed in for - leaves nobody to ask: it names --yes, and ends as every missing yes does", async () => {
    const stage = await wipedStage();
    const terminal = onTerminal(stage, ["restore", ...stage.source, "--from", "-"]);
    terminal.type(`[${sampleAccounts(1)[0]?.document ?? ""}]\n`);
    await terminal.shows(/password_hash/);
    terminal.type("\u0004");
    expect(await terminal.ended).toBe(2);
    expect(screenAfter(terminal.output()).lines.slice(-2)).toEqual(["This needs your yes: Bring back 1 account?", "Add --yes to go on without being asked. Nothing was changed."]);
    expect(await stage.state()).toMatchObject({ site: null });
  });

  it("asks for the passphrase of the newest backup, to compare with it", async () => {
    const stage = await createCliStage();
    await stage.backUp("three little words");
    const terminal = onTerminal(stage, ["backup", ...stage.source, "--out", stage.vault]);
    await terminal.shows(/Passphrase of the newest backup: /);
    terminal.type("three little words\r");
    expect(await terminal.ended).toBe(0);
    expect(terminal.output()).not.toContain("little");
    expect(screenAfter(terminal.output()).lines).toContain("All 3 accounts are safe.");
    // Nobody said --encrypt, and password hashes lie open now.
    expect(screenAfter(terminal.output()).lines).toContain("It is not locked. --encrypt locks it with your passphrase.");
  });

  it("asks for the passphrase of a safety copy in a line of its own", async () => {
    const stage = await createCliStage();
    await stage.backUp("three little words");
    await stage.site.deleteAccounts([...(await stage.site.read()).keys()].slice(1));
    await stage.run(["restore", ...stage.source, "--from", stage.vault, "--yes"], { env: { ACCOUNT_KEEPER_PASSPHRASE: "three little words" } });
    const terminal = onTerminal(stage, ["restore", ...stage.source, "--from", stage.vault, "--undo"]);
    await terminal.shows(/Passphrase of this backup: /);
    expect(screenAfter(terminal.output())).toEqual({ lines: ["Passphrase of this backup:"], cursorShown: true });
    terminal.type("three little words\r");
    expect(await terminal.ended).toBe(0);
  });

  it("asks for a passphrase without showing it", async () => {
    const stage = await createCliStage();
    const path = await stage.backUp("three little words");
    const terminal = onTerminal(stage, ["inspect", path]);
    await terminal.shows(/Passphrase of this backup: /);
    terminal.type("three little words\r");
    expect(await terminal.ended).toBe(0);
    expect(terminal.output()).not.toContain("little");
    expect(screenAfter(terminal.output()).lines).toContain("It is locked with a passphrase.");
  });
});
