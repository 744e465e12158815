/** Reads the small files that options name: keys, passphrases, certificates. Their contents are in no error. */
import { open } from "node:fs/promises";
import { KeeperError } from "../../shared/errors.ts";
import { textOf } from "../engine/text-bytes.ts";
import { shown } from "./output.ts";

/** A bundle of certificates is the largest of them; the common ones have a quarter of this. */
const MAX_BYTES = 1024 * 1024;

/**
 * The text of the file, without a byte order mark. `what` names it in the sentence: "key file".
 * Throws FILE_UNREADABLE.
 */
export async function readSmallFile(path: string, what: string): Promise<string> {
  try {
    const bytes = await readAtMost(path, MAX_BYTES + 1);
    if (bytes.length <= MAX_BYTES) return textOf(bytes).replace(/^\ufeff/, "");
  } catch (error) {
    throw new KeeperError("FILE_UNREADABLE", `We cannot read the ${what} ${shown(path)}.`, { hint: "Check its name, and that you may open it.", cause: error });
  }
  throw new KeeperError("FILE_UNREADABLE", `The ${what} ${shown(path)} is too large to be one.`, { hint: "Check its name." });
}

/** From where the file stands, part by part: a pipe, which a shell makes of `<(…)`, knows no positions and gives what it has. */
async function readAtMost(path: string, limit: number): Promise<Buffer> {
  const buffer = Buffer.alloc(limit);
  const file = await open(path, "r");
  try {
    let length = 0;
    while (length < limit) {
      const { bytesRead } = await file.read(buffer, length, limit - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

/** The first line that is neither empty nor a comment; null when there is none. */
export function firstLine(text: string): string | null {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.find((line) => line !== "" && !line.startsWith("#")) ?? null;
}
