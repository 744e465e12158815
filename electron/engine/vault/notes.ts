/**
 * What is known about the backups of a vault beyond their own bytes, in one small file beside them. A convenience: a
 * vault without it holds every account, so what is wrong with it never stops anybody. Nothing in it names an account.
 */
import { join } from "node:path";
import { z } from "zod";
import { KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled } from "../../../shared/progress.ts";
import { asReadError, asWriteError, systemCode } from "../backup/file-errors.ts";
import { readEndOf } from "../backup/plain-file.ts";
import { moveToFreeName, writeSmallFile } from "./atomic.ts";
import { listEntries } from "./entries.ts";
import { withVaultLock, type VaultLockOptions } from "./lock.ts";

/** No search for `user_backup_*.json` finds it, ours or the site's own. */
export const NOTES_NAME = "account-keeper-notes.json";
const NOTES_VERSION = 1;
/** Locked backups do not tell whether they are still those of a note: what nobody can forget is bounded. */
const MAX_NOTES = 1_000;
/** Many times what so many notes take. A longer file is cut, and so no notes. */
const MAX_NOTES_BYTES = 8 * 1024 * 1024;

export interface BackupNote {
  readonly rehearsedAt: Date;
  /** Everybody came back as they were and could sign in. */
  readonly rehearsedOk: boolean;
  readonly couldNotSignIn: number;
}

/** By the digest of a backup's head, which stays when the backup gets another name. */
export type VaultNotes = ReadonlyMap<string, BackupNote>;

// Loose: what a later version adds without changing the meaning of the rest is kept.
const noteSchema = z.looseObject({ rehearsed_at: z.iso.datetime(), rehearsed_ok: z.boolean(), could_not_sign_in: z.int().nonnegative() });
const notesSchema = z.looseObject({ version: z.literal(NOTES_VERSION), backups: z.record(z.string().regex(/^[0-9a-f]{64}$/), noteSchema) });
type NotesFile = z.output<typeof notesSchema>;
const anyVersionSchema = z.object({ version: z.int() });

type Found = { readonly state: "good"; readonly file: NotesFile } | { readonly state: "missing" | "damaged" | "other_version" };

/** The notes as far as they can be read; none where the file is missing, damaged or of another version. Never throws, writes nothing. */
export async function readNotes(folder: string): Promise<VaultNotes> {
  const found = await readFound(folder).catch(() => null);
  if (found?.state !== "good") return new Map();
  return new Map(Object.entries(found.file.backups).map(([digest, note]) => [digest, { rehearsedAt: new Date(note.rehearsed_at), rehearsedOk: note.rehearsed_ok, couldNotSignIn: note.could_not_sign_in }]));
}

/**
 * Notes that the backup with this head digest was rehearsed, and forgets backups that are gone from the vault. False:
 * the file is of a later version, and was left alone. A damaged one is kept aside under another name.
 * Throws the codes of `withVaultLock` (it takes the vault's lock), FILE_UNREADABLE, FOLDER_NOT_WRITABLE, DISK_FULL, and
 * CANCELLED when `signal` aborts; the notes are then as they were before.
 */
export async function noteRehearsal(folder: string, headDigest: string, note: BackupNote, options: VaultLockOptions = {}): Promise<boolean> {
  return await withVaultLock(
    folder,
    async (signal) => {
      const found = await readFound(folder);
      if (found.state === "other_version") return false;
      const earlier: NotesFile = found.state === "good" ? found.file : { version: NOTES_VERSION, backups: {} };
      const stamped = { rehearsed_at: note.rehearsedAt.toISOString(), rehearsed_ok: note.rehearsedOk, could_not_sign_in: note.couldNotSignIn };
      const all = { ...earlier.backups, [headDigest]: { ...earlier.backups[headDigest], ...stamped } };
      const backups = withinBounds(await withoutGone(folder, all, headDigest, signal));
      throwIfCancelled(signal);
      if (found.state === "damaged") await keepAside(folder);
      await writeNotes(folder, { ...earlier, version: NOTES_VERSION, backups });
      return true;
    },
    options,
  );
}

async function readFound(folder: string): Promise<Found> {
  let text: string;
  try {
    text = (await readEndOf(join(folder, NOTES_NAME), MAX_NOTES_BYTES)).toString("utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return { state: "missing" };
    throw unreadable(asReadError(error));
  }
  const value = tryParse(text);
  const version = anyVersionSchema.safeParse(value);
  if (version.success && version.data.version !== NOTES_VERSION) return { state: "other_version" };
  const parsed = notesSchema.safeParse(value);
  return parsed.success ? { state: "good", file: parsed.data } : { state: "damaged" };
}

function unreadable(cause: unknown): KeeperError {
  return new KeeperError("FILE_UNREADABLE", "The notes about your backups cannot be read.", { hint: `Look at ${NOTES_NAME} in the backup folder. No backup is concerned.`, cause });
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Only when every backup tells who it is: a locked or damaged one may be the one that a note is about. */
async function withoutGone(folder: string, notes: NotesFile["backups"], justRehearsed: string, signal: AbortSignal): Promise<NotesFile["backups"]> {
  const entries = (await listEntries(folder, { signal })).filter((entry) => entry.state !== "foreign");
  if (entries.some((entry) => entry.state !== "good")) return notes;
  const present = new Set(entries.map((entry) => entry.headDigest));
  return Object.fromEntries(Object.entries(notes).filter(([digest]) => present.has(digest) || digest === justRehearsed));
}

function withinBounds(notes: NotesFile["backups"]): NotesFile["backups"] {
  const newestFirst = Object.entries(notes).sort(([, a], [, b]) => Date.parse(b.rehearsed_at) - Date.parse(a.rehearsed_at));
  return Object.fromEntries(newestFirst.slice(0, MAX_NOTES));
}

async function keepAside(folder: string): Promise<void> {
  try {
    await moveToFreeName(join(folder, NOTES_NAME), asideNames(folder, new Date()));
  } catch (error) {
    throw asWriteError(error);
  }
}

function* asideNames(folder: string, now: Date): Generator<string> {
  const stamp = now.toISOString().replace(/\.\d+Z$/, "").replace(/\D/g, "");
  for (let attempt = 1; ; attempt += 1) yield join(folder, `account-keeper-notes.damaged-${stamp}${attempt === 1 ? "" : `-${attempt}`}.json`);
}

async function writeNotes(folder: string, notes: NotesFile): Promise<void> {
  try {
    await writeSmallFile(join(folder, NOTES_NAME), `${JSON.stringify(notes, null, 2)}\n`);
  } catch (error) {
    throw asWriteError(error);
  }
}
