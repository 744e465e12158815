/**
 * Reads every record of a collection while the site goes on working. Owns the order of requests that makes sure no
 * account is missed or read twice; knows nothing of files.
 */
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import type { AccountRecord } from "../record.ts";
import type { ChromaConnection } from "./connection.ts";
import { parseIds, parseRecordPage } from "./record-page.ts";

export interface ReadRecordsOptions extends OperationOptions {
  /** Vectors are most of the bytes; a comparison does not need them. */
  withVectors: boolean;
}

/** Pages grow towards this size: larger ones read little faster, and what lives long enough to become old costs memory. */
const TARGET_PAGE_BYTES = 4 * 1024 * 1024;
/** An answer over this is dropped and its ids asked for in two halves: one account may hold megabytes. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;
const FIRST_PAGE_RECORDS = 64;
const MAX_PAGE_RECORDS = 1_000;
/** Growth per page while sizes are still unknown. */
const PAGE_GROWTH = 8;
/** Chroma answers two requests at once faster than one after the other (measured: 50,000 with vectors 3.0 s against 4.9 s). */
const PAGES_IN_FLIGHT = 2;
/** Where vectors cannot be loaded, pages are halved down to this before they are read without. */
const SMALLEST_PAGE_WITH_VECTORS = 100;
/** Listing again ends when nothing new turned up, or here: a site that grows without end must not hold a backup open. */
const MAX_LISTINGS = 5;

/**
 * Ids of every record. One request, or pages of what the server allows in one (Chroma Cloud).
 * Throws the codes of `ChromaConnection.post`, and BAD_ANSWER.
 */
export async function listIds(connection: ChromaConnection, collectionId: string, options: OperationOptions = {}): Promise<Set<string>> {
  const limit = connection.limits.maxIdsPerGet;
  const page = async (range: { limit?: number; offset?: number }): Promise<string[]> =>
    parseIds(await connection.post(collectionId, "get", JSON.stringify({ include: [], ...range }), { signal: options.signal }));
  if (limit === null) return new Set(await page({}));
  const ids = new Set<string>();
  for (let offset = 0; ; offset += limit) {
    const found = await page({ limit, offset });
    for (const id of found) ids.add(id);
    if (found.length < limit) return ids;
  }
}

/**
 * Yields every record that exists from before the first request until after the last, each id once: lists the ids,
 * fetches by id (pages by offset would skip a record whenever one before it is deleted), lists again and fetches
 * what came in between. What is deleted meanwhile may or may not be there; what is changed is read before or after.
 * Where the server cannot load a vector, also asked a second time, the record comes with `embedding` null.
 * Throws the codes of `ChromaConnection.post`, BAD_ANSWER, and CANCELLED when `signal` is aborted.
 */
export async function* readRecords(connection: ChromaConnection, collectionId: string, options: ReadRecordsOptions): AsyncGenerator<AccountRecord[]> {
  const seen = new Set<string>();
  let missing = [...(await listIds(connection, collectionId, options))];
  let total = missing.length;
  const report = (): void => options.onProgress?.({ phase: "reading", done: seen.size, total, unit: "accounts", canCancel: true, problems: 0 });
  report();
  for (let listing = 1; missing.length > 0; listing += 1) {
    for await (const page of readByIds(connection, collectionId, missing, options)) {
      const fresh = page.filter((record) => !seen.has(record.id));
      for (const record of fresh) seen.add(record.id);
      if (fresh.length > 0) yield fresh;
      report();
    }
    if (listing === MAX_LISTINGS) return;
    missing = [...(await listIds(connection, collectionId, options))].filter((id) => !seen.has(id));
    total = seen.size + missing.length;
  }
}

/**
 * Yields the records that exist among `ids`, in pages that fit in memory. Order is the server's.
 * Throws as `readRecords`.
 */
export async function* readByIds(connection: ChromaConnection, collectionId: string, ids: readonly string[], options: ReadRecordsOptions): AsyncGenerator<AccountRecord[]> {
  const fetcher = createPageFetcher(connection, collectionId, options);
  const limit = Math.min(connection.limits.maxRecordsPerGet, MAX_PAGE_RECORDS);
  let pageRecords = Math.min(FIRST_PAGE_RECORDS, limit);
  let next = 0;
  const inFlight: Promise<AccountRecord[]>[] = [];
  const ask = (): void => {
    const page = fetcher.fetch(ids.slice(next, next + pageRecords), options.withVectors);
    // A page that fails while an earlier one is still being used is reported when its turn comes.
    page.catch(() => undefined);
    inFlight.push(page);
    next += pageRecords;
  };
  while (next < ids.length || inFlight.length > 0) {
    throwIfCancelled(options.signal);
    while (inFlight.length < PAGES_IN_FLIGHT && next < ids.length) ask();
    const page = await inFlight.shift();
    if (page === undefined) return;
    const fitting = Math.floor(TARGET_PAGE_BYTES / Math.max(1, fetcher.bytesPerRecord()));
    pageRecords = Math.max(1, Math.min(limit, fitting, pageRecords * PAGE_GROWTH));
    if (next < ids.length) ask();
    if (page.length > 0) yield page;
  }
}

interface PageFetcher {
  fetch(ids: readonly string[], withVectors: boolean): Promise<AccountRecord[]>;
  /** Mean size of the answers so far; 0 before the first. */
  bytesPerRecord(): number;
}

function createPageFetcher(connection: ChromaConnection, collectionId: string, options: ReadRecordsOptions): PageFetcher {
  let bytes = 0;
  let records = 0;
  /** The server has failed twice at one page with vectors, and not without: it is not to be asked twice about each. */
  let vectorsFail = false;

  async function fetchHalves(ids: readonly string[], withVectors: boolean): Promise<AccountRecord[]> {
    const middle = Math.ceil(ids.length / 2);
    const first = await fetchPage(ids.slice(0, middle), withVectors);
    return [...first, ...(await fetchPage(ids.slice(middle), withVectors))];
  }

  async function fetchPage(ids: readonly string[], withVectors: boolean, isSecondTry = false): Promise<AccountRecord[]> {
    const include = ["documents", "metadatas", "uris", ...(withVectors ? ["embeddings"] : [])];
    try {
      const answer = await connection.post(collectionId, "get", JSON.stringify({ ids, include }), {
        signal: options.signal,
        ...(ids.length > 1 ? { maxAnswerBytes: MAX_PAGE_BYTES } : {}),
      });
      const page = parseRecordPage(answer, ids.length);
      bytes += answer.length;
      records += page.length;
      const asked = new Set(ids);
      if (!page.every((record) => asked.has(record.id))) {
        throw new KeeperError("BAD_ANSWER", "The server answered with accounts nobody asked for.", { hint: "Try again." });
      }
      return page;
    } catch (error) {
      if (isKeeperError(error, "ANSWER_TOO_LARGE") && ids.length > 1) return await fetchHalves(ids, withVectors);
      // Index files that are missing or damaged fail the whole request; documents and metadata live elsewhere.
      if (isKeeperError(error, "SERVER_FAILED") && withVectors) {
        if (ids.length > SMALLEST_PAGE_WITH_VECTORS) return await fetchHalves(ids, true);
        // A server may stumble once over anything, and nobody shall lose a vector by that.
        if (!isSecondTry && !vectorsFail) return await fetchPage(ids, true, true);
        const page = await fetchPage(ids, false);
        vectorsFail = true;
        return page;
      }
      throw error;
    }
  }

  return { fetch: async (ids, withVectors) => await fetchPage(ids, withVectors), bytesPerRecord: () => (records === 0 ? 0 : bytes / records) };
}
