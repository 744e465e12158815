/**
 * The lock on disk: a folder that comes into being, by a rename, with its holder's claim already in it. A claim has a
 * name that never comes again, and a folder that holds one cannot be renamed over nor removed: so whoever clears a dead
 * holder away can never hit the one who came after it, and of two who try at once only one gets the name.
 */
import { randomBytes } from "node:crypto";
import { rmdirSync, rmSync } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rmdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "../backup/file-errors.ts";
import { isPerhapsHeld, patiently } from "../backup/patience.ts";
import { openPlainFile, READ_AND_WRITE } from "../backup/plain-file.ts";
import { hasProvablyEnded, isProvablyAlive, ownIdentity } from "./process-identity.ts";

/** A holder on another machine, or on a system that cannot prove a process dead, is taken for dead after this silence. */
const SILENT_MS = 10_000;
/** Only what is named like this is ever removed from a lock's folder: it may turn out to be somebody else's. */
const CLAIM = /^[0-9a-f]{12}-/;
/**
 * What file managers leave wherever somebody looked, and what macOS puts beside a file on exFAT and network drives; it takes
 * that away with the file, no other system does. https://developer.apple.com/forums/thread/690457
 */
const LITTER = /^(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._.*)$/;
const TAKEN = new Set(["ENOTEMPTY", "EEXIST"]);

export interface Claim {
  /** Clears a dead holder away and takes the lock when it is free. Throws the system's errors. */
  tryToTake(): Promise<boolean>;
  /** Tells everybody that the holder lives. False: the lock is somebody else's now. Throws the system's errors. */
  refresh(): Promise<boolean>;
  /** Gives up the lock, or the wish for it. Never throws: what stays behind is cleared away by the next one. */
  end(): Promise<void>;
}

/** Claims of this process that were given up and could not be removed, as from a drive that was gone. While the process lives nothing else tells that they mean nothing. */
const givenUp = new Set<string>();

const atExit = new Set<() => void>();
process.once("exit", () => {
  for (const clean of atExit) clean();
});

export function createClaim(folder: string, name: string): Claim {
  const lockPath = join(folder, name);
  const claim = `${randomBytes(6).toString("hex")}-${ownIdentity}`;
  /** Where the claim waits until it can become the lock. */
  const waitingPath = join(folder, `${name}-${claim}`);
  let at: string | null = null;

  function cleanAtExit(): void {
    if (at === null) return;
    try {
      rmSync(join(at, claim), { force: true });
      rmdirSync(at);
    } catch {
      // Nobody is left to tell, and the next one clears it away.
    }
  }

  /** The time by the clock of the file system, by which others' claims are judged too: the clocks of two machines differ. */
  async function showUp(): Promise<number> {
    const path = join(at ?? waitingPath, claim);
    if (at === null || !(await patiently(() => touch(path)))) {
      await mkdir(waitingPath, { mode: 0o700 }).catch((error: unknown) => {
        if (systemCode(error) !== "EEXIST") throw error;
      });
      at = waitingPath;
      atExit.add(cleanAtExit);
      await (await open(join(at, claim), "a", 0o600)).close();
    }
    return (await stat(join(at, claim))).mtimeMs;
  }

  async function isTaken(error: unknown): Promise<boolean> {
    const code = systemCode(error) ?? "";
    // Somebody took us for dead and cleared the claim away: the next try makes a new one.
    if (TAKEN.has(code) || code === "ENOENT") return true;
    return isPerhapsHeld(error) && (await isThere(lockPath));
  }

  return {
    async tryToTake() {
      const nowMs = await showUp();
      // Windows says the same of a folder that is just going, and that nobody can look into.
      if (await patiently(() => isHeld(lockPath, nowMs))) return false;
      try {
        // It renames no folder while a file in it is open, and a virus scanner has just been shown a new one.
        await patiently(() => rename(waitingPath, lockPath), () => isThere(lockPath));
      } catch (error) {
        if (await isTaken(error)) return false;
        throw error;
      }
      at = lockPath;
      await sweepWaiting(folder, `${name}-`, nowMs);
      return true;
    },
    refresh: async () => at !== null && (await touch(join(at, claim))),
    async end() {
      if (at === null) return;
      // "Not there" may be said of a whole drive, which comes back with the claim on it.
      const path = join(at, claim);
      await patiently(() => unlink(path)).catch(() => givenUp.add(claim));
      await removeEmpty(at).catch(() => undefined);
      at = null;
      atExit.delete(cleanAtExit);
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** False when the claim is gone. */
async function touch(path: string): Promise<boolean> {
  try {
    const handle = await openPlainFile(path, READ_AND_WRITE);
    try {
      await handle.write(".", 0);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    // ELOOP: somebody put a link in its place.
    if (["ENOENT", "ELOOP"].includes(systemCode(error) ?? "")) return false;
    throw error;
  }
}

/** Clears away what the dead left. */
async function isHeld(lockPath: string, nowMs: number): Promise<boolean> {
  const names = await namesInLock(lockPath);
  if (names === null) return false;
  const claims = names.filter((name) => CLAIM.test(name) || LITTER.test(name));
  for (const claim of claims) if (!(await isDead(lockPath, claim, nowMs))) return true;
  for (const claim of claims) await removeClaim(lockPath, claim);
  if (claims.length === 0) await removeEmpty(lockPath);
  return false;
}

/** Null: nobody holds it. A link is none of our locks and is taken away; what it points at is not even looked at. */
async function namesInLock(lockPath: string): Promise<string[] | null> {
  try {
    if ((await lstat(lockPath)).isSymbolicLink()) {
      await unlink(lockPath);
      return null;
    }
    return await readdir(lockPath);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
}

async function isDead(holderPath: string, claim: string, nowMs: number): Promise<boolean> {
  if (LITTER.test(claim) || givenUp.has(claim)) return true;
  const holder = claim.slice(claim.indexOf("-") + 1);
  if (hasProvablyEnded(holder)) return true;
  // Silent because it is busy, or was put to sleep: it would go on writing when it wakes.
  if (isProvablyAlive(holder)) return false;
  const found = await lstat(join(holderPath, claim)).catch(() => null);
  if (found !== null) return nowMs - found.mtimeMs > SILENT_MS;
  // Gone, or not there yet: somebody who has only just made the folder is about to put the claim in it.
  const folder = await stat(holderPath).catch(() => null);
  return folder === null || nowMs - folder.mtimeMs > SILENT_MS;
}

async function removeClaim(holderPath: string, claim: string): Promise<void> {
  await unlink(join(holderPath, claim)).catch((error: unknown) => {
    if (systemCode(error) !== "ENOENT") throw error;
  });
  await removeEmpty(holderPath);
}

/** Does nothing to a folder that is somebody's lock: that is never empty. */
async function removeEmpty(path: string): Promise<void> {
  await rmdir(path).catch((error: unknown) => {
    const code = systemCode(error) ?? "";
    if (code !== "ENOENT" && !TAKEN.has(code) && !isPerhapsHeld(error)) throw error;
  });
}

/** Claims of processes that died while they waited. A leftover harms nobody, so what fails here is left for the next one. */
async function sweepWaiting(folder: string, prefix: string, nowMs: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(prefix)) continue;
    const claim = name.slice(prefix.length);
    if (await isDead(join(folder, name), claim, nowMs)) await removeClaim(join(folder, name), claim).catch(() => undefined);
  }
}
