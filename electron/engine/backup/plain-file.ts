/**
 * Opens what has to be a file of bytes. In a folder that others can write to, its name may be a link to something of
 * the owner's, or a pipe that nobody ever writes to.
 */
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";

/** On Windows some of these are not there; then they are none of the bits. */
const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;
/** A pipe opens at once, without waiting for its other end. */
export const READ = O_RDONLY | O_NONBLOCK;
/** What is there already and is no link. */
export const READ_AND_WRITE = O_RDWR | O_NOFOLLOW | O_NONBLOCK;
/** Made when it is not there; no link. */
export const READ_AND_APPEND = READ_AND_WRITE | O_APPEND | O_CREAT;

/** Links are followed only by `READ`. Throws the system's errors: EISDIR for a folder, ENXIO for what else is no file, ELOOP for a link. */
export async function openPlainFile(path: string, flags: number): Promise<FileHandle> {
  const handle = await open(path, flags, 0o600);
  try {
    requirePlain(await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Throws as `openPlainFile`. */
export function requirePlain(status: { isFile(): boolean; isDirectory(): boolean }): void {
  if (!status.isFile()) throw Object.assign(new Error("no plain file"), { code: status.isDirectory() ? "EISDIR" : "ENXIO" });
}

/** The last bytes of a file, all of it when it has no more. Throws as `openPlainFile`. */
export async function readEndOf(path: string, maxBytes: number): Promise<Buffer> {
  const handle = await openPlainFile(path, READ);
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, maxBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
