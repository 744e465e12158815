/**
 * Writes records to a collection: one writer, batches that grow large, which is what Chroma is fastest at. Never deletes.
 * What a reply says about single records is worth nothing, so whoever writes reads back.
 */
import { isKeeperError, type ErrorCode, type KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled } from "../../../shared/progress.ts";
import { isJsonObject, parseLossless, stringifyLossless } from "../json/text.ts";
import type { AccountRecord } from "../record.ts";
import { vectorToBase64 } from "../vector-base64.ts";
import type { ChromaConnection } from "./connection.ts";

/** A record ready to be written: Chroma refuses a write without a vector. */
export interface WritableRecord extends AccountRecord {
  readonly embedding: Float32Array;
  /** Metadata keys the site's record has and this one has not: upsert merges, so they are taken away by an explicit null. */
  readonly staleKeys?: readonly string[];
  /** Nobody with this id is on the site. Whoever is there by the time it is written stays as they are: Chroma ignores an `add` of theirs. */
  readonly isNew?: boolean;
}

/** Chroma refuses a body over 40 MiB; much less already costs nothing per record. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;
/** The first batch, and how much each may hold of the one before: the server works from early on instead of waiting for a full one. */
const FIRST_BATCH_RECORDS = 256;
const BATCH_GROWTH = 2;
/** So many refused one after another, and nobody accepted between them: then it is not about single accounts. */
const MAX_REFUSED_IN_A_ROW = 100;
/** A refusal that may be about one record of a batch: the others are not to stay away because of it. */
const ABOUT_RECORDS: ReadonlySet<ErrorCode> = new Set(["SERVER_REFUSED", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE"]);
/** What a record needs besides its own text: quotes, commas, nulls. */
const RECORD_OVERHEAD_BYTES = 64;

export interface UpsertOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onWritten?: (records: number) => void;
  /** Called for each record that the server does not take. Left out, the first refusal ends the writing. */
  readonly onRefused?: (id: string, refusal: KeeperError) => void;
}

/** What Chroma is asked to do with a batch. */
type WriteAction = "add" | "upsert";

interface Row {
  readonly action: WriteAction;
  readonly recordId: string;
  /** As JSON, like the rest. */
  readonly id: string;
  readonly embedding: string;
  readonly document: string;
  readonly metadata: string;
  readonly uri: string;
  readonly sizeBytes: number;
}

/**
 * Upserts everything that `source` yields, in its order, but adds who is new; the next batch is made while the server works on the last.
 * `onWritten` is called with the number of records the server has accepted so far.
 * A batch the server finds too large is halved. With `onRefused`, so is one that it does not accept (SERVER_REFUSED,
 * QUOTA_EXCEEDED), until it is known whom it does not take: they are told to `onRefused`, and everybody else is written.
 * Throws the codes of `ChromaConnection.post`, a refusal after a hundred in a row, what `source` throws, and
 * CANCELLED between two batches; nothing is under way then any more. What was accepted until then stays; writing the same
 * records again changes nothing.
 */
export async function upsertRecords(
  connection: ChromaConnection,
  collectionId: string,
  source: Iterable<readonly WritableRecord[]> | AsyncIterable<readonly WritableRecord[]>,
  options: UpsertOptions = {},
): Promise<void> {
  let written = 0;
  let refusedInARow = 0;
  let batch: Row[] = [];
  let batchBytes = 0;
  let batchRecords = FIRST_BATCH_RECORDS;
  let sending: Promise<void> = Promise.resolve();

  async function send(action: WriteAction, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    throwIfCancelled(options.signal);
    try {
      await connection.post(collectionId, action, bodyOf(rows), { signal: options.signal });
    } catch (error) {
      await sendApart(action, rows, error);
      return;
    }
    refusedInARow = 0;
    written += rows.length;
    options.onWritten?.(written);
  }

  /** In halves, down to those whom the server does not take. */
  async function sendApart(action: WriteAction, rows: readonly Row[], error: unknown): Promise<void> {
    const { onRefused } = options;
    const mayBeOne = isKeeperError(error) && (error.code === "REQUEST_TOO_LARGE" || (onRefused !== undefined && ABOUT_RECORDS.has(error.code)));
    if (!mayBeOne) throw error;
    if (rows.length === 1) {
      refusedInARow += 1;
      if (onRefused === undefined || refusedInARow === MAX_REFUSED_IN_A_ROW) throw error;
      for (const { recordId } of rows) onRefused(recordId, error);
      return;
    }
    const middle = Math.ceil(rows.length / 2);
    await send(action, rows.slice(0, middle));
    await send(action, rows.slice(middle));
  }

  async function sendBatch(rows: readonly Row[]): Promise<void> {
    for (const action of ["upsert", "add"] as const) await send(action, rows.filter((row) => row.action === action));
  }

  async function flush(): Promise<void> {
    await sending;
    const rows = batch;
    batch = [];
    batchBytes = 0;
    if (rows.length === 0) return;
    batchRecords *= BATCH_GROWTH;
    sending = sendBatch(rows);
    // Reported by the next await; until then it must not count as unhandled.
    sending.catch(() => undefined);
  }

  try {
    for await (const records of source) {
      for (const record of records) {
        const row = rowOf(record, connection.limits.base64);
        if (batch.length >= Math.min(batchRecords, connection.limits.maxBatchSize) || batchBytes + row.sizeBytes > MAX_BATCH_BYTES) await flush();
        batch.push(row);
        batchBytes += row.sizeBytes;
      }
    }
    await flush();
    await sending;
  } catch (error) {
    // Who hears of a failure gives the site's lock back: nothing may be written after that. The first failure is the one to tell.
    await sending.catch(() => undefined);
    throw error;
  }
}

function rowOf(record: WritableRecord, base64: boolean): Row {
  const isNew = record.isNew === true;
  const row = {
    action: isNew ? ("add" as const) : ("upsert" as const),
    recordId: record.id,
    id: JSON.stringify(record.id),
    embedding: base64 ? `"${vectorToBase64(record.embedding)}"` : `[${record.embedding.join(",")}]`,
    document: JSON.stringify(record.document),
    metadata: isNew ? metadataToAdd(record.metadata) : metadataToWrite(record.metadata, record.staleKeys ?? []),
    uri: JSON.stringify(record.uri),
  };
  const characters = row.id.length + row.embedding.length + row.document.length + row.metadata.length + row.uri.length;
  // Characters, not bytes: at most three times too few for text, and the limit is far below the server's.
  return { ...row, sizeBytes: characters + RECORD_OVERHEAD_BYTES };
}

function bodyOf(rows: readonly Row[]): string {
  const column = (name: Exclude<keyof Row, "action" | "recordId" | "sizeBytes">): string => rows.map((row) => row[name]).join(",");
  return `{"ids":[${column("id")}],"embeddings":[${column("embedding")}],"documents":[${column("document")}],"metadatas":[${column("metadata")}],"uris":[${column("uri")}]}`;
}

/** An `add` takes no null in metadata, which Chroma keeps none of; an empty object reads back as none, whichever way it was written. */
function metadataToAdd(metadata: string | null): string {
  const kept = metadata?.includes("null") === true ? withoutNulls(metadata) : metadata;
  return kept === null || membersOf(kept) === "" ? "null" : kept;
}

function withoutNulls(metadata: string): string {
  try {
    const value = parseLossless(metadata);
    return isJsonObject(value) ? stringifyLossless(Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))) : metadata;
  } catch {
    // A key twice, or nested too deep: the server says what it thinks of that.
    return metadata;
  }
}

/** A new record keeps an empty metadata object only when some key is taken away from it. */
const EMPTY_METADATA = '{"account_keeper":null}';

function metadataToWrite(metadata: string | null, staleKeys: readonly string[]): string {
  const removals = staleKeys.map((key) => `${JSON.stringify(key)}:null`).join(",");
  const members = metadata === null ? "" : membersOf(metadata);
  if (members === "" && removals === "") return metadata === null ? "null" : EMPTY_METADATA;
  return `{${[members, removals].filter((part) => part !== "").join(",")}}`;
}

function membersOf(metadata: string): string {
  return metadata.trim().slice(1, -1).trim();
}
