/**
 * Where a restore writes. A server is written to as it is; a data folder is planned on a copy, and only when the owner
 * has said yes is the original itself copied to safety and opened.
 */
import { resolve } from "node:path";
import type { OperationOptions } from "../../../shared/progress.ts";
import { connect, type ConnectOptions } from "../chroma/connect.ts";
import type { ChromaConnection } from "../chroma/connection.ts";
import { isEmptyFolder, openFolderForWriting } from "../chroma/folder-write.ts";
import { openSource, type OpenSource } from "../chroma/open-source.ts";
import type { CloudSource, FolderSource, ServerSource } from "../chroma/source.ts";
import { startBundledServer } from "../server/bundled-server.ts";

/** A site that can be read and written, and what people call it. */
export interface OpenSite {
  readonly connection: ChromaConnection;
  readonly collectionName: string;
  /** As people know it: address or folder. */
  readonly site: string;
}

export interface RestoreTarget {
  /** For planning. Never written to when it is a folder. */
  readonly site: OpenSite;
  /** The whole data folder is copied before it is opened. */
  readonly copiesFolder: boolean;
  /** Opens the site for writing while `work` runs; for a folder after a copy of it was put into `safetyFolder`. */
  write<T>(safetyFolder: string, work: (site: OpenSite) => Promise<T>): Promise<T>;
}

export interface TargetSource {
  readonly source: ServerSource | CloudSource | FolderSource;
  readonly collectionName: string;
}

/**
 * Opens the target, also where database or folder are missing as after a wipe, and closes it whatever happens. Throws
 * the codes of `openSource`, inside `write` those of `openFolderForWriting`, CANCELLED, and what `work` throws.
 */
export async function withRestoreTarget<T>({ source, collectionName }: TargetSource, operation: OperationOptions, work: (target: RestoreTarget) => Promise<T>): Promise<T> {
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
