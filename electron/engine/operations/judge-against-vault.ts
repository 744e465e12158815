/** Looks at a site beside its vault and says what has happened since the newest backup. Reads only; who asks acts. */
import type { OperationOptions } from "../../../shared/progress.ts";
import { createContentDigest, recordHash } from "../account.ts";
import { openBackup } from "../backup/read-backup.ts";
import type { ChromaConnection } from "../chroma/connection.ts";
import { listIds, readRecords } from "../chroma/read-records.ts";
import { createPresence, missingFrom } from "../presence.ts";
import { lookUpCollection } from "../restore/plan-restore.ts";
import { openVault } from "../vault/vault.ts";
import { laterCopies, missingFromAll } from "./later-copies.ts";
import { clearRestoreMark, readRestoreMark } from "./restore-mark.ts";
import { refuseUnreadable } from "./shrink-guard.ts";
import { judge, type KnownSite, type Verdict } from "./verdict.ts";
import { isOfSameCollection, noteAddress, originOf, refuseOtherAddress, refuseOtherCollection, type SiteOfVault } from "./whose-vault.ts";

export interface JudgedSite extends SiteOfVault {
  /** The vault. Never made here: where its drive is gone an empty one would call a wiped site a new one. */
  readonly folder: string;
  readonly passphrase?: string | undefined;
}

/** What two requests tell. */
export interface Glance {
  /** Null: the collection, or its whole database, is missing. */
  readonly collectionId: string | null;
  readonly accounts: number;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** The newest good backup, and what it says of itself. */
  readonly newest: { readonly name: string; readonly accounts: number; readonly collectionId: string | null; readonly content: string | null } | null;
}

/** Two requests: the collection, and how many are in it. Throws the codes of `ChromaConnection`, CANCELLED. */
export async function glanceAtSite({ connection, collectionName }: Pick<JudgedSite, "connection" | "collectionName">, { signal }: OperationOptions = {}): Promise<Glance> {
  const { collection } = await lookUpCollection(connection, collectionName, { signal });
  return collection === null ? { collectionId: null, accounts: 0 } : { collectionId: collection.id, accounts: await connection.count(collection.id, { signal }) };
}

/**
 * Everything on the site as one digest. Compared with a backup's it tells whether anything changed, for a tenth of the
 * bytes that a backup reads. Throws the codes of `ChromaConnection`, CANCELLED.
 */
export async function contentOfSite(connection: ChromaConnection, { collectionId }: Glance, { signal }: OperationOptions = {}): Promise<string> {
  const digest = createContentDigest();
  if (collectionId !== null) {
    for await (const page of readRecords(connection, collectionId, { signal, withVectors: false })) for (const record of page) digest.add(recordHash(record));
  }
  return digest.hex();
}

/**
 * Compares the site, as it was `seen`, with the newest good backup and the copies kept apart since. A finished restore's
 * mark is cleared. Throws OTHER_SITE (somebody is missing, and the vault is another site's), PASSPHRASE_NEEDED,
 * PASSPHRASE_WRONG or BACKUP_DAMAGED (nobody is on the site, and no backup can be read that may say otherwise), the codes of `ChromaConnection`
 * and of the vault, CANCELLED.
 */
export async function judgeAgainstVault({ connection, collectionName, folder, passphrase }: JudgedSite, seen: Glance, { signal }: OperationOptions = {}): Promise<Judgement> {
  const vault = await openVault(folder);
  const good = await vault.newestGood({ passphrase, signal });
  const { newest } = good;
  if (newest === null && seen.accounts === 0) refuseUnreadable(good);
  if (newest === null) return { verdict: judge(null, { ...seen, missing: [], stayed: 0, isHalfRestored: false }), newest: null };
  const { chroma, digest, recordCount, accountCount } = newest.verified;
  const backup = await openBackup({ path: newest.entry.path }, { passphrase, signal });
  const later = await laterCopies({ connection, site: connection.address, collectionName, vault, restored: backup, passphrase }, { signal });
  const presence = createPresence();
  let stayed = 0;
  if (seen.collectionId !== null) {
    // Ids are enough as long as nobody is missing; e-mail addresses are read only to tell who signed up again.
    const ids = await listIds(connection, seen.collectionId, { signal });
    presence.addIds(ids);
    const absent = await missingFrom(presence, backup, { signal });
    stayed = recordCount - absent.length;
    if (absent.length > 0 || later.length > 0) {
      for await (const page of readRecords(connection, seen.collectionId, { signal, withVectors: false })) presence.add(page);
    }
  }
  const missing = await missingFromAll(presence, [...later, backup], { signal });
  const mark = await readRestoreMark(folder);
  const isHalfRestored = mark !== null && mark.collectionId === seen.collectionId;
  const origin = originOf(good);
  const isSame = isOfSameCollection(origin, seen.collectionId);
  if (missing.length > 0) {
    if (!isSame) refuseOtherCollection(origin, { connection, collectionName });
    // An empty one may be ours that has moved.
    if (!isSame && seen.accounts > 0 && !isHalfRestored) await refuseOtherAddress(origin, connection.address, folder);
  }
  if (isSame || (missing.length === 0 && seen.accounts > 0)) await noteAddress(origin, connection.address, folder);
  const known: KnownSite = { collectionId: chroma?.collection.id ?? null, accounts: recordCount, isThisSite: origin !== null };
  const verdict = judge(known, { ...seen, stayed, missing, isHalfRestored });
  // Whoever deletes somebody from now on means it.
  if (mark !== null && verdict.kind === "all_there") await clearRestoreMark(folder);
  return { verdict, newest: { name: newest.entry.name, accounts: accountCount, collectionId: known.collectionId, content: digest?.content ?? null } };
}
