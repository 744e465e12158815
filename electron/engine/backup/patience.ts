/**
 * Waits for other programs to let go. On Windows what somebody else has open can often not be renamed, replaced or
 * removed; virus scanners, indexers and OneDrive open what is new for moments. Neither libuv nor Node tries again:
 * `maxRetries` of `rm` is for whole folders only (https://nodejs.org/api/fs.html#fspromisesrmpath-options).
 */
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { systemCode } from "./file-errors.ts";

const RETRY_DELAYS_MS = [20, 50, 100, 200, 400, 800];
/** Access denied is EPERM, in newer versions of libuv EACCES; a sharing violation is EBUSY. https://github.com/libuv/libuv/blob/v1.x/src/win/error.c */
const PERHAPS_HELD: ReadonlySet<string> = new Set(["EPERM", "EACCES", "EBUSY"]);

/** Whether a failure may be over in a moment: somebody has the file open. */
export function isPerhapsHeld(error: unknown): boolean {
  return PERHAPS_HELD.has(systemCode(error) ?? "");
}

/** Runs a step that may be repeated, on Windows for up to two seconds while somebody may hold its file. `isFinal` ends that early. Throws what the step throws. */
export async function patiently<T>(step: () => Promise<T>, isFinal: (error: unknown) => boolean | Promise<boolean> = () => false): Promise<T> {
  for (const delayMs of process.platform === "win32" ? RETRY_DELAYS_MS : []) {
    try {
      return await step();
    } catch (error) {
      if (!isPerhapsHeld(error) || (await isFinal(error))) throw error;
      await sleep(delayMs);
    }
  }
  return await step();
}

/** Removes a folder with all that is in it; one that is not there is as good. Throws the system's errors. */
export async function removeFolder(path: string): Promise<void> {
  // Windows frees the files of an ended process, such as a server's, a moment late.
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Removes a file; one that is not there is as good. Throws the system's errors. */
export async function removeFile(path: string): Promise<void> {
  await patiently(() => rm(path, { force: true }));
}
