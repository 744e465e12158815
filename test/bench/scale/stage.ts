/** What the measurements have in common: a folder, a real ChromaDB, a site in it. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../../electron/engine/chroma/connect.ts";
import type { ChromaConnection, CollectionInfo } from "../../../electron/engine/chroma/connection.ts";
import { upsertRecords } from "../../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../../electron/engine/demo/sample-accounts.ts";
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
