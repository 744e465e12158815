/** Where a copy of a backup goes: over no file that nobody was asked about, and never among the backups of a site. */
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { asWriteError, systemCode } from "../../engine/backup/file-errors.ts";
import type { Services } from "../services.ts";
import { siteWithBackupsIn, vaultTaken } from "../sites/site-vaults.ts";

export interface ExportTarget {
  readonly path: string;
  /** What has that name stays: the copy takes a free one. */
  readonly keepOthers: boolean;
}

/**
 * `picked` is a folder, or a file that may not be there yet. Throws SITE_EXISTS for the folder of a site's backups, where a
 * copy would be taken for one of them; FOLDER_NOT_WRITABLE, FOLDER_NOT_FOUND.
 */
export async function exportTarget({ ports, store }: Pick<Services, "ports" | "store">, picked: string, name: string): Promise<ExportTarget> {
  const isFolder = await isFolderAt(picked);
  const path = isFolder ? join(picked, basename(name)) : picked;
  const other = await siteWithBackupsIn(store.value.sites, dirname(path));
  if (other !== undefined) throw vaultTaken(other, "Choose another folder for the copy.");
  // The system's dialog asks before it names a file that is there. The page's browser of folders does not.
  return { path, keepOthers: isFolder || ports.dialogs === null };
}

async function isFolderAt(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw asWriteError(error);
  }
}
