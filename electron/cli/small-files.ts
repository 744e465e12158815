/** Reads the small files that options name: keys, passphrases, certificates. Their contents are in no error. */
import { open } from "node:fs/promises";
import { KeeperError } from "../../shared/errors.ts";
import { shown } from "./output.ts";

/** A bundle of certificates is the largest of them; the common ones have a quarter of this. */
const MAX_BYTES = 1024 * 1024;

/**
 * The text of the file, without a byte order mark. `what` names it in the sentence: "key file".
 * Throws FILE_UNREADABLE.
 */
export async function readSmallFile(path: string, what: string): Promise<string> {
  try {
    const file = await open(path, "r");
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_BYTES + 1), 0, MAX_BYTES + 1, 0);
      if (bytesRead <= MAX_BYTES) return new TextDecoder().decode(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new KeeperError("FILE_UNREADABLE", `We cannot read the ${what} ${shown(path)}.`, { hint: "Check its name, and that you may open it.", cause: error });
  }
  throw new KeeperError("FILE_UNREADABLE", `The ${what} ${shown(path)} is too large to be one.`, { hint: "Check its name." });
}

/** The first line that is neither empty nor a comment; null when there is none. */
export function firstLine(text: string): string | null {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.find((line) => line !== "" && !line.startsWith("#")) ?? null;
}
