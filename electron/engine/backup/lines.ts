/**
 * One record or account as one line of a backup. Owns both directions.
 * Numbers keep their exact text: only strings and vectors are ever decoded.
 */
import type { AccountRecord } from "../record.ts";
import { createJsonSlicer } from "../json/slices.ts";
import { minifyJson } from "../json/text.ts";
import { base64ToVector, vectorToBase64 } from "../vector-base64.ts";

/** A line that is no record: the backup was changed or was not made by this format. */
export class BadLineError extends Error {
  override readonly name = "BadLineError";
}

export function recordToLine(record: AccountRecord): string {
  return lineOf({ ...record, metadata: record.metadata === null ? null : wellFormed(minifyJson(record.metadata)) }, record.embedding === null ? null : vectorToBase64(record.embedding));
}

/** `metadata` as it will stand there. */
function lineOf({ id, document, metadata, uri }: Omit<AccountRecord, "embedding">, embedding: string | null): string {
  return `{"id":${JSON.stringify(id)},"document":${JSON.stringify(document)},"metadata":${metadata ?? "null"},"uri":${JSON.stringify(uri)},"embedding":${embedding === null ? "null" : `"${embedding}"`}}`;
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
  return readLine(line).record;
}

interface ReadLine {
  readonly record: AccountRecord;
  /** The line is letter by letter what `recordToLine` makes of the record. */
  readonly asWritten: boolean;
}

/** Throws as `lineToRecord`. */
export function readLine(line: Buffer): ReadLine {
  const record = recordAsWritten(line.toString("utf8"));
  return { record: record ?? cutToRecord(line), asWritten: record !== null };
}

/** The fast way for nearly every line: JSON that the native parser gives back letter by letter lost nothing. */
function recordAsWritten(text: string): AccountRecord | null {
  const value = parseOrNull(text);
  if (typeof value !== "object" || value === null || !("id" in value && "document" in value && "metadata" in value && "uri" in value && "embedding" in value)) return null;
  const { id, document, metadata, uri, embedding } = value;
  if (typeof id !== "string" || !isTextOrNull(document) || typeof metadata !== "object" || Array.isArray(metadata) || !isTextOrNull(uri) || !isTextOrNull(embedding)) return null;
  const kept = { id, document, metadata: metadata === null ? null : stringifyOrNull(metadata), uri };
  return lineOf(kept, embedding) === text ? { ...kept, embedding: parseVector(embedding) } : null;
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

/** Null for what is nested deeper than the native writer goes: then the line is not the same, and is read the other way. */
function stringifyOrNull(value: object): string | null {
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function cutToRecord(line: Buffer): AccountRecord {
  const members = membersOf(line);
  const id = textMember(members, "id");
  if (id === null) throw new BadLineError("no id");
  return {
    id,
    document: textMember(members, "document"),
    metadata: metadataMember(members),
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

function metadataMember(members: ReadonlyMap<string, string>): string | null {
  const text = members.get("metadata") ?? "";
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
