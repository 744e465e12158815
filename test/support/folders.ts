/** Data folders of a Chroma that runs inside a site, and looking whether anything in them was touched. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { connect } from "../../electron/engine/chroma/connect.ts";
import type { ChromaConnection } from "../../electron/engine/chroma/connection.ts";
import { readRecords } from "../../electron/engine/chroma/read-records.ts";
import { upsertRecords, type WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import { startBundledServer } from "../../electron/engine/server/bundled-server.ts";

/** Runs the site on its folder while `work` lasts. */
async function withSiteOn<T>(path: string, work: (connection: ChromaConnection) => Promise<T>): Promise<T> {
  const server = await startBundledServer({ path });
  try {
    const connection = await connect({ kind: "server", url: server.url });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  } finally {
    await server.stop();
  }
}

/** A stopped site that keeps `records` in its collection `users`. */
export async function makeDataFolder(path: string, records: readonly WritableRecord[]): Promise<void> {
  await withSiteOn(path, async (connection) => {
    const users = await connection.createCollection({ name: "users", metadata: null, configuration: null, schema: null });
    // Chroma writes its index files when a certain number of writes has come together.
    for (let from = 0; from < records.length; from += 500) await upsertRecords(connection, users.id, [records.slice(from, from + 500)]);
  });
}

/** What the site finds in its folder when it starts again. */
export async function accountsIn(path: string): Promise<Map<string, AccountRecord>> {
  return await withSiteOn(path, async (connection) => {
    const users = await connection.findCollection("users");
    const found = new Map<string, AccountRecord>();
    if (users === null) return found;
    for await (const page of readRecords(connection, users.id, { withVectors: true })) for (const record of page) found.set(record.id, record);
    return found;
  });
}

/** Every file and folder below with its rights, size, time and content. */
export function fingerprintOf(folder: string): string[] {
  const lines = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const { mtimeNs, size, mode } = statSync(path, { bigint: true });
    const digest = entry.isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "folder";
    return [relative(folder, path), mode, size, mtimeNs, digest].join(" ");
  });
  return [...lines, `. ${statSync(folder, { bigint: true }).mtimeNs}`].sort();
}

/** The folders of vector indexes. */
export function indexFolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}
