/**
 * Copies a Chroma data folder that a site may be writing to. Owns the consistency of the copy. The original is only
 * ever read: no SQLite opens it, since already that would change its bytes.
 */
import { createReadStream, createWriteStream, type BigIntStats } from "node:fs";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { createTemporaryFolder, removeTemporaryFolder, sweepTemporaryFolders } from "../server/temporary-folder.ts";
import { asWriteError, protectionHint } from "../backup/file-errors.ts";
import { removeFolder } from "../backup/patience.ts";
import { ensureFolder, ensureInnerFolder } from "../vault/atomic.ts";
import { cancelled, codeOf } from "./classify.ts";

export interface FolderCopy {
  readonly path: string;
  /** Deletes the copy, which holds everybody's accounts. */
  remove(): Promise<void>;
}

const DATABASE_FILE = "chroma.sqlite3";
const INDEX_FOLDER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** What makes a vector index that Chroma can open. */
const INDEX_HEADER = "header.bin";
const INDEX_FILES = [INDEX_HEADER, "data_level0.bin", "length.bin", "link_lists.bin"];
/** Rounds of copying what changed since the round before. */
const MAX_ROUNDS = 8;
/** File times may be as coarse as this: a change right after another one within it would not show. */
const TIME_GRAIN_MS = 50;
const ROUND_PAUSE_MS = 250;

/**
 * Copies `folder` into a private temporary folder (mode 0700). Progress: phase "copying_folder", in bytes. Throws
 * FOLDER_NOT_FOUND, NOT_A_CHROMA_FOLDER, FILE_UNREADABLE, DISK_FULL, BUSY (the site writes without a pause), CANCELLED;
 * then nothing of the copy is left.
 *
 * Why the copy can be trusted: files are copied one after the other, so a site that writes meanwhile could give us a
 * database of one moment and a journal of another. Therefore everything that has changed since it was copied is copied
 * again, until one look at all files finds each exactly as it was when its copy began. The copy then equals the folder at
 * that look. A transaction that is open at that moment is in its journal, and is rolled back when the copy is opened,
 * as after a power cut. Only the vector index may still be newer than the database after the last round: the records
 * are in the database, and Chroma takes from the index what it needs.
 */
export async function copyChromaFolder(folder: string, options: OperationOptions = {}): Promise<FolderCopy> {
  const { signal } = options;
  throwIfCancelled(signal);
  await requireChromaFolder(folder);
  // Copies that a killed process left behind hold accounts, too, and take up the room this one needs.
  await sweepTemporaryFolders();
  const path = await createTemporaryFolder();
  const remove = async (): Promise<void> => await removeTemporaryFolder(path);
  try {
    await copyUntilStill(folder, path, options);
    await dropBrokenIndexes(path);
    return { path, remove };
  } catch (error) {
    await remove();
    throw signal?.aborted === true ? cancelled() : copyFailure(error);
  }
}

/**
 * Copies `folder` to `target`, a new private folder that stays. Throws as `copyChromaFolder`; then `target` is gone.
 */
export async function keepChromaFolder(folder: string, target: string, options: OperationOptions = {}): Promise<void> {
  throwIfCancelled(options.signal);
  await requireChromaFolder(folder);
  await makeNewFolder(target);
  try {
    await copyUntilStill(folder, target, options);
  } catch (error) {
    await removeFolder(target);
    throw options.signal?.aborted === true ? cancelled() : copyFailure(error);
  }
}

/**
 * With a part of its index missing, or with its header empty or full of zeros as a power cut may leave it, Chroma fails
 * every read of a collection, also of documents and metadata, which lie elsewhere. With all of it missing only the vectors
 * are lost. So in our copy what is broken goes altogether.
 */
async function dropBrokenIndexes(copy: string): Promise<void> {
  for (const entry of await readdir(copy, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const names = await readdir(join(copy, entry.name));
    const found = INDEX_FILES.filter((name) => names.includes(name)).length;
    const isBroken = found < INDEX_FILES.length || (await hasNoVersion(join(copy, entry.name, INDEX_HEADER)));
    if (found > 0 && isBroken) await rm(join(copy, entry.name), { recursive: true, force: true });
  }
}

/** The header begins with its version, a whole number of four bytes; the first was 1. */
async function hasNoVersion(header: string): Promise<boolean> {
  return (await readFile(header)).subarray(0, 4).every((byte) => byte === 0);
}

/** The last part of the path must be new: what stands there already is never ours to remove. */
async function makeNewFolder(path: string): Promise<void> {
  try {
    await ensureInnerFolder(dirname(path));
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    throw asWriteError(error);
  }
}

async function requireChromaFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    throw isMissing(error) ? new KeeperError("FOLDER_NOT_FOUND", "This folder does not exist.", { hint: "Choose the folder your site keeps its ChromaDB in, often called chroma_db." }) : copyFailure(error);
  });
  const database = found.isDirectory()
    ? await stat(join(folder, DATABASE_FILE)).catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw copyFailure(error);
      })
    : null;
  if (database?.isFile() === true) return;
  throw new KeeperError("NOT_A_CHROMA_FOLDER", "This is not a data folder of ChromaDB.", { hint: `Choose the folder that holds the file ${DATABASE_FILE}.` });
}

interface SourceFile {
  /** Path below the folder. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly changedMs: number;
  /** The same text: the same content, as far as the file system tells. */
  readonly mark: string;
}

async function copyUntilStill(folder: string, target: string, options: OperationOptions): Promise<void> {
  const { signal } = options;
  const copied = new Map<string, string>();
  let isDatabaseStill = false;
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const pending = (await listFiles(folder)).filter((file) => copied.get(file.name) !== file.mark);
    let doneBytes = 0;
    const totalBytes = pending.reduce((sum, file) => sum + file.sizeBytes, 0);
    const report = (): void => options.onProgress?.({ phase: "copying_folder", done: doneBytes, total: totalBytes, unit: "bytes", canCancel: true, problems: 0 });
    report();
    for (const file of pending) {
      const before = doneBytes;
      const wasThere = await copyFile(join(folder, file.name), join(target, file.name), signal, (bytes) => {
        // A file that grows meanwhile is copied again anyway.
        doneBytes = before + Math.min(bytes, file.sizeBytes);
        report();
      });
      doneBytes = before + file.sizeBytes;
      if (wasThere) copied.set(file.name, file.mark);
    }
    report();

    const now = await listFiles(folder);
    for (const name of [...copied.keys()].filter((name) => !now.some((file) => file.name === name))) {
      // A journal ends with its transaction; kept, it would undo that transaction in the copy.
      await rm(join(target, name), { force: true });
      copied.delete(name);
    }
    const moving = now.filter((file) => copied.get(file.name) !== file.mark || isFresh(file));
    if (moving.length === 0) return;
    isDatabaseStill = !moving.some((file) => isDatabaseFile(file.name));
    if (round < MAX_ROUNDS) await wait(ROUND_PAUSE_MS, undefined, signal === undefined ? {} : { signal });
  }
  if (!isDatabaseStill) throw new KeeperError("BUSY", "The site is writing to this folder all the time.", { hint: "Try again in a minute, or stop the site for a moment." });
}

/** Changed just now: the next change may carry the same time. A time in the future says nothing, so it does not count. */
function isFresh(file: SourceFile): boolean {
  const ageMs = Date.now() - file.changedMs;
  return ageMs >= 0 && ageMs < TIME_GRAIN_MS;
}

/**
 * What belongs to Chroma: the database with its journals, and one folder per vector index, named by a UUID. Some sites
 * keep their data next to their code, which is none of our business.
 * Database files first: an index newer than the database lacks nothing, an older one lacks the latest vectors.
 */
async function listFiles(folder: string): Promise<SourceFile[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (isDatabaseFile(entry.name)) names.unshift(entry.name);
    else if (entry.isDirectory() && INDEX_FOLDER.test(entry.name)) names.push(...(await listIndexFiles(folder, entry.name)));
  }
  const files: SourceFile[] = [];
  for (const name of names) {
    const found = await stat(join(folder, name), { bigint: true }).catch(goneMeanwhile);
    if (found?.isFile() === true) files.push({ name, sizeBytes: Number(found.size), changedMs: Number(found.mtimeNs / 1_000_000n), mark: markOf(found) });
  }
  return files;
}

async function listIndexFiles(folder: string, name: string): Promise<string[]> {
  const entries = await readdir(join(folder, name)).catch(goneMeanwhile);
  return (entries ?? []).map((entry) => join(name, entry));
}

function markOf(found: BigIntStats): string {
  return [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(":");
}

function isDatabaseFile(name: string): boolean {
  // SQLite rebuilds -shm: it is shared memory, and means nothing without the processes that share it.
  return name.startsWith(DATABASE_FILE) && !name.endsWith("-shm");
}

/** False when the file is gone. */
async function copyFile(from: string, to: string, signal: AbortSignal | undefined, onBytes: (bytes: number) => void): Promise<boolean> {
  await ensureFolder(dirname(to));
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      onBytes(bytes);
      done(null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(from), counter, createWriteStream(to, { mode: 0o600 }), signal === undefined ? {} : { signal });
    return true;
  } catch (error) {
    if (!isMissing(error)) throw error;
    await rm(to, { force: true });
    return false;
  }
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
}

function goneMeanwhile(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}

function copyFailure(error: unknown): unknown {
  switch (codeOf(error)) {
    case "EACCES":
    case "EPERM":
      return new KeeperError("FILE_UNREADABLE", "We may not read this folder.", { hint: protectionHint(error, "read") ?? "Ask whoever owns it for the right to read it, or run Account Keeper as the same user as your site.", cause: error });
    case "EBUSY":
      // SQLite locks parts of a database of more than 1 GB, and on Windows nobody reads what is locked: https://www.sqlite.org/fileformat.html#the_lock_byte_page
      return new KeeperError("BUSY", "Another program holds a file in this folder.", { hint: "Try again in a minute, or stop the site for a moment.", cause: error });
    case "EIO":
      return new KeeperError("FILE_UNREADABLE", "A file in this folder cannot be read.", { hint: "The disk may be damaged. Copy the folder to another disk and try that one.", cause: error });
    case "ENOSPC":
    case "EDQUOT":
      return new KeeperError("DISK_FULL", "Your disk is full.", { hint: "We work on a copy of the folder and need room for it. Free some and try again.", cause: error });
    default:
      return error;
  }
}
