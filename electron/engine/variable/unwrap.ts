/** From what a person pasted to the bare text of the value: takes away names, quotes, line breaks and the like. Judges nothing. */
import { VARIABLE_NAME } from "../../../shared/eligibility.ts";
import type { RemarkList } from "./remarks.ts";

const INVISIBLE = /[\u200b-\u200d\u2060\ufeff]/g;
/** `NAME=`, also as shells, Docker files, PowerShell and YAML write it. */
const NAME_IN_FRONT = new RegExp(`^[ \\t]*(?:-[ \\t]+)?(?:export[ \\t]+|set[ \\t]+|env[ \\t]+|\\$env:)?["']?${VARIABLE_NAME}["']?[ \\t]*[=:][ \\t]*`, "im");
/** A comment, an empty line, or the next variable. */
const OTHER_LINE = /^[ \t]*(?:#|$|(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*[ \t]*[=:][ \t]*[^=\s])/;
/** The next variable, without a value; or the end of a wrapped value, such as `V0=`. */
const EMPTY_VARIABLE = /^[ \t]*(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*=[ \t]*$/;
const QUOTES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ["`", "`"],
  ["\u201c", "\u201d"],
  ["\u201e", "\u201c"],
  ["\u2018", "\u2019"],
]);

/** The pasted text without byte order mark, variable name and quotes. */
export function unwrap(pasted: string, remarks: RemarkList): string {
  const visible = pasted.replace(INVISIBLE, "");
  if (visible.length < pasted.length) remarks.add("invisible_characters");
  const text = visible.replace(/\r\n?/g, "\n").trim();

  const name = NAME_IN_FRONT.exec(text);
  if (name === null) return withoutQuotes(text, remarks);
  remarks.add("name_in_front");
  if (name.index > 0) remarks.add("from_env_file");
  return withoutQuotes(ownLines(text.slice(name.index + name[0].length), remarks), remarks);
}

/** What belongs to our variable when other lines of an `.env` file follow. */
function ownLines(text: string, remarks: RemarkList): string {
  const closing = QUOTES.get(text[0] ?? "");
  const close = closing === undefined ? -1 : text.indexOf(closing, 1);
  if (close !== -1) {
    if (!["", ",", ";"].includes(text.slice(close + 1).trim())) remarks.add("from_env_file");
    return text.slice(0, close + 1);
  }
  const [first = "", ...lines] = text.split("\n");
  let own = first;
  const base64 = countBase64(first);
  for (const line of lines) {
    if (OTHER_LINE.test(line) || (EMPTY_VARIABLE.test(line) && !base64.isCompletedBy(line))) {
      remarks.add("from_env_file");
      break;
    }
    own += `\n${line}`;
    base64.add(line);
  }
  // A comment behind the value: neither base64 nor our own JSON holds " #" outside a string.
  return /^[[{]/.test(own) ? own : own.replace(/[ \t]#.*$/s, "").trimEnd();
}

interface Base64Count {
  add(line: string): void;
  /** Base64 is done when its length, with the signs at its end, is a multiple of four. */
  isCompletedBy(line: string): boolean;
}

/** Counted line by line: to look at the whole value again for each of a million lines would take hours. */
function countBase64(first: string): Base64Count {
  let length = 0;
  let last = "";
  const add = (line: string): void => {
    const characters = line.replace(/\s/g, "");
    length += characters.length;
    last = characters.at(-1) ?? last;
  };
  add(first);
  return { add, isCompletedBy: (line) => last !== "=" && (length + line.trim().length) % 4 === 0 };
}

function withoutQuotes(text: string, remarks: RemarkList): string {
  // JSON is not quoted, and its own last quotation mark is no wrapping.
  if (/^[[{]/.test(text)) return text;
  const ended = text.replace(/[;,]$/, "");
  const closing = QUOTES.get(ended[0] ?? "");
  // A cut paste has the first mark only.
  const inner = closing === undefined ? ended : ended.slice(1, ended.length > 1 && ended.endsWith(closing) ? -1 : undefined);
  if (inner.length < text.length) remarks.add(/^[\u2018-\u201f]/.test(ended) ? "curly_quotes" : "quotes");
  return inner.trim();
}

/** Base64 in the standard alphabet on one line; characters that do not belong stay, for the caller to judge. */
export function straightenBase64(text: string, remarks: RemarkList): string {
  let straight = text;
  const mend = (pattern: RegExp, replacement: string, code: Parameters<RemarkList["add"]>[0]): void => {
    const mended = straight.replace(pattern, replacement);
    if (mended !== straight) remarks.add(code);
    straight = mended;
  };
  mend(/\\[nr]/g, "\n", "line_breaks");
  if (straight.includes("\n")) remarks.add("line_breaks");
  mend(/[\n\r]/g, "", "line_breaks");
  mend(/\s+/g, "", "spaces");
  mend(/%2B/gi, "+", "percent_signs");
  mend(/%2F/gi, "/", "percent_signs");
  mend(/%3D/gi, "=", "percent_signs");
  mend(/-/g, "+", "url_alphabet");
  mend(/_/g, "/", "url_alphabet");
  return straight;
}
