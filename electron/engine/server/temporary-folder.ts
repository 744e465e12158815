/** Data folders of servers started without one: making them, removing them, and sweeping those whose owner died before it could. */
import { createHash } from "node:crypto";
import { lstat, mkdtemp, readdir } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { removeFolder } from "../backup/patience.ts";

// Machine and process stand in the name, so that a folder is never without its mark. The machine, because containers that share
// a temporary folder do not see each other's processes and would take a living owner for a dead one.
const machineMark = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
const prefix = `account-keeper-server-${machineMark}-`;
/** A process number is given out again, in a container the same one at every start: what carries ours, and is older than us, is not ours. */
const startedAtMs = performance.timeOrigin;
/** Our own look older, too, once the clock was set back. */
const made = new Set<string>();

/** Makes an empty folder, readable by this user only, that belongs to this process. */
export async function createTemporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  made.add(path);
  return path;
}

export async function removeTemporaryFolder(path: string): Promise<void> {
  await removeFolder(path);
}

/** Removes the temporary folders of this user whose process is gone. Never fails: what cannot be removed is left for the next sweep. */
export async function sweepTemporaryFolders(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  await Promise.all(
    names.map(async (name) => {
      const pid = ownerOf(name);
      const path = join(tmpdir(), name);
      if (pid === undefined || made.has(path) || (pid !== process.pid && isRunning(pid))) return;
      try {
        const stats = await lstat(path);
        if (pid === process.pid && stats.mtimeMs >= startedAtMs - 1_000) return;
        if (stats.isDirectory() && stats.uid === (process.getuid?.() ?? stats.uid)) await removeTemporaryFolder(path);
      } catch {
        // Another sweep, or the ending server itself, was faster.
      }
    }),
  );
}

function ownerOf(name: string): number | undefined {
  if (!name.startsWith(prefix)) return undefined;
  const pid = /^\d+(?=-)/.exec(name.slice(prefix.length))?.[0];
  return pid === undefined ? undefined : Number(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, but belongs to someone else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
