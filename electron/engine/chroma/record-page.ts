/**
 * Turns one answer of Chroma's `get` into records without loss: metadata stays text, vectors become 32-bit floats
 * straight from the bytes (a general JSON parser takes several times as long for them). Asks nobody, keeps nothing.
 */
import { z } from "zod";
import { KeeperError } from "../../../shared/errors.ts";
import { createJsonSlicer, type JsonSlice } from "../json/slices.ts";
import type { AccountRecord } from "../record.ts";

/** The columns of an answer, one entry per record; null when the server sent none. */
interface Columns {
  ids: Buffer[] | null;
  documents: Buffer[] | null;
  metadatas: Buffer[] | null;
  uris: Buffer[] | null;
  embeddings: Buffer[] | null;
}

const NULL = Buffer.from("null");
const nullableString = z.string().nullable();

/**
 * Records of one `get` answer, in its order. Columns that were not asked for are null in every record.
 * Throws BAD_ANSWER when the answer is cut, no JSON, holds more than `maxRecords`, or its columns do not fit together.
 */
export function parseRecordPage(answer: Buffer, maxRecords = Infinity): AccountRecord[] {
  const { ids, documents, metadatas, uris, embeddings } = readColumns(answer, maxRecords);
  if (ids === null) throw badAnswer("no ids");
  for (const column of [documents, metadatas, uris, embeddings]) {
    if (column !== null && column.length !== ids.length) throw badAnswer("columns of different length");
  }
  let dimension = 0;
  return ids.map((id, index) => {
    const embedding = parseColumn(embeddings, index, (bytes) => parseVector(bytes, dimension));
    dimension = embedding?.length ?? dimension;
    return {
      id: parseJson(z.string(), id),
      document: parseColumn(documents, index, (bytes) => parseJson(nullableString, bytes)),
      metadata: parseColumn(metadatas, index, (bytes) => objectText(bytes)),
      uri: parseColumn(uris, index, (bytes) => parseJson(nullableString, bytes)),
      embedding,
    };
  });
}

/** Just the ids of one `get` answer. Throws BAD_ANSWER. */
export function parseIds(answer: Buffer): string[] {
  let ids: string[] | null = null;
  for (const slices of slicesOf(answer)) {
    for (const slice of slices) {
      if (slice.key !== "ids") continue;
      if (slice.kind === "array") ids = [];
      else if (slice.kind === "item") ids?.push(parseJson(z.string(), slice.bytes));
      else throw badAnswer("ids is no array");
    }
  }
  if (ids === null) throw badAnswer("no ids");
  return ids;
}

function readColumns(answer: Buffer, maxRecords: number): Columns {
  const columns: Columns = { ids: null, documents: null, metadatas: null, uris: null, embeddings: null };
  for (const slices of slicesOf(answer)) {
    for (const slice of slices) {
      if (slice.key === null || !isColumn(slice.key)) continue;
      if (slice.kind === "array") columns[slice.key] = [];
      else if (slice.kind === "item" && (columns[slice.key]?.push(slice.bytes) ?? 0) > maxRecords) throw badAnswer("more than was asked for");
      else if (slice.kind === "member" && !slice.bytes.equals(NULL)) throw badAnswer(`${slice.key} is no array`);
    }
  }
  return columns;
}

function isColumn(key: string): key is keyof Columns {
  return key === "ids" || key === "documents" || key === "metadatas" || key === "uris" || key === "embeddings";
}

/** A slice takes a hundred bytes and may stand for two: those of a whole answer at once could fill the memory. */
const WINDOW_BYTES = 128 * 1024;

function* slicesOf(answer: Buffer): Generator<JsonSlice[]> {
  const slicer = createJsonSlicer();
  for (let at = 0; at < answer.length; at += WINDOW_BYTES) yield orBadAnswer(() => slicer.push(answer.subarray(at, at + WINDOW_BYTES)));
  orBadAnswer(() => slicer.end());
}

function orBadAnswer<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw badAnswer("not whole JSON", error);
  }
}

function parseColumn<T>(column: readonly Buffer[] | null, index: number, parse: (bytes: Buffer) => T): T | null {
  const bytes = column?.[index];
  return bytes === undefined || bytes.equals(NULL) ? null : parse(bytes);
}

/** The text of a JSON object as it is; its numbers are not looked at. */
function objectText(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  try {
    // Whatever else parses would be refused when the backup is read again.
    if (bytes[0] === OPEN_OBJECT && JSON.parse(text) !== null) return text;
  } catch {
    // As for the other values: what is said of it quotes the account.
  }
  throw badAnswer("metadata that is no object");
}

function parseJson<T>(schema: z.ZodType<T>, bytes: Buffer): T {
  try {
    return schema.parse(JSON.parse(bytes.toString("utf8")));
  } catch {
    // Without the cause: its text may quote the account.
    throw badAnswer("a value of another type than Chroma sends");
  }
}

const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COMMA = 0x2c;
const OPEN = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE = 0x5d;
const SPACE = 0x20;
/** Powers of ten that a double holds exactly; with a mantissa below 2^53 one division then rounds correctly. */
const EXACT_POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** So many digits always stay below 2^53. */
const MAX_EXACT_DIGITS = 15;

/**
 * A JSON array of numbers as 32-bit floats. `expectedLength` saves counting when it is right.
 * Plain decimals, which is what Chroma writes, take the fast way; any other spelling goes through `Number`.
 */
export function parseVector(bytes: Buffer, expectedLength = 0): Float32Array {
  if (bytes[0] !== OPEN || bytes[bytes.length - 1] !== CLOSE) throw badAnswer("a vector that is no array");
  let vector = new Float32Array(expectedLength > 0 ? expectedLength : 16);
  let length = 0;
  let at = 1;
  const end = bytes.length - 1;
  while (at < end && bytes[at] === SPACE) at += 1;
  while (at < end) {
    const start = at;
    let mantissa = 0;
    let digits = 0;
    let decimals = 0;
    let afterDot = false;
    let isPlain = true;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at += 1;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte >= ZERO && byte <= NINE) {
        mantissa = mantissa * 10 + (byte - ZERO);
        digits += 1;
        if (afterDot) decimals += 1;
      } else if (byte === DOT && !afterDot) afterDot = true;
      else if (byte === COMMA) break;
      else isPlain = false;
    }
    let value: number;
    if (isPlain && digits > 0 && digits <= MAX_EXACT_DIGITS && decimals < EXACT_POWERS.length) {
      value = mantissa / (EXACT_POWERS[decimals] ?? 1);
      if (isNegative) value = -value;
    } else {
      const text = bytes.toString("latin1", start, at);
      value = text.trim() === "" ? NaN : Number(text);
    }
    if (!Number.isFinite(value) || at === end - 1) throw badAnswer("a vector with something else than numbers");
    if (length === vector.length) {
      const larger = new Float32Array(vector.length * 2);
      larger.set(vector);
      vector = larger;
    }
    vector[length] = value;
    length += 1;
    at += 1;
  }
  return length === vector.length ? vector : vector.slice(0, length);
}

/** Said as `classify.ts` says it of any other answer that makes no sense. */
function badAnswer(reason: string, cause?: unknown): KeeperError {
  return new KeeperError("BAD_ANSWER", "The server's answer makes no sense.", {
    hint: "Try again. If it stays like this, ask whoever built your site.",
    cause: new Error(reason, cause === undefined ? undefined : { cause }),
  });
}
