/** What a site and a folder hold, as values to compare: to prove that a failure changed nothing. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { recordHash } from "../../electron/engine/account.ts";
import type { TestSite } from "./site.ts";

/** Every file and folder below, by its path: mode and bytes. Null when the folder is not there. */
export function snapshotFolder(folder: string): Record<string, string> | null {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return null;
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry): [string, string] => {
    const path = join(entry.parentPath, entry.name);
    const mode = (statSync(path).mode & 0o777).toString(8);
    return [relative(folder, path), entry.isFile() ? `${mode} ${readFileSync(path, "latin1")}` : `${mode} folder`];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every record by its id; null when the collection is missing. */
export async function snapshotSite(site: TestSite): Promise<Record<string, string> | null> {
  if ((await site.connection.findCollection(site.collectionName)) === null) return null;
  const records = await site.read();
  return Object.fromEntries([...records].map(([id, record]) => [id, recordHash(record)] as const).sort());
}
