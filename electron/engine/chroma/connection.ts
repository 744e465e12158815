/**
 * The connection to one database of one server: its collections, and the raw road for records. Owns which request is
 * repeated and what a "not found" means. There is no way to delete a collection here, and there shall be none.
 */
import { z } from "zod";
import { isKeeperError, type KeeperError } from "../../../shared/errors.ts";
import { isJsonObject, type JsonValue } from "../json/text.ts";
import type { AskOptions, Asker, Question } from "./ask.ts";
import { missing, RequestFailure, unreadable } from "./classify.ts";
import { creationBodies, parseCollection, type CollectionInfo, type NewCollection } from "./collection.ts";

export type { CollectionInfo, NewCollection } from "./collection.ts";

export interface ServerLimits {
  /** Records in one write. */
  readonly maxBatchSize: number;
  /** Records with metadata in one read. */
  readonly maxRecordsPerGet: number;
  /** Ids in one read that asks for nothing else; null: all of them. */
  readonly maxIdsPerGet: number | null;
  /** Vectors may be written as base64 of little-endian f32. */
  readonly base64: boolean;
}

interface CallOptions {
  /** Aborting ends the call at once with CANCELLED, also in a pause between two tries. */
  signal?: AbortSignal | undefined;
}

interface PostOptions extends CallOptions {
  /** A larger answer is dropped: ANSWER_TOO_LARGE. */
  maxAnswerBytes?: number | undefined;
  /** How long the server may think before its first byte. */
  firstByteMs?: number | undefined;
  /** What the answer is likely to be: when it is, this very buffer is given back, and the answer takes no memory. */
  expected?: Buffer | undefined;
}

/** What `connect` has found out. */
export interface ConnectionFacts {
  /** May be shown: scheme, host, port, path; no credentials. */
  readonly address: string;
  readonly tenant: string;
  readonly database: string;
  readonly limits: ServerLimits;
  readonly isCloud: boolean;
  /** As the server says, "unknown" where it does not. Every server from 1.0 on says "1.0.0": decide nothing by it. */
  readonly version: string;
}

/**
 * Every call repeats a few times what failed for the moment, and throws SERVER_UNREACHABLE, SITE_ASLEEP, TLS_FAILED,
 * NOT_CHROMA, KEY_REFUSED, RATE_LIMITED, SERVER_FAILED, BAD_ANSWER, SERVER_REFUSED or CANCELLED, besides its own codes.
 */
export interface ChromaConnection extends ConnectionFacts {
  /** All collections of the database, in the server's order. Throws TENANT_NOT_FOUND, DATABASE_NOT_FOUND. */
  listCollections(options?: CallOptions): Promise<CollectionInfo[]>;
  /** Null when there is none of this name. Throws TENANT_NOT_FOUND, DATABASE_NOT_FOUND. */
  findCollection(name: string, options?: CallOptions): Promise<CollectionInfo | null>;
  /**
   * Makes a collection as a backup describes it. When the site itself was quicker, that one is returned: compare its
   * `configuration`, which also shows where a server could not take over a setting. Throws TENANT_NOT_FOUND,
   * DATABASE_NOT_FOUND (call `ensureDatabase` first), SERVER_REFUSED for a name or metadata Chroma does not allow.
   */
  createCollection(wanted: NewCollection, options?: CallOptions): Promise<CollectionInfo>;
  /** Makes tenant and database where they are missing: a wiped server has forgotten all but its default ones. */
  ensureDatabase(options?: CallOptions): Promise<void>;
  /** Records in the collection. Throws COLLECTION_NOT_FOUND. */
  count(collectionId: string, options?: CallOptions): Promise<number>;
  /**
   * Sends a body that is JSON already and returns the answer's bytes, known to be whole but not parsed. Throws
   * COLLECTION_NOT_FOUND, REQUEST_TOO_LARGE, QUOTA_EXCEEDED, ANSWER_TOO_LARGE. Each action may arrive twice without harm.
   */
  post(collectionId: string, action: "get" | "add" | "upsert", body: string | Buffer, options?: PostOptions): Promise<Buffer>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** Chroma's own clients ask for as many; a server may give fewer. */
const COLLECTIONS_PER_PAGE = 1_000;

const openApi = z.object({
  components: z.object({ schemas: z.object({ CreateCollectionPayload: z.object({ properties: z.object({ schema: z.unknown() }) }) }) }),
});

export function createConnection(asker: Asker, facts: ConnectionFacts): ChromaConnection {
  const { tenant, database } = facts;
  const tenantPath = `/api/v2/tenants/${pathSegment(tenant)}`;
  const databasePath = `${tenantPath}/databases/${pathSegment(database)}`;
  const collectionsPath = `${databasePath}/collections`;

  function toCollection(value: JsonValue, question: Question): CollectionInfo {
    const collection = parseCollection(value, facts);
    if (collection === undefined) throw unreadable({ ...question, redact: asker.redact }, "not a collection");
    return collection;
  }

  async function listKnown(options: CallOptions): Promise<CollectionInfo[]> {
    const found = new Map<string, CollectionInfo>();
    for (let offset = 0; ; ) {
      const question: Question = { method: "GET", path: collectionsPath, query: `?limit=${COLLECTIONS_PER_PAGE}&offset=${offset}`, subject: "database" };
      const page = await asker.json(question, options);
      if (!Array.isArray(page)) throw unreadable({ ...question, redact: asker.redact }, "not a list");
      const before = found.size;
      for (const value of page) {
        const collection = toCollection(value, question);
        found.set(collection.id, collection);
      }
      // A short page proves nothing, the server may have its own limit; a page without news does, whatever it ignores.
      if (found.size === before) return [...found.values()];
      offset += page.length;
    }
  }

  async function find(name: string, options: CallOptions): Promise<CollectionInfo | null> {
    const question: Question = { method: "GET", path: `${collectionsPath}/${pathSegment(name)}`, subject: "collection" };
    try {
      return toCollection(await asker.json(question, options), question);
    } catch (error) {
      if (isKeeperError(error, "COLLECTION_NOT_FOUND")) return null;
      // Servers before 1.0 answer 400 or 500 for a missing collection; the list tells a missing one from a failure.
      if (!isKeeperError(error, "SERVER_REFUSED") && !isKeeperError(error, "SERVER_FAILED")) throw error;
      return (await listKnown(options)).find((collection) => collection.name === name) ?? null;
    }
  }

  /** A local server finds no collections in a database it does not know, and sees nothing wrong with that. */
  async function requireDatabase(options: CallOptions): Promise<void> {
    await checkDatabase(asker, facts, options);
  }

  async function serverKnowsSchema(options: CallOptions): Promise<boolean> {
    try {
      await asker.parsed({ method: "GET", path: "/openapi.json" }, openApi, options);
      return true;
    } catch (error) {
      if (isKeeperError(error, "CANCELLED")) throw error;
      // Older servers ignore what they do not know and would make a collection with default settings in silence.
      return false;
    }
  }

  async function create(wanted: NewCollection, options: CallOptions): Promise<CollectionInfo> {
    const question: Question = { method: "POST", path: collectionsPath, subject: "database" };
    let refusal: KeeperError | undefined;
    for (const body of creationBodies(wanted, wanted.schema !== null && (await serverKnowsSchema(options)))) {
      try {
        return toCollection(await asker.json({ ...question, body }, { ...options, repeatable: false }), question);
      } catch (error) {
        const made = await madeNevertheless(error, wanted.name, options);
        if (made !== null) return made;
        if (!isKeeperError(error, "SERVER_REFUSED")) throw error;
        // A missing database is a 400 here, as everything else that is wrong with the request.
        await requireDatabase(options);
        refusal ??= error;
      }
    }
    throw refusal ?? missing("database", { ...question, redact: asker.redact });
  }

  /** The collection, when it exists although its creation failed: made by the site (409), or its answer was lost. */
  async function madeNevertheless(error: unknown, name: string, options: CallOptions): Promise<CollectionInfo | null> {
    if (!(error instanceof RequestFailure) || !(error.status === 409 || error.transient)) return null;
    return await find(name, options);
  }

  return {
    ...facts,
    async listCollections(options = {}) {
      const collections = await listKnown(options);
      if (collections.length === 0) await requireDatabase(options);
      return collections;
    },
    async findCollection(name, options = {}) {
      const collection = name === "" ? null : await find(name, options);
      if (collection === null) await requireDatabase(options);
      return collection;
    },
    createCollection: async (wanted, options = {}) => await create(wanted, options),
    async ensureDatabase(options = {}) {
      // The tenant first: a local server makes a database for a tenant that does not exist, and then has no such tenant.
      await ensure({ method: "GET", path: tenantPath, subject: "tenant" }, { path: "/api/v2/tenants", name: tenant }, options);
      await ensure({ method: "GET", path: databasePath, subject: "database" }, { path: `${tenantPath}/databases`, name: database }, options);
    },
    async count(collectionId, options) {
      const path = `${collectionsPath}/${pathSegment(collectionId)}/count`;
      return await asker.parsed({ method: "GET", path, subject: "collection" }, z.int().nonnegative(), options);
    },
    async post(collectionId, action, body, options) {
      const path = `${collectionsPath}/${pathSegment(collectionId)}/${action}`;
      return await asker.bytes({ method: "POST", path, body, subject: "collection" }, options);
    },
    close: async () => await asker.close(),
  };

  async function ensure(exists: Question, make: { path: string; name: string }, options: CallOptions): Promise<void> {
    try {
      await asker.bytes(exists, options);
    } catch (error) {
      if (!isKeeperError(error, "TENANT_NOT_FOUND") && !isKeeperError(error, "DATABASE_NOT_FOUND")) throw error;
      try {
        await asker.bytes({ method: "POST", path: make.path, body: JSON.stringify({ name: make.name }) }, options);
      } catch (failure) {
        // Made by somebody else, or by an attempt of ours whose answer was lost.
        if (!(failure instanceof RequestFailure && failure.status === 409)) throw failure;
      }
    }
  }
}

/**
 * Asks for the database, behind whatever guards the server's data. Throws TENANT_NOT_FOUND, DATABASE_NOT_FOUND,
 * KEY_REFUSED. The database comes first and alone decides: a local server may hold one whose tenant it does not know.
 */
export async function checkDatabase(asker: Asker, names: { tenant: string; database: string }, options: AskOptions): Promise<void> {
  const tenantPath = `/api/v2/tenants/${pathSegment(names.tenant)}`;
  try {
    const answer = await asker.json({ method: "GET", path: `${tenantPath}/databases/${pathSegment(names.database)}`, subject: "database" }, options);
    if (isJsonObject(answer)) return;
  } catch (error) {
    if (isKeeperError(error, "DATABASE_NOT_FOUND")) await asker.bytes({ method: "GET", path: tenantPath, subject: "tenant" }, options);
    throw error;
  }
}

/** One segment of a path, whatever the name holds, also half a character. Dots alone would climb up in proxies that tidy paths. */
function pathSegment(name: string): string {
  return /^\.{1,2}$/.test(name) ? name.replaceAll(".", "%2E") : encodeURIComponent(name.toWellFormed());
}

