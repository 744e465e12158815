/** The built command in a process of its own, as an owner's terminal or a cron job runs it. `npm test` builds dist first. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export const CLI_MAIN = fileURLToPath(new URL("../../dist/electron/cli/main.js", import.meta.url));

/**
 * Says on exit how much memory the process had at its peak. From /proc where there is one: what `resourceUsage` says
 * there may be the peak of the test runner, which it inherits.
 */
const PEAK = `
import { readFileSync, writeSync } from "node:fs";
process.on("exit", () => {
  let kilobytes = process.resourceUsage().maxRSS;
  try { kilobytes = /VmHWM:\\s*(\\d+)/.exec(readFileSync("/proc/self/status", "latin1"))[1]; } catch {}
  writeSync(3, String(kilobytes));
});`;

export interface CliEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** 0 when a signal ended it. */
  readonly peakKilobytes: number;
}

export interface CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<CliEnd>;
}

export interface CliOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string | Uint8Array;
  /** Where its temporary files and the locks of sites go; a folder of this test's own by default. */
  readonly temporary?: string;
  /** Runs it as this user, when the tests run as root. */
  readonly uid?: number | undefined;
  /** Source of an ES module that runs in the process before anything else. */
  readonly preload?: string | undefined;
}

/** Starts it without a terminal and without the settings of whoever runs the tests. Killed when the test ends. */
export function startCli(args: readonly string[], options: CliOptions = {}): CliProcess {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:CHROMA_|ACCOUNT_KEEPER_PASSPHRASE|USER_BACKUP_DATA)/.test(name)));
  const preloads = [PEAK, ...(options.preload === undefined ? [] : [options.preload])];
  const imports = preloads.flatMap((source) => ["--import", `data:text/javascript,${encodeURIComponent(source)}`]);
  const child = spawn(process.execPath, [...imports, CLI_MAIN, ...args], {
    env: { ...clean, ...(options.temporary === undefined ? {} : { TMPDIR: options.temporary, TEMP: options.temporary, TMP: options.temporary }), ...options.env },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  const outputs = Promise.all([text(child.stdout), text(child.stderr), buffer(child.stdio[3] as Readable)]);
  const ended = once(child, "close").then(async () => {
    const [stdout, stderr, peak] = await outputs;
    return { code: child.exitCode, stdout, stderr, peakKilobytes: Number(peak.toString()) };
  });
  return { child, ended };
}

export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliEnd> {
  return await startCli(args, options).ended;
}

/** Runs it with `--json`: the exit code and what it answered. */
export async function runCliJson(args: readonly string[], options: CliOptions = {}): Promise<CliEnd & { answer: Record<string, unknown> }> {
  const end = await runCli([...args, "--json"], options);
  const answer: unknown = JSON.parse(end.stdout === "" ? "null" : end.stdout);
  if (typeof answer !== "object" || answer === null) throw new Error(`No answer, exit code ${String(end.code)}: ${end.stderr}`);
  return { ...end, answer: { ...answer } };
}

/** A folder for the temporary files of one test's processes. */
export function ownTemporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "account-keeper-test-tmp-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const LOCK = ".account-keeper.lock";

/** Makes the locks of killed processes look a minute old, as they are when somebody comes back to it: no need to wait. */
export function letLocksAge(...folders: readonly string[]): void {
  const old = new Date(Date.now() - 60_000);
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      // What is in it tells how long its holder has been silent.
      if (entry.name === LOCK || basename(entry.parentPath) === LOCK) utimesSync(join(entry.parentPath, entry.name), old, old);
    }
  }
}
