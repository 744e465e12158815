/** JSON as text whose numbers must not change: minified, compared, and parsed without loss. */
import { LosslessNumber, parse, stringify } from "lossless-json";
import { isSpace, QUOTE } from "./slices.ts";

export type JsonValue = null | boolean | string | LosslessNumber | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** Spaces as JSON knows them; `\s` would match more. */
const JSON_SPACE = /[ \t\n\r]/;

/**
 * The same JSON without whitespace outside strings; every other character stays as it is.
 * `text` must be valid JSON: what is not comes out as garbage.
 */
export function minifyJson(text: string): string {
  if (!JSON_SPACE.test(text)) return text;
  let minified = "";
  /** What follows is not in `minified` yet: nearly always all of it, for most strings hold a space and nothing else does. */
  let from = 0;
  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else {
      i += 1;
      if (!isSpace(code)) continue;
      minified += text.slice(from, i - 1);
      from = i;
    }
  }
  return from === 0 ? text : minified + text.slice(from);
}

/** Without an expression over whole strings: those of megabytes are too long for it. */
export function replaceOutsideStrings(text: string, pattern: RegExp, by: string): string {
  let replaced = "";
  for (let from = 0; from < text.length; ) {
    const quote = text.indexOf('"', from);
    const end = quote === -1 ? text.length : quote;
    const next = quote === -1 ? end : endOfString(text, quote);
    replaced += text.slice(from, end).replace(pattern, by) + text.slice(end, next);
    from = next;
  }
  return replaced;
}

/** Index behind the string that starts at `quote`. */
function endOfString(text: string, quote: number): number {
  let i = quote + 1;
  for (;;) {
    const close = text.indexOf('"', i);
    if (close === -1) return text.length;
    let backslashes = 0;
    while (text[close - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return close + 1;
    i = close + 1;
  }
}

/**
 * Parses JSON, numbers as `LosslessNumber` (their exact text). Throws `SyntaxError` on bad JSON and on a key that
 * appears twice with different values, `RangeError` when nested too deep for the stack.
 */
export function parseLossless(text: string): JsonValue {
  return asJsonValue(parse(text));
}

function asJsonValue(value: unknown): JsonValue {
  if (isJsonValue(value)) return value;
  throw new SyntaxError("not a JSON value");
}

/** Only the outermost value is looked at: lossless-json builds nothing else inside. */
function isJsonValue(value: unknown): value is JsonValue {
  return value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "object";
}

/** The keys of a JSON object; none of what is no object. Numbers do not matter here, and the native parser stops at no depth. Throws `SyntaxError`. */
export function jsonKeys(text: string): string[] {
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}

export function stringifyLossless(value: JsonValue): string {
  const text = stringify(value);
  if (text === undefined) throw new TypeError("not a JSON value");
  return text;
}

/**
 * One text for all spellings of the same value: keys sorted, no spaces, one form of each string and number. Whole
 * numbers and floats stay apart (1 is not 1.0), as they do for Chroma, whose metadata order changes between two reads.
 * Throws as `parseLossless`.
 */
export function canonicalJson(text: string): string {
  const native = parseUnlessLossy(text);
  return canonical(native === undefined ? parseLossless(text) : native);
}

/** The same for what may be no JSON, have a key twice, or be nested too deep: null then, and only the same text is the same. */
export function canonicalOrNull(text: string): string | null {
  try {
    return canonicalJson(text);
  } catch {
    return null;
  }
}

type NativeValue = null | boolean | string | number | NativeValue[] | { [key: string]: NativeValue };
type AnyValue = JsonValue | NativeValue;

/** The fast way for what nearly every record holds: JSON that the native parser gives back letter by letter lost nothing. */
function parseUnlessLossy(text: string): NativeValue | undefined {
  // The parser's result has no other types.
  const value = JSON.parse(text) as NativeValue;
  return JSON.stringify(value) === text ? value : undefined;
}

function canonical(value: AnyValue): string {
  if (typeof value === "string") return quoted(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (value instanceof LosslessNumber) return canonicalNumber(value.value);
  if (Array.isArray(value)) {
    const items: readonly AnyValue[] = value;
    return `[${items.map(canonical).join(",")}]`;
  }
  const object: Readonly<Record<string, AnyValue>> = value;
  let members = "";
  // By UTF-16 code units, which is how `sort` compares without being told.
  for (const key of Object.keys(object).sort()) members += `${members === "" ? "" : ","}${quoted(key)}:${canonical(object[key] ?? null)}`;
  return `{${members}}`;
}

/** What JSON writes as it is, between quotes: nearly every text, and to see that is quicker than to have it written. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function canonicalNumber(text: string): string {
  // JSON writes no zeros in front, so there is one spelling; a number type would take quadratic time on millions of digits.
  if (/^-?\d+$/.test(text)) return text === "-0" ? "0" : text;
  const float = String(Number(text));
  return /^-?\d+$/.test(float) ? `${float}.0` : float;
}
