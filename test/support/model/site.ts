/** The model's site: read and written by plain requests, with none of the product's code in between. */
import { z } from "zod";

/** One account, or what stands in its place, as the model sees it on a site and in a file. */
export interface Held {
  readonly id: string;
  readonly email: string | null;
  /** Grows with everything that anybody ever changed; 0 where nobody put one. */
  readonly version: number;
  readonly document: string | null;
  /** All of it, comparable. */
  readonly text: string;
}

export type People = ReadonlyMap<string, Held>;

/** What is written. */
export interface Written {
  readonly id: string;
  readonly document: string | null;
  readonly metadata: Record<string, unknown>;
}

export interface ModelSite {
  readonly collectionName: string;
  /** Null: there is no collection. */
  people(): Promise<People | null>;
  /** The site's own code makes its collection when it needs it. */
  put(accounts: readonly Written[]): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  drop(): Promise<void>;
}

const DIMENSION = 4;
const NOT_FOUND = 404;

const answerSchema = z.object({
  ids: z.array(z.string()),
  documents: z.array(z.string().nullable()),
  metadatas: z.array(z.record(z.string(), z.unknown()).nullable()),
  uris: z.array(z.string().nullable()),
  embeddings: z.array(z.array(z.number())),
});
const accountSchema = z.object({ email: z.string().optional(), v: z.number().optional() });

export function heldOf(id: string, document: string | null, metadata: Record<string, unknown> | null, uri: string | null, embedding: readonly number[] | null): Held {
  const [told, beside] = [accountSchema.safeParse(parsed(document)).data, accountSchema.safeParse(metadata).data];
  const members = Object.entries(metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([document, members, uri, embedding?.map((number) => number.toFixed(5))]);
  return { id, email: told?.email ?? beside?.email ?? null, version: told?.v ?? beside?.v ?? 0, document, text };
}

function parsed(document: string | null): unknown {
  try {
    return JSON.parse(document ?? "null");
  } catch {
    return null;
  }
}

export function createModelSite(url: string, collectionName: string): ModelSite {
  const base = `${url}/api/v2/tenants/default_tenant/databases/default_database/collections`;

  async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${base}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }) });
    if (response.status === NOT_FOUND) return null;
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  }

  async function findId(): Promise<string | null> {
    return z.object({ id: z.string() }).nullable().parse(await ask("GET", `/${collectionName}`))?.id ?? null;
  }

  return {
    collectionName,
    async people() {
      const id = await findId();
      if (id === null) return null;
      const { ids, documents, metadatas, uris, embeddings } = answerSchema.parse(await ask("POST", `/${id}/get`, { include: ["documents", "metadatas", "uris", "embeddings"] }));
      return new Map(ids.map((each, at) => [each, heldOf(each, documents[at] ?? null, metadatas[at] ?? null, uris[at] ?? null, embeddings[at] ?? null)]));
    },
    async put(accounts) {
      const id = (await findId()) ?? z.object({ id: z.string() }).parse(await ask("POST", "", { name: collectionName, get_or_create: true })).id;
      const columns = { ids: accounts.map((account) => account.id), documents: accounts.map(({ document }) => document), metadatas: accounts.map(({ metadata }) => metadata), embeddings: accounts.map((account) => vectorOf(account.id)) };
      await ask("POST", `/${id}/upsert`, columns);
    },
    async remove(ids) {
      const id = await findId();
      if (id !== null && ids.length > 0) await ask("POST", `/${id}/delete`, { ids });
    },
    async drop() {
      await ask("DELETE", `/${collectionName}`);
    },
  };
}

function vectorOf(id: string): number[] {
  return Array.from({ length: DIMENSION }, (_, at) => ((id.charCodeAt(at % id.length) * (at + 3)) % 97) / 16 + 0.5);
}

/**
 * Who of `before` is not in `after`: neither under their id, nor as somebody who has their e-mail address since. Who shared it
 * with them in `before` is somebody else.
 */
export function missingPeople(before: People, after: People): Held[] {
  const hasAgain = (email: string): boolean => [...after.values()].some((other) => other.email === email && before.get(other.id)?.email !== email);
  return [...before.values()].filter(({ id, email }) => !after.has(id) && (email === null || !hasAgain(email)));
}
