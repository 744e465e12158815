/** What can be compared: a backup of any kind, or the site as it is now. Owns nothing but how their accounts are reached. */
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import type { ChromaConnection, CollectionInfo } from "../chroma/connection.ts";
import { readRecords } from "../chroma/read-records.ts";
import type { AccountRecord } from "../record.ts";

export interface Side {
  /** True: id, document, metadata and uri. False: another program's backup or the variable, which know the account alone. */
  readonly holdsEverything: boolean;
  /** What its pages said once they say again. Default false. */
  readonly staysTheSame?: boolean;
  /** Every record once, in pages. Trust them when the last page came without an error. */
  pages(options?: OperationOptions): AsyncIterable<readonly AccountRecord[]>;
}

/**
 * A backup file, or the variable. Its pages throw the codes of `OpenBackup.records`, and CANCELLED when `signal` is
 * aborted; nothing is written and no file stays open.
 */
export function sideOfBackup(backup: OpenBackup): Side {
  return { holdsEverything: backup.kind === "format_1", staysTheSame: true, pages: (options = {}) => backupPages(backup, options) };
}

/**
 * The site as it is now; `collection` null, as after a wipe, is a site without accounts. Its pages throw the codes of
 * `readRecords`, and CANCELLED when `signal` is aborted; nothing is written.
 */
export function sideOfSite(connection: ChromaConnection, collection: CollectionInfo | null): Side {
  return {
    holdsEverything: true,
    pages: (options = {}) => (collection === null ? noPages() : readRecords(connection, collection.id, { ...options, withVectors: false })),
  };
}

async function* backupPages(backup: OpenBackup, { signal, onProgress }: OperationOptions): AsyncGenerator<readonly AccountRecord[]> {
  const total = backup.head?.account_keeper.record_count ?? backup.accountCount;
  let done = 0;
  for await (const page of backup.records()) {
    throwIfCancelled(signal);
    yield page;
    done += page.length;
    onProgress?.({ phase: "planning", done, total, unit: "accounts", canCancel: true, problems: 0 });
  }
}

async function* noPages(): AsyncGenerator<never> {
  // Nothing to wait for, and nothing to yield.
}
