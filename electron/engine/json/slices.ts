/**
 * Cuts JSON that arrives in chunks into raw slices: the members of a root object, and the elements of its arrays.
 * Owns no meaning: a slice is bytes, so numbers keep their exact text and files larger than any string can be read.
 * A slice is not yet known to be valid JSON; whoever parses it finds out.
 */

export type JsonSlice =
  /** A top-level member whose value is no array. */
  | { readonly kind: "member"; readonly key: string; readonly bytes: Buffer }
  /** An array begins: a top-level member, or the root itself (`key` null). */
  | { readonly kind: "array"; readonly key: string | null }
  /** One element of the array that began last. */
  | { readonly kind: "item"; readonly key: string | null; readonly bytes: Buffer };

/** The text is no JSON: `cut` ends too early, `malformed` breaks the grammar, `too_large` has one value over the limit. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
  readonly reason: "cut" | "malformed" | "too_large";

  constructor(reason: "cut" | "malformed" | "too_large") {
    super(`JSON is ${reason.replace("_", " ")}`);
    this.reason = reason;
  }
}

/** One value may not be larger: it has to fit in a string, and V8 ends at 512 Mi characters. */
const MAX_SLICE_BYTES = 256 * 1024 * 1024;

export const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Of a byte or a character: JSON knows these four. */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

type State = "start" | "first_key" | "key" | "in_key" | "colon" | "value" | "in_value" | "first_item" | "item" | "after_array" | "end";

/** Feeds chunks in, takes slices out. Slices may share memory with the chunk they came from. */
export interface JsonSlicer {
  push(chunk: Buffer): JsonSlice[];
  /** Throws `cut` unless the JSON is whole. */
  end(): void;
}

/** Where a byte comes next in a chunk: searched for natively, and again only when it was passed. */
function createSearch(byte: number): { from(chunk: Buffer, index: number): number; restart(): void } {
  let found = -1;
  return {
    from(chunk, index) {
      if (found < index) {
        found = chunk.indexOf(byte, index);
        if (found === -1) found = chunk.length;
      }
      return found;
    },
    restart() {
      found = -1;
    },
  };
}

export function createJsonSlicer(options: { maxSliceBytes?: number } = {}): JsonSlicer {
  const maxSliceBytes = options.maxSliceBytes ?? MAX_SLICE_BYTES;
  let state: State = "start";
  let seenBytes = 0;
  let key = "";
  /** The array whose items are being read; undefined outside arrays, null for a root array. */
  let arrayKey: string | null | undefined;
  let depth = 0;
  let inString = false;
  let escaped = false;
  /** What ends a string, or escapes what follows. */
  const quotes = createSearch(QUOTE);
  const backslashes = createSearch(BACKSLASH);
  /** What ends an array, and what would make it more than numbers: a quote or another bracket that opens. */
  const closing = createSearch(CLOSE_ARRAY);
  const notNumbers = [quotes, createSearch(OPEN_ARRAY), createSearch(OPEN_OBJECT)];
  let parts: Buffer[] = [];
  let partBytes = 0;

  function keep(part: Buffer): void {
    partBytes += part.length;
    if (partBytes > maxSliceBytes) throw new JsonSyntaxError("too_large");
    parts.push(part);
  }

  /** The slice that ends here, without the spaces before the delimiter. */
  function take(last: Buffer): Buffer {
    keep(last);
    const whole = parts.length === 1 ? last : Buffer.concat(parts, partBytes);
    parts = [];
    partBytes = 0;
    let end = whole.length;
    while (end > 0 && isSpace(whole[end - 1] ?? 0)) end -= 1;
    if (end === 0) throw new JsonSyntaxError("malformed");
    return whole.subarray(0, end);
  }

  /** Index of the bracket that closes the array of numbers opened just before `from`, or -1: most bytes of a page with vectors are passed over natively. */
  function endOfNumbers(chunk: Buffer, from: number): number {
    const close = closing.from(chunk, from);
    return close === chunk.length || notNumbers.some((search) => search.from(chunk, from) < close) ? -1 : close;
  }

  /** Index of the delimiter that ends the value being read, or -1 when the chunk ends first. */
  function findValueEnd(chunk: Buffer, from: number): number {
    const { length } = chunk;
    let i = from;
    while (i < length) {
      if (escaped) {
        escaped = false;
        i += 1;
        continue;
      }
      if (inString) {
        const quote = quotes.from(chunk, i);
        const backslash = backslashes.from(chunk, i);
        if (backslash < quote) {
          escaped = true;
          i = backslash + 1;
          continue;
        }
        if (quote === length) return -1;
        inString = false;
        i = quote + 1;
        continue;
      }
      let byte = chunk[i] ?? 0;
      // Digits, dots and minus signs of a vector that the chunk cuts.
      while (byte > COMMA && byte < COLON) {
        i += 1;
        byte = chunk[i] ?? 0;
      }
      if (byte === QUOTE) inString = true;
      else if (byte === OPEN_ARRAY) {
        const close = endOfNumbers(chunk, i + 1);
        if (close === -1) depth += 1;
        else i = close;
      } else if (byte === OPEN_OBJECT) depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        if (depth === 0) return i;
        depth -= 1;
      } else if (byte === COMMA && depth === 0) return i;
      i += 1;
    }
    return -1;
  }

  function endOfArray(): State {
    const wasRoot = arrayKey === null;
    arrayKey = undefined;
    return wasRoot ? "end" : "after_array";
  }

  /** The state after a value of the current container, by the delimiter behind it. */
  function afterValue(delimiter: number): State {
    if (arrayKey !== undefined) {
      if (delimiter === COMMA) return "item";
      if (delimiter === CLOSE_ARRAY) return endOfArray();
    } else {
      if (delimiter === COMMA) return "key";
      if (delimiter === CLOSE_OBJECT) return "end";
    }
    throw new JsonSyntaxError("malformed");
  }

  /** Handles one byte between values; returns the next state. */
  function step(byte: number, slices: JsonSlice[]): State {
    switch (state) {
      case "start":
        if (byte === OPEN_OBJECT) return "first_key";
        if (byte === OPEN_ARRAY) {
          arrayKey = null;
          slices.push({ kind: "array", key: null });
          return "first_item";
        }
        break;
      case "first_key":
      case "key":
        if (byte === QUOTE) return "in_key";
        if (byte === CLOSE_OBJECT && state === "first_key") return "end";
        break;
      case "colon":
        if (byte === COLON) return "value";
        break;
      case "value":
        if (byte !== OPEN_ARRAY) return "in_value";
        arrayKey = key;
        slices.push({ kind: "array", key });
        return "first_item";
      case "first_item":
        return byte === CLOSE_ARRAY ? endOfArray() : "in_value";
      case "item":
        return "in_value";
      case "after_array":
        if (byte === COMMA) return "key";
        if (byte === CLOSE_OBJECT) return "end";
        break;
      case "in_key":
      case "in_value":
      case "end":
        break;
    }
    throw new JsonSyntaxError("malformed");
  }

  /** Reads on in the key that has begun; returns the index behind it. */
  function readKey(chunk: Buffer, from: number): number {
    for (let i = from; i < chunk.length; i += 1) {
      const byte = chunk[i];
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) {
        keep(chunk.subarray(from, i));
        key = parseKey(Buffer.concat(parts));
        parts = [];
        partBytes = 0;
        state = "colon";
        return i + 1;
      }
    }
    keep(chunk.subarray(from));
    return chunk.length;
  }

  /** Reads on in the value that has begun; returns the index behind it and its delimiter. */
  function readValue(chunk: Buffer, from: number, slices: JsonSlice[]): number {
    const end = findValueEnd(chunk, from);
    if (end === -1) {
      keep(chunk.subarray(from));
      return chunk.length;
    }
    const bytes = take(chunk.subarray(from, end));
    slices.push(arrayKey === undefined ? { kind: "member", key, bytes } : { kind: "item", key: arrayKey, bytes });
    state = afterValue(chunk[end] ?? 0);
    return end + 1;
  }

  return {
    push(chunk) {
      const slices: JsonSlice[] = [];
      for (const search of [backslashes, closing, ...notNumbers]) search.restart();
      let i = 0;
      while (i < chunk.length) {
        if (state === "in_value") i = readValue(chunk, i, slices);
        else if (state === "in_key") i = readKey(chunk, i);
        else {
          const byte = chunk[i] ?? 0;
          const isMark = seenBytes + i < BYTE_ORDER_MARK.length && byte === BYTE_ORDER_MARK[seenBytes + i];
          if (!isSpace(byte) && !isMark) {
            state = step(byte, slices);
            // The first byte of a value belongs to it.
            if (state === "in_value") continue;
          }
          i += 1;
        }
      }
      seenBytes += chunk.length;
      return slices;
    },
    end() {
      if (state !== "end") throw new JsonSyntaxError("cut");
    },
  };
}

function parseKey(bytes: Buffer): string {
  try {
    const key: unknown = JSON.parse(`"${bytes.toString("utf8")}"`);
    if (typeof key === "string") return key;
  } catch {
    // Falls through: the key holds an impossible escape or a control character.
  }
  throw new JsonSyntaxError("malformed");
}

/**
 * Slices of JSON (UTF-8) that arrives in chunks, one batch per chunk. Memory: one chunk and the value that crosses it.
 * Throws `JsonSyntaxError`.
 */
export async function* sliceJson(chunks: AsyncIterable<Uint8Array>, options: { maxSliceBytes?: number } = {}): AsyncGenerator<JsonSlice[]> {
  const slicer = createJsonSlicer(options);
  for await (const chunk of chunks) {
    const slices = slicer.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (slices.length > 0) yield slices;
  }
  slicer.end();
}
