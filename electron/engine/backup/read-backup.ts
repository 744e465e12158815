/**
 * Opens a backup of any kind we know and says what it is. Told by its content, never by its name.
 * Owns the recognizing; the two readers beside it own the records.
 */
import { isKeeperError } from "../../../shared/errors.ts";
import { sliceJson, type JsonSlice } from "../json/slices.ts";
import type { AccountRecord } from "../record.ts";
import { isUtf16, textOf } from "../text-bytes.ts";
import { decodeVariable } from "../variable/decode.ts";
import { asDamage, damaged, notABackup } from "./damage.ts";
import { ACCOUNTS_KEY, checkFormat, isHeadKey, parseForeignHead, parseHead, RECORDS_KEY, type BackupHead, type HeadTexts } from "./format.ts";
import { readAccounts } from "./read-accounts.ts";
import { readFormatRecords } from "./read-format.ts";
import { openSource, readAll, type BackupOrigin, type BackupSource, type SourceOptions } from "./source.ts";

/** format_1: ours. reference: the old site's own file. array: a bare list of accounts. variable: the text of `USER_BACKUP_DATA`. */
export type BackupKind = "format_1" | "reference" | "array" | "variable";

export interface ReadRecordsOptions {
  /** Yield only these ids, and do not judge accounts beside them. What the whole file must be, it still must be. */
  only?: ReadonlySet<string> | undefined;
  /** Called for each account beside them. */
  onLeftOut?: (() => void) | undefined;
}

export interface OpenBackup {
  readonly kind: BackupKind;
  readonly encrypted: boolean;
  /** Bytes as they lie on disk, or of the text. */
  readonly sizeBytes: number;
  /** Null unless `kind` is format_1, or it was completed from one that is. */
  readonly head: BackupHead | null;
  /** Null where the file does not tell. */
  readonly timestamp: Date | null;
  /** Accounts as the file says, before they were counted; null where it does not tell. */
  readonly accountCount: number | null;
  /**
   * The records, page by page; may be called again. Trust them when the last page came without an error. Throws
   * BACKUP_DAMAGED (cut off, changed, counts differ), ACCOUNT_WITHOUT_ID, ACCOUNT_WITHOUT_EMAIL, DUPLICATE_ID,
   * DUPLICATE_EMAIL, FILE_UNREADABLE, CANCELLED. Stopping early closes the file.
   */
  records(options?: ReadRecordsOptions): AsyncGenerator<AccountRecord[]>;
}

/** Whatever is pasted or saved as a variable is far shorter. */
const MAX_VARIABLE_BYTES = 4 * 1024 * 1024;

/**
 * Reads as much of a backup as tells what it is: its head, for format 1, checked by its own digest. Writes nothing and
 * leaves no file open. `signal` also stops `records()`.
 * Throws BACKUP_NOT_FOUND, FILE_UNREADABLE, NOT_A_BACKUP, BACKUP_DAMAGED, BACKUP_NEWER_FORMAT, PASSPHRASE_NEEDED,
 * PASSPHRASE_WRONG, NOT_A_VARIABLE (of a text), VARIABLE_CUT, VARIABLE_DAMAGED, CANCELLED.
 */
export async function openBackup(from: BackupOrigin, options: SourceOptions = {}): Promise<OpenBackup> {
  const source = await openSource(from, options);
  if (source.start.length === 0) throw damaged("it is empty");
  switch (firstLetter(source.start)) {
    case "{":
    case "[":
      return await openJson(source);
    default:
      return await openVariable(source, "text" in from);
  }
}

function firstLetter(start: Buffer): string {
  // `trimStart` takes a byte order mark away too.
  return start.toString("utf8", 0, 4_096).trimStart().charAt(0);
}

async function openJson(source: BackupSource): Promise<OpenBackup> {
  const { texts, found } = await recognize(source);
  const common = { encrypted: source.encrypted, sizeBytes: source.sizeBytes };
  switch (found) {
    case "format_1": {
      const head = parseHead(texts);
      const timestamp = new Date(head.backup_timestamp);
      return { ...common, kind: found, head, timestamp, accountCount: head.user_count, records: (options = {}) => readFormatRecords(source, head, options) };
    }
    case "reference":
    case "array":
      return { ...common, kind: found, head: null, ...parseForeignHead(texts), records: (options = {}) => readAccounts(source, options) };
    case "other":
      throw notABackup("It is JSON, but holds no accounts.");
  }
}

type Found = "format_1" | "reference" | "array" | "other";

/** Reads until the first array of accounts or records begins. */
async function recognize(source: BackupSource): Promise<{ texts: HeadTexts; found: Found }> {
  const texts: HeadTexts = {};
  try {
    for await (const slices of sliceJson(source.chunks())) {
      for (const slice of slices) {
        const found = foundIn(slice, texts);
        if (found !== null) return { texts, found };
      }
    }
  } catch (error) {
    throw asDamage(error);
  }
  // The root ended. An empty list is a list; a head without its arrays is not whole.
  if (texts.account_keeper !== undefined) throw damaged("a part of it is missing");
  return { texts, found: "other" };
}

/** Keeps head texts; null while nothing can be said. */
function foundIn(slice: JsonSlice, texts: HeadTexts): Found | null {
  switch (slice.kind) {
    case "member":
      if (isHeadKey(slice.key)) texts[slice.key] = slice.bytes.toString("utf8");
      // At once, because a later format may look different from here on.
      if (slice.key === "account_keeper") checkFormat(slice.bytes.toString("utf8"));
      return null;
    case "array":
      if (slice.key === RECORDS_KEY && texts.account_keeper === undefined) throw damaged("its head was changed");
      if (slice.key === ACCOUNTS_KEY || slice.key === RECORDS_KEY) return texts.account_keeper === undefined ? "reference" : "format_1";
      return null;
    case "item":
      if (slice.key !== null) return null;
      return slice.bytes.toString("latin1", 0, 1) === "{" ? "array" : "other";
  }
}

/** `isText`: what was pasted, or stands in the environment, is no file and is not told as one. */
async function openVariable(source: BackupSource, isText: boolean): Promise<OpenBackup> {
  // Pictures, archives and pages are told here; what is left is text that could be the variable.
  const maybeText = isUtf16(source.start) || (!source.start.includes(0) && firstLetter(source.start) !== "<");
  if (source.sizeBytes > MAX_VARIABLE_BYTES || (!maybeText && !isText)) throw notABackup();
  const text = textOf(await readAll(source.chunks(), MAX_VARIABLE_BYTES));
  // A backup that some program saved anew. Only accounts would be left of it if it were taken for the variable.
  if (isUtf16(source.start) && /^\s*[[{]/.test(text)) throw notABackup("It was saved as UTF-16. Open it in an editor, save it as UTF-8, and try again.");
  const bytes = Buffer.from(decoded(text, isText), "utf8");
  const list: BackupSource = { ...source, chunks: () => chunksOf(bytes) };
  let accountCount = 0;
  for await (const slices of sliceJson(list.chunks())) accountCount += slices.filter((slice) => slice.kind === "item").length;
  return {
    kind: "variable",
    encrypted: source.encrypted,
    sizeBytes: source.sizeBytes,
    head: null,
    timestamp: null,
    accountCount,
    records: (options = {}) => readAccounts(list, options),
  };
}

function decoded(text: string, isText: boolean): string {
  try {
    return decodeVariable(text).json;
  } catch (error) {
    throw isKeeperError(error, "NOT_A_VARIABLE") && !isText ? notABackup() : error;
  }
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield bytes;
}
