/**
 * A temporary file for what must wait until its head is known. Its bytes are encrypted under a key that lives in memory
 * only: a process that dies leaves nothing readable behind, also when the backup itself will be locked with a passphrase.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { removeFile } from "./patience.ts";

const ALGORITHM = "aes-256-ctr";
const READ_BYTES = 256 * 1024;

export interface Spool {
  write(bytes: Buffer): Promise<void>;
  /** Everything that was written, from the start. */
  read(): AsyncGenerator<Buffer>;
  /** Closes and removes the file; may be called twice. */
  remove(): Promise<void>;
}

/** Makes the file at `path`, which must not exist, readable by its owner only. Throws the system's errors. */
export async function createSpool(path: string): Promise<Spool> {
  const handle = await open(path, "wx+", 0o600);
  const key = randomBytes(32);
  const iv = randomBytes(16);
  const cipher = createCipheriv(ALGORITHM, key, iv);
  let isOpen = true;
  return {
    async write(bytes) {
      await writeFully(handle, cipher.update(bytes));
    },
    async *read() {
      const decipher = createDecipheriv(ALGORITHM, key, iv);
      for (let position = 0; ; ) {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        yield decipher.update(buffer.subarray(0, bytesRead));
      }
    },
    async remove() {
      const wasOpen = isOpen;
      isOpen = false;
      try {
        if (wasOpen) await handle.close();
      } finally {
        await removeFile(path);
      }
    },
  };
}

/** One write may take only part of its bytes. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written);
    written += bytesWritten;
  }
}
