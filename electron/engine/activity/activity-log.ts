/**
 * The activity of one vault, kept across restarts: one JSON object a line, in the vault itself, so that the window, the
 * command line and a backend see one history.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isKeeperError } from "../../../shared/errors.ts";
import { asReadError, asWriteError, systemCode } from "../backup/file-errors.ts";
import { openPlainFile, READ_AND_APPEND, readEndOf } from "../backup/plain-file.ts";
import { replaceFile } from "../vault/atomic.ts";
import { withVaultLock } from "../vault/lock.ts";
import { activitySchema, type Activity, type ActivityNews } from "./activity.ts";

const LOG_NAME = "account-keeper-activity.jsonl";
const OLDER_LOG_NAME = "account-keeper-activity.1.jsonl";
/** Some ten thousand lines; the log before this one is kept too. */
const MAX_LOG_BYTES = 4 * 1024 * 1024;
/** A log that we wrote is hardly longer than its limit. */
const MAX_READ_BYTES = 2 * MAX_LOG_BYTES;
const LINE_FEED = 0x0a;

/**
 * Appends one line, mode 0600. Lines of several processes never mix: one append is one write.
 * Throws FOLDER_NOT_WRITABLE, FOLDER_NOT_FOUND, DISK_FULL.
 */
export async function recordActivity(folder: string, activity: Activity): Promise<void> {
  try {
    if (await isFull(folder)) await beginNewLog(folder);
    await appendLine(join(folder, LOG_NAME), JSON.stringify(activity));
  } catch (error) {
    throw asWriteError(error);
  }
}

/** As `recordActivity`, for whoever has other work to do: where the log cannot be written no backup can be either, and that is told. */
export async function noteActivity(folder: string, site: string, news: ActivityNews, now = new Date()): Promise<void> {
  await recordActivity(folder, { at: now.toISOString(), site, ...news }).catch(() => undefined);
}

async function isFull(folder: string): Promise<boolean> {
  const found = await stat(join(folder, LOG_NAME)).catch(() => null);
  return found !== null && found.size > MAX_LOG_BYTES;
}

/** One at a time: of two processes the second would put a log of one line in the place of the older one. */
async function beginNewLog(folder: string): Promise<void> {
  const rotate = async (): Promise<void> => {
    if (await isFull(folder)) await replaceFile(join(folder, LOG_NAME), join(folder, OLDER_LOG_NAME));
  };
  try {
    await withVaultLock(folder, rotate, { purpose: "log", waitMs: 0 });
  } catch (error) {
    // Somebody else is at it.
    if (!isKeeperError(error, "BUSY")) throw error;
  }
}

async function appendLine(path: string, line: string): Promise<void> {
  const handle = await openPlainFile(path, READ_AND_APPEND);
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    // Whoever died in the middle of a line must not take this one along.
    const isTorn = bytesRead > 0 && buffer[0] !== LINE_FEED;
    await handle.appendFile(`${isTorn ? "\n" : ""}${line}\n`);
  } finally {
    await handle.close();
  }
}

/**
 * The last `limit` activities, oldest first. A line that cannot be read is left out: a crash in the middle of it, or a
 * later version's kind. Throws FILE_UNREADABLE.
 */
export async function readActivity(folder: string, limit: number): Promise<Activity[]> {
  const texts = await Promise.all([OLDER_LOG_NAME, LOG_NAME].map(async (name) => await readIfThere(join(folder, name))));
  const activities = texts
    .join("\n")
    .split("\n")
    .flatMap((line) => {
      const parsed = activitySchema.safeParse(parseLine(line));
      return parsed.success ? [parsed.data] : [];
    });
  return activities.slice(Math.max(0, activities.length - limit));
}

async function readIfThere(path: string): Promise<string> {
  try {
    return (await readEndOf(path, MAX_READ_BYTES)).toString("utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return "";
    throw asReadError(error);
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
