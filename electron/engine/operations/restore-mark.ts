/**
 * Says in the vault that a restore of everyone is under way. Where it died half-way the site looks like one with
 * accounts, or with deletions; the mark tells that it has to go on.
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeSmallFile } from "../vault/atomic.ts";

const MARK_NAME = "account-keeper-restoring.json";
const markSchema = z.object({ collection: z.string(), collection_id: z.string().nullable() });

export interface RestoreMark {
  readonly collectionName: string;
  /** Null: the collection was missing and had to be made. */
  readonly collectionId: string | null;
}

/** Null when no restore is under way, as far as can be told. Never throws. */
export async function readRestoreMark(folder: string): Promise<RestoreMark | null> {
  try {
    const { collection, collection_id } = markSchema.parse(JSON.parse(await readFile(join(folder, MARK_NAME), "utf8")));
    return { collectionName: collection, collectionId: collection_id };
  } catch {
    return null;
  }
}

/** Never throws: a full disk must not keep anybody from coming back. */
export async function setRestoreMark(folder: string, { collectionName, collectionId }: RestoreMark): Promise<void> {
  const mark = { collection: collectionName, collection_id: collectionId } satisfies z.input<typeof markSchema>;
  await writeSmallFile(join(folder, MARK_NAME), `${JSON.stringify(mark)}\n`).catch(() => undefined);
}

/** Never throws: a mark that stays is cleared when everybody is there. */
export async function clearRestoreMark(folder: string): Promise<void> {
  await rm(join(folder, MARK_NAME), { force: true }).catch(() => undefined);
}
