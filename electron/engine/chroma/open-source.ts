/** Opens any source for reading and writing through one kind of connection. Owns what has to be cleaned up afterwards. */
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled } from "../../../shared/progress.ts";
import { startBundledServer, type BundledServer } from "../server/bundled-server.ts";
import { connect, type ConnectOptions } from "./connect.ts";
import type { ChromaConnection } from "./connection.ts";
import { copyChromaFolder } from "./folder-copy.ts";
import type { CloudSource, FolderSource, ServerSource } from "./source.ts";

export interface OpenSource {
  readonly connection: ChromaConnection;
  /** For a folder: what was opened is a copy, and what is written to it is lost. */
  readonly isCopy: boolean;
  /** Ends the connection; for a folder also stops the server and deletes the copy. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Opens `source`. A folder is copied, and the bundled server started on the copy: phases "copying_folder",
 * "starting_server", "connecting". Throws the codes of `connect` and, for a folder, of `copyChromaFolder` and
 * `startBundledServer`; CANCELLED when `signal` aborts. After a failure nothing runs and no copy is left.
 */
export async function openSource(source: ServerSource | CloudSource | FolderSource, options: ConnectOptions = {}): Promise<OpenSource> {
  if (source.kind !== "folder") {
    const connection = await connect(source, options);
    return { connection, isCopy: false, close: async () => await connection.close() };
  }
  return await openFolder(source, options);
}

async function openFolder(source: FolderSource, options: ConnectOptions): Promise<OpenSource> {
  const { signal, onProgress } = options;
  const copy = await copyChromaFolder(source.path, { signal, onProgress });
  let server: BundledServer | undefined;
  let connection: ChromaConnection | undefined;
  const close = async (): Promise<void> => {
    // Each step whatever becomes of the one before: a server that does not stop must not keep the copy on the disk.
    try {
      await connection?.close();
    } finally {
      try {
        await server?.stop();
      } finally {
        await copy.remove();
      }
    }
  };
  try {
    throwIfCancelled(signal);
    server = await startBundledServer({ path: copy.path, temporary: true, signal, onProgress });
    connection = await connect({ kind: "server", url: server.url, tenant: source.tenant, database: source.database }, options);
    return { connection: ofFolder(connection), isCopy: true, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Our own server is not to blame when it fails, nor is there a host whose log tells more: what it reads is broken, or it has no room. */
function ofFolder(connection: ChromaConnection): ChromaConnection {
  const orUnreadable = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw isKeeperError(error, "SERVER_FAILED") ? unreadableFolder(error) : error;
    }
  };
  return {
    ...connection,
    findCollection: async (...call) => await orUnreadable(connection.findCollection(...call)),
    count: async (...call) => await orUnreadable(connection.count(...call)),
    post: async (...call) => await orUnreadable(connection.post(...call)),
  };
}

function unreadableFolder(cause: KeeperError): KeeperError {
  return new KeeperError("SERVER_FAILED", "The database in this folder cannot be read.", {
    hint: "It may be damaged: try a copy of the folder from before, or restore your newest backup into an empty folder. Or your disk is full. Your folder is untouched.",
    cause,
  });
}
