/**
 * Where a restore writes. A server is written to as it is; a data folder is planned on a copy, and only when the owner
 * has said yes is the original itself copied to safety and opened.
 */
import { resolve } from "node:path";
import { openFolderForWriting, isEmptyFolder } from "../engine/chroma/folder-write.ts";
import { openSource, type OpenSource } from "../engine/chroma/open-source.ts";
import { connect, type ConnectOptions } from "../engine/chroma/connect.ts";
import type { FolderSource } from "../engine/chroma/source.ts";
import { startBundledServer } from "../engine/server/bundled-server.ts";
import type { CliContext } from "./context.ts";
import { chooseSource, type SourceFlags } from "./source-options.ts";
import type { OpenSite } from "./site.ts";

export interface RestoreTarget {
  /** For planning. Never written to when it is a folder. */
  readonly site: OpenSite;
  /** The whole data folder is copied before it is opened. */
  readonly copiesFolder: boolean;
  /** Opens the site for writing while `work` runs; for a folder after a copy of it was put into `safetyFolder`. */
  write<T>(safetyFolder: string, work: (site: OpenSite) => Promise<T>): Promise<T>;
}

export async function withRestoreTarget<T>(context: CliContext, flags: SourceFlags, work: (target: RestoreTarget) => Promise<T>): Promise<T> {
  const { source, collection: collectionName } = await chooseSource(flags, context.env);
  const operation = { signal: context.signal, onProgress: context.progress.onProgress };
  const options = { ...operation, allowMissingDatabase: true };
  const opened = source.kind === "folder" && (await isEmptyFolder(source.path)) ? await openNothing(source, options) : await openSource(source, options);
  const { connection } = opened;
  try {
    if (source.kind !== "folder") {
      const site = { connection, collectionName, site: connection.address };
      return await work({ site, copiesFolder: false, write: async (_safetyFolder, write) => await write(site) });
    }
    const site = { connection, collectionName, site: resolve(source.path) };
    const copiesFolder = !(await isEmptyFolder(source.path));
    return await work({
      site,
      copiesFolder,
      async write(safetyFolder, write) {
        const folder = await openFolderForWriting(source, { ...operation, safetyFolder });
        try {
          return await write({ ...site, connection: folder.connection });
        } finally {
          await folder.close();
        }
      },
    });
  } finally {
    context.progress.stop();
    await opened.close();
  }
}

/** What a plan compares with when the folder is not there yet: an empty server. */
async function openNothing(source: FolderSource, options: ConnectOptions): Promise<OpenSource> {
  const server = await startBundledServer(options);
  try {
    const connection = await connect({ kind: "server", url: server.url, tenant: source.tenant, database: source.database }, options);
    const close = async (): Promise<void> => {
      await connection.close();
      await server.stop();
    };
    return { connection, isCopy: true, close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
