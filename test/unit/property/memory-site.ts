/** A collection in memory that answers as Chroma does: upserts merge metadata, a null takes a key away, an add changes nobody who is there. For thousands of small sites; the real server is in test/integration. */
import { parseLossless, stringifyLossless, isJsonObject, type JsonObject, type JsonValue } from "../../../electron/engine/json/text.ts";
import type { ChromaConnection, CollectionInfo } from "../../../electron/engine/chroma/connection.ts";
import type { AccountRecord } from "../../../electron/engine/record.ts";
import { base64ToVector } from "../../../electron/engine/vector-base64.ts";

export interface MemorySite {
  readonly connection: ChromaConnection;
  records(): AccountRecord[];
}

export function memorySite(initial: readonly AccountRecord[]): MemorySite {
  const held = new Map(initial.map((record) => [record.id, record]));
  const collection: CollectionInfo = { id: "c", name: "users", metadata: null, configuration: null, schema: null, dimension: 3, tenant: "t", database: "d" };
  const found = (): Promise<CollectionInfo> => Promise.resolve(collection);
  const connection: ChromaConnection = {
    address: "memory",
    tenant: "t",
    database: "d",
    limits: { maxBatchSize: 100, maxRecordsPerGet: 100, maxIdsPerGet: null, base64: true },
    isCloud: false,
    version: "1.0.0",
    listCollections: async () => [await found()],
    findCollection: found,
    createCollection: found,
    ensureDatabase: () => Promise.resolve(),
    count: () => Promise.resolve(held.size),
    post: (_, action, body) => Promise.resolve(Buffer.from(action === "get" ? get(bodyOf(body)) : write(bodyOf(body), action))),
    close: () => Promise.resolve(),
  };

  function get({ ids, include, limit }: JsonObject): string {
    const asked = list(ids).map(String);
    const all = [...held.values()];
    const records = ids === undefined ? all.slice(0, limit === undefined ? all.length : Number(limit)) : all.filter(({ id }) => asked.includes(id));
    const column = (name: string, text: (record: AccountRecord) => string): string => (list(include).includes(name) ? `[${records.map(text).join(",")}]` : "null");
    return `{"ids":${JSON.stringify(records.map(({ id }) => id))},"documents":${column("documents", ({ document }) => JSON.stringify(document))},"metadatas":${column("metadatas", ({ metadata }) => metadata ?? "null")},"uris":${column("uris", ({ uri }) => JSON.stringify(uri))},"embeddings":${column("embeddings", ({ embedding }) => `[${(embedding ?? []).join(",")}]`)}}`;
  }

  function write({ ids, documents, metadatas, uris, embeddings }: JsonObject, action: "add" | "upsert"): string {
    for (const [at, id] of list(ids).map(String).entries()) {
      const before = held.get(id);
      if (action === "add" && before !== undefined) continue;
      held.set(id, {
        id,
        document: textOrNull(list(documents)[at]) ?? before?.document ?? null,
        metadata: merged(before?.metadata ?? null, list(metadatas)[at]),
        uri: textOrNull(list(uris)[at]) ?? before?.uri ?? null,
        embedding: base64ToVector(textOrNull(list(embeddings)[at]) ?? ""),
      });
    }
    return "{}";
  }

  return { connection, records: () => [...held.values()] };
}

function bodyOf(body: string | Buffer): JsonObject {
  const value = parseLossless(body.toString());
  return isJsonObject(value) ? value : {};
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function merged(before: string | null, after: JsonValue | undefined): string | null {
  const known = before === null ? null : parseLossless(before);
  if (!isJsonObject(after)) return before;
  const members = Object.entries({ ...(isJsonObject(known ?? undefined) ? Object.fromEntries(Object.entries(known ?? {})) : {}), ...after }).filter(([, value]) => value !== null);
  return members.length === 0 ? null : stringifyLossless(Object.fromEntries(members));
}

