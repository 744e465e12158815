/** How the command ends when somebody stops it, or stops listening: at once, cleanly, with the exit code a shell expects. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { CLI_MAIN, startCli } from "../support/cli-process.ts";
import { answerOf, createCliStage, type CliStage } from "../support/cli-stage.ts";
import { startFrontProxy, type FrontProxy } from "../support/front-proxy.ts";
import { snapshotFolder } from "../support/snapshots.ts";

async function proxied(accounts?: readonly WritableRecord[]): Promise<{ stage: CliStage; proxy: FrontProxy; source: readonly string[] }> {
  const stage = await createCliStage(accounts);
  const proxy = await startFrontProxy({ target: inject("chromaUrl") });
  onTestFinished(async () => await proxy.close());
  return { stage, proxy, source: ["--url", proxy.url, "--collection", stage.site.collectionName] };
}

/** Files only: empty folders of locks stay and mean nothing. */
function filesIn(folder: string): string[] {
  return Object.entries(snapshotFolder(folder) ?? {}).flatMap(([name, what]) => (what.endsWith(" folder") ? [] : [name]));
}

const READ = /^POST .*\/get$/;
const WRITE = /^POST .*\/(?:add|upsert)$/;

describe("Ctrl+C", () => {
  it.each([
    ["SIGINT", "backup", false],
    ["SIGINT", "backup", true],
    ["SIGTERM", "backup", false],
    ["SIGHUP", "backup", false],
    ["SIGINT", "status", false],
    ["SIGINT", "variable", false],
  ] as const)("%s while %s waits for the server (json: %s): stopped, 130, nothing left behind", async (signal, command, json) => {
    const { stage, proxy, source } = await proxied();
    await stage.backUp();
    await stage.site.add(sampleAccounts(4).slice(3));
    const before = await stage.state();
    proxy.injectAlways(READ, { kind: "hold" });
    const held = proxy.nextRequest(READ);
    const args = [command, ...source, ...(command === "backup" ? ["--out", stage.vault] : []), ...(json ? ["--json"] : [])];
    const { child, ended } = startCli(args, { temporary: stage.temporary, env: stage.env });
    await held;
    child.kill(signal);
    const end = await ended;
    expect(end.code).toBe(130);
    if (json) expect(answerOf(end)).toMatchObject({ ok: false, error: { code: "CANCELLED" } });
    else expect(end).toMatchObject({ stdout: "", stderr: "Stopped.\n" });
    expect(await stage.state()).toEqual(before);
    expect(filesIn(stage.temporary)).toEqual([]);
  });

  it("while a restore writes: stopped, 130, and the next one finishes", async () => {
    const { stage, proxy, source } = await proxied();
    await stage.backUp();
    await stage.site.deleteAccounts(sampleAccounts(2).map(({ id }) => id));
    proxy.injectAlways(WRITE, { kind: "hold" });
    const held = proxy.nextRequest(WRITE);
    const { child, ended } = startCli(["restore", ...source, "--from", stage.vault, "--yes"], { temporary: stage.temporary, env: stage.env });
    await held;
    child.kill("SIGINT");
    const end = await ended;
    expect(end.code).toBe(130);
    expect(end.stderr).toBe("Stopped.\n");
    expect(end.stdout).not.toContain("Restored");
    expect(filesIn(stage.temporary)).toEqual([]);
    expect(await stage.run(["restore", ...stage.source, "--from", stage.vault, "--yes"])).toMatchObject({ code: 0 });
    expect((await stage.site.read()).size).toBe(3);
  });

  it("stops waiting for standard input", async () => {
    const stage = await createCliStage([]);
    const child = spawn(process.execPath, [CLI_MAIN, "inspect", "-"], { stdio: ["pipe", "pipe", "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
    // Longer than a pipe holds: when all of it is gone, it is read, and the rest is being waited for.
    await new Promise<void>((resolve) => child.stdin.write("A".repeat(1024 * 1024), () => resolve()));
    child.kill("SIGINT");
    await once(child, "close");
    expect([child.exitCode, ...(await outputs)]).toEqual([130, "", "Stopped.\n"]);
    expect(filesIn(stage.temporary)).toEqual([]);
  });

  it("a second time ends it at once; what that leaves, the next backup sweeps", async () => {
    const { stage, proxy, source } = await proxied(sampleAccounts(70));
    // The question whether all comes at once, the list, and two pages pass: by then more is read than waits in memory.
    const held = proxy.pause(READ, 4);
    const { child, ended } = startCli(["backup", ...source, "--out", stage.vault], { temporary: stage.temporary, env: stage.env });
    await held.reached;
    // While it stands still both signals come in, so that neither can be a moment too late. Two of one kind would count as one.
    child.kill("SIGSTOP");
    child.kill("SIGINT");
    child.kill("SIGTERM");
    child.kill("SIGCONT");
    // No word of a clean end: there was none.
    expect(await ended).toMatchObject({ code: 130, stdout: "", stderr: "" });
    expect(filesIn(stage.vault).filter((name) => name.endsWith(".part"))).toHaveLength(1);
    expect(await stage.run(["backup", ...stage.source, "--out", stage.vault])).toMatchObject({ code: 0 });
    expect(filesIn(stage.vault).sort()).toEqual(["account-keeper-activity.jsonl", expect.stringMatching(/^user_backup_\d{8}\.json$/)]);
  });
});

describe.skipIf(process.platform !== "linux")("a place for the output that is full", () => {
  async function intoFull(stage: CliStage, args: readonly string[]): Promise<{ code: number | null; said: string }> {
    const full = openSync("/dev/full", "w");
    onTestFinished(() => closeSync(full));
    const child = spawn(process.execPath, [CLI_MAIN, ...args], { env: { ...process.env, ...stage.env, TMPDIR: stage.temporary }, stdio: ["ignore", full, "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    if (child.stderr === null) throw new Error("no stderr");
    const said = text(child.stderr);
    await once(child, "close");
    return { code: child.exitCode, said: await said };
  }

  it("is said once, in a sentence; the work itself goes on to its end", async () => {
    const stage = await createCliStage();
    const sentence = "What was printed could not be written: the disk is full.\n";
    for (const line of [["backup", ...stage.source, "--out", stage.vault], ["backup", ...stage.source, "--out", stage.vault, "--json"], ["--help"]]) {
      expect(await intoFull(stage, line)).toEqual({ code: 1, said: sentence });
    }
    expect(await intoFull(stage, ["variable", ...stage.source])).toMatchObject({ code: 1, said: expect.stringContaining(sentence) as string });
    expect(await stage.run(["verify", stage.vault])).toMatchObject({ code: 0 });
  });
});

describe("a reader that goes away", () => {
  it("stops nothing and is no error", async () => {
    const stage = await createCliStage();
    const child = spawn(process.execPath, [CLI_MAIN, "backup", ...stage.source, "--out", stage.vault], {
      env: { ...process.env, ...stage.env, TMPDIR: stage.temporary },
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    child.stdout.destroy();
    const said = text(child.stderr);
    await once(child, "close");
    expect([child.exitCode, await said]).toEqual([0, ""]);
    // Written all the same: half a list was enough for the reader, but half a backup is none.
    expect(await stage.run(["verify", stage.vault])).toMatchObject({ code: 0 });
  });

  it("ends a failing command with its own exit code", async () => {
    const stage = await createCliStage();
    const child = spawn(process.execPath, [CLI_MAIN, "list", stage.vault], { stdio: ["ignore", "ignore", "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    child.stderr.destroy();
    await once(child, "close");
    expect(child.exitCode).toBe(10);
  });
});
