/**
 * The site while its host deploys: whoever signs up is backed up, and after a wipe everyone is brought back at once.
 * Owns what one look does; when to look, and when it is over, is in follow-deploy.
 */
import { isKeeperError, KeeperError, toErrorValue } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions, type Progress } from "../../../shared/progress.ts";
import { count, shownIds } from "../activity/words.ts";
import { backupSite } from "../operations/backup-site.ts";
import { contentOfSite, glanceAtSite, judgeAgainstVault, type Glance } from "../operations/judge-against-vault.ts";
import { readRestoreMark } from "../operations/restore-mark.ts";
import { restoreEveryone } from "../operations/restore-everyone.ts";
import { chooseBackup } from "../operations/restore-site.ts";
import type { ContactedSite, SiteContact } from "./site-contact.ts";

export type SiteLook =
  /** Everyone is there and backed up. */
  | { readonly kind: "in_order"; readonly seen: Glance }
  /** Accounts were brought back, or backed up: the next look tells how it stands. */
  | { readonly kind: "acted"; readonly seen: Glance; readonly wiped: boolean; readonly restored: number; readonly putRight: number; readonly newcomers: number }
  /** The same collection, and some are gone, or do not stay: nothing was done about it. */
  | { readonly kind: "deletions"; readonly seen: Glance; readonly missing: readonly string[] }
  /** Nobody answers, or not as a ChromaDB: on its way down or up. Trouble: something else is wrong that a later look may find mended. */
  | { readonly kind: "away"; readonly error: KeeperError }
  | { readonly kind: "trouble"; readonly error: KeeperError };

/** Everyone is there: also where somebody new was just backed up, for on a busy site there always is. */
export function isEveryoneThere(look: SiteLook): boolean {
  return look.kind === "in_order" || (look.kind === "acted" && !look.wiped);
}

export interface SiteKeeper {
  /** Only CANCELLED is thrown, when `signal` aborts. */
  look(options: OperationOptions): Promise<SiteLook>;
  /** What had to be left undone. */
  readonly remarks: readonly string[];
}

/** A site that was found in order, and what was on it then, as the digest of `contentOfSite`. */
export interface SettledSite {
  readonly seen: Glance;
  readonly content: string;
}

export interface SiteKeeperOptions {
  readonly contact: SiteContact;
  /** The collection from before the deploy. */
  readonly collectionId: string | null;
  /** What stands there is in order as it is: no look has to open the vault before something changes. Null: nobody has looked yet. */
  readonly settled: SettledSite | null;
  /** Puts right who came back in an older version; returns how many. */
  readonly putRight: (site: ContactedSite, options: OperationOptions) => Promise<number>;
  /** As in `RedeployRequest`. */
  readonly reword?: ((error: KeeperError) => KeeperError) | undefined;
}

/** What a site says that is not there. A host's own page answers in its place with anything. */
const AWAY = ["SITE_ASLEEP", "SERVER_UNREACHABLE", "SERVER_FAILED", "NOT_CHROMA", "BAD_ANSWER", "TLS_FAILED", "RATE_LIMITED", "CHROMA_TOO_OLD"] as const;

/** Up to here every look reads everybody: a password may change, or one leave and one sign up, and the number stays. */
const SMALL_SITE = 1_000;
/** A larger one is read so often that at most a fifth of the time is spent on it. */
const PAUSE_FACTOR = 4;

/** Whoever came back so often and is gone again was deleted by the site itself: that is for somebody to decide. */
const MAX_RESTORES = 5;

/** Whoever came back in an older version is put right before they are backed up like that; after so many failures the site's own word is taken. */
const MAX_TRIES = 5;

export function createSiteKeeper({ contact, collectionId, settled: before, putRight, reword = (error) => error }: SiteKeeperOptions): SiteKeeper {
  /** What stood there when everything was last in order. */
  let settled = before;
  /** The collection whose accounts are ours or were put right. */
  let rightId = collectionId;
  let tries = 0;
  /** How many were on the wiped site when a restore began of which nobody has heard how it ended. */
  let restoringFrom: number | null = null;
  /** How often in a row everyone was brought back into this collection. */
  let brought = { collectionId, times: 0 };
  /** Who was deleted before the wipe. */
  let deleted: readonly string[] = [];
  let isFirstLook = true;
  let readAgainAtMs = -Infinity;
  const remarks: string[] = [];

  /** Whether all is as it was when it was last in order, as far as it is time to look. */
  async function isAsBefore(site: ContactedSite, seen: Glance, options: OperationOptions): Promise<boolean> {
    if (settled === null || settled.seen.collectionId !== seen.collectionId || settled.seen.accounts !== seen.accounts) return false;
    if (seen.accounts > SMALL_SITE && performance.now() < readAgainAtMs) return true;
    const startedMs = performance.now();
    const content = await contentOfSite(site.connection, seen, options);
    readAgainAtMs = performance.now() + PAUSE_FACTOR * (performance.now() - startedMs);
    return content === settled.content;
  }

  async function lookOrThrow(options: OperationOptions): Promise<SiteLook> {
    const { signal } = options;
    // What the engine does inside cannot be stopped without leaving the deploy alone.
    const inside = { signal, onProgress: (progress: Progress) => options.onProgress?.({ ...progress, canCancel: false }) };
    const site = await contact.reach({ signal, patient: false });
    const seen = await glanceAtSite(site, { signal });
    // By a program that was closed in the middle of it. Judging clears the mark when everybody is there.
    const wasRestoring = isFirstLook && collectionId !== seen.collectionId && (await readRestoreMark(site.folder)) !== null;
    if (await isAsBefore(site, seen, { signal })) return { kind: "in_order", seen };
    settled = null;
    const { verdict, newest } = await judgeAgainstVault(site, seen, { signal });
    isFirstLook = false;
    switch (verdict.kind) {
      case "wiped":
        if (brought.collectionId === seen.collectionId && brought.times >= MAX_RESTORES) return await leaveGone(site, seen, verdict.missing, inside);
        return await bringBack(site, seen, inside);
      case "deletions":
        if (seen.collectionId === collectionId) deleted = verdict.missing;
        return await leaveGone(site, seen, verdict.missing, inside);
      case "no_accounts_yet":
        settled = { seen, content: await contentOfSite(site.connection, seen, { signal }) };
        return { kind: "in_order", seen };
      case "all_there":
        brought = { collectionId, times: 0 };
        deleted = [];
        if (wasRestoring) restoringFrom ??= 0;
        // It had written everybody before it failed: they are back by us, and by nobody else.
        if (restoringFrom !== null) return { kind: "acted", seen, wiped: true, restored: takeRestored(seen), putRight: 0, newcomers: 0 };
        if (seen.collectionId !== rightId) {
          const right = await putRightOnce(site, seen, inside);
          if (right > 0) return { kind: "acted", seen, wiped: true, restored: 0, putRight: right, newcomers: 0 };
        }
        if (newest?.collectionId === seen.collectionId) {
          const content = await contentOfSite(site.connection, seen, { signal });
          if (newest.content === content) {
            settled = { seen, content };
            return { kind: "in_order", seen };
          }
        }
        return await backUp(site, seen, newest?.accounts ?? 0, inside);
    }
  }

  async function backUp(site: ContactedSite, seen: Glance, before: number, options: OperationOptions): Promise<SiteLook> {
    const { accounts } = await backupSite(site, options);
    return { kind: "acted", seen, wiped: false, restored: 0, putRight: 0, newcomers: Math.max(0, accounts - before) };
  }

  async function leaveGone(site: ContactedSite, seen: Glance, missing: readonly string[], options: OperationOptions): Promise<SiteLook> {
    // Whoever signed up since is kept, apart.
    await backupSite(site, options);
    return { kind: "deletions", seen, missing };
  }

  async function bringBack(site: ContactedSite, seen: Glance, options: OperationOptions): Promise<SiteLook> {
    const { backup } = await chooseBackup({ kind: "vault", folder: site.folder }, { passphrase: site.passphrase, signal: options.signal });
    const isFirst = restoringFrom === null;
    const onProgress = (progress: Progress): void => {
      // From the first write on: until then somebody else may still have brought them back.
      if (progress.phase === "restoring") restoringFrom ??= seen.accounts;
      options.onProgress?.(progress);
    };
    const { added } = await restoreEveryone({ ...site, backup }, { ...options, onProgress });
    // The collection may have been made by this. Who came back by another hand is put right at the next look.
    const afterwards = await glanceAtSite(site, options);
    brought = { collectionId: afterwards.collectionId, times: brought.collectionId === afterwards.collectionId ? brought.times + 1 : 1 };
    if (deleted.length > 0) remarks.push(cameBackDeleted(deleted));
    deleted = [];
    const counted = takeRestored(afterwards);
    return { kind: "acted", seen: afterwards, wiped: true, restored: isFirst ? added : counted, putRight: 0, newcomers: 0 };
  }

  function takeRestored({ accounts }: Glance): number {
    const restored = Math.max(0, accounts - (restoringFrom ?? accounts));
    restoringFrom = null;
    return restored;
  }

  async function putRightOnce(site: ContactedSite, seen: Glance, options: OperationOptions): Promise<number> {
    try {
      const right = await putRight(site, options);
      rightId = seen.collectionId;
      return right;
    } catch (error) {
      throwIfCancelled(options.signal);
      tries += 1;
      if (tries < MAX_TRIES) throw error;
      rightId = seen.collectionId;
      remarks.push(`Whoever came back from an old variable could not be checked: ${toErrorValue(error).message}`);
      return 0;
    }
  }

  return {
    remarks,
    async look(options) {
      try {
        return await lookOrThrow(options);
      } catch (error) {
        throwIfCancelled(options.signal);
        settled = null;
        await contact.letGo();
        const known = isKeeperError(error) ? reword(error) : new KeeperError("INTERNAL", toErrorValue(error).message, { cause: error });
        return AWAY.some((code) => code === known.code) ? { kind: "away", error: known } : { kind: "trouble", error: known };
      }
    },
  };
}

/** A wipe tells nobody who had been deleted before it. */
function cameBackDeleted(ids: readonly string[]): string {
  const [were, them] = ids.length === 1 ? ["was", "it"] : ["were", "them"];
  return `${count(ids.length)} ${were} deleted from your site while Render deployed, and came back with everyone else: ${shownIds(ids).join(", ")}. Delete ${them} again if that was meant.`;
}
