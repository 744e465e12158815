/** Which backup of a vault is to be trusted: the newest that is whole, whoever wrote it, whatever its name says. */
import { stat } from "node:fs/promises";
import { isKeeperError, KeeperError, toErrorValue } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { count } from "../activity/words.ts";
import { openBackup, type OpenBackup } from "../backup/read-backup.ts";
import { verifyOpenBackup, type VerifiedBackup } from "../backup/verify-backup.ts";
import { createPresence, missingFrom, type Presence } from "../presence.ts";
import { describeEntry, listEntries, type VaultEntry } from "./entries.ts";

export interface NewestGood {
  /** Read from first to last byte, and whole. Null: the vault holds no such backup. */
  readonly newest: {
    readonly entry: VaultEntry;
    readonly verified: VerifiedBackup;
    /** Where another program wrote it: ours before it, which knows more of the same people. Null: there is none, or this is ours. */
    readonly ours: OpenBackup | null;
  } | null;
  /** Newer ones that should have come first but cannot be used, newest first, each with its `error`: to be said aloud. */
  readonly passedOver: readonly VaultEntry[];
}

export interface GoodOptions extends OperationOptions {
  passphrase?: string | undefined;
}

/** A year of locked backups with another passphrase would be tried for minutes. */
const MAX_WRONG_PASSPHRASES = 3;
/** The same moment has dates that are so far apart: UTC+14 and UTC-12 (Kiritimati and Baker Island). */
const ZONES_APART_MS = 26 * 3_600_000;
/** Some drives keep every second one only. */
const FILE_TIME_PRECISION_MS = 2_000;
/** Each costs a second. */
const MAX_RIVALS = 3;

interface Candidate {
  readonly entry: VaultEntry;
  readonly backup: OpenBackup;
}

/**
 * The newest backup that verifies and may be restored unasked: not short. Another program's counts unless somebody of our
 * newest one before it is missing there. Throws the codes of `Vault.list`.
 */
export async function newestGood(folder: string, options: GoodOptions): Promise<NewestGood> {
  // Locked ones are opened below, newest first and one by one: each costs a second.
  const entries = await listEntries(folder, { signal: options.signal, shelf: "normal" });
  const waiting = entries.filter((entry) => entry.fewerThan === null);
  const passedOver: VaultEntry[] = [];
  let passphrase = options.passphrase;
  let wrongPassphrases = 0;
  const opened = new Map<string, Promise<OpenBackup>>();

  /** Once each, also where several files of another program are compared with the same one of ours. */
  async function openOnce(path: string): Promise<OpenBackup> {
    const opening = opened.get(path) ?? openBackup({ path }, { passphrase, signal: options.signal });
    opened.set(path, opening);
    return await opening;
  }

  function passOver(entry: VaultEntry, error: unknown): void {
    if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
    // Another process took it away meanwhile: there is nothing to say about it.
    if (error.code === "BACKUP_NOT_FOUND") return;
    passedOver.push({ ...entry, state: entry.state === "good" ? "damaged" : entry.state, error: toErrorValue(error) });
    if (error.code === "PASSPHRASE_WRONG") wrongPassphrases += 1;
    if (wrongPassphrases === MAX_WRONG_PASSPHRASES) passphrase = undefined;
  }

  async function open(entry: VaultEntry): Promise<Candidate | null> {
    if (entry.error !== undefined && !(entry.state === "locked" && passphrase !== undefined)) {
      passedOver.push(entry);
      return null;
    }
    try {
      const backup = await openOnce(entry.path);
      const told = describeEntry(entry, backup);
      // A locked one tells only now.
      return told.fewerThan === null ? { entry: told, backup } : null;
    } catch (error) {
      passOver(entry, error);
      return null;
    }
  }

  for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
    const first = await open(entry);
    if (first === null) continue;
    const found = [first];
    for (const rival of await perhapsNewer(waiting, first, passphrase !== undefined)) {
      waiting.splice(waiting.indexOf(rival), 1);
      const other = await open(rival);
      if (other !== null) found.push(other);
    }
    found.sort((a, b) => timeOf(b.entry) - timeOf(a.entry));
    for (const [index, { entry: chosen, backup }] of found.entries()) {
      try {
        const before = [...found.slice(index + 1).map((other) => other.entry), ...(await lockedBefore(chosen, passedOver)), ...waiting];
        const ours = chosen.state === "foreign" ? await oursBefore(chosen, backup, before, openOnce, options) : null;
        return { newest: { entry: chosen, verified: await verifyOpenBackup(backup, options), ours }, passedOver };
      } catch (error) {
        passOver(chosen, error);
      }
    }
  }
  return { newest: null, passedOver };
}

function timeOf({ timestamp }: VaultEntry): number {
  return timestamp?.getTime() ?? -Infinity;
}

/**
 * Locked ones are in the order of the dates in their names: a plain name stands for the end of its day, and a name has the
 * date of where it was made. So among these may be one that is newer than `first`. Open ones tell their own time. The time
 * of a locked one's file is its backup's own, unless somebody has copied it: where it is right for `first`, it tells
 * which ones are worth opening.
 */
async function perhapsNewer(older: readonly VaultEntry[], first: Candidate, canUnlock: boolean): Promise<VaultEntry[]> {
  if (!first.backup.encrypted && !canUnlock) return [];
  const time = timeOf(first.entry);
  const open = older.filter((entry) => entry.state !== "locked" && timeOf(entry) > time);
  if (Math.abs(time - (await fileTimeOf(first.entry))) > FILE_TIME_PRECISION_MS) return open;
  const locked: { entry: VaultEntry; fileTime: number }[] = [];
  for (const entry of older) {
    if (entry.state !== "locked" || timeOf(entry) + ZONES_APART_MS <= time) continue;
    const fileTime = await fileTimeOf(entry);
    if (fileTime > time) locked.push({ entry, fileTime });
  }
  return [...open, ...locked.sort((a, b) => b.fileTime - a.fileTime).slice(0, MAX_RIVALS).map(({ entry }) => entry)];
}

/** Those that came first by the end of their day, and could not be opened. */
async function lockedBefore(chosen: VaultEntry, passedOver: readonly VaultEntry[]): Promise<VaultEntry[]> {
  const locked = passedOver.filter(({ state }) => state === "locked");
  const fileTimes = await Promise.all(locked.map(fileTimeOf));
  return locked.filter((_, at) => (fileTimes[at] ?? Infinity) <= timeOf(chosen));
}

/** In milliseconds; before all others for a file that has gone. */
async function fileTimeOf({ path }: VaultEntry): Promise<number> {
  const file = await stat(path).catch(() => null);
  return file === null ? -Infinity : Math.ceil(file.mtimeMs);
}

type OpenOnce = (path: string) => Promise<OpenBackup>;

/**
 * The newest of ours among `older` that can be read, after comparing: the old site writes a file after a wipe and one
 * sign-up as gladly as any other, and it must not beat our full one. By people, not by numbers: as many newcomers do not
 * make up for those who are gone. Null: there is none.
 * Throws CONFIRMATION_NEEDED (somebody is missing), PASSPHRASE_NEEDED and PASSPHRASE_WRONG (ours is locked), CANCELLED.
 */
async function oursBefore(entry: VaultEntry, foreign: OpenBackup, older: readonly VaultEntry[], open: OpenOnce, options: OperationOptions): Promise<OpenBackup | null> {
  const inForeign = createPresence();
  for await (const page of foreign.records()) inForeign.add(page);
  for (const { path, state } of older) {
    if (state !== "good" && state !== "locked") continue;
    const compared = await compareWith(path, inForeign, open, options);
    if (compared === null) continue;
    const { ours, missing } = compared;
    if (missing === 0) return ours;
    throw new KeeperError("CONFIRMATION_NEEDED", `This file of another program holds ${count(entry.accounts ?? inForeign.size)}. Our backup before it holds ${missing === 1 ? "1 person" : `${missing} people`} who ${missing === 1 ? "is" : "are"} not in it.`, {
      hint: "To restore from it all the same, name the file itself.",
    });
  }
  return null;
}

/** Null for what cannot be compared with: a short one, one that is damaged or gone. */
async function compareWith(path: string, inForeign: Presence, open: OpenOnce, options: OperationOptions): Promise<{ ours: OpenBackup; missing: number } | null> {
  try {
    const ours = await open(path);
    if (ours.head === null || ours.head.account_keeper.fewer_than !== null) return null;
    return { ours, missing: (await missingFrom(inForeign, ours, options)).length };
  } catch (error) {
    if (isKeeperError(error, "PASSPHRASE_NEEDED") || isKeeperError(error, "PASSPHRASE_WRONG")) {
      throw new KeeperError(error.code, "Our backup before this file of another program has a passphrase.", { hint: "Give it, so that we can compare them. To restore from this file all the same, name the file itself.", cause: error });
    }
    if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
    return null;
  }
}
