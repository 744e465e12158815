/** One test's own site: a collection with a name of its own on the shared server, and a vault folder. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { inject, onTestFinished } from "vitest";
import { connect } from "../../electron/engine/chroma/connect.ts";
import type { ChromaConnection, CollectionInfo, NewCollection } from "../../electron/engine/chroma/connection.ts";
import { readRecords } from "../../electron/engine/chroma/read-records.ts";
import { upsertRecords, type WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import { oddAccountsWithLists } from "./odd-accounts.ts";

export interface TestSite {
  readonly connection: ChromaConnection;
  readonly collectionName: string;
  readonly site: string;
  /** An empty vault. */
  readonly folder: string;
  create(settings?: Partial<NewCollection>): Promise<CollectionInfo>;
  add(records: readonly WritableRecord[]): Promise<void>;
  /** Every record, by id. */
  read(): Promise<Map<string, AccountRecord>>;
  collection(): Promise<CollectionInfo>;
  deleteAccounts(ids: readonly string[]): Promise<void>;
  /** What a redeploy does: the accounts are gone, and nothing is left of them. */
  wipe(): Promise<void>;
  /** What the site's own code may do. Chroma keeps lists in metadata, and gives them to whoever comes next. */
  deleteCollection(): Promise<void>;
}

/** A folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "account-keeper-test-"));
  // A browser that has just ended may still be writing.
  onTestFinished(async () => await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return folder;
}

export async function createTestSite(url = inject("chromaUrl"), collectionName = `users-${randomUUID()}`): Promise<TestSite> {
  const connection = await connect({ kind: "server", url });
  onTestFinished(async () => await connection.close());
  const base = `${url}/api/v2/tenants/${connection.tenant}/databases/${connection.database}/collections`;

  async function collection(): Promise<CollectionInfo> {
    const found = await connection.findCollection(collectionName);
    if (found === null) throw new Error("the test's collection is missing");
    return found;
  }

  /** Calls the product has no code for, on purpose. */
  async function request(method: "POST" | "DELETE", path: string, body?: unknown): Promise<void> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await fetch(`${base}/${path}`, init);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }

  const deleteAccounts = async (ids: readonly string[]): Promise<void> => await request("POST", `${(await collection()).id}/delete`, { ids });
  const deleteCollection = async (): Promise<void> => await request("DELETE", collectionName);

  return {
    connection,
    collectionName,
    site: url,
    folder: await temporaryFolder(),
    collection,
    create: async (settings = {}) => await connection.createCollection({ name: collectionName, metadata: null, configuration: null, schema: null, ...settings }),
    async add(records) {
      await upsertRecords(connection, (await collection()).id, [records]);
    },
    async read() {
      const found = new Map<string, AccountRecord>();
      for await (const page of readRecords(connection, (await collection()).id, { withVectors: true })) {
        for (const record of page) found.set(record.id, record);
      }
      return found;
    },
    deleteAccounts,
    async wipe() {
      // One by one Chroma forgets their lists too, which on a disk that is wiped nobody could inherit.
      await deleteAccounts(oddAccountsWithLists);
      await deleteCollection();
    },
    deleteCollection,
  };
}
