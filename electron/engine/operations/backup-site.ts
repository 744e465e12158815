/** Backs one site up into its vault: the order of reading, guarding against a shrunken site, writing and naming. */
import { rmdir, stat } from "node:fs/promises";
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { createBackupWriter, type BackupWriter, type FinishedBackup } from "../backup/backup-writer.ts";
import type { BackupChroma, FewerThan } from "../backup/format.ts";
import { openBackup } from "../backup/read-backup.ts";
import { verifyBackup } from "../backup/verify-backup.ts";
import type { ChromaConnection, CollectionInfo } from "../chroma/connection.ts";
import { readRecords } from "../chroma/read-records.ts";
import { bothAtOnce } from "../both-at-once.ts";
import { sideOfBackup } from "../diff/side.ts";
import { createPresence, type Presence } from "../presence.ts";
import { PROGRAM } from "../program.ts";
import type { AccountRecord, Problem } from "../record.ts";
import type { NewestGood, Vault, VaultEntry } from "../vault/vault.ts";
import { openVault } from "../vault/vault.ts";
import { withVaultLock } from "../vault/lock.ts";
import { timeOfNew } from "./backup-time.ts";
import { namedLaterCopies } from "./later-copies.ts";
import { collectionNotFound } from "./make-variable.ts";
import { olderVersions } from "./older-versions.ts";
import { fewerThanBefore, noAccountsYet, refuseLockedNewest, siteEmpty, type GuardedBackup } from "./shrink-guard.ts";
import { siteKey, withSiteLock } from "./site-lock.ts";
import { isOfSameCollection, noteAddress, originOf, refuseOtherAddress, refuseOtherCollection, type BackupOrigin } from "./whose-vault.ts";

export interface BackupSiteRequest {
  readonly connection: ChromaConnection;
  readonly collectionName: string;
  /** The site as people know it: address or folder, no credentials. */
  readonly site: string;
  /** The vault; made when missing. */
  readonly folder: string;
  /** Opens the locked backups in the vault. */
  readonly passphrase?: string | undefined;
  /** Locks the new one with it, in the age format. Default: when there is a passphrase. */
  readonly encrypt?: boolean | undefined;
  /** The owner says that it is right that some are gone. Otherwise such a backup is kept apart. */
  readonly acceptFewer?: boolean | undefined;
  /** The time a backup is stamped with, but never before those there are. Default: now. */
  readonly now?: (() => Date) | undefined;
}

export interface BackupReport {
  /** unchanged: the newest backup holds the same accounts and was just read back; no file was made. */
  readonly outcome: "written" | "unchanged";
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly encrypted: boolean;
  readonly timestamp: Date;
  /** Accounts in the backup, and records, which also counts what is no account. */
  readonly accounts: number;
  readonly records: number;
  readonly problemCount: number;
  /** The first of them. */
  readonly problems: readonly Problem[];
  /** Set when this backup lacks accounts of the newest one and was therefore kept apart, in `short/`. */
  readonly fewerThan: FewerThan | null;
  /** Whom it lacks, by id. */
  readonly missing: readonly string[];
  /** Set when somebody came back after a wipe, and not by us, in an older version than the newest backup until now holds. */
  readonly olderVersions: OlderVersions | null;
  /** Newer files in the vault that cannot be used. */
  readonly passedOver: readonly VaultEntry[];
}

export interface OlderVersions {
  /** The backup that holds them as they were; under the name it has since. */
  readonly backup: string;
  readonly ids: readonly string[];
}

/**
 * Reads the whole site and writes one backup, verified by reading it back. Content that the newest backup holds already
 * makes no new file. A site that lacks accounts of the newest backup is kept apart and flagged, an empty one refused,
 * unless `acceptFewer`.
 * Throws COLLECTION_NOT_FOUND, SITE_EMPTY, NO_ACCOUNTS_YET (an empty site that was never backed up), PASSPHRASE_NEEDED
 * or PASSPHRASE_WRONG (the newest backup is locked), OTHER_SITE (the folder holds another site's backups), the codes of
 * `ChromaConnection`, of the vault (FOLDER_NOT_WRITABLE, DISK_FULL, …), VERIFICATION_FAILED, BUSY, CANCELLED. Whatever ends
 * it, earlier backups are untouched, and no part of a file nor a new empty folder is left.
 */
export async function backupSite(request: BackupSiteRequest, options: OperationOptions = {}): Promise<BackupReport> {
  throwIfCancelled(options.signal);
  const { folder } = request;
  const work = async (signal: AbortSignal): Promise<BackupReport> => {
    const isThere = await stat(folder).catch(() => null);
    const vault = await openVault(folder, { create: true });
    try {
      return await withVaultLock(folder, async (lockSignal) => await backupInto(vault, request, { ...options, signal: lockSignal }), { signal });
    } catch (error) {
      // Made for nothing. What anybody has put into it meanwhile keeps it.
      if (isThere === null) await rmdir(folder).catch(() => undefined);
      throw error;
    }
  };
  // The folder is made and taken away inside: another backup of this site would find it gone under its hands.
  return await withSiteLock(siteKey(request), work, { signal: options.signal });
}

async function backupInto(vault: Vault, request: BackupSiteRequest, options: OperationOptions): Promise<BackupReport> {
  const { connection, collectionName, passphrase } = request;
  const [good, found] = await bothAtOnce(
    async (theirs) => {
      const newest = await vault.newestGood({ passphrase, signal: theirs.signal });
      refuseLockedNewest(newest);
      return newest;
    },
    async (theirs) => await beginReading(connection, collectionName, theirs),
    options,
  );
  if (found === null) throw collectionNotFound(collectionName, good.newest?.verified.accountCount);
  const { collection, pages } = found;
  const origin = originOf(good);
  const isSame = isOfSameCollection(origin, collection.id);
  // Pruning goes by the newest of a folder: the backups of two collections would push each other out.
  if (!isSame) refuseOtherCollection(origin, request);
  const writer = await createBackupWriter(vault.folder, { signal: options.signal });
  try {
    const startedAt = request.now?.() ?? new Date();
    const site = createPresence();
    for await (const page of pages) {
      // Only to find out who is missing; kept for a million accounts it takes more memory than all the rest.
      if (good.newest !== null) site.add(page);
      await writer.add(page);
    }
    const wanted: WantedBackup = { chroma: chromaOf(collection), encrypted: lockWith(request) !== undefined };
    const rest = { problems: writer.problems, passedOver: good.passedOver };

    // The owner's word about who was kept apart since needs a backup that is newer than theirs.
    const mustBeNewer = request.acceptFewer === true && (await hasLaterApart(vault, good, options));
    if (request.acceptFewer === true && origin !== null && !isSame && origin.site !== request.site) await refuseOthersPeople(good, origin, site, request, options);
    const newest = mustBeNewer ? null : sameAsNewest(good, writer, wanted);
    if (newest !== null) {
      await writer.abandon();
      await noteAddress(origin, request.site, vault.folder);
      return { ...newest, ...rest, missing: [] };
    }
    const shrunk = request.acceptFewer === true ? null : await fewerThanBefore(await allBefore(vault, good, request, options), site, options);
    const { fewerThan, missing } = shrunk ?? { fewerThan: null, missing: [] };
    if (writer.counts.records === 0 && fewerThan !== null) throw siteEmpty(fewerThan);
    if (writer.counts.records === 0 && request.acceptFewer !== true) throw noAccountsYet(good);
    const short = fewerThan === null ? null : await sameAsShort(vault, writer, wanted, request, options);
    if (short !== null) {
      await writer.abandon();
      return { ...short, ...rest, missing };
    }

    const timestamp = await timeOfNew(vault, good.newest === null ? [] : [good.newest.entry], startedAt, { signal: options.signal });
    const info = { site: request.site, chroma: wanted.chroma, fewerThan, timestamp, madeBy: PROGRAM };
    const finished = await writer.finish(info, { passphrase: lockWith(request), onProgress: options.onProgress });
    // One kept apart does not become the newest.
    const older = fewerThan === null && !isSame ? await cameBackOlder(good, finished, request, options) : [];
    const { name, path, renamed } = await vault.place(finished, { kind: fewerThan === null ? "normal" : "short" });
    if (fewerThan === null || isSame) await noteAddress(origin, request.site, vault.folder);
    const before = good.newest?.entry.path ?? "";
    return { outcome: "written", name, path, ...describe(finished), olderVersions: older.length === 0 ? null : { backup: basename(renamed.get(before) ?? before), ids: older }, ...rest, missing };
  } catch (error) {
    // The first failure is the one to tell.
    await writer.abandon().catch(() => undefined);
    throw error;
  }
}

function lockWith({ passphrase, encrypt = true }: BackupSiteRequest): string | undefined {
  return encrypt ? passphrase : undefined;
}

/**
 * Copies what is on the site into the vault's `safety/` folder, before something is written to it. The caller holds the
 * site's lock. Throws as `backupSite`.
 */
export async function makeSafetyBackup(request: Omit<BackupSiteRequest, "acceptFewer">, collection: CollectionInfo, options: OperationOptions = {}): Promise<string> {
  const vault = await openVault(request.folder, { create: true });
  return await withVaultLock(
    vault.folder,
    async (signal) => {
      const writer = await createBackupWriter(vault.folder, { signal });
      try {
        const onProgress: OperationOptions["onProgress"] = (progress) => options.onProgress?.({ ...progress, phase: "safety_backup" });
        for await (const page of readRecords(request.connection, collection.id, { signal, onProgress, withVectors: true })) await writer.add(page);
        const timestamp = await timeOfNew(vault, await vault.list({ shelf: "normal", signal }), request.now?.() ?? new Date(), { signal });
        const info = { site: request.site, chroma: chromaOf(collection), fewerThan: null, timestamp, madeBy: PROGRAM };
        return (await vault.place(await writer.finish(info, { passphrase: request.passphrase }), { kind: "safety" })).path;
      } catch (error) {
        await writer.abandon().catch(() => undefined);
        throw error;
      }
    },
    { signal: options.signal },
  );
}

/** The collection and its records, of which the first page is there. Null: there is no such collection. */
async function beginReading(connection: ChromaConnection, name: string, options: OperationOptions): Promise<{ collection: CollectionInfo; pages: AsyncIterable<AccountRecord[]> } | null> {
  const collection = await connection.findCollection(name, { signal: options.signal });
  if (collection === null) return null;
  const pages = readRecords(connection, collection.id, { ...options, withVectors: true });
  const first = await pages.next();
  return { collection, pages: first.done === true ? pages : startingWith(first.value, pages) };
}

async function* startingWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

function chromaOf(collection: CollectionInfo): BackupChroma {
  const { id, name, metadata, configuration, schema, dimension, tenant, database } = collection;
  return { tenant, database, collection: { id, name, metadata, configuration, schema, dimension } };
}

/**
 * Its owner accepts that people are gone, and at this address nobody has backed up before: with more than half of them gone
 * it is another site. Among the normal ones its backup would be the newest, and bring the wrong people back to the first.
 */
async function refuseOthersPeople(good: NewestGood, origin: BackupOrigin | null, people: Presence, request: BackupSiteRequest, options: OperationOptions): Promise<void> {
  const { folder, passphrase } = request;
  const missing = (await fewerThanBefore(await newestBefore(good, passphrase, options), people, options))?.missing.length ?? 0;
  if (people.size > 0 && missing * 2 > (good.newest?.verified.recordCount ?? 0)) await refuseOtherAddress(origin, request.site, folder);
}

async function newestBefore({ newest }: NewestGood, passphrase: string | undefined, { signal }: OperationOptions): Promise<GuardedBackup[]> {
  return newest === null ? [] : [{ name: newest.entry.name, accounts: newest.verified.accountCount, backup: await openBackup({ path: newest.entry.path }, { passphrase, signal }) }];
}

/** Once this backup is the newest, nobody would be brought back from the copies before it, either. */
async function allBefore(vault: Vault, good: NewestGood, { connection, collectionName, site, passphrase }: BackupSiteRequest, options: OperationOptions): Promise<GuardedBackup[]> {
  const [newest] = await newestBefore(good, passphrase, options);
  if (newest === undefined) return [];
  const later = await namedLaterCopies({ vault, restored: newest.backup, connection, site, collectionName, passphrase }, options);
  return [newest, ...later.map(({ copy, accounts, path }) => ({ name: basename(path), accounts, backup: copy }))];
}

/**
 * In a collection that was made anew since the newest backup. Nobody can be put right here, for a backup writes nothing to a
 * site; and once this one is the newest, nobody would notice.
 */
async function cameBackOlder({ newest }: NewestGood, finished: FinishedBackup, { passphrase }: BackupSiteRequest, { signal }: OperationOptions): Promise<string[]> {
  if (newest === null) return [];
  const before = await openBackup({ path: newest.entry.path }, { passphrase, signal });
  const now = await openBackup({ path: finished.tempPath }, { passphrase, signal });
  return await olderVersions(before, { side: sideOfBackup(now), byIds: (ids) => now.records({ only: new Set(ids) }) }, { signal });
}

/** What a backup has to be besides its content, to be the same as the one that would be written. */
interface WantedBackup {
  /** With the collection's id: after a wipe it is another one, and the newest backup must know it. */
  readonly chroma: BackupChroma;
  readonly encrypted: boolean;
}

type Unchanged = Omit<BackupReport, "missing" | "problems" | "passedOver">;

/** The newest good backup, just read back, when it holds exactly what was read from the site. */
function sameAsNewest({ newest }: NewestGood, writer: BackupWriter, wanted: WantedBackup): Unchanged | null {
  if (newest === null) return null;
  const { entry, verified } = newest;
  const isSame =
    verified.digest?.content === writer.contentDigest() &&
    verified.problemCount === writer.counts.problems &&
    verified.encrypted === wanted.encrypted &&
    isDeepStrictEqual(verified.chroma, wanted.chroma);
  return isSame ? unchangedReport(entry, verified.timestamp, writer, null) : null;
}

/** Short ones, and copies made before a restore: both are asked for who is only there. */
async function hasLaterApart(vault: Vault, { newest }: NewestGood, { signal }: OperationOptions): Promise<boolean> {
  const since = newest?.verified.timestamp?.getTime() ?? -Infinity;
  return (await vault.list({ signal })).some(({ shelf, timestamp }) => shelf !== "normal" && (timestamp?.getTime() ?? -Infinity) > since);
}

/** A short site is looked at again and again; one short backup of each content is enough. */
async function sameAsShort(vault: Vault, writer: BackupWriter, wanted: WantedBackup, request: BackupSiteRequest, options: OperationOptions): Promise<Unchanged | null> {
  const { passphrase } = request;
  const entries = await vault.list({ shelf: "short", signal: options.signal, passphrase });
  const entry = entries.find(({ content, encrypted }) => content === writer.contentDigest() && encrypted === wanted.encrypted);
  if (entry === undefined) return null;
  const verified = await verifyBackup({ path: entry.path }, { passphrase, signal: options.signal });
  const isSame = verified.problemCount === writer.counts.problems && isDeepStrictEqual(verified.chroma, wanted.chroma);
  return isSame ? unchangedReport(entry, verified.timestamp, writer, entry.fewerThan) : null;
}

function unchangedReport(entry: VaultEntry, timestamp: Date | null, writer: BackupWriter, fewerThan: FewerThan | null): Unchanged {
  const { name, path, sizeBytes, encrypted } = entry;
  const { accounts, records, problems } = writer.counts;
  return { outcome: "unchanged", name, path, sizeBytes, encrypted, timestamp: timestamp ?? new Date(0), accounts, records, problemCount: problems, fewerThan, olderVersions: null };
}

function describe(finished: FinishedBackup): Pick<BackupReport, "sizeBytes" | "encrypted" | "timestamp" | "accounts" | "records" | "problemCount" | "fewerThan"> {
  const { sizeBytes, encrypted, timestamp, counts, head } = finished;
  return { sizeBytes, encrypted, timestamp, accounts: counts.accounts, records: counts.records, problemCount: counts.problems, fewerThan: head.account_keeper.fewer_than };
}
