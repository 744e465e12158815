/** Reads the records of a format 1 backup, and at their end knows whether all of it is as it was written. */
import { sliceJson, type JsonSlice } from "../json/slices.ts";
import type { AccountRecord } from "../record.ts";
import { asDamage, damaged } from "./damage.ts";
import { createLinesDigest } from "./digest.ts";
import { ACCOUNTS_KEY, parseHead, RECORDS_KEY, isHeadKey, type BackupHead, type HeadTexts } from "./format.ts";
import { BadLineError, lineToRecord } from "./lines.ts";
import type { ReadRecordsOptions } from "./read-backup.ts";
import type { BackupSource } from "./source.ts";

/**
 * Yields the records in the backup's order. What was yielded is only to be trusted once the last page came without an
 * error: digests and counts are compared at the end. Throws BACKUP_DAMAGED.
 */
export async function* readFormatRecords(source: BackupSource, head: BackupHead, options: ReadRecordsOptions): AsyncGenerator<AccountRecord[]> {
  const check = createFormatCheck(head);
  try {
    for await (const slices of sliceJson(source.chunks())) {
      const page: AccountRecord[] = [];
      for (const slice of slices) {
        const record = check.take(slice);
        if (record === null) continue;
        if (options.only?.has(record.id) === false) options.onLeftOut?.();
        else page.push(record);
      }
      if (page.length > 0) yield page;
    }
    if (!check.finish() && !(await isOnlyReformatted(source, head))) throw damaged("an account in it was changed");
  } catch (error) {
    throw asDamage(error);
  }
}

interface FormatCheck {
  /** The record in this slice, if it holds one. */
  take(slice: JsonSlice): AccountRecord | null;
  /** Compares counts. False where the digests differ as the file stands: then it was changed, or only its spaces were. */
  finish(): boolean;
}

function createFormatCheck(head: BackupHead): FormatCheck {
  const accounts = { count: 0, digest: createLinesDigest() };
  const records = { count: 0, digest: createLinesDigest() };
  const headTexts: HeadTexts = {};
  const arrays = new Set<string | null>();
  return {
    take(slice) {
      switch (slice.kind) {
        case "array":
          if (arrays.has(slice.key)) throw damaged("a part of it is there twice");
          arrays.add(slice.key);
          return null;
        case "member":
          if (isHeadKey(slice.key)) headTexts[slice.key] = slice.bytes.toString("utf8");
          return null;
        case "item":
          if (slice.key === ACCOUNTS_KEY) {
            accounts.count += 1;
            accounts.digest.addLine(slice.bytes);
          } else if (slice.key === RECORDS_KEY) {
            records.count += 1;
            records.digest.addLine(slice.bytes);
            return recordAt(slice.bytes, records.count);
          }
          return null;
      }
    },
    finish() {
      // Read again because a file may be replaced between two readings, and its digests with it.
      if (parseHead(headTexts).account_keeper.digest.head !== head.account_keeper.digest.head) {
        throw damaged("it was replaced while it was read", { hint: "Try again." });
      }
      const { digest, record_count } = head.account_keeper;
      if (!arrays.has(ACCOUNTS_KEY) || !arrays.has(RECORDS_KEY)) throw damaged("a part of it is missing");
      if (accounts.count !== head.user_count) throw damaged(`it should hold ${accountsInWords(head.user_count)} and holds ${accounts.count}`);
      if (records.count !== record_count) throw damaged(`it should hold ${accountsInWords(record_count)} and holds ${records.count}`);
      return accounts.digest.hex() === digest.accounts && records.digest.hex() === digest.records;
    },
  };
}

function accountsInWords(count: number): string {
  return count === 1 ? "1 account" : `${count} accounts`;
}

function recordAt(line: Buffer, position: number): AccountRecord {
  try {
    return lineToRecord(line);
  } catch (error) {
    if (error instanceof BadLineError) throw damaged(`account ${position} in it is broken`, { cause: error });
    throw error;
  }
}

/** Whether the digests are right once all spaces are left out, as after an editor has put the file in order. Reads it a second time. */
async function isOnlyReformatted(source: BackupSource, { account_keeper: { digest } }: BackupHead): Promise<boolean> {
  const digests = { [ACCOUNTS_KEY]: createLinesDigest(), [RECORDS_KEY]: createLinesDigest() };
  for await (const slices of sliceJson(source.chunks())) {
    for (const slice of slices) {
      if (slice.kind === "item" && (slice.key === ACCOUNTS_KEY || slice.key === RECORDS_KEY)) digests[slice.key].addItem(slice.bytes);
    }
  }
  return digests[ACCOUNTS_KEY].hex() === digest.accounts && digests[RECORDS_KEY].hex() === digest.records;
}
