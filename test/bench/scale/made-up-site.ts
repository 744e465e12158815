/**
 * A server that answers as Chroma does and makes every account up when it is asked for: a million accounts, or gigabytes
 * of them, without an hour of filling a database. For memory and sizes only; what is timed is timed on a real one.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { z } from "zod";
import { listen } from "../../support/loopback.ts";

export interface MadeUpSite {
  readonly accounts: number;
  /** Each document is about so long. */
  readonly documentBytes: number;
}

/** The collection that holds everybody; any other one is empty until it is written to. */
export const FULL_COLLECTION = "users";
const DIMENSION = 8;

const getBody = z.object({ ids: z.array(z.string()).optional(), include: z.array(z.string()), limit: z.number().optional() });
const upsertBody = z.object({ ids: z.array(z.string()) });
const createBody = z.object({ name: z.string() });

/** Its address; it ends with its process. */
export async function startMadeUpSite({ accounts, documentBytes }: MadeUpSite): Promise<string> {
  const written = new Map<string, Set<number>>();
  const filling = "x".repeat(Math.max(0, documentBytes - 300));

  function holds(collection: string, index: number): boolean {
    return collection === FULL_COLLECTION ? index < accounts : written.get(collection)?.has(index) === true;
  }

  function idsOf(collection: string): string[] {
    return collection === FULL_COLLECTION ? Array.from({ length: accounts }, (_, index) => idOf(index)) : [...(written.get(collection) ?? [])].map(idOf);
  }

  function get(collection: string, body: unknown): string {
    const { ids, include, limit } = getBody.parse(body);
    const found = ids === undefined ? idsOf(collection).slice(0, limit) : ids.filter((id) => holds(collection, indexOf(id)));
    const column = (name: string, of: (index: number) => string): string => (include.includes(name) ? `[${found.map((id) => of(indexOf(id))).join(",")}]` : "null");
    return `{"ids":${JSON.stringify(found)},"documents":${column("documents", (index) => documentOf(index, filling))},"metadatas":${column("metadatas", metadataOf)},"uris":${column("uris", () => "null")},"embeddings":${column("embeddings", vectorOf)},"include":${JSON.stringify(include)}}`;
  }

  async function answer(request: IncomingMessage): Promise<string | null> {
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    if (pathname === "/api/v2/heartbeat") return '{"nanosecond heartbeat":1}';
    if (pathname === "/api/v2/pre-flight-checks") return '{"max_batch_size":5461,"supports_base64_encoding":true}';
    if (pathname === "/api/v2/version") return '"1.0.0"';
    const [, name, action] = /\/collections(?:\/([^/]+))?(?:\/(get|add|upsert|count))?$/.exec(pathname) ?? [];
    if (!pathname.includes("/collections")) return '{"id":"00000000-0000-4000-8000-000000000000","name":"default_database","tenant":"default_tenant"}';
    const body: unknown = request.method === "POST" ? JSON.parse((await buffer(request)).toString("utf8")) : undefined;
    if (name === undefined) {
      const { name: made } = createBody.parse(body);
      written.set(made, new Set());
      return collectionOf(made);
    }
    if (action === "get") return get(name, body);
    if (action === "count") return String(name === FULL_COLLECTION ? accounts : (written.get(name)?.size ?? 0));
    if (action === "add" || action === "upsert") {
      for (const id of upsertBody.parse(body).ids) written.get(name)?.add(indexOf(id));
      return "{}";
    }
    return name === FULL_COLLECTION || written.has(name) ? collectionOf(name) : null;
  }

  const server = createServer((request, response) => void respond(request, response));
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await answer(request);
    response.writeHead(body === null ? 404 : 200, { "content-type": "application/json" }).end(body ?? '{"error":"NotFoundError","message":"Collection not found"}');
  }
  return `http://127.0.0.1:${await listen(server)}`;
}

function idOf(index: number): string {
  return `user_${String(index).padStart(12, "0")}`;
}

function indexOf(id: string): number {
  return Number(id.slice("user_".length));
}

function documentOf(index: number, filling: string): string {
  const member = { user_id: idOf(index), email: `person.${index}@example.com`, password_hash: `$2b$12$${String(index).padStart(53, "x")}`, full_name: `Person ${index}`, is_verified: true, created_at: "2026-01-01T09:00:00.000000" };
  return JSON.stringify(JSON.stringify(filling === "" ? member : { ...member, about: filling }));
}

function metadataOf(index: number): string {
  return JSON.stringify({ user_id: idOf(index), email: `person.${index}@example.com`, is_verified: true, type: "user", created_at: "2026-01-01T09:00:00.000000" });
}

function vectorOf(index: number): string {
  return `[${Array.from({ length: DIMENSION }, (_, part) => ((index * 31 + part * 7) % 1_000) / 1_000 + 0.001).join(",")}]`;
}

/** Its id is its name: then nobody has to remember which is which. */
function collectionOf(name: string): string {
  return JSON.stringify({ id: name, name, metadata: null, configuration_json: {}, schema: null, dimension: name === FULL_COLLECTION ? DIMENSION : null, tenant: "default_tenant", database: "default_database" });
}
