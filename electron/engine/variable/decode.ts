/**
 * Reads a variable back from whatever a person pasted, and says what is wrong where it cannot.
 * No error holds any of the value: it is full of password hashes.
 */
import { KeeperError } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import { encodeVariable } from "./encode.ts";
import { createRemarkList, type Remark, type RemarkList } from "./remarks.ts";
import { scanJson, type Scan } from "./scan.ts";
import { straightenBase64, unwrap } from "./unwrap.ts";

/** Thirty times what Linux allows in a variable: whatever is longer is something else. */
const MAX_TEXT_LENGTH = 4 * 1024 * 1024;
/** A value encoded more than once is unpacked this often. */
const MAX_LAYERS = 3;
/** What a terminal in canonical mode takes of one line (FACTS 4). */
const TERMINAL_LINE_LENGTH = 4_095;

export interface DecodedVariable {
  /** Exact JSON text of the array of accounts. */
  readonly json: string;
  /** Exact JSON text of each account; objects, nothing more is known of them yet. */
  readonly accounts: readonly string[];
  /** The value as it should have been pasted: one line of standard base64. Secret. */
  readonly value: string;
  /** What was mended to read it. */
  readonly remarks: readonly Remark[];
}

/** What the verdicts need to know of the pasted text. */
interface Context {
  readonly remarks: RemarkList;
  readonly pastedLength: number;
  /** Characters of the value itself, name and quotes taken away. */
  readonly valueLength: number;
}

/**
 * Decodes a pasted value, an `.env` line or file that holds it, or the JSON itself.
 * Throws VARIABLE_CUT (the end is missing; the hint counts the whole accounts before it), VARIABLE_DAMAGED, or
 * NOT_A_VARIABLE. Time and memory grow with the length of the text, which is bounded.
 */
export function decodeVariable(text: string): DecodedVariable {
  if (text.length > MAX_TEXT_LENGTH) throw notAVariable();
  const remarks = createRemarkList();
  const bare = unwrap(text, remarks);
  if (bare === "") throw notAVariable();

  if (startsAsJson(bare)) {
    remarks.add("not_encoded");
    const context = { remarks, pastedLength: text.trim().length, valueLength: bare.length };
    const { json, accounts } = judge(bare, context);
    return { json, accounts, value: encodeVariable(accounts), remarks: remarks.all() };
  }

  const valueLength = bare.replace(/\s/g, "").length;
  const context = { remarks, pastedLength: text.trim().length, valueLength };
  let layer = bare;
  for (let depth = 1; depth <= MAX_LAYERS; depth += 1) {
    if (depth === 2) remarks.add("encoded_twice");
    const { body, inside, stray } = openBase64(layer, context);
    if (startsAsJson(inside)) {
      const { json, accounts, wholeBackup } = judge(inside, context);
      // A single character over is no byte: something was lost or added near the end.
      if (stray) throw damaged(accounts.length);
      return { json, accounts, value: wholeBackup ? encodeVariable(accounts) : padded(body), remarks: remarks.all() };
    }
    layer = inside;
  }
  throw notAVariable();
}

function startsAsJson(text: string): boolean {
  return text.startsWith("[") || text.startsWith("{");
}

function padded(body: string): string {
  return body + "=".repeat((4 - (body.length % 4)) % 4);
}

/** A loop, because `/=+$/` takes quadratic time on a hostile text. */
function withoutPadding(base64: string): string {
  let end = base64.length;
  while (base64[end - 1] === "=") end -= 1;
  return base64.slice(0, end);
}

interface OpenedBase64 {
  /** The base64 characters, without padding. */
  readonly body: string;
  /** The text they stand for. */
  readonly inside: string;
  /** One base64 character too many at the end. */
  readonly stray: boolean;
}

/** Takes one layer of base64 off. */
function openBase64(layer: string, context: Context): OpenedBase64 {
  // Where a long value was shown shortened, the dots were copied with it.
  const shortened = layer.replace(/(?:\u2026|\.\.\.)$/, "");
  const straight = straightenBase64(shortened, context.remarks);
  const body = withoutPadding(straight);
  const foreign = body.search(/[^A-Za-z0-9+/]/);
  if (foreign !== -1) throw isVariableSoFar(body.slice(0, foreign)) ? damaged(null) : notAVariable();

  const stray = body.length % 4 === 1;
  const wholeCharacters = stray ? body.slice(0, -1) : body;
  if (wholeCharacters === "") throw notAVariable();
  const inside = decodeUtf8(wholeCharacters);
  if (inside === null) throw isVariableSoFar(wholeCharacters) ? damaged(null) : unreadableStart(body);
  if (!stray && straight.length !== padded(body).length) context.remarks.add("end_signs");
  if (!startsAsJson(inside) && !/^[A-Za-z0-9+/_=\s-]+$/.test(inside)) throw unreadableStart(body);
  return { body, inside, stray };
}

/** The text of base64 characters, spaces around it taken away; null when they are no UTF-8. A character cut at the end is left out. */
function decodeUtf8(body: string): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(body, "base64"), { stream: true }).trim();
  } catch {
    return null;
  }
}

/** Whether these first characters alone already look like our accounts. */
function isVariableSoFar(body: string): boolean {
  // Latin-1 never fails: a broken character further on must not hide a good beginning.
  const text = Buffer.from(body, "base64").toString("latin1");
  return /^\s*[[{]/.test(text) && !isOtherJson(scanJson(text.trimStart()));
}

const BACKUP_KEYS: readonly (string | null)[] = ["users", "backup_timestamp", "user_count", "account_keeper"];

/** JSON that is certainly no array of accounts and no backup, such as the header of a sign-in token. */
function isOtherJson(scan: Scan): boolean {
  if (scan.root === "array") return false;
  const keys = [...scan.parts, ...(scan.unfinished === null ? [] : [scan.unfinished])].map((part) => part.key);
  return scan.state === "whole" ? !keys.includes("users") : keys.length > 0 && !keys.some((key) => BACKUP_KEYS.includes(key));
}

interface Judged {
  readonly json: string;
  readonly accounts: readonly string[];
  readonly wholeBackup: boolean;
}

/** The accounts in this JSON text, or the reason why there are none. */
function judge(text: string, context: Context): Judged {
  const scan = scanJson(text);
  if (scan.state === "too_deep" || isOtherJson(scan)) throw notAVariable();
  const list = findAccounts(text, scan);
  if (list.hasOthers && list.accounts.length === 0) throw notAVariable();
  if (scan.state === "open") throw cut(list.accounts.length, context);
  if (scan.state === "broken" || list.hasOthers) throw damaged(list.accounts.length);
  if (list.json === null) throw notAVariable();
  if (scan.root === "object") context.remarks.add("whole_backup");
  return { json: list.json, accounts: list.accounts, wholeBackup: scan.root === "object" };
}

interface AccountList {
  /** Null when there is no array, or not its end. */
  readonly json: string | null;
  readonly accounts: readonly string[];
  /** Something in the array is no object. */
  readonly hasOthers: boolean;
}

function findAccounts(text: string, scan: Scan): AccountList {
  if (scan.root === "array") {
    const elements = scan.parts.map(({ start, end }) => text.slice(start, end));
    const accounts = elements.filter((element) => element.startsWith("{"));
    const begun = scan.state === "open" && scan.unfinished !== null && text[scan.unfinished.start] !== "{";
    return { json: scan.state === "whole" ? text : null, accounts, hasOthers: begun || accounts.length < elements.length };
  }
  // The last one counts, as for every JSON reader, when a key appears twice.
  const users = scan.unfinished?.key === "users" ? scan.unfinished : scan.parts.findLast(({ key }) => key === "users");
  const end = scan.parts.find((part) => part.start === users?.start)?.end;
  const array = users === undefined ? "" : text.slice(users.start, end);
  if (!array.startsWith("[")) return { json: null, accounts: [], hasOthers: false };
  return findAccounts(array, scanJson(array));
}

/** The value has no good beginning. Where the end is good, the beginning was lost. */
function unreadableStart(body: string): KeeperError {
  const endsAsAccounts = [0, 1, 2, 3].some((lost) => /^[\t\n\r -~]{8,}\}\]$/.test(Buffer.from(body.slice(lost), "base64").toString("latin1").trimEnd()));
  if (!endsAsAccounts) return notAVariable();
  return new KeeperError("VARIABLE_DAMAGED", "The beginning of this value is missing.", { hint: COPY_AGAIN });
}

const COPY_AGAIN = "Copy it again, all of it, from where it came from.";

function wholeAccounts(count: number, before: string): string {
  if (count === 0) return `No whole account comes before the ${before}.`;
  return count === 1 ? `1 whole account comes before the ${before}.` : `${count} whole accounts come before the ${before}.`;
}

function cut(accounts: number, { pastedLength, valueLength }: Context): KeeperError {
  const byTerminal = pastedLength === TERMINAL_LINE_LENGTH || valueLength === TERMINAL_LINE_LENGTH;
  const length = byTerminal ? TERMINAL_LINE_LENGTH : valueLength;
  const characters = length === 1 ? "1 character" : `${grouped(length)} characters`;
  return new KeeperError("VARIABLE_CUT", `This value is cut off after ${characters}.`, {
    hint: `${byTerminal ? "A terminal did that. Paste it in the dashboard instead." : COPY_AGAIN} ${wholeAccounts(accounts, "cut")}`,
  });
}

function damaged(accounts: number | null): KeeperError {
  return new KeeperError("VARIABLE_DAMAGED", "This value is damaged.", {
    hint: accounts === null ? COPY_AGAIN : `${COPY_AGAIN} ${wholeAccounts(accounts, "damage")}`,
  });
}

function notAVariable(): KeeperError {
  return new KeeperError("NOT_A_VARIABLE", "This is not a backup variable.", {
    hint: "A backup variable is one long text that starts with W3si. Copy all of it, without anything else.",
  });
}
