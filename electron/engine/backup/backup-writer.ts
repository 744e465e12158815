/**
 * Writes a format 1 backup into a temporary file. The head stands first in the file but is known last, so accounts and
 * records wait in two spools, in memory while they are few. Owns no final name: ../vault gives a finished backup its place.
 */
import { open, type FileHandle } from "node:fs/promises";
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { createContentDigest, recordHash } from "../account.ts";
import type { AccountRecord, Problem } from "../record.ts";
import { encryptAge } from "./age.ts";
import { asWriteError } from "./file-errors.ts";
import { ACCOUNTS_KEY, MAX_LISTED_PROBLEMS, RECORDS_KEY, sealHead, type BackupChroma, type BackupHead, type FewerThan } from "./format.ts";
import { createLineSpool } from "./line-spool.ts";
import { accountLine, recordToLine } from "./lines.ts";
import { removeFile } from "./patience.ts";
import { writeFully } from "./spool.ts";
import { sweepTempFiles, tempPath } from "./temp-files.ts";
import { verifyBackup } from "./verify-backup.ts";

interface BackupCounts {
  /** Records whose document is an account. */
  readonly accounts: number;
  readonly records: number;
  readonly problems: number;
}

export interface BackupInfo {
  /** The site's address or folder as it may be shown: no credentials. */
  readonly site: string;
  readonly chroma: BackupChroma;
  readonly fewerThan: FewerThan | null;
  readonly timestamp: Date;
  /** Program and version. */
  readonly madeBy: string;
}

interface FinishOptions extends Pick<OperationOptions, "onProgress"> {
  /** Locks the file, in the age format. */
  passphrase?: string | undefined;
}

/** A whole backup that was read back from disk and lacks only its name. */
export interface FinishedBackup {
  readonly tempPath: string;
  readonly timestamp: Date;
  readonly encrypted: boolean;
  readonly sizeBytes: number;
  readonly counts: BackupCounts;
  readonly head: BackupHead;
}

export interface BackupWriter {
  /** Appends records. A document that is no account is kept as a record and counted as a problem. One call at a time. */
  add(records: readonly AccountRecord[]): Promise<void>;
  readonly counts: BackupCounts;
  /** The first `MAX_LISTED_PROBLEMS`. */
  readonly problems: readonly Problem[];
  /** Of what was added so far: equal to the `digest.content` of a backup that holds the same accounts. */
  contentDigest(): string;
  /**
   * Assembles the file, syncs it to disk and reads all of it back. Once only.
   * Throws DISK_FULL, FOLDER_NOT_FOUND, FOLDER_NOT_WRITABLE, VERIFICATION_FAILED, PASSPHRASE_NEEDED (an empty one), CANCELLED.
   */
  finish(info: BackupInfo, options?: FinishOptions): Promise<FinishedBackup>;
  /** Removes every temporary file, also a finished backup that was not placed. At any time, also twice. */
  abandon(): Promise<void>;
}

const PROBLEM_MESSAGES = {
  NOT_AN_ACCOUNT: "This could not be read as an account. It is kept in the file as it is.",
  WITHOUT_DOCUMENT: "This account is empty. It is kept in the file as it is.",
  WITHOUT_VECTOR: "The site could not give its search vector. A restore makes a stand-in; signing in does not need it.",
} as const;

/**
 * Starts a backup in `folder`, which must exist, and sweeps what dead processes left there. Touches no final name.
 * `add` and `finish` throw FOLDER_NOT_FOUND, FOLDER_NOT_WRITABLE, DISK_FULL; `signal` stops them and this with CANCELLED.
 * Whenever one of its functions throws, the temporary files are gone.
 */
export async function createBackupWriter(folder: string, options: { signal?: AbortSignal | undefined } = {}): Promise<BackupWriter> {
  const { signal } = options;
  throwIfCancelled(signal);
  await sweepTempFiles(folder);
  const [accounts, records] = [createLineSpool(tempPath(folder)), createLineSpool(tempPath(folder))];
  const content = createContentDigest();
  const problems: Problem[] = [];
  let problemCount = 0;
  let finishedPath: string | null = null;
  let isClosed = false;

  function countsNow(): BackupCounts {
    return { accounts: accounts.count, records: records.count, problems: problemCount };
  }

  function noteProblem(code: keyof typeof PROBLEM_MESSAGES, id: string): void {
    problemCount += 1;
    if (problems.length < MAX_LISTED_PROBLEMS) problems.push({ code, id, message: PROBLEM_MESSAGES[code] });
  }

  async function removeSpools(): Promise<void> {
    isClosed = true;
    await Promise.all([accounts.remove(), records.remove()]);
  }

  async function abandon(): Promise<void> {
    try {
      await removeSpools();
    } finally {
      if (finishedPath !== null) await removeFile(finishedPath);
    }
  }

  /** Runs a step; when it fails, nothing stays on disk. */
  async function orAbandon<T>(step: () => Promise<T>): Promise<T> {
    if (isClosed) throw new Error("this backup writer is finished or abandoned");
    try {
      return await step();
    } catch (error) {
      // What failed first is what the owner must hear.
      await abandon().catch(() => undefined);
      throw asWriteError(error);
    }
  }

  async function addRecord(record: AccountRecord): Promise<void> {
    content.add(recordHash(record));
    const account = accountLine(record.document);
    if (account === null) noteProblem(record.document === null ? "WITHOUT_DOCUMENT" : "NOT_AN_ACCOUNT", record.id);
    else await accounts.add(account);
    if (record.embedding === null) noteProblem("WITHOUT_VECTOR", record.id);
    await records.add(recordToLine(record));
  }

  function seal(info: BackupInfo): { text: string; head: BackupHead } {
    return sealHead({
      backup_timestamp: info.timestamp.toISOString(),
      user_count: accounts.count,
      account_keeper: {
        made_by: info.madeBy,
        site: info.site,
        chroma: info.chroma,
        fewer_than: info.fewerThan,
        problem_count: problemCount,
        problems,
        record_count: records.count,
        digest: { accounts: accounts.digest(), records: records.digest(), content: content.hex() },
      },
    });
  }

  async function* plainFile(headText: string): AsyncGenerator<Buffer> {
    yield Buffer.from(`{\n${headText},\n"${ACCOUNTS_KEY}": [\n`);
    yield* cancellable(accounts.read(), signal);
    yield Buffer.from(`\n],\n"${RECORDS_KEY}": [\n`);
    yield* cancellable(records.read(), signal);
    yield Buffer.from("\n]\n}\n");
  }

  async function finish(info: BackupInfo, { passphrase, onProgress }: FinishOptions = {}): Promise<FinishedBackup> {
    throwIfCancelled(signal);
    if (passphrase === "") throw new KeeperError("PASSPHRASE_NEEDED", "The passphrase is empty.", { hint: "Give one of several words." });
    const { text, head } = seal(info);
    const path = tempPath(folder);
    finishedPath = path;
    const plain = plainFile(text);
    const sizeBytes = await writeTempFile(path, passphrase === undefined ? plain : encryptAge(plain, passphrase));
    await removeSpools();
    await readBack(path, head, { passphrase, onProgress, signal });
    return { tempPath: path, timestamp: info.timestamp, encrypted: passphrase !== undefined, sizeBytes, counts: countsNow(), head };
  }

  return {
    add: (added) =>
      orAbandon(async () => {
        throwIfCancelled(signal);
        for (const record of added) await addRecord(record);
      }),
    get counts() {
      return countsNow();
    },
    problems,
    contentDigest: () => content.hex(),
    finish: (info, finishOptions) => orAbandon(() => finish(info, finishOptions)),
    abandon,
  };
}

async function* cancellable(chunks: AsyncIterable<Buffer>, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    throwIfCancelled(signal);
    yield chunk;
  }
}

/** Writes a new file and syncs it; returns its size in bytes. */
async function writeTempFile(path: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await open(path, "wx", 0o600);
  try {
    const sizeBytes = await writeChunks(handle, chunks);
    await handle.sync();
    return sizeBytes;
  } finally {
    await handle.close();
  }
}

async function writeChunks(handle: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    await writeFully(handle, chunk);
    sizeBytes += chunk.length;
  }
  return sizeBytes;
}

/** Nothing is called a backup before its own bytes on disk have said so. */
async function readBack(path: string, head: BackupHead, options: FinishOptions & Pick<OperationOptions, "signal">): Promise<void> {
  try {
    const verified = await verifyBackup({ path }, options);
    if (verified.digest?.head === head.account_keeper.digest.head) return;
  } catch (error) {
    if (isKeeperError(error, "CANCELLED")) throw error;
    throw notReadBack(error);
  }
  throw notReadBack(undefined);
}

function notReadBack(cause: unknown): KeeperError {
  return new KeeperError("VERIFICATION_FAILED", "The backup could not be read back as it was written.", {
    hint: "Its drive may be failing. Your earlier backups are untouched; try again or choose another folder.",
    cause,
  });
}
