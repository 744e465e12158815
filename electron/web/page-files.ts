/**
 * The window's files. They are read once, at the start, so that no path is ever made from what somebody asks for, and a
 * rebuild under a running host mixes no two versions.
 */
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { getMimeType } from "hono/utils/mime";
import { KeeperError } from "../../shared/errors.ts";

export interface PageFile {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly cacheControl: string;
}

/** Vite puts what it names by content here. */
const HASHED_FOLDER = "/assets/";
const KEEP_FOREVER = "private, max-age=31536000, immutable";
/** Of every other answer of the browser host. */
export const NO_STORE = "no-store";

/**
 * By path as it stands in an address; `/` is the window. Only plain files: links may lead out of the folder, and what
 * begins with a dot was not meant for the page. Throws NOT_AVAILABLE_HERE when the window was not built.
 */
export async function readPage(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const files = await readFiles(folder).catch((error: unknown) => {
    throw notBuilt(error);
  });
  const index = files.get("/index.html");
  if (index === undefined) throw notBuilt();
  return files.set("/", index);
}

async function readFiles(root: string): Promise<Map<string, PageFile>> {
  const files = new Map<string, PageFile>();
  for await (const file of plainFiles(root)) {
    const path = `/${relative(root, file).split(sep).map(encodeURIComponent).join("/")}`;
    files.set(path, {
      content: Uint8Array.from(await readFile(file)),
      type: getMimeType(file) ?? "application/octet-stream",
      cacheControl: path.startsWith(HASHED_FOLDER) ? KEEP_FOREVER : NO_STORE,
    });
  }
  return files;
}

/** Folder by folder: Node 26 goes through links when it is asked for everything below. */
async function* plainFiles(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* plainFiles(path);
    else if (entry.isFile()) yield path;
  }
}

function notBuilt(cause?: unknown): KeeperError {
  return new KeeperError("NOT_AVAILABLE_HERE", "The window was not built.", { hint: "Run npm run build, then try again.", cause });
}
