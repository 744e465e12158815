/**
 * A site that restores itself, from an old variable or an old file of its own, brings people back as they were then: with
 * an old password, or without what their record held besides. Left alone, that would be the next backup. Who came back
 * like that is put right from the newest backup first.
 */
import type { OperationOptions } from "../../../shared/progress.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import { readByIds } from "../chroma/read-records.ts";
import { sideOfSite } from "../diff/side.ts";
import { lookUpCollection } from "../restore/plan-restore.ts";
import { olderVersions } from "./older-versions.ts";
import type { RestoreEveryoneRequest } from "./restore-everyone.ts";
import { chooseBackup, restoreSite } from "./restore-site.ts";
import { isOfOtherCollection } from "./whose-vault.ts";

export interface PutRightRequest extends Omit<RestoreEveryoneRequest, "backup"> {
  /** Hashes (`accountHash`) of the version that is known to have come back, by id. */
  readonly cameBackAs?: ReadonlyMap<string, string> | undefined;
}

/**
 * For a collection that was made anew since the newest good backup: puts back from it everyone who is on the site in an
 * older version than the backup's, as `olderVersions` says. Whoever changed anything since is left as they are. Returns how
 * many. Throws the codes of `restoreSite`, CANCELLED; what was written until then is right.
 */
export async function putRight(request: PutRightRequest, options: OperationOptions = {}): Promise<number> {
  const { folder, passphrase } = request;
  const { backup } = await chooseBackup({ kind: "vault", folder }, { passphrase, signal: options.signal });
  return await putRightFrom(backup, request, options);
}

/** The same from another backup of the site. */
export async function putRightFrom(backup: OpenBackup, request: PutRightRequest, options: OperationOptions): Promise<number> {
  const { signal } = options;
  const { connection, collectionName, folder, cameBackAs } = request;
  const { collection } = await lookUpCollection(connection, collectionName, { signal });
  if (collection === null || backup.head === null || isOfOtherCollection(backup.head.account_keeper, request)) return 0;
  const site = { side: sideOfSite(connection, collection), byIds: (ids: readonly string[]) => readByIds(connection, collection.id, ids, { signal, withVectors: false }) };
  const only = await olderVersions(backup, site, { signal, knownOld: cameBackAs });
  if (only.length === 0) return 0;
  const { overwritten } = await restoreSite({ ...request, backup, policy: "overwrite", only, plan: null, safetyFolder: folder }, options);
  return overwritten;
}
