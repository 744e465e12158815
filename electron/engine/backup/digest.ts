/** The digests that stand in a backup. The one over its content, in any order and without vectors, is in ../account.ts. */
import { createHash } from "node:crypto";
import { minifyJson } from "../json/text.ts";

export function sha256Hex(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

const NEWLINE = Buffer.from("\n");

/** SHA-256 over items in order, each without spaces and followed by a newline: a file that was only reformatted still matches. */
export interface LinesDigest {
  /** One item that is minified already. */
  addLine(bytes: Buffer): void;
  /** One item as it stands in a file. */
  addItem(bytes: Buffer): void;
  hex(): string;
}

export function createLinesDigest(): LinesDigest {
  const hash = createHash("sha256");
  const addLine = (bytes: Buffer): void => {
    hash.update(bytes).update(NEWLINE);
  };
  return {
    addLine,
    addItem: (bytes) => addLine(Buffer.from(minifyJson(bytes.toString("utf8")), "utf8")),
    hex: () => hash.copy().digest("hex"),
  };
}
