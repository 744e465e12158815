/**
 * Brings everyone back whom a vault knows, without asking: after a wipe, and on start. Besides the newest good backup
 * that is whoever stands only in later copies, kept apart or made before a restore.
 */
import type { OperationOptions } from "../../../shared/progress.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import type { ChromaConnection } from "../chroma/connection.ts";
import { idsNotRestored } from "../record.ts";
import { refuseStale, type RestoreReport } from "../restore/apply-restore.ts";
import { lookUpCollection, planRestore, type RestorePlan } from "../restore/plan-restore.ts";
import { openVault } from "../vault/vault.ts";
import { laterCopies } from "./later-copies.ts";
import { putRightFrom } from "./put-right.ts";
import { clearRestoreMark, setRestoreMark } from "./restore-mark.ts";
import { restoreSite } from "./restore-site.ts";
import { refuseOtherCollection } from "./whose-vault.ts";

export interface RestoreEveryoneRequest {
  readonly connection: ChromaConnection;
  readonly collectionName: string;
  /** The site as people know it. */
  readonly site: string;
  /** The vault; safety copies go there too. */
  readonly folder: string;
  /** Its newest good backup. */
  readonly backup: OpenBackup;
  readonly passphrase?: string | undefined;
  readonly dimension?: number | undefined;
  /** Of `backup`, to add who is missing: what the owner has seen and agreed to. Left out: nobody was asked. */
  readonly plan?: RestorePlan | undefined;
  readonly now?: (() => Date) | undefined;
}

/**
 * Restores with policy add_missing, the latest copy of everybody first; who is in an older version in it is put right after
 * that. A mark in the vault tells until the end that it is under way: whoever finds it runs this again. Throws OTHER_SITE
 * (nobody was asked whether these accounts belong into this collection), PLAN_STALE, the codes of `restoreSite` and of the vault;
 * CANCELLED when `signal` aborts. What was written until then is right and stays, and so does the mark.
 */
export async function restoreEveryone(request: RestoreEveryoneRequest, options: OperationOptions = {}): Promise<RestoreReport> {
  const { connection, collectionName, site, folder, backup, passphrase, now, dimension } = request;
  refuseOtherCollection(backup.head?.account_keeper ?? null, request);
  if (request.plan !== undefined) refuseStale(request.plan, await planRestore({ connection, collectionName, site, backup, policy: "add_missing", dimension }, options));
  const vault = await openVault(folder);
  const later = await laterCopies({ connection, collectionName, site, vault, restored: backup, passphrase }, { signal: options.signal });
  const { collection } = await lookUpCollection(connection, collectionName, options);
  await setRestoreMark(folder, { collectionName, collectionId: collection?.id ?? null });
  const restore = async (copy: OpenBackup): Promise<RestoreReport> => {
    const target = { connection, collectionName, site, backup: copy, policy: "add_missing" as const, dimension };
    return await restoreSite({ ...target, plan: null, safetyFolder: folder, passphrase, now }, options);
  };
  const [first, ...others] = [...later, backup];
  let done = await restore(first);
  for (const copy of others) {
    // Going on would give people back in an older version.
    if (idsNotRestored(done).length > 0) return done;
    done = together(done, await restore(copy));
  }
  if (idsNotRestored(done).length > 0) return done;
  // A copy may hold somebody as something old, or a restore that was undone, had brought them back when it was made.
  if (later.length > 0) for (const copy of [...later, backup]) await putRightFrom(copy, request, options);
  await clearRestoreMark(folder);
  return done;
}

/** One report of two restores onto the same site, the second after the first. */
function together(first: RestoreReport, second: RestoreReport): RestoreReport {
  return {
    added: first.added + second.added,
    overwritten: first.overwritten + second.overwritten,
    leftAsTheyAre: second.leftAsTheyAre,
    standInVectors: first.standInVectors + second.standInVectors,
    dimension: second.dimension,
    // The first vectors that are written decide: from then on it is the site's.
    dimensionSource: first.standInVectors > 0 ? first.dimensionSource : second.dimensionSource,
    collectionCreated: first.collectionCreated || second.collectionCreated,
    // Of what was there before both.
    safetyBackup: first.safetyBackup ?? second.safetyBackup,
    accountsOnSite: second.accountsOnSite,
    problems: [...first.problems, ...second.problems],
  };
}
