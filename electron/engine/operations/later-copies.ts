/**
 * Who is only in copies that a restore from the vault leaves out. While it is not decided whether somebody was deleted on
 * purpose, everyone who signs up is in backups kept apart; and who signed up between two wipes may be in a safety copy only.
 */
import { isKeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import type { BackupHead } from "../backup/format.ts";
import { openBackup, type OpenBackup } from "../backup/read-backup.ts";
import type { ChromaConnection } from "../chroma/connection.ts";
import { readRecords } from "../chroma/read-records.ts";
import { createPresence, missingFrom, type Presence } from "../presence.ts";
import type { AccountRecord } from "../record.ts";
import type { Vault } from "../vault/vault.ts";
import { readKnownAddresses } from "./known-addresses.ts";
import { updatedAt } from "./older-versions.ts";
import { isOfOtherCollection } from "./whose-vault.ts";

/** A name tells whole seconds. */
const NAME_PRECISION_MS = 1_000;

export interface LaterCopiesRequest {
  readonly vault: Vault;
  /** What everybody is restored from. */
  readonly restored: Pick<OpenBackup, "timestamp" | "head">;
  readonly connection: ChromaConnection;
  readonly site: string;
  readonly collectionName: string;
  readonly passphrase?: string | undefined;
}

/**
 * Backups of this very site, kept apart or made before a restore, that are newer than `restored`: newest first, and only
 * those that hold somebody whom the ones before them do not, or in a later version: an undo copies what it takes back.
 * Restored in this order, before the backup itself, everyone comes back; put right from each of them after that, in the
 * newest version there is. What cannot be read is left out. Throws the codes of `Vault.list`, CANCELLED.
 */
export async function laterCopies(request: LaterCopiesRequest, options: OperationOptions = {}): Promise<OpenBackup[]> {
  return (await namedLaterCopies(request, options)).map(({ copy }) => copy);
}

/**
 * Ids of those in `restored` and in the copies later than it who are not on the site: whom a restore of everyone brings
 * back. Reads the site. Null: there are no such copies. Throws as `laterCopies`, and the codes of `ChromaConnection`.
 */
export async function missingWithLater(request: LaterCopiesRequest & { readonly restored: OpenBackup }, collectionId: string | null, options: OperationOptions = {}): Promise<ReadonlySet<string> | null> {
  const later = await laterCopies(request, options);
  if (later.length === 0) return null;
  const site = createPresence();
  if (collectionId !== null) for await (const page of readRecords(request.connection, collectionId, { signal: options.signal, withVectors: false })) site.add(page);
  return new Set(await missingFromAll(site, [...later, request.restored], options));
}

/**
 * Ids of the accounts in `copies`, the latest first, that are not on the site: each person once, as they come back when
 * one copy is restored after the other. Adds them to `site`. Throws the codes of `OpenBackup.records`, CANCELLED.
 */
export async function missingFromAll(site: Presence, copies: readonly OpenBackup[], options: OperationOptions): Promise<string[]> {
  const missing: string[] = [];
  for (const copy of copies) {
    // One by one: a call takes no hundred thousand arguments.
    for (const id of await missingFrom(site, copy, options)) missing.push(id);
    if (copy !== copies.at(-1)) for await (const page of copy.records()) site.add(page);
  }
  return missing;
}

/** A copy that holds people who are neither on the site nor in the backup that was restored. */
export interface LeftOutCopy {
  readonly path: string;
  readonly missing: number;
}

/**
 * What a restore of one backup by hand leaves out: later copies with people who are still not on the site. Reads the
 * site. Throws as `laterCopies`, and the codes of `ChromaConnection`.
 */
export async function leftOutCopies(request: LaterCopiesRequest, collectionId: string, options: OperationOptions = {}): Promise<LeftOutCopy[]> {
  const later = await namedLaterCopies(request, options);
  if (later.length === 0) return [];
  const site = createPresence();
  for await (const page of readRecords(request.connection, collectionId, { signal: options.signal, withVectors: false })) site.add(page);
  const leftOut: LeftOutCopy[] = [];
  for (const { copy, path } of later) {
    const missing = await missingFrom(site, copy, options);
    if (missing.length > 0) leftOut.push({ path, missing: missing.length });
  }
  return leftOut;
}

interface NamedCopy {
  readonly copy: OpenBackup;
  readonly accounts: number;
  readonly path: string;
}

/** As `laterCopies`, with the files they are in and how many accounts each holds. */
export async function namedLaterCopies(request: LaterCopiesRequest, { signal }: OperationOptions): Promise<NamedCopy[]> {
  const { vault, restored, passphrase } = request;
  const since = restored.timestamp;
  // Without the passphrase, that is by their names: to open a locked one takes a second, and most are older.
  const entries = await vault.list({ signal });
  const copies: NamedCopy[] = [];
  const held = createPresence();
  const changes = createLatestChanges();
  const addresses = [request.site, ...(await readKnownAddresses(vault.folder))];
  for (const { shelf, state, timestamp, path } of entries) {
    if (shelf === "normal" || (state !== "good" && (state !== "locked" || passphrase === undefined)) || !isLater(timestamp, since, NAME_PRECISION_MS)) continue;
    try {
      const copy = await openBackup({ path }, { passphrase, signal });
      if (copy.head === null || !isLater(copy.timestamp, since, 0) || !isOf(copy.head, request, addresses)) continue;
      const holdsOthers = (await missingFrom(held, copy, { signal })).length > 0;
      let isNews = holdsOthers;
      for await (const page of copy.records()) {
        if (changes.add(page)) isNews = true;
        if (holdsOthers) held.add(page);
      }
      if (isNews) copies.push({ copy, accounts: copy.head.user_count, path });
    } catch (error) {
      if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
    }
  }
  return copies;
}

/** `add` tells whether somebody of the page was changed later than in the pages before. */
function createLatestChanges(): { add(page: readonly AccountRecord[]): boolean } {
  const changes = new Map<string, number>();
  return {
    add(page) {
      let isNews = false;
      for (const record of page) {
        const [before, now] = [changes.get(record.id), updatedAt(record)];
        if (now === null || (before !== undefined && now <= before)) continue;
        changes.set(record.id, now);
        if (before !== undefined) isNews = true;
      }
      return isNews;
    },
  };
}

function isLater(time: Date | null, since: Date | null, toleranceMs: number): boolean {
  return time !== null && (since === null || time.getTime() > since.getTime() - toleranceMs);
}

/** A vault may also hold the safety copy of another site that somebody tried a restore on. */
function isOf(head: BackupHead, request: LaterCopiesRequest, addresses: readonly string[]): boolean {
  if (isOfOtherCollection(head.account_keeper, request)) return false;
  const { site, chroma } = head.account_keeper;
  return addresses.includes(site) || chroma.collection.id === request.restored.head?.account_keeper.chroma.collection.id;
}
