/** The bytes of a backup, wherever it lies and whether or not it is locked. Owns reading; knows nothing of what is inside. */
import { open, readdir, stat, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { throwIfCancelled } from "../../../shared/progress.ts";
import { ageKindOf, decryptAge, openArmor, unlockAge } from "./age.ts";
import { damaged, notABackup } from "./damage.ts";
import { asReadError, systemCode } from "./file-errors.ts";
import { patiently } from "./patience.ts";
import { READ, requirePlain } from "./plain-file.ts";

/** A file, or text that somebody pasted or piped in. */
export type BackupOrigin = { readonly path: string } | { readonly text: string };

export interface SourceOptions {
  passphrase?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** Plain bytes that can be read again and again. */
export interface BackupSource {
  readonly encrypted: boolean;
  /** As it lies on disk. */
  readonly sizeBytes: number;
  /** The first plain bytes; empty for an empty file. */
  readonly start: Buffer;
  /** From the start, however often; stopping early closes the file. Throws FILE_UNREADABLE, BACKUP_DAMAGED, CANCELLED. */
  chunks(): AsyncIterable<Uint8Array>;
}

const READ_BYTES = 256 * 1024;
/** Files that the system calls empty may still hold something. */
const MIN_READ_BYTES = 4 * 1024;
/** The text form of age is read as a whole. */
const MAX_ARMORED_BYTES = 256 * 1024 * 1024;

/**
 * Throws BACKUP_NOT_FOUND, FILE_UNREADABLE, PASSPHRASE_NEEDED, PASSPHRASE_WRONG, NOT_A_BACKUP, BACKUP_NEWER_FORMAT,
 * BACKUP_DAMAGED, CANCELLED. Leaves no file open.
 */
export async function openSource(origin: BackupOrigin, options: SourceOptions = {}): Promise<BackupSource> {
  const { start, ...stored } = "path" in origin ? await storedFile(origin.path, options.signal) : storedText(origin.text);
  const age = ageKindOf(start);
  if (age === null) return { ...stored, encrypted: false, start };
  const locked = age === "binary" ? stored.chunks : await unarmored(stored);
  const fileKey = await unlockAge(age === "binary" ? start : await firstBytes(locked()), options.passphrase);
  const chunks = (): AsyncIterable<Uint8Array> => decryptAge(locked(), fileKey);
  return { sizeBytes: stored.sizeBytes, encrypted: true, start: await firstBytes(chunks()), chunks };
}

type Stored = Pick<BackupSource, "sizeBytes" | "start" | "chunks">;

async function storedFile(path: string, signal: AbortSignal | undefined): Promise<Stored> {
  try {
    const status = await stat(path, { bigint: true });
    // A pipe gives its bytes only once, and may never give any.
    requirePlain(status);
    const { size, dev, ino } = status;
    const sizeBytes = Number(size);
    const readBytes = Math.min(READ_BYTES, Math.max(sizeBytes, MIN_READ_BYTES));
    const chunks = (): AsyncIterable<Buffer> => fileChunks(() => openSame(path, { dev, ino }), readBytes, signal);
    const start = await firstBytes(chunks());
    // What came in one piece needs no second reading: it is what the file was at one moment.
    return { sizeBytes, start, chunks: start.length === sizeBytes ? () => only(start, signal) : chunks };
  } catch (error) {
    throw asReadError(error);
  }
}

interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/**
 * The file that had this name when it was opened first: the day's next backup takes its name and leaves it another one
 * beside. Where there is no such file any more, whatever has the name now: its content tells that it is another.
 */
async function openSame(path: string, identity: FileIdentity): Promise<FileHandle> {
  // Only here: whoever still holds it after that does so for long.
  const found = await ifSame(openPatiently(path), identity);
  if (found !== null) return found;
  const folder = dirname(path);
  for (const name of await readdir(folder)) {
    const other = join(folder, name);
    const status = await stat(other, { bigint: true }).catch(() => null);
    if (status?.isFile() !== true || !isSame(status, identity)) continue;
    const moved = await ifSame(open(other, READ), identity);
    if (moved !== null) return moved;
  }
  return await open(path, READ);
}

/** Whoever may not read it at all need not wait. */
async function openPatiently(path: string): Promise<FileHandle> {
  return await patiently(() => open(path, READ), (error) => systemCode(error) !== "EBUSY");
}

async function ifSame(opening: Promise<FileHandle>, identity: FileIdentity): Promise<FileHandle | null> {
  const handle = await opening.catch(() => null);
  if (handle === null) return null;
  try {
    if (isSame(await handle.stat({ bigint: true }), identity)) return handle;
  } catch {
    // Opened again, it tells what is wrong.
  }
  await handle.close();
  return null;
}

/** On Windows some versions of Node say twice as many bits of a volume's number for a path as for an open file: https://github.com/libuv/libuv/pull/4698 */
function isSame(a: FileIdentity, b: FileIdentity): boolean {
  return a.ino === b.ino && BigInt.asUintN(32, a.dev) === BigInt.asUintN(32, b.dev);
}

async function* fileChunks(openFile: () => Promise<FileHandle>, readBytes: number, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  try {
    const handle = await openFile();
    try {
      for (;;) {
        throwIfCancelled(signal);
        // A new buffer each time: slices of the last one may still be in use.
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(readBytes), 0, readBytes, null);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw asReadError(error);
  }
}

function storedText(text: string): Stored {
  const bytes = Buffer.from(text, "utf8");
  return { sizeBytes: bytes.length, start: bytes, chunks: () => only(bytes) };
}

async function* only(bytes: Buffer, signal?: AbortSignal): AsyncGenerator<Buffer> {
  await Promise.resolve();
  throwIfCancelled(signal);
  yield bytes;
}

async function unarmored(stored: Pick<Stored, "sizeBytes" | "chunks">): Promise<() => AsyncIterable<Buffer>> {
  if (stored.sizeBytes > MAX_ARMORED_BYTES) throw notABackup("It is too large for this text form of age. Open it with age first, then use what comes out.");
  const bytes = await openArmor((await readAll(stored.chunks())).toString("latin1"));
  return () => only(bytes);
}

async function firstBytes(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  for await (const chunk of chunks) if (chunk.length > 0) return asBuffer(chunk);
  return Buffer.alloc(0);
}

/** Throws BACKUP_DAMAGED over `maxBytes`. */
export async function readAll(chunks: AsyncIterable<Uint8Array>, maxBytes = MAX_ARMORED_BYTES): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw damaged("it is larger than it can be");
    parts.push(chunk);
  }
  return Buffer.concat(parts, bytes);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
