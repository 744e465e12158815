/**
 * Walks JSON text once, without recursion, and says whether it is whole, ends too early, or is broken and where.
 * `JSON.parse` cannot tell the last two apart and quotes the text in its errors; `slices.ts` only finds borders.
 */

/**
 * No account is nested this deep. Python's decoder gives up near 1,000 levels, so the site could not read more, and
 * our own recursive code behind this scan must not meet more either.
 */
export const MAX_DEPTH = 500;

/** A value directly inside the root, as indexes into the text. */
interface Part {
  /** The decoded key; null inside an array. */
  readonly key: string | null;
  readonly start: number;
  readonly end: number;
}

export interface Scan {
  /** `open`: a good beginning that ends too early. `broken`: no continuation could make it JSON. */
  readonly state: "whole" | "open" | "broken" | "too_deep";
  readonly root: "array" | "object" | "other";
  /** Whole values directly inside the root. */
  readonly parts: readonly Part[];
  /** The value inside the root that had begun where the text ended or broke. */
  readonly unfinished: { readonly key: string | null; readonly start: number } | null;
  /** Index behind the last character that was understood. */
  readonly at: number;
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER_CHARACTERS = /[-+.0-9eE]+/y;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** What could still become a number. */
const NUMBER_BEGUN = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:(?<!\.)[eE][+-]?\d*)?)?$/;
const LITERAL = /true|false|null/y;
/** The longest run inside a string that needs no second look. */
const PLAIN = /[ !#-[\]-\uffff]*/y;

/** Where a string, number or word ends, or how it fails. */
type TokenEnd = { readonly end: number } | "open" | "broken";

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** End of the string whose opening quote is at `start`. */
function scanString(text: string, start: number): TokenEnd {
  let i = start + 1;
  for (;;) {
    i = matchEnd(PLAIN, text, i);
    const character = text[i];
    if (character === undefined) return "open";
    if (character === '"') return { end: i + 1 };
    // What is left is a control character or an escape.
    if (character !== "\\") return "broken";
    const escaped = text[i + 1];
    if (escaped === undefined) return "open";
    if (escaped === "u") {
      const digits = text.slice(i + 2, i + 6);
      if (!/^[0-9a-fA-F]*$/.test(digits)) return "broken";
      if (digits.length < 4) return "open";
      i += 6;
    } else if ('"\\/bfnrt'.includes(escaped)) i += 2;
    else return "broken";
  }
}

function scanNumber(text: string, start: number): TokenEnd {
  const end = matchEnd(NUMBER_CHARACTERS, text, start);
  const token = text.slice(start, end);
  if (NUMBER.test(token)) return { end };
  return end === text.length && NUMBER_BEGUN.test(token) ? "open" : "broken";
}

function scanWord(text: string, start: number): TokenEnd {
  const end = matchEnd(LITERAL, text, start);
  if (end !== -1) return { end };
  const rest = text.slice(start, start + 5);
  return start + rest.length === text.length && ["true", "false", "null"].some((word) => word.startsWith(rest)) ? "open" : "broken";
}

function scanScalar(text: string, start: number): TokenEnd {
  const first = text[start] ?? "";
  if (first === '"') return scanString(text, start);
  return /[-0-9]/.test(first) ? scanNumber(text, start) : scanWord(text, start);
}

/** What may come next, besides whitespace. */
type Expect = "value" | "first_item" | "first_key" | "key" | "colon" | "delimiter" | "nothing";

/** Scans `text` from its beginning; takes time in proportion to its length. */
export function scanJson(text: string): Scan {
  const first = text[matchEnd(SPACE, text, 0)];
  const root = first === "[" ? "array" : first === "{" ? "object" : "other";
  const parts: Part[] = [];
  /** The open containers, by the character that closes them. */
  const closers: string[] = [];
  let expect: Expect = "value";
  let at = 0;
  let key: string | null = null;
  let unfinished: Scan["unfinished"] = null;

  const stop = (state: Scan["state"]): Scan => ({ state, root, parts, unfinished, at });
  /** Takes note of a value that ends before `end`; returns what comes next. */
  const valueEnded = (end: number): Expect => {
    at = end;
    if (closers.length === 1 && unfinished !== null) {
      parts.push({ ...unfinished, end });
      unfinished = null;
    }
    return closers.length === 0 ? "nothing" : "delimiter";
  };

  for (;;) {
    at = matchEnd(SPACE, text, at);
    const character = text[at];
    if (character === undefined) return stop(expect === "nothing" ? "whole" : "open");
    const closer = closers.at(-1);
    switch (expect) {
      case "nothing":
        return stop("broken");
      case "colon":
        if (character !== ":") return stop("broken");
        at += 1;
        expect = "value";
        break;
      case "delimiter":
        if (character === ",") {
          at += 1;
          expect = closer === "}" ? "key" : "value";
        } else if (character === closer) {
          closers.pop();
          expect = valueEnded(at + 1);
        } else return stop("broken");
        break;
      case "first_key":
      case "key": {
        if (expect === "first_key" && character === "}") {
          closers.pop();
          expect = valueEnded(at + 1);
          break;
        }
        if (character !== '"') return stop("broken");
        const token = scanString(text, at);
        if (typeof token === "string") return stop(token);
        if (closers.length === 1) key = decodeString(text.slice(at, token.end));
        at = token.end;
        expect = "colon";
        break;
      }
      case "first_item":
      case "value": {
        if (expect === "first_item" && character === "]") {
          closers.pop();
          expect = valueEnded(at + 1);
          break;
        }
        if (closers.length === 1) unfinished = { key: closer === "}" ? key : null, start: at };
        if (character === "[" || character === "{") {
          if (closers.length === MAX_DEPTH) return stop("too_deep");
          closers.push(character === "[" ? "]" : "}");
          expect = character === "[" ? "first_item" : "first_key";
          at += 1;
          break;
        }
        const token = scanScalar(text, at);
        if (typeof token === "string") return stop(token);
        expect = valueEnded(token.end);
        break;
      }
    }
  }
}

/** The text that a scanned JSON string stands for. */
function decodeString(token: string): string {
  const value: unknown = JSON.parse(token);
  return typeof value === "string" ? value : "";
}

/** Applies `onString` to every string of scanned JSON and drops the whitespace outside strings. */
export function rewriteStrings(json: string, onString: (token: string) => string): string {
  let written = "";
  let at = 0;
  for (;;) {
    const quote = json.indexOf('"', at);
    written += json.slice(at, quote === -1 ? undefined : quote).replace(/[ \t\n\r]+/g, "");
    if (quote === -1) return written;
    const token = scanString(json, quote);
    if (typeof token === "string") throw new SyntaxError("not scanned JSON");
    written += onString(json.slice(quote, token.end));
    at = token.end;
  }
}
