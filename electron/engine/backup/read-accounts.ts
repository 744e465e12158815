/**
 * Reads accounts that another program wrote: the old site's backup file, a bare list, or the variable. Turns each into
 * the record that the old site's own restore would have made (FACTS 1), and refuses what that restore would lose.
 */
import { isUtf8 } from "node:buffer";
import { KeeperError } from "../../../shared/errors.ts";
import { createJsonSlicer, sliceJson } from "../json/slices.ts";
import { minifyJson, replaceOutsideStrings } from "../json/text.ts";
import type { AccountRecord } from "../record.ts";
import { asDamage, damaged } from "./damage.ts";
import { ACCOUNTS_KEY, isHeadKey, parseForeignHead, type HeadTexts } from "./format.ts";
import type { ReadRecordsOptions } from "./read-backup.ts";
import type { BackupSource } from "./source.ts";

const MEND_OR_CHOOSE = "Mend the file, or choose accounts with --only.";
/** In the order in which the old site writes them; `type` is its own addition. */
const METADATA_KEYS = ["user_id", "email", "is_verified", "type", "created_at"] as const;

/**
 * Yields one record per account, without vector. With `only`, accounts that were not chosen are not looked at closer.
 * Throws ACCOUNT_WITHOUT_ID, ACCOUNT_WITHOUT_EMAIL, DUPLICATE_ID, DUPLICATE_EMAIL and BACKUP_DAMAGED; messages name
 * positions and ids, no e-mail address.
 */
export async function* readAccounts(source: BackupSource, options: ReadRecordsOptions): AsyncGenerator<AccountRecord[]> {
  const headTexts: HeadTexts = {};
  const known = createDuplicateCheck();
  let position = 0;
  try {
    for await (const slices of sliceJson(source.chunks())) {
      const page: AccountRecord[] = [];
      for (const slice of slices) {
        if (slice.kind === "member" && isHeadKey(slice.key)) headTexts[slice.key] = slice.bytes.toString("utf8");
        // These names belong to format 1: its head was damaged past recognition, and its `users` are only half of it.
        if (slice.key?.startsWith("account_keeper") === true) throw damaged("its head was changed");
        if (slice.kind !== "item" || (slice.key !== null && slice.key !== ACCOUNTS_KEY)) continue;
        position += 1;
        const record = accountToRecord(slice.bytes, position, options.only);
        if (record === null) {
          options.onLeftOut?.();
          continue;
        }
        known.check(record, position);
        page.push(record.record);
      }
      if (page.length > 0) yield page;
    }
  } catch (error) {
    throw asDamage(error);
  }
  const { accountCount } = parseForeignHead(headTexts);
  if (accountCount !== null && accountCount !== position) throw damaged(`it should hold ${accountCount} accounts and holds ${position}`);
}

interface ReadAccount {
  readonly record: AccountRecord;
  readonly email: string;
}

/** Null for an account that was not chosen. */
function accountToRecord(bytes: Buffer, position: number, only: ReadonlySet<string> | undefined): ReadAccount | null {
  const account = parseAccount(bytes, position);
  const { user_id: id, email } = account;
  const hasId = typeof id === "string" && id !== "";
  if (only !== undefined && !(hasId && only.has(id))) return null;
  if (!hasId) throw new KeeperError("ACCOUNT_WITHOUT_ID", `Account ${position} in this file has no id.`, { hint: MEND_OR_CHOOSE });
  if (typeof email !== "string" || email === "") {
    throw new KeeperError("ACCOUNT_WITHOUT_EMAIL", `Account ${position} in this file (${id}) has no e-mail address.`, { hint: MEND_OR_CHOOSE });
  }
  const document = minifyJson(bytes.toString("utf8"));
  return { record: { id, document, metadata: metadataOf(bytes), uri: null, embedding: null }, email };
}

function parseAccount(bytes: Buffer, position: number): { user_id?: unknown; email?: unknown } {
  let account: unknown;
  try {
    // Broken UTF-8 would be mended in silence by every later step.
    account = isUtf8(bytes) ? JSON.parse(readablePython(bytes.toString("utf8"))) : undefined;
  } catch (error) {
    throw damaged(`account ${position} in it is broken`, { cause: error });
  }
  if (account === undefined) throw damaged(`account ${position} in it is broken`);
  if (typeof account !== "object" || account === null || Array.isArray(account)) throw damaged(`account ${position} in it is no account`);
  return account;
}

/** Python writes NaN and Infinity, which are no JSON, and reads them back. The document keeps them, as it had them on the site. */
function readablePython(text: string): string {
  return /NaN|Infinity/.test(text) ? replaceOutsideStrings(text, /\bNaN\b|-?\bInfinity\b/g, "null") : text;
}

/** The five fields of the old site, each with its own text, so that 1.0 stays 1.0. What metadata cannot hold stays in the document only. */
function metadataOf(account: Buffer): string {
  const texts = new Map<string, string>();
  for (const slice of createJsonSlicer().push(account)) {
    if (slice.kind === "array" && slice.key !== null) texts.delete(slice.key);
    if (slice.kind === "member") texts.set(slice.key, slice.bytes.toString("utf8"));
  }
  texts.set("type", '"user"');
  const members = METADATA_KEYS.flatMap((key) => {
    const text = texts.get(key);
    return text === undefined || /^(?:null$|NaN$|-?Infinity$|\{)/.test(text) ? [] : [`"${key}":${text}`];
  });
  return `{${members.join(",")}}`;
}

interface DuplicateCheck {
  check(account: ReadAccount, position: number): void;
}

function createDuplicateCheck(): DuplicateCheck {
  const positionById = new Map<string, number>();
  const positionByEmail = new Map<string, number>();
  return {
    check({ record: { id }, email }, position) {
      const sameId = positionById.get(id);
      if (sameId !== undefined) {
        throw new KeeperError("DUPLICATE_ID", `Accounts ${sameId} and ${position} in this file have the same id (${id}).`, { hint: "Mend the file: only one of them can come back." });
      }
      const sameEmail = positionByEmail.get(email);
      if (sameEmail !== undefined) {
        throw new KeeperError("DUPLICATE_EMAIL", `Accounts ${sameEmail} and ${position} in this file have the same e-mail address.`, { hint: MEND_OR_CHOOSE });
      }
      positionById.set(id, position);
      positionByEmail.set(email, position);
    },
  };
}
