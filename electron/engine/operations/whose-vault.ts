/**
 * A folder of backups is one site's: what is brought back from it unasked must never go to another. Its newest backup says
 * whose it is, by the collection it was read from and the address that had.
 */
import { KeeperError } from "../../../shared/errors.ts";
import type { BackupChroma } from "../backup/format.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import type { ChromaConnection } from "../chroma/connection.ts";
import type { NewestGood } from "../vault/vault.ts";
import { noteAddresses, readKnownAddresses } from "./known-addresses.ts";
import type { OpenSite } from "./restore-target.ts";

export interface SiteOfVault {
  readonly connection: ChromaConnection;
  readonly collectionName: string;
}

/** What a backup says of where it was read, as its head does. */
export interface BackupOrigin {
  readonly site: string;
  readonly chroma: BackupChroma;
}

/** Of the newest good backup; where another program wrote that, of ours before it. Null: nothing in the vault tells. */
export function originOf({ newest }: NewestGood): BackupOrigin | null {
  if (newest === null) return null;
  const { site, chroma } = newest.verified;
  return site === null || chroma === null ? (newest.ours?.head?.account_keeper ?? null) : { site, chroma };
}

/** The very collection that was backed up, under whatever address. */
export function isOfSameCollection(origin: BackupOrigin | null, collectionId: string | null): boolean {
  return origin !== null && origin.chroma.collection.id === collectionId;
}

/** For a site that was found to be the vault's: from now on it is known by this address too. Never throws. */
export async function noteAddress(origin: BackupOrigin | null, address: string, folder: string): Promise<void> {
  if (origin !== null && origin.site !== address) await noteAddresses(folder, [origin.site, address]);
}

/** Another one by the names of collection, database and tenant: a wipe changes every id. */
export function isOfOtherCollection({ chroma }: BackupOrigin, { connection, collectionName }: SiteOfVault): boolean {
  const { collection, tenant, database } = chroma;
  return collection.name !== collectionName || tenant !== connection.tenant || database !== connection.database;
}

/** Throws OTHER_SITE when the backup is from another collection. Null, another program's, tells nothing. */
export function refuseOtherCollection(origin: BackupOrigin | null, site: SiteOfVault): void {
  if (origin !== null && isOfOtherCollection(origin, site)) throw otherSite(`The backups in this folder are of another collection, "${origin.chroma.collection.name}".`);
}

/** Throws OTHER_SITE when the backup is from an address that nobody knows for this site's. */
export async function refuseOtherAddress(origin: BackupOrigin | null, address: string, folder: string): Promise<void> {
  if (origin === null || origin.site === address || (await readKnownAddresses(folder)).includes(address)) return;
  throw otherSite(`The backups in this folder are of another site, ${origin.site}.`);
}

/**
 * What `backup` says of where it was read, when that is not `site` by any address that the vault in `folder` knows for it;
 * null also where it does not tell. Nothing is refused: a site may have moved, and whoever restores by hand is asked.
 */
export async function otherOriginOf({ head }: Pick<OpenBackup, "head">, { site, collectionName }: Pick<OpenSite, "site" | "collectionName">, folder: string): Promise<BackupOrigin | null> {
  const origin = head?.account_keeper ?? null;
  if (origin === null) return null;
  const isKnown = origin.site === site || (await readKnownAddresses(folder)).includes(site);
  return isKnown && origin.chroma.collection.name === collectionName ? null : origin;
}

function otherSite(message: string): KeeperError {
  return new KeeperError("OTHER_SITE", message, { hint: "Choose another folder for this site. If it is the same one, bring its accounts back by hand once." });
}
