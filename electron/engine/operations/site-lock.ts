/** One writing operation per site at a time, across processes on this computer. */
import { createHash } from "node:crypto";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { KeeperError } from "../../../shared/errors.ts";
import type { ChromaConnection } from "../chroma/connection.ts";
import { ensureFolder } from "../vault/atomic.ts";
import { withVaultLock, type VaultLockOptions } from "../vault/lock.ts";

/** The same text for the same collection, whoever asks. */
export function siteKey({ site, connection, collectionName }: { site: string; connection: ChromaConnection; collectionName: string }): string {
  return JSON.stringify([site, connection.tenant, connection.database, collectionName]);
}

/**
 * Runs `work` while no other Account Keeper of this user writes to the site. Locks lie in the temporary folder: they
 * mean nothing after a reboot. Throws as `withVaultLock`.
 */
export async function withSiteLock<T>(key: string, work: (signal: AbortSignal) => Promise<T>, options: VaultLockOptions = {}): Promise<T> {
  const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
  const folder = join(tmpdir(), `account-keeper-locks-${userName()}`, name);
  await ensureFolder(folder).catch((error: unknown) => {
    throw new KeeperError("FOLDER_NOT_WRITABLE", "We cannot write to this computer's temporary folder.", { hint: `It is ${tmpdir()}. Allow writing there, or set TMPDIR to another folder.`, cause: error });
  });
  return await withVaultLock(folder, work, options);
}

/** A number where the system has one: in many containers the user has no name. */
function userName(): string {
  return process.getuid === undefined ? userInfo().username : String(process.getuid());
}
