/** What the measurements have in common: a folder, a real ChromaDB, a site in it. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../../electron/engine/chroma/connect.ts";
import type { ChromaConnection, CollectionInfo } from "../../../electron/engine/chroma/connection.ts";
import { upsertRecords, type WritableRecord } from "../../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../../electron/engine/demo/sample-accounts.ts";
import { standInVector } from "../../../electron/engine/restore/vectors.ts";
import { startBundledServer } from "../../../electron/engine/server/bundled-server.ts";

export interface Site {
  readonly url: string;
  readonly connection: ChromaConnection;
  readonly collection: CollectionInfo;
}

export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "account-keeper-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function withChroma<T>(work: (url: string) => Promise<T>): Promise<T> {
  const chroma = await startBundledServer();
  try {
    return await work(chroma.url);
  } finally {
    await chroma.stop();
  }
}

/** A site of made-up accounts with vectors of 384 dimensions. */
export async function makeSite(url: string, collectionName: string, accounts: number): Promise<Site> {
  const connection = await connect({ kind: "server", url });
  const { id } = await connection.createCollection({ name: collectionName, metadata: null, configuration: null, schema: null });
  await upsertRecords(connection, id, [sampleAccounts(accounts)]);
  const collection = await connection.findCollection(collectionName);
  if (collection === null) throw new Error("the site is gone");
  return { url, connection, collection };
}

const SMALL_DIMENSION = 8;
const PAGE = 5_000;

/** A site of any size, page by page, with vectors so small that a server takes it in minutes. */
export async function fillSite(url: string, collectionName: string, accounts: number): Promise<void> {
  const connection = await connect({ kind: "server", url });
  try {
    const { id } = await connection.createCollection({ name: collectionName, metadata: null, configuration: null, schema: null });
    await upsertRecords(connection, id, pages(accounts));
  } finally {
    await connection.close();
  }
}

function* pages(accounts: number): Generator<WritableRecord[]> {
  for (let from = 0; from < accounts; from += PAGE) yield Array.from({ length: Math.min(PAGE, accounts - from) }, (_, index) => smallAccount(from + index));
}

function smallAccount(index: number): WritableRecord {
  const [id, email] = [`user_${index}`, `someone.${index}@example.com`];
  const document = JSON.stringify({ user_id: id, email, password_hash: `no password ${index}`, full_name: `Someone ${index}`, is_verified: index % 3 !== 2 });
  return { id, document, metadata: JSON.stringify({ user_id: id, email, type: "user" }), uri: null, embedding: standInVector(id, SMALL_DIMENSION) };
}

export async function drain(pages: AsyncIterable<unknown>): Promise<void> {
  const each = pages[Symbol.asyncIterator]();
  while ((await each.next()).done !== true) continue;
}

/** Path of the one backup in a vault. */
export async function newestIn(vault: string): Promise<string> {
  const name = (await readdir(vault)).find((entry) => entry.endsWith(".json"));
  if (name === undefined) throw new Error("no backup was made");
  return join(vault, name);
}
