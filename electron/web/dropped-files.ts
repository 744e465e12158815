/**
 * Files that a browser hands over: what is dropped on the page exists for this computer only when its bytes are sent here.
 * They wait in a temporary folder for what the owner does with them, readable by this user alone, for a day at most.
 */
import { randomBytes } from "node:crypto";
import { open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { KeeperError } from "../../shared/errors.ts";
import { systemCode } from "../engine/backup/file-errors.ts";
import { createTemporaryFolder, removeTemporaryFolder, sweepTemporaryFolders } from "../engine/server/temporary-folder.ts";
import { exists } from "../engine/vault/atomic.ts";
import { refusals, type Refusal } from "./refusal.ts";

/** Larger backups are picked from the list of folders, and need no second copy then. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Longer than anybody thinks over what to do with one: it is read to its end only then. */
const KEPT_FOR_MS = 24 * 60 * 60_000;
/** Nobody drops more at once. A page gone bad cannot fill the disk. */
const MAX_KEPT = 8;

type Dropped = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly refusal: Refusal };

export interface DroppedFiles {
  /** Writes the body to a file of its own while it arrives. Stops when it is too much. Throws DISK_FULL and FOLDER_NOT_WRITABLE. */
  take(request: Pick<Request, "headers" | "body">): Promise<Dropped>;
  /** Removes all of them. What still arrives is refused. Never throws: what cannot be removed is left for the next sweep. */
  close(): Promise<void>;
}

export function createDroppedFiles(keptForMs = KEPT_FOR_MS): DroppedFiles {
  /** Oldest first. */
  const kept = new Map<string, NodeJS.Timeout>();
  let folder: Promise<string> | null = null;
  let isClosed = false;
  const hasClosed = (): boolean => isClosed;

  async function makeFolder(): Promise<string> {
    // Whoever was killed could not remove its own.
    await sweepTemporaryFolders();
    return await createTemporaryFolder();
  }

  async function remove(path: string): Promise<void> {
    clearTimeout(kept.get(path));
    kept.delete(path);
    // What an open handle keeps on Windows goes with the folder.
    await rm(path, { force: true }).catch(() => undefined);
  }

  function keep(path: string): void {
    // Not a reason to stay alive.
    kept.set(path, setTimeout(() => void remove(path), keptForMs).unref());
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) void remove(oldest);
  }

  async function create(): Promise<{ path: string; handle: FileHandle }> {
    try {
      folder ??= makeFolder();
      // No part of it is the sender's: the name that it gives is for showing only.
      const path = join(await folder, `dropped-${randomBytes(8).toString("hex")}`);
      return { path, handle: await open(path, "wx", 0o600) };
    } catch (error) {
      // The next one tries again where there is no folder: it could not be made, or somebody has tidied up. One that is there stays ours to remove.
      if (!(await isThere(folder))) folder = null;
      throw error;
    }
  }

  async function take(request: Pick<Request, "headers" | "body">): Promise<Dropped> {
    if (!/^application\/octet-stream\s*(?:;|$)/i.test(request.headers.get("content-type") ?? "")) return { ok: false, refusal: refusals.wrongFileType() };
    if (Number(request.headers.get("content-length") ?? 0) > MAX_FILE_BYTES) return { ok: false, refusal: refusals.fileTooLarge() };
    if (hasClosed()) return { ok: false, refusal: refusals.brokenOff() };
    const { path, handle } = await create();
    keep(path);
    let isWhole = false;
    try {
      const refusal = (await write(handle, request.body)) ?? (hasClosed() ? refusals.brokenOff() : null);
      isWhole = refusal === null;
      return refusal === null ? { ok: true, path } : { ok: false, refusal };
    } finally {
      await handle.close();
      // A part of a file is of no use, least of all on a full disk.
      if (!isWhole) await remove(path);
    }
  }

  return {
    async take(request) {
      try {
        return await take(request);
      } catch (error) {
        throw asTemporaryError(error);
      }
    },
    async close() {
      isClosed = true;
      for (const timer of kept.values()) clearTimeout(timer);
      kept.clear();
      const made = await folder?.catch(() => null);
      if (made !== undefined && made !== null) await removeTemporaryFolder(made).catch(() => undefined);
    },
  };
}

async function isThere(folder: Promise<string> | null): Promise<boolean> {
  const path = await folder?.catch(() => null);
  return path !== undefined && path !== null && (await exists(path));
}

/** Null when all of it is on disk. Throws the system's errors. */
async function write(handle: FileHandle, body: ReadableStream<Uint8Array> | null): Promise<Refusal | null> {
  if (body === null) return null;
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const chunk = await reader.read().catch(() => null);
    if (chunk === null) return refusals.brokenOff();
    if (chunk.done) return null;
    size += chunk.value.byteLength;
    // Not cancelled: that would cut the connection before the answer is out. The server drains what still comes.
    if (size > MAX_FILE_BYTES) return refusals.fileTooLarge();
    await handle.writeFile(chunk.value);
  }
}

function asTemporaryError(error: unknown): unknown {
  switch (systemCode(error)) {
    case undefined:
      return error;
    case "ENOSPC":
    case "EDQUOT":
      return new KeeperError("DISK_FULL", "There is no room left for this file.", { hint: "Free some space where Account Keeper runs, and drop it again.", cause: error });
    default:
      return new KeeperError("FOLDER_NOT_WRITABLE", "We cannot write to this computer's temporary folder.", { hint: "Allow writing there, or set TMPDIR to another folder.", cause: error });
  }
}

const LONGEST_NAME = 200;

/** What the owner reads as the file's name. It is never used as a path, and cannot look like one or like several lines. */
export function shownName(name: string | undefined): string {
  const last = (name ?? "").split(/[\\/]/).at(-1) ?? "";
  // Half of a character where it was cut goes too.
  const shown = last.slice(0, LONGEST_NAME).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "").trim();
  return shown === "" ? "A file" : shown;
}
