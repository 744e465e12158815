/** What makes a record an account, and two records the same account. */
import { hash as hashAtOnce } from "node:crypto";
import { z } from "zod";
import { canonicalOrNull } from "./json/text.ts";
import type { AccountRecord } from "./record.ts";

const withEmail = z.object({ email: z.string() });

/**
 * The e-mail address of an account: the document's, else the metadata's, as the site itself looks people up.
 * Compared exactly: the old site's own restore does so too, and two people may differ by case only.
 */
export function emailOf(record: Pick<AccountRecord, "document" | "metadata">): string | null {
  for (const text of [record.document, record.metadata]) {
    const parsed = withEmail.safeParse(tryParse(text));
    if (parsed.success && parsed.data.email !== "") return parsed.data.email;
  }
  return null;
}

/** Parsed with rounded numbers: good for looking at names and strings, never for writing back. */
function tryParse(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * SHA-256 over what an account is: id, document, metadata (any key order, whole numbers apart from floats, empty as
 * none) and uri. Without the vector: a cosine collection gives it back with its last bits changed.
 * As a text of 32 characters, one a byte: many are kept at once, and a buffer takes four times as much.
 */
export function recordHash({ id, document, metadata, uri }: AccountRecord): string {
  const canonical = metadata === null ? "null" : canonicalOrText(metadata);
  return sha256(`[${JSON.stringify(id)},${JSON.stringify(document)},${canonical === "{}" ? "null" : canonical},${JSON.stringify(uri)}]`);
}

/**
 * SHA-256 over the account alone: its id, and the document as a value, however it is spelled. What the old site's own
 * backups hold is not more than this: another writer's spaces and escapes, no vector, no metadata but its own five keys.
 * A text as of `recordHash`.
 */
export function accountHash({ id, document }: Pick<AccountRecord, "id" | "document">): string {
  return sha256(`[${JSON.stringify(id)},${document === null ? "null" : canonicalOrText(document)}]`);
}

function sha256(text: string): string {
  return hashAtOnce("sha256", text, "binary");
}

function canonicalOrText(json: string): string {
  return canonicalOrNull(json) ?? JSON.stringify(json);
}

/**
 * One digest for a set of records in any order: the sum of their hashes modulo 2^256. Ids are unique, so no two
 * records of a site cancel each other out.
 */
export interface ContentDigest {
  /** Of `recordHash` or `accountHash`. */
  add(hash: string): void;
  hex(): string;
}

export function createContentDigest(): ContentDigest {
  // Eight words of 32 bits, the highest first: a big integer for every account takes ten times as long.
  const sum = new Uint32Array(8);
  return {
    add(hash) {
      let carry = 0;
      for (let word = sum.length - 1; word >= 0; word -= 1) {
        const total = (sum[word] ?? 0) + wordAt(hash, word * Uint32Array.BYTES_PER_ELEMENT) + carry;
        sum[word] = total;
        carry = total > 0xffff_ffff ? 1 : 0;
      }
    },
    hex: () => Array.from(sum, (word) => word.toString(16).padStart(8, "0")).join(""),
  };
}

function wordAt(hash: string, byte: number): number {
  const low = (hash.charCodeAt(byte + 1) << 16) | (hash.charCodeAt(byte + 2) << 8) | hash.charCodeAt(byte + 3);
  // The highest byte by multiplying: shifted, it would be taken for a sign.
  return hash.charCodeAt(byte) * 0x100_0000 + low;
}
