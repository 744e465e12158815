/** What a person pipes in for `-`: a variable, or a backup as text or locked. Bounded, whatever comes in. */
import { isUtf8 } from "node:buffer";
import { addAbortSignal } from "node:stream";
import { KeeperError } from "../../shared/errors.ts";
import { throwIfCancelled } from "../../shared/progress.ts";
import { damaged } from "../engine/backup/damage.ts";
import { asReadError } from "../engine/backup/file-errors.ts";
import { isUtf16, textOf } from "../engine/text-bytes.ts";
import type { CliContext } from "./context.ts";

/** More than any variable; what is longer is cut here and refused by the decoder. */
const MAX_VARIABLE_BYTES = 4 * 1024 * 1024 + 1;
/** It is held in memory, and a file of its own is better for more. */
const MAX_BACKUP_BYTES = 256 * 1024 * 1024;
const AGE_LINE = "age-encryption.org/";
/** A backup is JSON or an age file, and a variable is neither: only the former may be long. */
const BACKUP_START = /^(?:\ufeff?\s*[[{]|age-encryption\.org\/|\s*-----BEGIN AGE)/;

/** Whether a text begins as backups do. */
export function isBackupText(text: string): boolean {
  return BACKUP_START.test(text.slice(0, 4_096));
}

/**
 * Standard input to its end, as the text the engine takes. Stops reading at the limit.
 * Throws NOT_A_VARIABLE (nothing came), BACKUP_DAMAGED (its text is broken), FILE_UNREADABLE (too large, or the stream failed), CANCELLED.
 */
export async function readStandardInput({ stdin, signal }: Pick<CliContext, "stdin" | "signal">): Promise<string> {
  try {
    return await asText(await readBytes(addAbortSignal(signal, stdin), signal));
  } catch (error) {
    throwIfCancelled(signal);
    throw asReadError(error);
  }
}

async function readBytes(stream: AsyncIterable<Uint8Array | string>, signal: AbortSignal): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    throwIfCancelled(signal);
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > MAX_BACKUP_BYTES) {
      throw new KeeperError("FILE_UNREADABLE", "This is too much to be piped in.", { hint: "Save it as a file, and name that file." });
    }
    if (length > MAX_VARIABLE_BYTES && !isBackupText(startOf(chunks))) break;
  }
  // Ctrl+C ends the input of a pipe's other side too: what came until then is no answer.
  throwIfCancelled(signal);
  return Buffer.concat(chunks);
}

/** Enough of the beginning to tell what comes; the first chunk may be a few bytes only. */
function startOf(chunks: readonly Uint8Array[]): string {
  return textOf(Buffer.concat(chunks.slice(0, 64)).subarray(0, 4_096));
}

async function asText(bytes: Buffer): Promise<string> {
  // The engine takes files and text: a locked backup that came through a pipe goes on in age's own text form.
  if (bytes.toString("latin1", 0, AGE_LINE.length) === AGE_LINE) return (await import("age-encryption")).armor.encode(bytes);
  const text = textOf(bytes);
  // Replaced characters would be restored as such.
  if (isBackupText(text) && !isUtf8(bytes) && !isUtf16(bytes)) throw damaged("its text is broken");
  if (text.trim() === "") throw new KeeperError("NOT_A_VARIABLE", "Nothing came in.", { hint: "If it should have been the variable, it is not set here." });
  return text;
}
