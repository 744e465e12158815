/**
 * Turns one answer of Chroma's `get` into records without loss: metadata stays text, vectors become 32-bit floats
 * straight from the bytes (a general JSON parser takes several times as long for them). Asks nobody, keeps nothing.
 */
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
  const vectors = createVectorPage(ids.length, answer.length);
  return ids.map((id, index) => {
    const embedding = parseColumn(embeddings, index, (bytes) => vectors.parse(bytes));
    return {
      id: parseText(id),
      document: parseColumn(documents, index, parseText),
      metadata: parseColumn(metadatas, index, objectText),
      uri: parseColumn(uris, index, parseText),
      embedding,
    };
  });
}

/** The vectors of one page in one piece of memory: a thousand pieces would keep the garbage collector busy. */
function createVectorPage(count: number, answerBytes: number): { parse(bytes: Buffer): Float32Array | null } {
  let page: Float32Array | null = null;
  let dimension = 0;
  let used = 0;
  return {
    parse(bytes) {
      const room = page?.subarray(used, used + dimension);
      const vector = parseVector(bytes, room);
      if (vector === null) return null;
      if (page === null) {
        // All are as long as the first, nearly always. No number takes less than two bytes of the answer.
        dimension = vector.length;
        page = new Float32Array(Math.min(dimension * (count - 1), Math.floor(answerBytes / 2)));
      } else if (vector === room) used += dimension;
      return vector;
    },
  };
}

/** Just the ids of one `get` answer. Throws BAD_ANSWER. */
export function parseIds(answer: Buffer): string[] {
  return [...idsIn(answer)];
}

/** The same one by one: none of them stays in memory. What is wrong with the answer may be found out only at its end. */
export function* idsIn(answer: Buffer): Generator<string> {
  let found = false;
  for (const slices of slicesOf(answer)) {
    for (const slice of slices) {
      if (slice.key !== "ids") continue;
      if (slice.kind === "item") yield parseText(slice.bytes);
      else if (slice.kind === "array" && !found) found = true;
      else throw badAnswer("ids is no array");
    }
  }
  if (!found) throw badAnswer("no ids");
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

function parseText(bytes: Buffer): string {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof value === "string") return value;
  } catch {
    // Without the cause: its text may quote the account.
  }
  throw badAnswer("a value of another type than Chroma sends");
}

const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const COMMA = 0x2c;
const OPEN = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE = 0x5d;
const SPACE = 0x20;
/** Powers of ten that a double holds exactly; with a mantissa below 2^53 one division then rounds correctly. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** So many digits always stay below 2^53. */
const MAX_EXACT_DIGITS = 15;

/**
 * A JSON array of numbers as 32-bit floats. `room` is where they go when there are exactly as many as it takes.
 * Plain decimals, which is what Chroma writes, take the fast way; any other spelling goes through `Number`.
 * Null when one of them is: Chroma writes so what is no finite number, which a cosine collection makes of a vector too long
 * for its sums, and takes none of that back.
 */
export function parseVector(bytes: Buffer, room: Float32Array = new Float32Array(16)): Float32Array | null {
  if (bytes[0] !== OPEN || bytes[bytes.length - 1] !== CLOSE) throw badAnswer("a vector that is no array");
  let vector = room;
  let length = 0;
  let isComplete = true;
  let at = 1;
  const end = bytes.length - 1;
  while (at < end && bytes[at] === SPACE) at += 1;
  while (at < end) {
    const start = at;
    if (bytes[at] === MINUS) at += 1;
    const firstDigit = at;
    let mantissa = 0;
    let digit = (bytes[at] ?? 0) - ZERO;
    while (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      at += 1;
      digit = (bytes[at] ?? 0) - ZERO;
    }
    let digits = at - firstDigit;
    let decimals = 0;
    if (bytes[at] === DOT) {
      at += 1;
      const firstDecimal = at;
      digit = (bytes[at] ?? 0) - ZERO;
      while (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        at += 1;
        digit = (bytes[at] ?? 0) - ZERO;
      }
      decimals = at - firstDecimal;
      digits += decimals;
    }
    let value: number;
    if ((at === end || bytes[at] === COMMA) && digits > 0 && digits <= MAX_EXACT_DIGITS) {
      value = mantissa / (EXACT_POWERS[decimals] ?? 1);
      if (firstDigit > start) value = -value;
    } else {
      while (at < end && bytes[at] !== COMMA) at += 1;
      const text = bytes.toString("latin1", start, at);
      const isNull = text.trim() === "null";
      if (isNull) isComplete = false;
      value = text.trim() === "" ? NaN : Number(isNull ? 0 : text);
    }
    if (!Number.isFinite(value) || at === end - 1) throw badAnswer("a vector with something else than numbers");
    if (length === vector.length) {
      const larger = new Float32Array(Math.max(16, vector.length * 2));
      larger.set(vector);
      vector = larger;
    }
    vector[length] = value;
    length += 1;
    at += 1;
  }
  if (!isComplete) return null;
  return length === vector.length ? vector : vector.slice(0, length);
}

/** Said as `classify.ts` says it of any other answer that makes no sense. */
function badAnswer(reason: string, cause?: unknown): KeeperError {
  return new KeeperError("BAD_ANSWER", "The server's answer makes no sense.", {
    hint: "Try again. If it stays like this, ask whoever built your site.",
    cause: new Error(reason, cause === undefined ? undefined : { cause }),
  });
}
