/** One task in a process of its own, so that its memory is its own, and what started it. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import { z } from "zod";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import { verifyBackup } from "../../../electron/engine/backup/verify-backup.ts";
import { connect } from "../../../electron/engine/chroma/connect.ts";
import { compareSides } from "../../../electron/engine/diff/compare.ts";
import { sideOfBackup, sideOfSite } from "../../../electron/engine/diff/side.ts";
import { backupSite } from "../../../electron/engine/operations/backup-site.ts";
import { restoreSite } from "../../../electron/engine/operations/restore-site.ts";
import { planRestore } from "../../../electron/engine/restore/plan-restore.ts";
import { FULL_COLLECTION, startMadeUpSite, type MadeUpSite } from "./made-up-site.ts";
import { startSlowLine, type SlowLine } from "./slow-line.ts";

const taskSchema = z.discriminatedUnion("task", [
  z.object({ task: z.literal("site"), accounts: z.number(), documentBytes: z.number() }),
  z.object({ task: z.literal("line"), target: z.string(), bytesPerSecond: z.number() }),
  z.object({ task: z.literal("backup"), url: z.string(), folder: z.string() }),
  z.object({ task: z.literal("verify"), path: z.string() }),
  z.object({ task: z.literal("plan"), url: z.string(), path: z.string() }),
  z.object({ task: z.literal("diff"), url: z.string(), path: z.string() }),
  z.object({ task: z.literal("restore"), url: z.string(), path: z.string(), folder: z.string() }),
]);
type Task = z.infer<typeof taskSchema>;
/** Those that come to an end by themselves. */
export type Job = Exclude<Task, { task: "site" | "line" }>;

const doneSchema = z.object({ peakMegabytes: z.number(), seconds: z.number(), records: z.number(), problems: z.number() });
export type Done = z.infer<typeof doneSchema>;

/** What the process does that was started with a task. */
export async function runTask(json: string): Promise<void> {
  const task = taskSchema.parse(JSON.parse(json));
  if (task.task === "site" || task.task === "line") {
    console.log(await (task.task === "site" ? startMadeUpSite(task) : startSlowLine(task)));
    return;
  }
  // As the command and the desktop's engine set it for themselves. Given to node as an argument it would cost time as well.
  setFlagsFromString("--optimize-for-size");
  const startedMs = performance.now();
  const { records, problems } = await work(task);
  console.log(JSON.stringify({ peakMegabytes: peakMegabytes(), seconds: (performance.now() - startedMs) / 1_000, records, problems } satisfies Done));
}

async function work(task: Job): Promise<{ records: number; problems: number }> {
  if (task.task === "verify") {
    const { recordCount, problemCount } = await verifyBackup({ path: task.path });
    return { records: recordCount, problems: problemCount };
  }
  const connection = await connect({ kind: "server", url: task.url });
  const site = { connection, site: task.url };
  try {
    if (task.task === "backup") {
      const { records, problemCount } = await backupSite({ ...site, collectionName: FULL_COLLECTION, folder: task.folder });
      return { records, problems: problemCount };
    }
    const backup = await openBackup({ path: task.path });
    if (task.task === "plan") {
      const { same, problems } = await planRestore({ ...site, collectionName: FULL_COLLECTION, backup, policy: "overwrite" });
      return { records: same, problems: problems.length };
    }
    if (task.task === "diff") {
      const collection = await connection.findCollection(FULL_COLLECTION);
      if (collection === null) throw new Error("the site is gone");
      const { counts } = await compareSides(sideOfBackup(backup), sideOfSite(connection, collection));
      return { records: counts.same, problems: counts.changed };
    }
    const report = await restoreSite({ ...site, collectionName: "restored", backup, policy: "add_missing", plan: null, safetyFolder: task.folder });
    return { records: report.added, problems: report.problems.length };
  } finally {
    await connection.close();
  }
}

/** From /proc where there is one: what `resourceUsage` says there may be the peak of whoever started this process. */
function peakMegabytes(): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "latin1"))?.[1]) / 1_024;
  } catch {
    return process.resourceUsage().maxRSS / 1_024;
  }
}

function start(task: Task): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, [process.argv[1] ?? "", "--task", JSON.stringify(task)], { stdio: ["ignore", "pipe", "inherit"] });
}

export async function inOwnProcess(task: Job): Promise<Done> {
  const child = start(task);
  const [output] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (child.exitCode !== 0) throw new Error(`${task.task} ended with ${String(child.exitCode)}`);
  return doneSchema.parse(JSON.parse(output));
}

export async function withMadeUpSite<T>(site: MadeUpSite, work: (url: string) => Promise<T>): Promise<T> {
  return await withServer({ task: "site", ...site }, work);
}

export async function withSlowLine<T>(line: SlowLine, work: (url: string) => Promise<T>): Promise<T> {
  return await withServer({ task: "line", ...line }, work);
}

async function withServer<T>(task: Exclude<Task, Job>, work: (url: string) => Promise<T>): Promise<T> {
  const child = start(task);
  try {
    return await work(await firstLine(child.stdout));
  } finally {
    child.kill();
  }
}

/** Throws when the output ends before. */
export async function firstLine(output: Readable): Promise<string> {
  for await (const line of createInterface({ input: output })) return line;
  throw new Error("it ended without a word");
}
