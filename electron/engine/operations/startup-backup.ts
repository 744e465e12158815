/** A site that starts with nobody on it: which backup it restores, in the old system's order, file before variable. */
import { stat } from "node:fs/promises";
import { isKeeperError, toErrorValue, type ErrorValue } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { systemCode } from "../backup/file-errors.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import type { ChromaConnection } from "../chroma/connection.ts";
import type { RestoreReport } from "../restore/apply-restore.ts";
import { lookUpCollection } from "../restore/plan-restore.ts";
import { restoreEveryone } from "./restore-everyone.ts";
import { readRestoreMark } from "./restore-mark.ts";
import { chooseBackup, restoreSite, type BackupChoice } from "./restore-site.ts";
import { refuseOtherCollection, type SiteOfVault } from "./whose-vault.ts";

export interface StartupPlaces extends OperationOptions {
  /** What will be restored to. */
  readonly site: SiteOfVault;
  /** A vault or a backup file; need not exist. */
  readonly place: string;
  /** What the variable holds; empty when it is not set. */
  readonly variable: string;
  readonly passphrase?: string | undefined;
}

export interface StartupChoice {
  readonly from: "file" | "variable";
  readonly choice: BackupChoice;
  /** Why the file that should have come first is not used: to be said aloud. */
  readonly notUsed?: ErrorValue;
}

/**
 * The first of the two that holds accounts; null when there is neither. Throws what opening the file throws when it
 * cannot be used, or OTHER_SITE when it is another collection's, and there is no variable: that is no fresh start.
 */
export async function chooseStartupBackup({ site, place, variable, passphrase, signal }: StartupPlaces): Promise<StartupChoice | null> {
  const fallback: StartupChoice | null = variable.trim() === "" ? null : { from: "variable", choice: { kind: "text", text: variable } };
  const found = await lookAt(place);
  if (found === "nothing") return fallback;
  const choice: BackupChoice = found === "folder" ? { kind: "vault", folder: place } : { kind: "file", path: place };
  try {
    const { backup } = await chooseBackup(choice, { passphrase, signal });
    // A file was named; of a folder nobody has said that its accounts belong here.
    if (choice.kind === "vault") refuseOtherCollection(backup.head?.account_keeper ?? null, site);
    // A file of nobody gives way to a variable.
    const isEmpty = (backup.head?.account_keeper.record_count ?? backup.accountCount) === 0;
    return isEmpty && fallback !== null ? fallback : { from: "file", choice };
  } catch (error) {
    if (isKeeperError(error, "CANCELLED")) throw error;
    if (isKeeperError(error, "BACKUP_NOT_FOUND")) return fallback;
    if (fallback === null) throw error;
    return { ...fallback, notUsed: toErrorValue(error) };
  }
}

/** What cannot even be looked at counts as a file: opening it tells why. Only what is surely not there is a fresh start. */
async function lookAt(place: string): Promise<"file" | "folder" | "nothing"> {
  try {
    return (await stat(place)).isDirectory() ? "folder" : "file";
  } catch (error) {
    return ["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "") ? "nothing" : "file";
  }
}

/**
 * Accounts that are there already, so that there is nothing to do; null when a restore is due: nobody is there, or an
 * earlier restore from this vault died half-way. Throws the codes of `ChromaConnection`.
 */
export async function accountsAtStartup({ connection, collectionName }: { connection: ChromaConnection; collectionName: string }, place: string, options: OperationOptions = {}): Promise<number | null> {
  const { collection } = await lookUpCollection(connection, collectionName, options);
  const accounts = collection === null ? 0 : await connection.count(collection.id, { signal: options.signal });
  if (accounts === 0 || (await readRestoreMark(place))?.collectionName === collectionName) return null;
  return accounts;
}

export interface StartupRestoreRequest {
  readonly connection: ChromaConnection;
  readonly collectionName: string;
  readonly site: string;
  readonly chosen: StartupChoice;
  /** What `chosen` opened as. */
  readonly backup: OpenBackup;
  readonly safetyFolder: string;
  readonly passphrase?: string | undefined;
  readonly dimension?: number | undefined;
}

/** From a vault everyone it knows, from a file or the variable whom that holds. Throws as `restoreEveryone` and `restoreSite`. */
export async function restoreAtStartup({ chosen, ...request }: StartupRestoreRequest, options: OperationOptions = {}): Promise<RestoreReport> {
  if (chosen.choice.kind === "vault") return await restoreEveryone({ ...request, folder: chosen.choice.folder }, options);
  return await restoreSite({ ...request, policy: "add_missing", plan: null }, options);
}
