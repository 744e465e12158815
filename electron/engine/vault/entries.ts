/** What stands in a vault, told quickly: only the head of each file is read. A listed file is not yet a verified one. */
import { open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isKeeperError, KeeperError, toErrorValue, type ErrorValue } from "../../../shared/errors.ts";
import { damaged } from "../backup/damage.ts";
import { asReadError, notAFolder, systemCode } from "../backup/file-errors.ts";
import type { FewerThan } from "../backup/format.ts";
import { openBackup, type BackupKind, type OpenBackup } from "../backup/read-backup.ts";
import { isLink } from "./atomic.ts";
import { isBackupName, timeFromName } from "./names.ts";

/** normal: in the vault itself. short: kept apart because it holds fewer accounts than the one before. safety: made before a restore. */
export type Shelf = "normal" | "short" | "safety";

/** good: ours, its head is whole. foreign: another program's. locked: has a passphrase we were not given. newer: from a later version. */
type EntryState = "good" | "damaged" | "foreign" | "locked" | "newer";

export interface VaultEntry {
  readonly name: string;
  readonly path: string;
  readonly shelf: Shelf;
  readonly sizeBytes: number;
  readonly state: EntryState;
  /** Null when it could not be told. */
  readonly kind: BackupKind | null;
  readonly encrypted: boolean;
  /** When it was made. By its name where the file does not tell: a plain name then stands for the end of its day. Never by the file's own time. */
  readonly timestamp: Date | null;
  readonly timestampFrom: "file" | "name" | null;
  readonly accounts: number | null;
  readonly records: number | null;
  readonly fewerThan: FewerThan | null;
  /** Equal for the same accounts; null for another program's. */
  readonly content: string | null;
  /** Names this backup whatever its file is called; null for another program's, and for what could not be opened. */
  readonly headDigest: string | null;
  /** Why the state is not good. */
  readonly error?: ErrorValue;
}

export interface ListOptions {
  /** Looks into locked backups too; costs about a second for each. */
  passphrase?: string | undefined;
  /** Only this one. */
  shelf?: Shelf | undefined;
  signal?: AbortSignal | undefined;
}

export const SHELF_FOLDERS = { normal: "", short: "short", safety: "safety" } as const satisfies Record<Shelf, string>;
/** The vault that a backup file lies in, also where it was kept apart or made before a restore. */
export function vaultOfFile(path: string): string {
  const folder = dirname(path);
  const name = basename(resolve(folder));
  return name === SHELF_FOLDERS.short || name === SHELF_FOLDERS.safety ? join(folder, "..") : folder;
}

const SHELVES = ["normal", "short", "safety"] as const;
/** Opening a file waits for the disk more than it computes. */
const FILES_AT_ONCE = 8;

/** Newest first. Throws FOLDER_NOT_FOUND, FILE_UNREADABLE (the folder), CANCELLED; what is wrong with a file stands in its entry. */
export async function listEntries(folder: string, options: ListOptions): Promise<VaultEntry[]> {
  const shelves = options.shelf === undefined ? SHELVES : [options.shelf];
  const files = (await Promise.all(shelves.map((shelf) => listShelf(folder, shelf)))).flat();
  const entries: VaultEntry[] = [];
  const queue = withoutSecondNames(files).values();
  const worker = async (): Promise<void> => {
    for (const file of queue) {
      const entry = await readEntry(file, options);
      if (entry !== null) entries.push(entry);
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, worker));
  return entries.sort(newestFirst);
}

/** The order of a list: by time, of one moment by name. */
export function newestFirst(a: VaultEntry, b: VaultEntry): number {
  const difference = (b.timestamp?.getTime() ?? -Infinity) - (a.timestamp?.getTime() ?? -Infinity);
  return Number.isNaN(difference) || difference === 0 ? (a.name < b.name ? 1 : -1) : difference;
}

interface VaultFile {
  readonly name: string;
  readonly path: string;
  readonly shelf: Shelf;
  readonly sizeBytes: number;
  /** The same for two names of one file. */
  readonly identity: string;
}

async function listShelf(folder: string, shelf: Shelf): Promise<VaultFile[]> {
  const shelfFolder = join(folder, SHELF_FOLDERS[shelf]);
  // The vault itself may be one, as its owner named it; where a link inside it leads, nothing is ours to tidy.
  if (shelf !== "normal" && (await isLink(shelfFolder))) return [];
  const names = await namesIn(shelfFolder, shelf);
  const files = await Promise.all(names.filter(isBackupName).map((name) => describeFile(shelfFolder, name, shelf)));
  return files.filter((file) => file !== null);
}

async function namesIn(folder: string, shelf: Shelf): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const isMissing = ["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "");
    if (isMissing && shelf !== "normal") return [];
    if (systemCode(error) === "ENOTDIR" && shelf === "normal") throw notAFolder(error);
    if (isMissing) throw folderNotFound(error);
    throw asReadError(error);
  }
}

function folderNotFound(cause?: unknown): KeeperError {
  return new KeeperError("FOLDER_NOT_FOUND", "The backup folder is not there.", { hint: "The drive may be unplugged. Connect it, or choose another folder.", cause });
}

/** Null for folders, and for what went away in between. */
async function describeFile(folder: string, name: string, shelf: Shelf): Promise<VaultFile | null> {
  const path = join(folder, name);
  const found = await stat(path, { bigint: true }).catch(() => null);
  if (found?.isFile() !== true) return null;
  return { name, path, shelf, sizeBytes: Number(found.size), identity: found.nlink > 1n ? `${found.dev}:${found.ino}` : path };
}

/** A backup that died between its two naming steps left one file with two names: the plain one is listed. */
function withoutSecondNames(files: readonly VaultFile[]): VaultFile[] {
  const byIdentity = new Map<string, VaultFile>();
  for (const file of files) {
    const other = byIdentity.get(file.identity);
    if (other === undefined || file.name.length < other.name.length) byIdentity.set(file.identity, file);
  }
  return [...byIdentity.values()];
}

/** Null for what went away while it was looked at: another process prunes, or gives a file its second name. */
async function readEntry(file: VaultFile, options: ListOptions): Promise<VaultEntry | null> {
  const { name, path, shelf, sizeBytes } = file;
  const common = { name, path, shelf, sizeBytes };
  try {
    const backup = await openBackup({ path }, options);
    const entry = describeEntry(file, backup);
    return (await endsWhole(path, backup)) ? entry : { ...entry, state: "damaged", error: toErrorValue(damaged("it is cut off")) };
  } catch (error) {
    if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
    if (error.code === "BACKUP_NOT_FOUND") return null;
    const state = stateOf(error);
    return {
      ...common,
      state,
      kind: null,
      encrypted: state === "locked" || name.endsWith(".age"),
      ...timeOf(null, name),
      accounts: null,
      records: null,
      fewerThan: null,
      content: null,
      headDigest: null,
      error: toErrorValue(error),
    };
  }
}

/** The entry of a backup whose head could be read. */
export function describeEntry({ name, path, shelf, sizeBytes }: Pick<VaultEntry, "name" | "path" | "shelf" | "sizeBytes">, backup: OpenBackup): VaultEntry {
  const head = backup.head?.account_keeper ?? null;
  return {
    name,
    path,
    shelf,
    sizeBytes,
    state: head === null ? "foreign" : "good",
    kind: backup.kind,
    encrypted: backup.encrypted,
    ...timeOf(backup.timestamp, name),
    accounts: backup.accountCount,
    records: head?.record_count ?? backup.accountCount,
    fewerThan: head?.fewer_than ?? null,
    content: head?.digest.content ?? null,
    headDigest: head?.digest.head ?? null,
  };
}

function stateOf(error: KeeperError): EntryState {
  switch (error.code) {
    case "PASSPHRASE_NEEDED":
    case "PASSPHRASE_WRONG":
      return "locked";
    case "BACKUP_NEWER_FORMAT":
      return "newer";
    case "NOT_A_BACKUP":
      return "foreign";
    default:
      return "damaged";
  }
}

function timeOf(told: Date | null, name: string): Pick<VaultEntry, "timestamp" | "timestampFrom"> {
  if (told !== null) return { timestamp: told, timestampFrom: "file" };
  const timestamp = timeFromName(name);
  return { timestamp, timestampFrom: timestamp === null ? null : "name" };
}

/** Half of a copy or download has a good head and no end. Cheap to see in a file that is not locked. */
async function endsWhole(path: string, backup: OpenBackup): Promise<boolean> {
  if (backup.encrypted || backup.kind === "variable") return true;
  const handle = await open(path, "r").catch((error: unknown) => {
    throw asReadError(error);
  });
  try {
    const length = Math.min(backup.sizeBytes, 256);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, backup.sizeBytes - length);
    return buffer.toString("latin1", 0, bytesRead).trimEnd().endsWith(backup.kind === "array" ? "]" : "}");
  } finally {
    await handle.close();
  }
}
