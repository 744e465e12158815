/** From the moment Render was asked to deploy until everyone is there again. Nothing here deploys. */
import { isDeepStrictEqual } from "node:util";
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { count } from "../activity/words.ts";
import type { Clock } from "../clock.ts";
import type { Glance } from "../operations/judge-against-vault.ts";
import { deployEnd } from "../render/model.ts";
import type { RenderClient } from "../render/render-client.ts";
import { whatRenderSaw } from "./host-events.ts";
import { writeJournal, type RedeployJournal } from "./journal.ts";
import type { SiteKeeper, SiteLook } from "./look-after-site.ts";
import type { RedeployPace } from "./redeploy.ts";

export interface FollowRequest {
  readonly folder: string;
  readonly render: RenderClient;
  /** With the deploy's id. */
  readonly journal: RedeployJournal & { readonly deployId: string };
  readonly keeper: SiteKeeper;
  readonly clock: Clock;
  readonly pace: RedeployPace;
}

export interface Followed {
  readonly journal: RedeployJournal;
  readonly newcomers: number;
  readonly accountsOnSite: number;
  readonly missing: readonly string[];
  readonly remarks: readonly string[];
}

/** Codes after which asking Render again leads nowhere. */
const HOST_IS_LOST = ["HOST_KEY_REFUSED", "HOST_SERVICE_NOT_FOUND", "HOST_DEPLOY_NOT_FOUND"] as const;
/** After a wipe was mended: this many looks in a row that find everything in order. */
const GOOD_LOOKS = 2;
/** Nobody decides about more of them one by one. */
const MAX_IDS = 100;

/**
 * Looks at the site and at Render in turn. Throws DEPLOY_FAILED (the deploy failed or was cancelled; the site was looked
 * at once more), SITE_ASLEEP or what else kept the site away for `pace.siteTimeoutMs`, HOST_UNREACHABLE and the like when
 * Render did not say how the deploy ended, CANCELLED when `signal` aborts. The journal says at every moment how far it is:
 * whoever finds it can go on.
 */
export async function followDeploy(request: FollowRequest, options: OperationOptions): Promise<Followed> {
  const { render, keeper, clock, pace } = request;
  const { signal } = options;
  const { serviceId, deployId, accounts } = request.journal;
  const startedMs = clock.now().getTime();
  const story = createStory(request);
  const host: HostState = { end: null, overSinceMs: null, trouble: null, lostSinceMs: null };

  async function askRender(): Promise<void> {
    if (host.end !== null || host.lostSinceMs !== null) return;
    try {
      host.end = deployEnd((await render.readDeploy(serviceId, deployId, { signal })).status);
      host.trouble = null;
    } catch (error) {
      throwIfCancelled(signal);
      if (!isKeeperError(error)) throw error;
      host.trouble = error;
      if (isLost(error)) host.lostSinceMs = clock.now().getTime();
    }
    if (host.end !== null) host.overSinceMs = clock.now().getTime();
  }

  function isOver(look: SiteLook, sinceMs: number | null): boolean {
    // Render is lost, the site is not: what happens there is seen all the same.
    if (sinceMs === null) return host.lostSinceMs !== null && (story.isWipeMended() || (look.kind === "in_order" && clock.now().getTime() - host.lostSinceMs >= pace.siteTimeoutMs));
    if (look.kind !== "in_order" && look.kind !== "deletions") return false;
    if (story.journal().wipedAt !== null) return look.kind === "deletions" || story.isWipeMended();
    return clock.now().getTime() - sinceMs >= pace.settleMs;
  }

  async function giveUp(look: SiteLook, sinceMs: number | null): Promise<void> {
    const nowMs = clock.now().getTime();
    if (sinceMs === null && nowMs - startedMs > pace.deployTimeoutMs) throw host.trouble ?? tooLong(accounts);
    const isThere = look.kind !== "away" && look.kind !== "trouble";
    if (sinceMs !== null && nowMs - sinceMs > pace.siteTimeoutMs && !isThere) throw notBack(look.error, accounts, await whatRenderSaw(render, serviceId, new Date(request.journal.askedAt), options));
  }

  for (;;) {
    throwIfCancelled(signal);
    const { overSinceMs } = host;
    const seconds = Math.round((clock.now().getTime() - startedMs) / 1000);
    options.onProgress?.({ phase: overSinceMs === null ? "deploying" : "waiting_for_site", done: seconds, total: null, unit: "seconds", canCancel: false, problems: 0 });
    // The site before Render: whoever signed up until just now is backed up before the deploy goes on.
    const look = await keeper.look(options);
    await story.add(look);
    await askRender();
    if (overSinceMs !== null && (host.end === "failed" || host.end === "cancelled")) throw deployFailed(host.end, accounts, look);
    if (isOver(look, overSinceMs)) return story.end(host.trouble);
    await giveUp(look, overSinceMs);
    // What has just ended is looked at without delay.
    if (host.overSinceMs === overSinceMs) await clock.sleep(pace.lookEveryMs, signal ?? new AbortController().signal);
  }
}

interface HostState {
  end: ReturnType<typeof deployEnd>;
  /** Since when Render says that the deploy is over. */
  overSinceMs: number | null;
  trouble: KeeperError | null;
  /** Since when asking Render leads nowhere. */
  lostSinceMs: number | null;
}

interface Story {
  add(look: SiteLook): Promise<void>;
  journal(): RedeployJournal;
  /** There was a wipe, and everything has been in order since. */
  isWipeMended(): boolean;
  end(hostTrouble: KeeperError | null): Followed;
}

/** What the looks tell, kept in the journal. */
function createStory({ folder, journal: begun, keeper, clock }: FollowRequest): Story {
  let journal: RedeployJournal = begun;
  let newcomers = 0;
  let missing: readonly string[] = [];
  let last: Glance = { accounts: 0, collectionId: null };
  let goodLooks = 0;

  async function note(change: Partial<RedeployJournal>): Promise<void> {
    const next = { ...journal, ...change };
    if (isDeepStrictEqual(next, journal)) return;
    journal = next;
    // A full disk is no reason to leave a wiped site alone.
    await writeJournal(folder, journal).catch(() => undefined);
  }

  return {
    journal: () => journal,
    isWipeMended: () => journal.wipedAt !== null && goodLooks >= GOOD_LOOKS,
    async add(look) {
      const now = clock.now().toISOString();
      goodLooks = look.kind === "in_order" ? goodLooks + 1 : 0;
      if (look.kind === "away" || look.kind === "trouble") {
        if (look.kind === "away") await note({ downAt: journal.downAt ?? now });
        return;
      }
      last = look.seen;
      missing = look.kind === "deletions" ? look.missing : [];
      const isBack = journal.downAt !== null || (look.kind === "acted" && look.wiped);
      if (look.kind === "acted") {
        newcomers += look.newcomers;
        await note({ restored: journal.restored + look.restored, putRight: journal.putRight + look.putRight });
      }
      // Another collection: the disk was emptied, also where the site's own code has brought everyone back by now.
      const isWiped = (look.kind === "acted" && look.wiped) || look.seen.collectionId !== journal.collectionId;
      await note({ ...(isBack ? { downAt: journal.downAt ?? now, backAt: journal.backAt ?? now } : {}), ...(isWiped ? { wipedAt: journal.wipedAt ?? now } : {}) });
    },
    end(hostTrouble) {
      const remarks = [...keeper.remarks, ...(hostTrouble === null ? [] : [`Render did not say how the deploy ended: ${hostTrouble.message}`])];
      return { journal, newcomers, accountsOnSite: last.accounts, missing: missing.slice(0, MAX_IDS), remarks };
    },
  };
}

function isLost(error: KeeperError): boolean {
  return HOST_IS_LOST.some((code) => code === error.code);
}

function areSafe(accounts: number): string {
  return accounts === 1 ? "Your 1 account is safe in the newest backup." : `Your ${count(accounts)} are safe in the newest backup.`;
}

function deployFailed(end: "failed" | "cancelled", accounts: number, look: SiteLook): KeeperError {
  const what = end === "failed" ? "Render could not deploy your site." : "The deploy was cancelled in Render.";
  const stillThere = look.kind === "in_order" ? " The site from before goes on running, with everyone on it." : "";
  return new KeeperError("DEPLOY_FAILED", `${what} ${areSafe(accounts)}`, {
    hint: `${stillThere.trimStart()}${stillThere === "" ? "" : " "}${end === "failed" ? "Render's log tells why. Start again when it is mended." : "Start again whenever you like."}`,
  });
}

function notBack(error: KeeperError, accounts: number, seen: string | null): KeeperError {
  return new KeeperError(error.code, `Your site has not come back. ${areSafe(accounts)}`, {
    hint: `${seen ?? "Render's log tells why."} Go on with this redeploy when the site answers: everyone who is missing is brought back then.`,
    cause: error,
  });
}

function tooLong(accounts: number): KeeperError {
  return new KeeperError("DEPLOY_FAILED", `Render is still deploying after a long while. ${areSafe(accounts)}`, { hint: "Look at the deploy in Render. Go on with this redeploy when it is done." });
}
