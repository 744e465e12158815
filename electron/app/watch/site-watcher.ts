/**
 * Watches one site: looks cheaply, judges what it sees, backs up what is new and brings back what a wipe took. Owns
 * when to look and what to do about it; the engine does it. Never throws: a site's trouble is told, and looked at again.
 */
import { isKeeperError, type ErrorCode, type KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { connect, type ConnectOptions } from "../../engine/chroma/connect.ts";
import type { ChromaConnection } from "../../engine/chroma/connection.ts";
import type { CloudSource, ServerSource } from "../../engine/chroma/source.ts";
import { isVaultLocked } from "../../engine/vault/lock.ts";
import { backupSite } from "../../engine/operations/backup-site.ts";
import { contentOfSite, glanceAtSite, judgeAgainstVault, type Glance } from "../../engine/operations/judge-against-vault.ts";
import { putRight } from "../../engine/operations/put-right.ts";
import { restoreEveryone } from "../../engine/operations/restore-everyone.ts";
import { chooseBackup } from "../../engine/operations/restore-site.ts";
import type { ActivityNews } from "../../engine/activity/activity.ts";
import type { Clock } from "../../engine/clock.ts";
import { fullCheckEveryMs } from "./pace.ts";
import type { Verdict, WipeCause } from "../../engine/operations/verdict.ts";
import { idsNotAccepted, idsNotRestored } from "../../engine/record.ts";
import { keyOfNews, toldBefore } from "./told-before.ts";
import { words, type SafeBackup } from "./words.ts";

export interface WatchedSite {
  readonly source: ServerSource | CloudSource;
  readonly collectionName: string;
  /** The vault. */
  readonly folder: string;
  readonly passphrase?: string | undefined;
}

export interface SiteWatcherOptions {
  readonly clock: Clock;
  /** Bring everyone back after a wipe without asking. */
  readonly restoreAfterWipe: boolean;
  /** How often everything is read, so that a changed password is backed up too. */
  readonly fullCheckMs: number;
  readonly onNews: (news: ActivityNews) => Promise<void>;
  /** By earlier watchers, oldest first. */
  readonly toldBefore?: readonly ActivityNews[] | undefined;
  readonly onProgress?: OperationOptions["onProgress"];
  readonly connect?: Pick<ConnectOptions, "timeouts" | "retries" | "answerTimeoutMs"> | undefined;
  /** Says a failure of the site in the words of whoever watches, such as where another key is given. */
  readonly reword?: ((error: KeeperError) => KeeperError) | undefined;
}

/** Busy little servers take seconds for their first answer, and are awake all the same. */
const ANSWER_TIMEOUT_MS = 20_000;

/** What a site says that is not there, besides that it sleeps. */
const AWAY: ReadonlySet<ErrorCode> = new Set(["SERVER_UNREACHABLE", "SERVER_FAILED", "BAD_ANSWER", "RATE_LIMITED"]);
/** The same once it has answered in this very look: a site that takes nothing, or cuts large answers off, is there all the same. */
const GONE_MEANWHILE: ReadonlySet<ErrorCode> = new Set(["SERVER_UNREACHABLE"]);

/** How a look ended: what decides when to look again. */
type LookOutcome = "quiet" | "acted" | "away" | "failed";

export interface SiteWatcher {
  /**
   * Looks once and does what is needed. `hasJustWoken`: this computer has slept until now, so that its network may not be
   * there yet, and nobody is told that the site cannot be reached. Only CANCELLED is thrown, when `signal` is aborted.
   */
  look(signal: AbortSignal, hasJustWoken?: boolean): Promise<LookOutcome>;
  close(): Promise<void>;
}

export function createSiteWatcher(site: WatchedSite, options: SiteWatcherOptions): SiteWatcher {
  const { clock, onNews, reword = (error: KeeperError) => error } = options;
  const before = toldBefore(options.toldBefore ?? []);
  let connection: ChromaConnection | null = null;
  /** What stood there when everything was last in order; null: look closely. */
  let settled: Glance | null = null;
  let lastFullCheckMs = -Infinity;
  /** The newest news of a lasting state, so that it is told once and not at every look. */
  let told = before.lasting;
  let doing: "backup" | "restore" = "backup";
  /** The newest good backup when it was last looked at. */
  let safe: SafeBackup | null = null;
  /** It was this site that answered here: whatever else does later stands in its place. */
  let hasAnswered = false;
  let hasAnsweredNow = false;
  /** A failure was told, and that it is over was not. */
  let hasFailed = before.hasFailed;
  /** Whom the server did not take into this collection: they are not brought there again and again, each time with a safety copy. */
  let refused: { readonly collectionId: string | null; readonly ids: ReadonlySet<string> } | null = null;
  /** In which ways it was told that the site is away, since it is. */
  const toldAway = new Set(before.away);

  async function tellOnce(news: ActivityNews): Promise<void> {
    const key = keyOfNews(news);
    if (key === told) return;
    told = key;
    await onNews(news);
  }

  /** Which of the two it is changes from look to look; that nobody answers at all is the graver one. */
  async function tellAway(news: ActivityNews): Promise<LookOutcome> {
    const isKnown = toldAway.has(news.kind) || (news.kind === "asleep" && toldAway.size > 0);
    // Whoever follows a redeploy tells how that ends.
    if (isKnown || (await isVaultLocked(site.folder, "redeploy").catch(() => false))) return "away";
    toldAway.add(news.kind);
    await onNews(news);
    return "away";
  }

  async function tellBack(): Promise<void> {
    hasAnswered = true;
    hasAnsweredNow = true;
    if (toldAway.size === 0) return;
    toldAway.clear();
    await onNews(words.back());
  }

  /** Nothing was made, and nothing had to be: only whoever heard of a failure waits for this. */
  async function tellInOrder(): Promise<void> {
    told = "";
    if (!hasFailed || safe === null) return;
    hasFailed = false;
    await onNews(words.safeAgain(safe));
  }

  async function openConnection(signal: AbortSignal): Promise<ChromaConnection> {
    // No waiting for a sleeping site to wake: the next look comes soon enough. A slow one may take its time.
    connection ??= await connect(site.source, { answerTimeoutMs: ANSWER_TIMEOUT_MS, ...options.connect, signal, allowMissingDatabase: true, wakeTimeoutMs: 0 });
    return connection;
  }

  async function closeConnection(): Promise<void> {
    const open = connection;
    connection = null;
    await open?.close();
  }

  async function lookOrThrow(signal: AbortSignal): Promise<LookOutcome> {
    const open = await openConnection(signal);
    const on = { connection: open, collectionName: site.collectionName, folder: site.folder, passphrase: site.passphrase };
    const seen = await glanceAtSite(on, { signal });
    await tellBack();
    const sinceFullCheckMs = clock.now().getTime() - lastFullCheckMs;
    // Before the last one: somebody has put the clock back.
    const isDue = sinceFullCheckMs >= fullCheckEveryMs(options.fullCheckMs, seen.accounts) || sinceFullCheckMs < 0;
    const hasMoved = settled === null || settled.collectionId !== seen.collectionId || settled.accounts !== seen.accounts;
    if (!isDue && !hasMoved) return "quiet";
    settled = null;
    const { verdict, newest } = await judgeAgainstVault(on, seen, { signal });
    if (newest !== null) safe = newest;
    const isBackedUp = verdict.kind === "all_there" && newest?.collectionId === seen.collectionId && newest.content === (await contentOfSite(open, seen, { signal }));
    // Whoever follows a redeploy does all this, and knows more: two at once would back up what is about to be put right.
    // What comes after this is news again, also when it is the same as before.
    if (isBackedUp) await tellInOrder();
    if (!isBackedUp && (await isVaultLocked(site.folder, "redeploy"))) return "quiet";
    const outcome = isBackedUp ? "quiet" : await act(open, verdict, seen, newest !== null && newest.collectionId !== seen.collectionId, signal);
    lastFullCheckMs = clock.now().getTime();
    // What was seen before acting: whoever signed up since then makes the next look a close one.
    settled = outcome === "failed" || (verdict.kind === "wiped" && options.restoreAfterWipe && outcome === "acted") ? null : seen;
    return outcome;
  }

  async function act(open: ChromaConnection, verdict: Verdict, seen: Glance, isAnother: boolean, signal: AbortSignal): Promise<LookOutcome> {
    switch (verdict.kind) {
      case "no_accounts_yet":
        return "quiet";
      case "all_there":
        if (isAnother && options.restoreAfterWipe) await putOldVersionsRight(open, signal);
        return await backUp(open, signal, true);
      case "wiped":
        if (refused?.collectionId === seen.collectionId && verdict.missing.length < (safe?.accounts ?? 0)) return await backUpWithout(refused.ids, open, verdict.missing, seen, signal);
        if (options.restoreAfterWipe) return await bringBack(open, verdict.cause, signal);
        await tellOnce(words.wiped(verdict.cause, verdict.missing));
        return seen.accounts > 0 ? await backUp(open, signal) : "acted";
      case "deletions":
        await tellOnce(words.deletions(verdict.missing, seen.accounts));
        return await backUp(open, signal);
    }
  }

  /** The newest full backup is of the collection before: whoever else is gone from this one was deleted. */
  async function backUpWithout(refusedIds: ReadonlySet<string>, open: ChromaConnection, missing: readonly string[], seen: Glance, signal: AbortSignal): Promise<LookOutcome> {
    const deleted = missing.filter((id) => !refusedIds.has(id));
    if (deleted.length > 0) await tellOnce(words.deletions(deleted, seen.accounts));
    return await backUp(open, signal);
  }

  /** `isEveryoneThere`: also who is in later copies only, whom a backup does not look for. */
  async function backUp(open: ChromaConnection, signal: AbortSignal, isEveryoneThere = false): Promise<LookOutcome> {
    const { collectionName, folder, passphrase } = site;
    const report = await backupSite({ collectionName, folder, passphrase, connection: open, site: open.address, now: () => clock.now() }, { signal, onProgress: options.onProgress });
    if (report.outcome === "unchanged") {
      if (isEveryoneThere) await tellInOrder();
      return "quiet";
    }
    if (report.fewerThan === null) {
      told = "";
      hasFailed = false;
      safe = report;
    }
    for (const item of words.afterBackup(report)) await onNews(item);
    return "acted";
  }

  /** Before the next backup holds them like that. */
  async function putOldVersionsRight(open: ChromaConnection, signal: AbortSignal): Promise<void> {
    doing = "restore";
    const { folder, collectionName, passphrase } = site;
    const count = await putRight({ connection: open, collectionName, site: open.address, folder, passphrase, now: () => clock.now() }, { signal, onProgress: options.onProgress });
    if (count > 0) await onNews(words.putRight(count));
    doing = "backup";
  }

  async function bringBack(open: ChromaConnection, cause: WipeCause, signal: AbortSignal): Promise<LookOutcome> {
    doing = "restore";
    const seenAt = clock.now();
    const { folder, collectionName, passphrase } = site;
    const { backup, passedOver } = await chooseBackup({ kind: "vault", folder }, { passphrase, signal });
    const request = { connection: open, collectionName, site: open.address, folder, backup, passphrase, now: () => clock.now() };
    const report = await restoreEveryone(request, { signal, onProgress: options.onProgress });
    const broken = idsNotRestored(report);
    if (broken.length > 0) {
      hasFailed = true;
      await tellOnce(words.restoreIncomplete(report, broken));
      if (idsNotAccepted(report).length < broken.length) return "failed";
      // Nor must they keep newcomers out of a backup. It is kept apart, for it lacks somebody.
      refused = { collectionId: (await glanceAtSite({ connection: open, collectionName }, { signal })).collectionId, ids: new Set(broken) };
      return await backUp(open, signal);
    }
    await onNews(words.restored(cause, { ...report, seenAt }, passedOver));
    await putOldVersionsRight(open, signal);
    doing = "backup";
    await backUp(open, signal, true);
    return "acted";
  }

  async function tellTrouble(error: unknown, hasJustWoken: boolean): Promise<LookOutcome> {
    if (hasJustWoken && isKeeperError(error, "SERVER_UNREACHABLE")) return "away";
    if (isKeeperError(error, "SITE_ASLEEP")) return await tellAway(words.asleep(safe));
    const away = hasAnsweredNow ? GONE_MEANWHILE : AWAY;
    if (isKeeperError(error) && (away.has(error.code) || (hasAnswered && isKeeperError(error, "NOT_CHROMA")))) return await tellAway(words.unreachable(error, safe));
    // Somebody else is at work on this site, or was quicker: there is nothing to tell, and the next look sees what they did.
    if (isKeeperError(error, "BUSY") || isKeeperError(error, "PLAN_STALE")) return "quiet";
    hasFailed = true;
    await tellOnce(words.failed(isKeeperError(error) ? reword(error) : error, doing));
    return "failed";
  }

  return {
    async look(signal, hasJustWoken = false) {
      doing = "backup";
      hasAnsweredNow = false;
      try {
        return await lookOrThrow(signal);
      } catch (error) {
        throwIfCancelled(signal);
        settled = null;
        await closeConnection();
        return await tellTrouble(error, hasJustWoken);
      }
    },
    close: closeConnection,
  };
}
