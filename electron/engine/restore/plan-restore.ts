/**
 * Works out what a restore would do, and does nothing. A plan names every account it would write and carries a
 * fingerprint of both sides, so that nobody applies it to a site that has changed since.
 */
import { createHash } from "node:crypto";
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { bothAtOnce } from "../both-at-once.ts";
import { accountHash, createContentDigest, emailOf, recordHash } from "../account.ts";
import { createEmailIndex, type EmailIndex } from "../presence.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import type { ChromaConnection, CollectionInfo } from "../chroma/connection.ts";
import { readRecords } from "../chroma/read-records.ts";
import { jsonKeys } from "../json/text.ts";
import type { AccountRecord, Problem } from "../record.ts";
import { decideDimension, type DimensionChoice } from "./dimension.ts";
import { findHeldOff, learnEmailsOfOthers, sameEmailProblem } from "./same-email.ts";

/** add_missing leaves everyone who is there as they are; overwrite also puts older versions back. Neither deletes. */
export type RestorePolicy = "add_missing" | "overwrite";

export interface RestoreRequest {
  readonly connection: ChromaConnection;
  /** The site as people know it: an address or a folder. Part of the fingerprint. */
  readonly site: string;
  readonly collectionName: string;
  readonly backup: OpenBackup;
  readonly policy: RestorePolicy;
  /** Restore only these ids. */
  readonly only?: readonly string[] | undefined;
  /** For backups without vectors, where neither the site nor the backup tells their length. */
  readonly dimension?: number | undefined;
}

export interface RestorePlan {
  readonly policy: RestorePolicy;
  readonly collectionName: string;
  /** Null: it is missing and will be made, with the backup's settings where it has them. */
  readonly collection: CollectionInfo | null;
  /** The whole database is missing and will be made: a wiped server has forgotten all but its default one. */
  readonly databaseMissing: boolean;
  /** Ids that are not on the site. */
  readonly add: ReadonlySet<string>;
  /** Ids that are there in another version and will be put back. */
  readonly overwrite: ReadonlyMap<string, PutBack>;
  /** Ids that are there exactly as in the backup. */
  readonly same: number;
  /** Ids that are there in another version, left as they are. */
  readonly leftAsTheyAre: number;
  /** Accounts whose e-mail address another one on the site holds, left as they are: nearly always the same person, signed up again. */
  readonly problems: readonly Problem[];
  readonly dimension: DimensionChoice;
  /** How many of the accounts to add come without a vector and get a stand-in. */
  readonly standInVectors: number;
  /** All that it holds, also where only some were asked for. */
  readonly accountsInBackup: number;
  /** Those that were asked for: everyone, unless `only` names them. */
  readonly chosen: number;
  readonly accountsOnSite: number;
  /** Content of the backup the plan was made from. */
  readonly backupContent: string;
  /** Same fingerprint, same plan. */
  readonly fingerprint: string;
}

interface PutBack {
  /** Metadata keys to take away. */
  readonly staleKeys: readonly string[];
  /** Of the version that is on the site (`hashOf`): whoever has another one by now is left as they are. */
  readonly onSite: string;
}

/** Kept for every account at once, so as little as possible. */
interface SiteRecord {
  /** `recordHash` or `accountHash`, as the backup is. */
  readonly hash: string;
  /** Of its metadata, one set for all who have the same. Only where it will be asked for. */
  readonly keys: ReadonlySet<string>;
}

interface SiteState {
  readonly records: Map<string, SiteRecord>;
  readonly emails: Pick<EmailIndex, "holdersOf">;
  readonly content: string;
}

type HashOf = (record: AccountRecord) => string;
type Keep = (record: AccountRecord, hash: string) => SiteRecord;

interface KeptAccount extends SiteRecord {
  readonly vectorLength: number | null;
}

interface BackupState {
  /** Those that were asked for. */
  readonly accounts: Map<string, KeptAccount>;
  readonly emailById: Map<string, string>;
  /** Besides `accounts`. */
  readonly leftOut: number;
  readonly content: string;
}

/**
 * Reads the whole backup (which checks it) and the whole site at the same time, and writes nothing.
 * Throws the codes of reading a backup and of `ChromaConnection`; ACCOUNT_NOT_IN_BACKUP for an id of `only`;
 * RESERVED_METADATA_KEY, VECTOR_DIMENSION_MISMATCH, VECTOR_DIMENSION_UNKNOWN for what the site could not take;
 * CANCELLED when `signal` is aborted.
 */
export async function planRestore(request: RestoreRequest, options: OperationOptions = {}): Promise<RestorePlan> {
  const { connection, collectionName, backup, policy } = request;
  // Another program's backup knows the account, not all that the site keeps beside it: it may not take that away.
  const holdsEverything = backup.kind === "format_1";
  const hashOf = hashOfKind(backup);
  const keysOf = createKeysOf();
  const keep: Keep = (record, hash) => ({ hash, keys: policy === "overwrite" && holdsEverything ? keysOf(record.metadata) : NO_KEYS });
  const [kept, { collection, databaseMissing, site }] = await bothAtOnce(
    async (their) => await readBackup(backup, hashOf, keep, request.only, their),
    async (their) => {
      const found = await lookUpCollection(connection, collectionName, their);
      return { ...found, site: await readSite(connection, found.collection, hashOf, keep, their) };
    },
    options,
  );

  if (request.only !== undefined && holdsEverything) await learnEmailsOfOthers(backup, kept.emailById, site.emails);
  const isOverwriting = policy === "overwrite";
  const differing = [...kept.accounts].filter(([id, { hash }]) => site.records.get(id)?.hash !== hash);
  const wanted = differing.map(([id]) => id).filter((id) => isOverwriting || !site.records.has(id));
  const isPutBack = (id: string): boolean => isOverwriting && kept.accounts.has(id);
  const heldOff = findHeldOff({ emailsOnSite: site.emails, emailInBackup: kept.emailById, wanted, isPutBack });

  const add = new Set<string>();
  const overwrite = new Map<string, PutBack>();
  const problems: Problem[] = [];
  let leftAsTheyAre = 0;
  for (const [id, { keys }] of differing) {
    const onSite = site.records.get(id);
    if (heldOff.has(id)) problems.push(sameEmailProblem(id, onSite !== undefined));
    else if (onSite === undefined) add.add(id);
    else if (isOverwriting) overwrite.set(id, { staleKeys: [...onSite.keys].filter((key) => !keys.has(key)), onSite: onSite.hash });
    else leftAsTheyAre += 1;
  }

  const toAdd = [...add].map((id) => kept.accounts.get(id));
  const standInVectors = toAdd.filter((account) => account?.vectorLength === null).length;
  const head = backup.head?.account_keeper.chroma.collection ?? null;
  const dimension = decideDimension({
    onSite: collection?.dimension ?? null,
    inBackup: head?.dimension ?? null,
    vectorLengths: lengthsOf([...add, ...overwrite.keys()], kept),
    asked: request.dimension ?? null,
    configuration: (collection ?? head)?.configuration ?? null,
    needsStandIns: standInVectors > 0,
  });
  const plan = {
    policy,
    collectionName,
    collection,
    databaseMissing,
    add,
    overwrite,
    same: kept.accounts.size - differing.length,
    leftAsTheyAre,
    problems,
    dimension,
    standInVectors,
    accountsInBackup: kept.accounts.size + kept.leftOut,
    chosen: kept.accounts.size,
    accountsOnSite: site.records.size,
    backupContent: kept.content,
  };
  return { ...plan, fingerprint: fingerprintOf(request, plan, site) };
}

/** Another program's backup is compared by the accounts alone: it holds no more. */
export function hashOfKind({ kind }: Pick<OpenBackup, "kind">): HashOf {
  return kind === "format_1" ? recordHash : accountHash;
}

/** The collection, null also when its database is gone. Throws the codes of `ChromaConnection` but those two. */
export async function lookUpCollection(
  connection: ChromaConnection,
  name: string,
  options: OperationOptions = {},
): Promise<{ collection: CollectionInfo | null; databaseMissing: boolean }> {
  try {
    return { collection: await connection.findCollection(name, { signal: options.signal }), databaseMissing: false };
  } catch (error) {
    if (isKeeperError(error, "DATABASE_NOT_FOUND") || isKeeperError(error, "TENANT_NOT_FOUND")) return { collection: null, databaseMissing: true };
    throw error;
  }
}

/** Every length of vector among these accounts, with one id that has it. */
function lengthsOf(ids: readonly string[], kept: BackupState): Map<number, string> {
  const lengths = new Map<number, string>();
  for (const id of ids) {
    const length = kept.accounts.get(id)?.vectorLength ?? null;
    if (length !== null) lengths.set(length, id);
  }
  return lengths;
}

async function readBackup(backup: OpenBackup, hashOf: HashOf, keep: Keep, only: readonly string[] | undefined, options: OperationOptions): Promise<BackupState> {
  const wanted = only === undefined ? null : new Set(only);
  const accounts = new Map<string, KeptAccount>();
  const emailById = new Map<string, string>();
  const content = createContentDigest();
  const report = (done: number): void =>
    options.onProgress?.({ phase: "planning", done, total: backup.accountCount, unit: "accounts", canCancel: true, problems: 0 });
  let done = 0;
  let leftOut = 0;
  for await (const page of backup.records({ only: wanted ?? undefined, onLeftOut: () => (leftOut += 1) })) {
    throwIfCancelled(options.signal);
    for (const record of page) {
      const hash = hashOf(record);
      content.add(hash);
      const email = emailOf(record);
      if (email !== null) emailById.set(record.id, email);
      refuseReservedKey(record);
      accounts.set(record.id, { ...keep(record, hash), vectorLength: record.embedding?.length ?? null });
    }
    done += page.length;
    report(done);
  }
  const absent = [...(wanted ?? [])].find((id) => !accounts.has(id));
  if (absent !== undefined) {
    throw new KeeperError("ACCOUNT_NOT_IN_BACKUP", `The backup holds no account with the id ${JSON.stringify(absent)}.`, {
      hint: "Look which accounts it holds with: account-keeper inspect",
    });
  }
  return { accounts, emailById, leftOut, content: content.hex() };
}

async function readSite(connection: ChromaConnection, collection: CollectionInfo | null, hashOf: HashOf, keep: Keep, options: OperationOptions): Promise<SiteState> {
  const records = new Map<string, SiteRecord>();
  const emails = createEmailIndex();
  const content = createContentDigest();
  if (collection !== null) {
    for await (const page of readRecords(connection, collection.id, { ...options, withVectors: false })) {
      for (const record of page) {
        const hash = hashOf(record);
        content.add(hash);
        records.set(record.id, keep(record, hash));
        emails.add(record);
      }
    }
  }
  return { records, emails, content: content.hex() };
}

const NO_KEYS: ReadonlySet<string> = new Set();

/** The keys of metadata. Nearly everybody on a site has the same, and a plan keeps those of everybody at once. */
function createKeysOf(): (metadata: string | null) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return (metadata) => {
    if (metadata === null) return NO_KEYS;
    const keys = jsonKeys(metadata).sort();
    const name = JSON.stringify(keys);
    const same = known.get(name) ?? new Set(keys);
    known.set(name, same);
    return same;
  };
}

/** Chroma takes this metadata key for the document itself, so writing it could replace an account's document. */
const RESERVED_KEY = "chroma:document";

function refuseReservedKey(record: AccountRecord): void {
  if (record.metadata?.includes(RESERVED_KEY) !== true || !jsonKeys(record.metadata).includes(RESERVED_KEY)) return;
  throw new KeeperError("RESERVED_METADATA_KEY", `The account ${JSON.stringify(record.id)} carries a key that would overwrite its own data.`, {
    hint: "Leave it out by naming the others with --only, or ask whoever made the backup.",
  });
}

function fingerprintOf(request: RestoreRequest, plan: Omit<RestorePlan, "fingerprint">, site: SiteState): string {
  const { connection } = request;
  const facts = [
    request.site,
    connection.tenant,
    connection.database,
    plan.collectionName,
    plan.collection?.id ?? null,
    plan.policy,
    site.content,
    plan.backupContent,
    [...(request.only ?? [])].sort(),
    plan.dimension.dimension,
  ];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}
