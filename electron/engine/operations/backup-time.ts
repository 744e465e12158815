/** Which time a new backup is stamped with. Everything that finds a backup or a copy again goes by it. */
import { stat } from "node:fs/promises";
import { isKeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import type { Shelf, Vault, VaultEntry } from "../vault/vault.ts";

/** What the name of a locked one tells, and a list goes by. */
const NAME_PRECISION_MS = 1_000;

/**
 * `now`, but after each of `normal` and every copy kept apart. Newest is who says so in the file: a clock that was put
 * back would leave all later ones behind an older one, and a restore, or its undo, would take that one. The other way
 * round, a copy that seems to be newer than a backup made after it would bring back whom that one lacks.
 * Looks at heads and names only. Throws the codes of `Vault.list` but FILE_UNREADABLE.
 */
export async function timeOfNew(vault: Vault, normal: readonly VaultEntry[], now: Date, { signal }: OperationOptions = {}): Promise<Date> {
  const apart = [await listApart(vault, "short", signal), await listApart(vault, "safety", signal)];
  const times = await Promise.all([...normal, ...apart.flat()].map(latestTime));
  const last = times.reduce((latest, time) => Math.max(latest, time), -Infinity);
  return last < now.getTime() ? now : new Date((Math.floor(last / NAME_PRECISION_MS) + 1) * NAME_PRECISION_MS);
}

/** A folder that cannot be read, as after a restore by root, is no reason to make no backup. */
async function listApart(vault: Vault, shelf: Shelf, signal: AbortSignal | undefined): Promise<readonly VaultEntry[]> {
  try {
    return await vault.list({ shelf, signal });
  } catch (error) {
    if (isKeeperError(error, "FILE_UNREADABLE")) return [];
    throw error;
  }
}

/**
 * No later than this was it made, in milliseconds. A locked one, which takes a second to open, has a name with its
 * second or just its day; ours have their exact time as the file's, and copying only makes that later.
 */
async function latestTime({ path, timestamp, timestampFrom }: VaultEntry): Promise<number> {
  if (timestamp === null) return -Infinity;
  if (timestampFrom === "file") return timestamp.getTime();
  const file = await stat(path).catch(() => null);
  return file === null ? -Infinity : Math.min(new Date(timestamp).setMilliseconds(NAME_PRECISION_MS - 1), Math.round(file.mtimeMs));
}
