/**
 * The one place where files get their final names. A name always holds a whole file: the old one or the new one.
 * Nothing here overwrites a file except `replaceFile`, whose callers have kept the old one under another name first.
 */
import { link, lstat, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCode } from "../backup/file-errors.ts";
import { patiently, removeFile } from "../backup/patience.ts";
import { writeFully } from "../backup/spool.ts";
import { tempPath } from "../backup/temp-files.ts";

/**
 * What file systems answer that know no hard links, or take none just here. EISDIR: exFAT on Windows, https://github.com/nodejs/node/issues/65817.
 * UNKNOWN: OneDrive, which allows none on a file it keeps in the cloud, https://learn.microsoft.com/windows/win32/api/cfapi/ne-cfapi-cf_hardlink_policy
 */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV", "EINVAL", "EISDIR", "UNKNOWN"]);

/**
 * Writes a small file whole or not at all, mode 0600. The one it replaces needs no second name: the new one holds all
 * that is wanted of it. Throws the system's errors; then the old one is as it was and nothing else is left.
 */
export async function writeSmallFile(path: string, text: string): Promise<void> {
  const temporary = tempPath(dirname(path));
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await writeFully(handle, Buffer.from(text));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await replaceFile(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Renames over whatever is there, and makes the new name survive a power cut. Throws the system's errors. */
export async function replaceFile(from: string, to: string): Promise<void> {
  await patiently(() => rename(from, to));
  await syncFolder(dirname(to));
}

/**
 * Gives a file a second name that is free, the first of `candidates` that is; returns it. A candidate that is this very
 * file already is taken as done: then an earlier attempt died right after this step. Where the file system knows no hard
 * links the file is moved instead, so it keeps one name. Throws the system's errors.
 */
export async function keepUnderFreeName(from: string, candidates: Iterable<string>): Promise<string> {
  for (const to of candidates) {
    if (await isSameFile(from, to)) return to;
    if (await linkOrMove(from, to)) {
      await syncFolder(dirname(to));
      return to;
    }
  }
  throw new Error("no free name");
}

/** Moves a file to the first of `candidates` that is free; returns it. Throws the system's errors. */
export async function moveToFreeName(from: string, candidates: Iterable<string>): Promise<string> {
  const to = await keepUnderFreeName(from, candidates);
  await removeFile(from);
  await syncFolder(dirname(from));
  return to;
}

/** False when the name is taken. */
async function linkOrMove(from: string, to: string): Promise<boolean> {
  try {
    await patiently(() => link(from, to));
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === "EEXIST") return false;
    if (code === undefined || !NO_LINKS.has(code)) throw error;
  }
  // Between these two lines somebody else could take the name: the vault's lock keeps our own processes out.
  if (await exists(to)) return false;
  await patiently(() => rename(from, to));
  return true;
}

/** Makes a folder and those above it; new ones are their owner's only. Throws the system's errors. */
export async function ensureFolder(folder: string): Promise<void> {
  if (await makeFolder(folder)) return;
  const above = dirname(folder);
  if (above !== folder) await ensureFolder(above);
  if (await makeFolder(folder)) return;
  // Node's own `recursive` goes up and down for ever where a folder is there and says it is not, as /proc does.
  throw Object.assign(new Error("no folder can be made here"), { code: (await isFolder(above)) ? "EACCES" : "ENOENT" });
}

/** True when it is there afterwards, false when the one above it is missing. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    // Systems differ in what they say of one that is there already.
    if (await isFolder(folder)) return true;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true;
}

/**
 * The same for a folder that we keep inside another one. A link in its place leads to what is somebody else's: nothing
 * of the owner's goes there. Throws the system's errors, ELOOP for the link.
 */
export async function ensureInnerFolder(folder: string): Promise<void> {
  await ensureFolder(folder);
  if (await isLink(folder)) throw Object.assign(new Error("a link where a folder should be"), { code: "ELOOP" });
}

export async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isSymbolicLink() === true;
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  if (!(await exists(b))) return false;
  const [first, second] = await Promise.all([stat(a, { bigint: true }), stat(b, { bigint: true })]);
  // Some network drives number every file the same; they know no second names either.
  return first.nlink > 1n && first.ino === second.ino && first.dev === second.dev;
}

/** A renamed file is only safe when its folder is on disk too. Windows and some network drives cannot; they do it by themselves. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP", "EBADF"].includes(systemCode(error) ?? "")) throw error;
  }
}
