/** The servers behind demo sites: started when first asked for, with made-up customers, and ended with the app. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asWriteError } from "../../engine/backup/file-errors.ts";
import { removeFolder } from "../../engine/backup/patience.ts";
import { connect } from "../../engine/chroma/connect.ts";
import { upsertRecords } from "../../engine/chroma/write-records.ts";
import { sampleAccounts } from "../../engine/demo/sample-accounts.ts";
import { startBundledServer, type BundledServer } from "../../engine/server/bundled-server.ts";

export interface DemoServers {
  /** Where the demo site answers. Throws the codes of `startBundledServer` and `connect`. */
  urlOf(siteId: string): Promise<string>;
  /** What a host does at a redeploy: the disk is emptied, the server starts again under the same address. */
  wipe(siteId: string): Promise<void>;
  /** Ends the site's server and removes its data: its backups stay. */
  remove(siteId: string): Promise<void>;
  close(): Promise<void>;
}

/** More than the variable takes, so that both sides of that limit can be seen after some are deleted; as many as UX shows. */
const CUSTOMERS = 12;
const MAX_PORT = 65_535;

export function createDemoServers(dataFolder: string): DemoServers {
  const servers = new Map<string, Promise<BundledServer>>();
  const folderOf = (siteId: string): string => join(dataFolder, "demo", siteId);
  /** Holds its port. Beside the folder: what a wipe empties is not to be filled again. */
  const filledMarkOf = (siteId: string): string => `${folderOf(siteId)}.filled`;

  /** Starts it with all its customers, or not at all: whatever stops this, the next start begins anew. */
  async function startFilled(siteId: string): Promise<BundledServer> {
    const path = folderOf(siteId);
    await removeFolder(path);
    const server = await startBundledServer({ path });
    try {
      await fill(server.url);
      await mark(siteId, server);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** At the address it had before, if that is free: its backups say where it was. */
  async function start(siteId: string): Promise<BundledServer> {
    const before = await readMark(siteId);
    if (before === null) return await startFilled(siteId);
    const server = await startBundledServer({ path: folderOf(siteId), ...before });
    await mark(siteId, server);
    return server;
  }

  async function mark(siteId: string, server: BundledServer): Promise<void> {
    await writeFile(filledMarkOf(siteId), new URL(server.url).port).catch((error: unknown) => {
      throw asWriteError(error);
    });
  }

  /** Null: it was never filled. */
  async function readMark(siteId: string): Promise<{ readonly port: number | undefined } | null> {
    const text = await readFile(filledMarkOf(siteId), "utf8").catch(() => null);
    if (text === null) return null;
    const port = Number(text);
    return { port: Number.isInteger(port) && port > 0 && port <= MAX_PORT ? port : undefined };
  }

  /** One start for all who ask at once; one that failed is tried again. */
  function keep(siteId: string, starting: Promise<BundledServer>): Promise<BundledServer> {
    servers.set(siteId, starting);
    const forget = (): void => {
      if (servers.get(siteId) === starting) servers.delete(siteId);
    };
    void starting.then(async (server) => {
      await server.exited;
      forget();
    }, forget);
    return starting;
  }

  async function stop(siteId: string): Promise<BundledServer | null> {
    const server = await servers.get(siteId)?.catch(() => null);
    await server?.stop();
    servers.delete(siteId);
    return server ?? null;
  }

  return {
    urlOf: async (siteId) => (await (servers.get(siteId) ?? keep(siteId, start(siteId)))).url,
    async wipe(siteId) {
      const stopped = await stop(siteId);
      await removeFolder(folderOf(siteId));
      const port = stopped === null ? (await readMark(siteId))?.port : Number(new URL(stopped.url).port);
      const server = await keep(siteId, startBundledServer({ path: folderOf(siteId), port }));
      await mark(siteId, server);
    },
    async remove(siteId) {
      await stop(siteId);
      await removeFolder(folderOf(siteId));
      await rm(filledMarkOf(siteId), { force: true });
    },
    async close() {
      await Promise.all([...servers.keys()].map(async (siteId) => await stop(siteId)));
    },
  };
}

async function fill(url: string): Promise<void> {
  const connection = await connect({ kind: "server", url });
  try {
    const collection = await connection.createCollection({ name: "users", metadata: null, configuration: null, schema: null });
    await upsertRecords(connection, collection.id, [sampleAccounts(CUSTOMERS)]);
  } finally {
    await connection.close();
  }
}
