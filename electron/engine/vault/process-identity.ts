/**
 * Names a process so that another one can prove later that it has ended. A process number alone proves nothing: it is
 * given out again, and in a container that shares the folder it means somebody else.
 */
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

const IDENTITY = /^([0-9a-f]{16})-(\d+)-(\d+)$/;
const UNKNOWN = "unknown";

/** Where process numbers mean the same: one boot of one kernel, and one of its process namespaces. Null where the system does not tell. */
const place = placeOrNull();

/** This process: fit for a file name. */
export const ownIdentity = place === null ? UNKNOWN : `${place}-${process.pid}-${statOf("self")?.startTime ?? 0}`;

/** The process it names, in this very place; null where that cannot be told. */
function lookUp(identity: string): { readonly isThere: boolean } | null {
  const match = IDENTITY.exec(identity);
  if (match === null || place === null || match[1] !== place) return null;
  const [, , pid = "", startTime = ""] = match;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return { isThere: false };
    // EPERM: somebody else's process has this number.
  }
  const found = statOf(pid);
  if (found === null) return null;
  return { isThere: found.state !== "Z" && found.state !== "X" && found.startTime === Number(startTime) };
}

/**
 * True only when it is certain: the process ran in this very place, and its number is free, belongs to a process that
 * started at another time, or to one that has ended and was not collected yet. On Windows and macOS never.
 */
export function hasProvablyEnded(identity: string): boolean {
  return lookUp(identity)?.isThere === false;
}

/** True only when it is certain: that very process is there, however long it has been silent. On Windows and macOS never. */
export function isProvablyAlive(identity: string): boolean {
  return lookUp(identity)?.isThere === true;
}

function placeOrNull(): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    if (boot === "" || statOf("self") === null) return null;
    return createHash("sha256").update(JSON.stringify([hostname(), boot, readlinkSync("/proc/self/ns/pid")])).digest("hex").slice(0, 16);
  } catch {
    return null;
  }
}

/** State and start time, in ticks since the boot. The name before them, in parentheses, may hold anything. */
function statOf(pid: string): { readonly state: string; readonly startTime: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [state, startTime] = [fields[0], Number(fields[19])];
    return state === undefined || !Number.isSafeInteger(startTime) ? null : { state, startTime };
  } catch {
    return null;
  }
}
