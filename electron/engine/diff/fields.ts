/**
 * Which fields of an account differ, without keeping a value: each field is a hash. Owns what counts as a field and the
 * owner's word for it.
 */
import { hash as hashAtOnce } from "node:crypto";
import { createJsonSlicer } from "../json/slices.ts";
import { canonicalOrNull } from "../json/text.ts";
import type { AccountRecord } from "../record.ts";

/** The fields of one record, in compact form: thousands of these are kept at once. */
export interface FieldHashes {
  readonly names: readonly string[];
  /** `HASH_LENGTH` characters for each name, one byte each: a text takes a fraction of what a buffer takes. */
  readonly hashes: string;
}

/** Half of a SHA-256 tells fields apart as well as all of it. */
const HASH_LENGTH = 16;

const MAX_WORD_LENGTH = 80;

/** The whole document, where it is no JSON object. */
const DOCUMENT = "document";
const URI = "uri";
/** All of it, where it has a key twice or is nested too deep. */
const ALL_METADATA = "metadata";
/** These keep apart what data may name the same. */
const MEMBER = "member:";
const METADATA = "metadata:";

/** Lists of names that are equal become one: nearly all accounts of a site have the same fields. */
export interface NameLists {
  shared(names: readonly string[]): readonly string[];
}

export function createNameLists(): NameLists {
  const lists = new Map<string, readonly string[]>();
  return {
    shared(names) {
      const key = JSON.stringify(names);
      const known = lists.get(key);
      if (known !== undefined) return known;
      lists.set(key, names);
      return names;
    },
  };
}

/**
 * The fields of a record: members of its document, compared as values (1.0 is not 1, spaces and escapes do not matter),
 * or the document as a whole where it is no JSON object; with `everything` also its metadata and its uri.
 */
export function fieldHashes(record: AccountRecord, everything: boolean, lists: NameLists): FieldHashes {
  const names: string[] = [];
  const hashes: string[] = [];
  const add = (name: string, parts: readonly (Buffer | string)[]): void => {
    names.push(name);
    hashes.push(hashOf(parts));
  };
  const document = record.document === null ? null : canonicalOrNull(record.document);
  if (document?.startsWith("{") === true) for (const [key, parts] of membersOf(document)) add(MEMBER + key, parts);
  else add(DOCUMENT, [record.document === null ? "none" : document === null ? `text ${JSON.stringify(record.document)}` : document]);
  if (everything) {
    const metadata = canonicalOrNull(record.metadata ?? "{}");
    if (metadata === null) add(ALL_METADATA, [JSON.stringify(record.metadata)]);
    else for (const [key, parts] of membersOf(metadata)) add(METADATA + key, parts);
    add(URI, [JSON.stringify(record.uri)]);
  }
  return { names: lists.shared(names), hashes: hashes.join("") };
}

/**
 * What the owner calls the fields that are not the same in both: "password", "full_name", "metadata: score", "uri", and
 * "document" where one of the two is no JSON object. Each once, never a value. Empty when all are the same.
 */
export function changedFields(left: FieldHashes, right: FieldHashes): string[] {
  const leftHashes = byName(left);
  const rightHashes = byName(right);
  // Where only one document is a JSON object, its members are not worth telling one by one.
  const isWhole = leftHashes.has(DOCUMENT) || rightHashes.has(DOCUMENT);
  const changed = [...new Set([...left.names, ...right.names])].filter(
    (name) => leftHashes.get(name) !== rightHashes.get(name) && !(isWhole && name.startsWith(MEMBER)),
  );
  return [...new Set(changed.map(wordFor))];
}

function byName({ names, hashes }: FieldHashes): ReadonlyMap<string, string> {
  return new Map(names.map((name, index) => [name, hashes.slice(index * HASH_LENGTH, (index + 1) * HASH_LENGTH)]));
}

function wordFor(name: string): string {
  if (name.startsWith(MEMBER)) return keyInWords(name.slice(MEMBER.length));
  if (name.startsWith(METADATA)) return `metadata: ${keyInWords(name.slice(METADATA.length))}`;
  return name;
}

/** What people changed is their password, whatever the site keeps of it. A name may be as long as a value. */
function keyInWords(key: string): string {
  if (key === "password_hash") return "password";
  return key.length > MAX_WORD_LENGTH ? `${key.slice(0, MAX_WORD_LENGTH)}…` : key;
}

function hashOf(parts: readonly (Buffer | string)[]): string {
  return hashAtOnce("sha256", parts.length === 1 ? (parts[0] ?? "") : Buffer.concat(parts.map((part) => Buffer.from(part))), "buffer").toString("latin1", 0, HASH_LENGTH);
}

/** The canonical text of each member, in parts. `canonical` holds no lone surrogate, so its bytes lose nothing. */
function membersOf(canonical: string): ReadonlyMap<string, readonly (Buffer | string)[]> {
  const members = new Map<string, (Buffer | string)[]>();
  for (const slice of createJsonSlicer().push(Buffer.from(canonical))) {
    if (slice.key === null) continue;
    if (slice.kind === "member") members.set(slice.key, [slice.bytes]);
    // No other value begins with a bracket, and no item holds a comma outside its own brackets.
    else if (slice.kind === "array") members.set(slice.key, ["["]);
    else members.get(slice.key)?.push(slice.bytes, ",");
  }
  return members;
}
