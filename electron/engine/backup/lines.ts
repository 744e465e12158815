/**
 * One record or account as one line of a backup. Owns both directions.
 * Numbers keep their exact text: only strings and vectors are ever decoded.
 */
import type { AccountRecord } from "../record.ts";
import { createJsonSlicer, QUOTE } from "../json/slices.ts";
import { minifyJson } from "../json/text.ts";
import { base64ToVector, vectorToBase64 } from "../vector-base64.ts";

/** A line that is no record: the backup was changed or was not made by this format. */
export class BadLineError extends Error {
  override readonly name = "BadLineError";
}

export function recordToLine(record: AccountRecord): string {
  const { id, document, metadata, uri, embedding } = record;
  return `{"id":${JSON.stringify(id)},"document":${JSON.stringify(document)},"metadata":${metadata === null ? "null" : wellFormed(minifyJson(metadata))},"uri":${JSON.stringify(uri)},"embedding":${embedding === null ? "null" : `"${vectorToBase64(embedding)}"`}}`;
}

/** The account inside a document as one line of JSON, its text kept but for the spaces between its parts; null when there is none. */
export function accountLine(document: string | null): string | null {
  return document !== null && isJsonObjectText(document) ? wellFormed(minifyJson(document)) : null;
}

function isJsonObjectText(text: string): boolean {
  // Most documents that are no account are told by their first character, without parsing.
  if (!/^[ \t\n\r]*\{/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A lone surrogate has no UTF-8 form; inside a JSON string its escape means the same. */
function wellFormed(json: string): string {
  return json.isWellFormed() ? json : json.replace(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
}

/** Throws `BadLineError`. Metadata keeps its text; spaces around and inside it do not matter. */
export function lineToRecord(line: Buffer): AccountRecord {
  return recordAsWritten(line) ?? cutToRecord(line);
}

const ID = '{"id":';
const DOCUMENT = ',"document":';
const METADATA = ',"metadata":';
const URI = ',"uri":';
const EMBEDDING = ',"embedding":';
const NO_VECTOR = "null}";
const CLOSE_OBJECT = 0x7d;

/**
 * The fast way for a line as `recordToLine` makes it; null for every other. Inside a JSON string no quote
 * stands without a backslash before it, so a comma and a name in quotes are where they seem to be; what lies between is
 * parsed, and metadata, which may hold the same names, is what is left in the middle.
 */
function recordAsWritten(line: Buffer): AccountRecord | null {
  const parts = withVectorApart(line);
  if (parts === null) return null;
  const { text, vector } = parts;
  const documentAt = text.indexOf(DOCUMENT);
  const metadataAt = text.indexOf(METADATA, documentAt);
  const uriAt = text.lastIndexOf(URI);
  if (!text.startsWith(ID) || !text.endsWith(EMBEDDING) || documentAt === -1 || metadataAt === -1 || uriAt < metadataAt) return null;
  try {
    const id = JSON.parse(text.slice(ID.length, documentAt)) as unknown;
    const document = JSON.parse(text.slice(documentAt + DOCUMENT.length, metadataAt)) as unknown;
    const uri = JSON.parse(text.slice(uriAt + URI.length, -EMBEDDING.length)) as unknown;
    if (typeof id !== "string" || !isTextOrNull(document) || !isTextOrNull(uri)) return null;
    return { id, document, metadata: metadataIn(text.slice(metadataAt + METADATA.length, uriAt)), uri, embedding: parseVector(vector) };
  } catch {
    // Read the other way, it tells what is wrong.
    return null;
  }
}

/** What stands before the vector, and the vector, which is most of a line and plain letters. Null where the line ends otherwise. */
function withVectorApart(line: Buffer): { text: string; vector: string | null } | null {
  const last = line.length - 1;
  if (line[last - 1] === QUOTE && line[last] === CLOSE_OBJECT) {
    const start = Math.max(0, line.lastIndexOf(QUOTE, last - 2));
    const vector = line.toString("latin1", start + 1, last - 1);
    return vector.includes("\\") ? null : { text: line.toString("utf8", 0, start), vector };
  }
  const start = Math.max(0, line.length - NO_VECTOR.length);
  return line.toString("latin1", start) === NO_VECTOR ? { text: line.toString("utf8", 0, start), vector: null } : null;
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function cutToRecord(line: Buffer): AccountRecord {
  const members = membersOf(line);
  const id = textMember(members, "id");
  if (id === null) throw new BadLineError("no id");
  return {
    id,
    document: textMember(members, "document"),
    metadata: metadataIn(members.get("metadata") ?? ""),
    uri: textMember(members, "uri"),
    embedding: parseVector(textMember(members, "embedding")),
  };
}

/** Cut rather than parsed: a parsed number has lost its text. */
function membersOf(line: Buffer): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  try {
    const slicer = createJsonSlicer();
    for (const slice of slicer.push(line)) {
      if (slice.kind === "member" && !members.has(slice.key)) members.set(slice.key, slice.bytes.toString("utf8"));
      else throw new BadLineError("unexpected member");
    }
    slicer.end();
  } catch (error) {
    throw new BadLineError("no object", { cause: error });
  }
  return members;
}

function textMember(members: ReadonlyMap<string, string>, key: string): string | null {
  const value = parse(members.get(key));
  if (value === null || typeof value === "string") return value;
  throw new BadLineError("neither text nor null");
}

function metadataIn(text: string): string | null {
  const value = parse(text);
  if (value === null) return null;
  if (typeof value !== "object" || Array.isArray(value)) throw new BadLineError("metadata is no object");
  return minifyJson(text);
}

function parse(text: string | undefined): unknown {
  try {
    // A missing member fails here like a broken one.
    return JSON.parse(text ?? "");
  } catch (error) {
    throw new BadLineError("broken member", { cause: error });
  }
}

function parseVector(text: string | null): Float32Array | null {
  if (text === null) return null;
  const vector = base64ToVector(text);
  if (vector === null) throw new BadLineError("vector is cut");
  return vector;
}
