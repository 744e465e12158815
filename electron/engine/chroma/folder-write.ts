/**
 * Opens a Chroma data folder for writing: the one place where an owner's own folder is opened, for a restore that the
 * owner asked for, after all of it was copied to safety. Opening may migrate it to this server's version.
 */
import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { KeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { startBundledServer } from "../server/bundled-server.ts";
import { connect } from "./connect.ts";
import type { ChromaConnection } from "./connection.ts";
import { keepChromaFolder } from "./folder-copy.ts";
import type { FolderSource } from "./source.ts";

export interface WritableFolder {
  readonly connection: ChromaConnection;
  /** Where the copy lies; null when the folder was empty or missing. */
  readonly safetyCopy: string | null;
  /** Ends connection and server, so that what was written is on disk. May be called more than once. */
  close(): Promise<void>;
}

export interface WritableFolderOptions extends OperationOptions {
  /** A vault; the copy goes to its `safety/` folder. */
  readonly safetyFolder: string;
}

/** What a disk holds from the beginning. */
const OF_A_NEW_DISK = "lost+found";

/**
 * True when there is nothing in the folder, or no folder: as a host leaves it after a wipe. Hidden files are nothing: an
 * empty folder is in a repository, and comes back at every redeploy, only with one in it (.gitkeep).
 */
export async function isEmptyFolder(path: string): Promise<boolean> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.every((entry) => (entry.isFile() && entry.name.startsWith(".")) || entry.name === OF_A_NEW_DISK);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return true;
    throw new KeeperError("FOLDER_NOT_FOUND", "This is not a folder we can read.", { hint: "Choose the folder your site keeps its ChromaDB in, often called chroma_db.", cause: error });
  }
}

/**
 * Copies the folder to safety, then starts the bundled server on the folder itself; an empty or missing one is begun.
 * Throws the codes of `keepChromaFolder`, `startBundledServer` and `connect`; CANCELLED when `signal` aborts. After a
 * failure nothing runs; the copy stays.
 */
export async function openFolderForWriting(source: FolderSource, options: WritableFolderOptions): Promise<WritableFolder> {
  const { signal, onProgress } = options;
  const path = resolve(source.path);
  const safetyCopy = (await isEmptyFolder(path)) ? null : join(options.safetyFolder, "safety", `${basename(path)}_${timeStamp(new Date())}`);
  if (safetyCopy !== null) await keepChromaFolder(path, safetyCopy, { signal, onProgress });
  const server = await startBundledServer({ path, signal, onProgress });
  try {
    const connection = await connect({ kind: "server", url: server.url, tenant: source.tenant, database: source.database }, { signal, onProgress, allowMissingDatabase: true });
    const close = async (): Promise<void> => {
      await connection.close();
      await server.stop();
    };
    return { connection, safetyCopy, close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** "20261123T140659123Z": sorts by time and is unique enough for one owner. */
function timeStamp(time: Date): string {
  return time.toISOString().replace(/[-:.]/g, "");
}
