/** Backups of any age in a folder, written by the product's own writer. */
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { createBackupWriter } from "../../electron/engine/backup/backup-writer.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import { timedName } from "../../electron/engine/vault/names.ts";
import type { TestSite } from "./site.ts";

/** One backup of `records` for each of `times`, as if it had been made of `site` then. Returns their names. */
export async function writeBackups(folder: string, site: TestSite, records: readonly AccountRecord[], times: readonly Date[]): Promise<string[]> {
  const { id, name, metadata, configuration, schema, dimension } = await site.collection();
  const { tenant, database } = site.connection;
  const chroma = { tenant, database, collection: { id, name, metadata, configuration, schema, dimension } };
  const names: string[] = [];
  await mkdir(folder, { recursive: true });
  for (const timestamp of times) {
    const writer = await createBackupWriter(folder);
    await writer.add(records);
    const { tempPath } = await writer.finish({ site: site.site, chroma, fewerThan: null, timestamp, madeBy: "account-keeper tests" });
    const fileName = timedName(timestamp, false);
    await rename(tempPath, join(folder, fileName));
    names.push(fileName);
  }
  return names;
}
