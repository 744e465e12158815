/**
 * What has to be known of a redeploy after this program was closed in the middle of it. Written before Render is asked
 * to deploy, so that a deploy is never forgotten; it holds no key and nothing of an account.
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { KeeperError } from "../../../shared/errors.ts";
import { asWriteError, systemCode } from "../backup/file-errors.ts";
import { writeSmallFile } from "../vault/atomic.ts";

const JOURNAL_NAME = "account-keeper-redeploy.json";
const time = z.iso.datetime();

const journalSchema = z.object({
  version: z.literal(1),
  serviceId: z.string(),
  /** When Render was asked to deploy. */
  askedAt: time,
  /** Null: Render's answer never came, so nobody knows whether it deploys. */
  deployId: z.string().nullable(),
  /** The newest deploy there was before; null: there was none. */
  deployBefore: z.string().nullable().default(null),
  /** How many accounts were on the site. */
  accounts: z.number(),
  collectionId: z.string().nullable(),
  downAt: time.nullable(),
  backAt: time.nullable(),
  wipedAt: time.nullable(),
  /** How many were brought back so far. */
  restored: z.number(),
  /** How many of those were put right that had come back in an older version. */
  putRight: z.number(),
});
export type RedeployJournal = z.infer<typeof journalSchema>;

/**
 * Null: no redeploy is under way in this vault. Throws FILE_UNREADABLE when there is a journal that cannot be read: taken
 * for none, a second deploy would be begun beside the first.
 */
export async function readJournal(folder: string): Promise<RedeployJournal | null> {
  try {
    return journalSchema.parse(JSON.parse(await readFile(join(folder, JOURNAL_NAME), "utf8")));
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return null;
    throw new KeeperError("FILE_UNREADABLE", `The note of an earlier redeploy, ${JOURNAL_NAME} in your backup folder, cannot be read.`, {
      hint: "Look in Render whether a deploy is under way. When none is, delete that file and start again; your backups are not touched by it.",
      cause: error,
    });
  }
}

/** Throws FOLDER_NOT_WRITABLE, DISK_FULL; then the journal is as it was. */
export async function writeJournal(folder: string, journal: RedeployJournal): Promise<void> {
  try {
    await writeSmallFile(join(folder, JOURNAL_NAME), `${JSON.stringify(journal satisfies z.input<typeof journalSchema>)}\n`);
  } catch (error) {
    throw asWriteError(error);
  }
}

/** Throws FOLDER_NOT_WRITABLE. */
export async function removeJournal(folder: string): Promise<void> {
  try {
    await rm(join(folder, JOURNAL_NAME), { force: true });
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw asWriteError(error);
  }
}
