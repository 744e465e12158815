/** A site to try things on: the bundled server with made-up customers, and a disk that can be wiped as a host does it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { OperationOptions } from "../../../shared/progress.ts";
import { removeFolder } from "../backup/patience.ts";
import { connect } from "../chroma/connect.ts";
import type { ChromaConnection } from "../chroma/connection.ts";
import { upsertRecords } from "../chroma/write-records.ts";
import { startBundledServer, type BundledServer } from "../server/bundled-server.ts";
import { createTemporaryFolder, removeTemporaryFolder } from "../server/temporary-folder.ts";
import { sampleAccounts } from "./sample-accounts.ts";

export interface DemoSite {
  readonly collectionName: string;
  readonly site: string;
  /** An empty vault that lasts as long as the demo. */
  readonly vaultFolder: string;
  /** Where the site answers now; another one after each redeploy. */
  readonly connection: ChromaConnection;
  /** What a free host does: stops the server, wipes the disk, starts again. Nothing of the collection is left. */
  redeploy(): Promise<void>;
  /** Ends the server and removes everything. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Starts a site with `accounts` made-up customers. Phase "starting_server". Throws the codes of `startBundledServer`
 * and `connect`; CANCELLED when `signal` aborts. After a failure nothing is left.
 */
export async function startDemoSite(accounts: number, options: OperationOptions = {}): Promise<DemoSite> {
  const folder = await createTemporaryFolder();
  const dataFolder = join(folder, "chroma_db");
  const vaultFolder = join(folder, "backups");
  let running: { server: BundledServer; connection: ChromaConnection } | null = null;

  async function start(): Promise<ChromaConnection> {
    const server = await startBundledServer({ path: dataFolder, ...options });
    try {
      const connection = await connect({ kind: "server", url: server.url }, { signal: options.signal });
      running = { server, connection };
      return connection;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  async function stop(): Promise<void> {
    await running?.connection.close();
    await running?.server.stop();
    running = null;
  }

  async function close(): Promise<void> {
    await stop();
    await removeTemporaryFolder(folder);
  }

  try {
    await mkdir(vaultFolder, { mode: 0o700 });
    let connection = await start();
    const collection = await connection.createCollection({ name: "users", metadata: null, configuration: null, schema: null }, { signal: options.signal });
    await upsertRecords(connection, collection.id, [sampleAccounts(accounts)], { signal: options.signal });
    return {
      collectionName: collection.name,
      site: "demo",
      vaultFolder,
      get connection() {
        return connection;
      },
      async redeploy() {
        await stop();
        await removeFolder(dataFolder);
        connection = await start();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
