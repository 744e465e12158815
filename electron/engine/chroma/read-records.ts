/**
 * Reads every record of a collection while the site goes on working. Owns the order of requests that makes sure no
 * account is missed or read twice; knows nothing of files.
 */
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import type { AccountRecord } from "../record.ts";
import type { ChromaConnection } from "./connection.ts";
import { createIdList, newSince, type IdList } from "./id-list.ts";
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
const FEWEST_PAGES_IN_FLIGHT = 2;
/** Small pages wait for the way there and back more than for the line (50,000 without vectors, 80 ms away: 4.8 s against 6.2 s with two). */
const MOST_PAGES_IN_FLIGHT = 4;
/** More than two large pages under way would take memory on both sides. */
const BYTES_IN_FLIGHT = 2 * TARGET_PAGE_BYTES;
/** Fewer than so many come in one request, which is what nearly every site takes. */
const SMALL_SITE_RECORDS = 64;
/** More than that, and the site is read in pages: little is thrown away. */
const SMALL_SITE_BYTES = 1024 * 1024;
/** Where vectors cannot be loaded, pages are halved down to this before they are read without. */
const SMALLEST_PAGE_WITH_VECTORS = 100;
/** Listing again ends when nothing new turned up, or here: a site that grows without end must not hold a backup open. One more looks for who is still awaited. */
const MAX_LISTINGS = 5;

/**
 * Ids of every record. One request, or pages of what the server allows in one (Chroma Cloud).
 * Throws the codes of `ChromaConnection.post`, and BAD_ANSWER.
 */
export async function listIds(connection: ChromaConnection, collectionId: string, options: OperationOptions = {}): Promise<Set<string>> {
  return new Set(await listAll(connection, collectionId, options));
}

/** With `before`, an earlier listing: the same one again where nothing has changed, and then no second one is in memory. */
async function listAll(connection: ChromaConnection, collectionId: string, options: OperationOptions, before?: IdList): Promise<IdList> {
  const limit = connection.limits.maxIdsPerGet;
  const answers: Buffer[] = [];
  for (;;) {
    const range = limit === null ? {} : { limit, offset: limit * answers.length };
    const expected = before?.answers?.[answers.length];
    const answer = await connection.post(collectionId, "get", JSON.stringify({ include: [], ...range }), { signal: options.signal, expected });
    answers.push(answer);
    if (limit === null || parseIds(answer).length < limit) break;
  }
  const isSame = before?.answers?.length === answers.length && answers.every((answer, index) => answer === before.answers?.[index]);
  return isSame ? before : createIdList(answers);
}

/**
 * Yields every record that exists from before the first request until after the last, each id once. A small site comes
 * in one request, if its count agrees. Of a larger one the ids are listed and fetched by id (pages by offset would skip a
 * record whenever one before it is deleted), then listed again, and what came in between is fetched. What is deleted
 * meanwhile may or may not be there; what is changed is read before or after.
 * Where the server cannot load a vector, also asked a second time, the record comes with `embedding` null.
 * Throws the codes of `ChromaConnection.post`, BAD_ANSWER (also when the server to the end lists somebody whom it does not
 * give out), and CANCELLED when `signal` is aborted.
 */
export async function* readRecords(connection: ChromaConnection, collectionId: string, options: ReadRecordsOptions): AsyncGenerator<AccountRecord[]> {
  const small = await readSmallSite(connection, collectionId, options);
  if (small !== null) {
    const report = (done: number): void => options.onProgress?.({ phase: "reading", done, total: small.length, unit: "accounts", canCancel: true, problems: 0 });
    report(0);
    if (small.length > 0) yield small;
    report(small.length);
    return;
  }
  const atFirst = await listAll(connection, collectionId, options);
  /** Asked for and not there, or not yet. */
  const awaited = new Set<string>();
  const cameLater = new Set<string>();
  let wanted: Iterable<string> = atFirst;
  let total = atFirst.size;
  let done = 0;
  const report = (): void => options.onProgress?.({ phase: "reading", done, total, unit: "accounts", canCancel: true, problems: 0 });
  report();
  for (let listing = 1; total > done; listing += 1) {
    for await (const page of readByIds(connection, collectionId, noted(wanted, awaited), options)) {
      const fresh = page.filter(({ id }) => awaited.delete(id));
      if (listing > 1) for (const { id } of fresh) cameLater.add(id);
      done += fresh.length;
      if (fresh.length > 0) yield fresh;
      report();
    }
    if (listing === MAX_LISTINGS && awaited.size === 0) return;
    const now = await listAll(connection, collectionId, options, atFirst);
    if (listing === MAX_LISTINGS) {
      for (const id of now) if (awaited.has(id)) throw notGivenOut();
      return;
    }
    const missing = new Set<string>();
    for (const id of newSince(atFirst, now)) if (!cameLater.has(id)) missing.add(id);
    if (awaited.size > 0) for (const id of now) if (awaited.has(id)) missing.add(id);
    wanted = missing;
    total = done + missing.size;
  }
}

/** Without them a backup would seem whole; they may be any accounts. */
function notGivenOut(): KeeperError {
  return new KeeperError("BAD_ANSWER", "The server lists accounts that it does not give out.", { hint: "Try again. If it stays like this, ask whoever built your site." });
}

/** All records where there are few of them; null where pages are needed. One answer is one moment: nobody can be between two. */
async function readSmallSite(connection: ChromaConnection, collectionId: string, { withVectors, signal }: ReadRecordsOptions): Promise<AccountRecord[] | null> {
  const limit = Math.min(SMALL_SITE_RECORDS, connection.limits.maxRecordsPerGet);
  try {
    const [answer, count] = await Promise.all([
      connection.post(collectionId, "get", JSON.stringify({ limit, include: columnsOf(withVectors) }), { signal, maxAnswerBytes: SMALL_SITE_BYTES }),
      // A short answer alone proves nothing: the server may have a limit of its own.
      connection.count(collectionId, { signal }),
    ]);
    const records = parseRecordPage(answer, limit);
    const isAll = records.length < limit && records.length === count && new Set(records.map(({ id }) => id)).size === count;
    return isAll ? records : null;
  } catch (error) {
    // Where a vector cannot be loaded, pages leave out the fewest.
    if (isKeeperError(error, "ANSWER_TOO_LARGE") || (isKeeperError(error, "SERVER_FAILED") && withVectors)) return null;
    throw error;
  }
}

function columnsOf(withVectors: boolean): readonly string[] {
  return ["documents", "metadatas", "uris", ...(withVectors ? ["embeddings"] : [])];
}

function* noted(ids: Iterable<string>, names: Set<string>): Generator<string> {
  for (const id of ids) {
    names.add(id);
    yield id;
  }
}

/**
 * Yields the records that exist among `ids`, in pages that fit in memory. Order is the server's.
 * Throws as `readRecords`.
 */
export async function* readByIds(connection: ChromaConnection, collectionId: string, ids: Iterable<string>, options: ReadRecordsOptions): AsyncGenerator<AccountRecord[]> {
  const fetcher = createPageFetcher(connection, collectionId, options);
  const limit = Math.min(connection.limits.maxRecordsPerGet, MAX_PAGE_RECORDS);
  let pageRecords = Math.min(FIRST_PAGE_RECORDS, limit);
  const waiting = createQueue(ids);
  const inFlight: Promise<AccountRecord[]>[] = [];
  const ask = (): void => {
    const taken = waiting.take(pageRecords);
    if (taken.length === 0) return;
    const page = fetcher.fetch(taken, options.withVectors);
    // A page that fails while an earlier one is still being used is reported when its turn comes.
    page.catch(() => undefined);
    inFlight.push(page);
  };
  const fill = (): void => {
    const pageBytes = pageRecords * fetcher.bytesPerRecord();
    const most = pageBytes === 0 ? 0 : Math.min(MOST_PAGES_IN_FLIGHT, Math.floor(BYTES_IN_FLIGHT / pageBytes));
    while (inFlight.length < Math.max(FEWEST_PAGES_IN_FLIGHT, most) && !waiting.isOver()) ask();
  };
  fill();
  for (;;) {
    throwIfCancelled(options.signal);
    const page = await inFlight.shift();
    if (page === undefined) return;
    const fitting = Math.floor(TARGET_PAGE_BYTES / Math.max(1, fetcher.bytesPerRecord()));
    pageRecords = Math.max(1, Math.min(limit, fitting, pageRecords * PAGE_GROWTH));
    fill();
    if (page.length > 0) yield page;
  }
}

interface Queue {
  /** The next so many, fewer at the end. */
  take(count: number): string[];
  /** Known once nothing more was found. */
  isOver(): boolean;
}

function createQueue(ids: Iterable<string>): Queue {
  const waiting = ids[Symbol.iterator]();
  let isOver = false;
  return {
    take(count) {
      const taken: string[] = [];
      while (taken.length < count && !isOver) {
        const next = waiting.next();
        isOver = next.done === true;
        if (next.done !== true) taken.push(next.value);
      }
      return taken;
    },
    isOver: () => isOver,
  };
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
    try {
      const answer = await connection.post(collectionId, "get", JSON.stringify({ ids, include: columnsOf(withVectors) }), {
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
