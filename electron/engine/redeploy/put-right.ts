/**
 * A site that restores itself from an old variable brings people back as they were when it was made: with an old
 * password, or without what their record held besides. Who came back like that is put right from the backup.
 */
import { VARIABLE_NAME } from "../../../shared/eligibility.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { accountHash } from "../account.ts";
import { openBackup } from "../backup/read-backup.ts";
import { readByIds } from "../chroma/read-records.ts";
import { compareSides } from "../diff/compare.ts";
import { sideOfBackup, sideOfSite } from "../diff/side.ts";
import { chooseBackup, restoreSite } from "../operations/restore-site.ts";
import type { RenderClient } from "../render/render-client.ts";
import { lookUpCollection } from "../restore/plan-restore.ts";
import type { ContactedSite } from "./site-contact.ts";

/**
 * Puts back, from the newest good backup, everyone whose account on the site is exactly what the variable held and
 * differs from the backup. Somebody who changed anything since is left as they are. Returns how many. Throws the codes
 * of `restoreSite` and of `RenderClient`, CANCELLED; what was written until then is right.
 */
export async function putRight(site: ContactedSite, render: RenderClient, serviceId: string, options: OperationOptions): Promise<number> {
  const { signal } = options;
  const { connection, collectionName, folder, passphrase } = site;
  const held = await heldHashes(render, serviceId, options);
  const { collection } = await lookUpCollection(connection, collectionName, { signal });
  if (held.size === 0 || collection === null) return 0;
  const { backup } = await chooseBackup({ kind: "vault", folder }, { passphrase, signal });
  const { changed } = await compareSides(sideOfBackup(backup), sideOfSite(connection, collection), { signal, maxListed: Infinity });
  const candidates = changed.map(({ id }) => id).filter((id) => held.has(id));
  const only: string[] = [];
  for await (const page of readByIds(connection, collection.id, candidates, { signal, withVectors: false })) {
    for (const record of page) if (held.get(record.id) === accountHash(record).toString("base64")) only.push(record.id);
  }
  if (only.length === 0) return 0;
  const { overwritten } = await restoreSite({ ...site, backup, policy: "overwrite", only, plan: null, safetyFolder: folder }, options);
  return overwritten;
}

async function heldHashes(render: RenderClient, serviceId: string, { signal }: OperationOptions): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const text = await render.readVariable(serviceId, VARIABLE_NAME, { signal });
  if (text === null || text.trim() === "") return hashes;
  for await (const page of (await openBackup({ text }, { signal })).records()) for (const record of page) hashes.set(record.id, accountHash(record).toString("base64"));
  return hashes;
}
