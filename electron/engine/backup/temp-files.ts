/**
 * Names of files that are not yet backups, and the sweeping of those that a dead process left behind.
 * A name tells the machine and the process, so that nobody removes the file of somebody who is still writing.
 */
import { createHash, randomBytes } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { systemCode } from "./file-errors.ts";

const TEMP_NAME = /^\.account-keeper-([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.part$/;
/** After this long nobody is still writing, whatever its name says. */
const ABANDONED_AFTER_MS = 48 * 60 * 60 * 1000;

const machine = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
/** A process number is given out again: what carries ours, and is older than us, is not ours. */
const startedAtMs = performance.timeOrigin;

export function tempPath(folder: string): string {
  return join(folder, `.account-keeper-${machine}-${process.pid}-${randomBytes(6).toString("hex")}.part`);
}

/** Removes what dead processes left in the folder. Never fails: a leftover is harmless, and encrypted while it is incomplete. */
export async function sweepTempFiles(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const match = TEMP_NAME.exec(name);
    if (match === null) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (isLeftOver(match[1] ?? "", Number(match[2]), mtimeMs)) await rm(path, { force: true }).catch(() => undefined);
  }
}

function isLeftOver(onMachine: string, pid: number, mtimeMs: number): boolean {
  if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) return true;
  if (onMachine !== machine) return false;
  return pid === process.pid ? mtimeMs < startedAtMs - 1_000 : !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: alive, and somebody else's.
    return systemCode(error) === "EPERM";
  }
}
