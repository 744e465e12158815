/**
 * A folder of backups is one site's: what is brought back from it unasked must never go to another. Its newest backup says
 * whose it is, by the collection it was read from and the address that had.
 */
import { KeeperError } from "../../../shared/errors.ts";
import type { BackupHead } from "../backup/format.ts";
import type { ChromaConnection } from "../chroma/connection.ts";

export interface SiteOfVault {
  readonly connection: ChromaConnection;
  readonly collectionName: string;
}

/** By the names of collection, database and tenant: a wipe changes every id. False where the backup is another program's, which tells none. */
export function isOfOtherCollection(head: BackupHead | null, { connection, collectionName }: SiteOfVault): boolean {
  if (head === null) return false;
  const { collection, tenant, database } = head.account_keeper.chroma;
  return collection.name !== collectionName || tenant !== connection.tenant || database !== connection.database;
}

/** Throws OTHER_SITE when the backup is from another collection. */
export function refuseOtherCollection(head: BackupHead | null, site: SiteOfVault): void {
  if (head !== null && isOfOtherCollection(head, site)) throw otherSite(`The backups in this folder are of another collection, "${head.account_keeper.chroma.collection.name}".`);
}

/**
 * Throws OTHER_SITE when the backup is from another address. For a site with accounts that lacks some of the backup's:
 * an empty one may be ours that has moved, and where nobody is missing nothing is brought back.
 */
export function refuseOtherAddress(head: BackupHead | null, { connection }: SiteOfVault): void {
  if (head !== null && head.account_keeper.site !== connection.address) throw otherSite(`The backups in this folder are of another site, ${head.account_keeper.site}.`);
}

function otherSite(message: string): KeeperError {
  return new KeeperError("OTHER_SITE", message, { hint: "Choose another folder for this site. If it is the same one, bring its accounts back by hand once." });
}
