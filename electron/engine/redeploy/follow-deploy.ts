/** From the moment Render was asked to deploy until everyone is there again. Nothing here deploys. */
import { isDeepStrictEqual } from "node:util";
import type { KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import type { Clock } from "../clock.ts";
import type { Glance } from "../operations/judge-against-vault.ts";
import type { RenderClient } from "../render/render-client.ts";
import { cannotFinish, deployFailed, notBack, stillDeploying } from "./endings.ts";
import { createHostDeploy, hasFailed } from "./host-deploy.ts";
import { whatRenderSaw } from "./host-events.ts";
import { writeJournal, type RedeployJournal } from "./journal.ts";
import { isEveryoneThere, type SiteKeeper, type SiteLook } from "./look-after-site.ts";
import type { RedeployPace } from "./redeploy.ts";
import { createStopwatch } from "./stopwatch.ts";

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

/** After a wipe was mended: this many looks in a row that find everything in order. */
const GOOD_LOOKS = 2;
/** Nobody decides about more of them one by one. */
const MAX_IDS = 100;

/**
 * Looks at the site and at Render in turn, and at the deploys that Render begins meanwhile. Throws DEPLOY_FAILED (the
 * deploy failed or was cancelled, and the site is there), SITE_ASLEEP or what else kept the site away or everyone from
 * coming back for `pace.siteTimeoutMs`, DEPLOY_UNFINISHED, or HOST_UNREACHABLE and the like when Render did not say how
 * the deploy ended, CANCELLED when `signal` aborts. The journal says at every moment how far it is: whoever finds it can
 * go on.
 */
export async function followDeploy(request: FollowRequest, options: OperationOptions): Promise<Followed> {
  const { render, keeper, clock, pace } = request;
  const { signal } = options;
  const { serviceId, deployId, accounts } = request.journal;
  const waitedMs = createStopwatch(clock);
  const story = createStory(request);
  const host = createHostDeploy(render, serviceId, deployId, waitedMs);

  function isOver(look: SiteLook, overMs: number | null): boolean {
    const { lost } = host.sinceMs();
    // Render is lost, the site is not: what happens there is seen all the same.
    if (overMs === null) return lost !== null && (story.isWipeMended() || (isEveryoneThere(look) && waitedMs() - lost >= pace.siteTimeoutMs));
    if (!isEveryoneThere(look) && look.kind !== "deletions") return false;
    if (story.isWiped()) return look.kind === "deletions" || story.isWipeMended();
    return waitedMs() - overMs >= pace.settleMs;
  }

  async function giveUp(look: SiteLook, overMs: number | null): Promise<void> {
    if (overMs === null && waitedMs() - host.sinceMs().followed > pace.deployTimeoutMs) throw host.trouble() ?? stillDeploying(accounts);
    if (overMs === null || waitedMs() - overMs <= pace.siteTimeoutMs) return;
    if (look.kind === "trouble") throw cannotFinish(look.error, accounts);
    if (look.kind === "away") throw notBack(look.error, accounts, await whatRenderSaw(render, serviceId, new Date(request.journal.askedAt), options));
  }

  for (;;) {
    throwIfCancelled(signal);
    const { over } = host.sinceMs();
    const end = host.end();
    const phase = over === null ? "deploying" : "waiting_for_site";
    options.onProgress?.({ phase, done: Math.round(waitedMs() / 1000), total: null, unit: "seconds", canCancel: false, problems: 0 });
    // The site before Render: whoever signed up until just now is backed up before the deploy goes on.
    const look = await keeper.look(options);
    await story.add(look);
    await host.ask(options);
    await story.follow(host.deployId());
    if (hasFailed(end) && (isEveryoneThere(look) || look.kind === "deletions")) throw deployFailed(end, accounts, look);
    if (!hasFailed(end) && isOver(look, over)) return story.end(host.trouble());
    await giveUp(look, over);
    // What has just ended is looked at without delay.
    if (host.sinceMs().over === over) await clock.sleep(pace.lookEveryMs, signal ?? new AbortController().signal);
  }
}

interface Story {
  add(look: SiteLook): Promise<void>;
  /** From now on it is about this deploy. */
  follow(deployId: string): Promise<void>;
  /** By the deploy that is followed now. */
  isWiped(): boolean;
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
  /** The collection from before the deploy that is followed now. */
  let collectionId = begun.collectionId;
  let isWipedByThis = begun.wipedAt !== null;

  async function note(change: Partial<RedeployJournal>): Promise<void> {
    const next = { ...journal, ...change };
    if (isDeepStrictEqual(next, journal)) return;
    journal = next;
    // A full disk is no reason to leave a wiped site alone.
    await writeJournal(folder, journal).catch(() => undefined);
  }

  return {
    isWiped: () => isWipedByThis,
    isWipeMended: () => isWipedByThis && goodLooks >= GOOD_LOOKS,
    async follow(deployId) {
      if (deployId === journal.deployId) return;
      collectionId = last.collectionId ?? collectionId;
      isWipedByThis = false;
      await note({ deployId });
    },
    async add(look) {
      const now = clock.now().toISOString();
      goodLooks = isEveryoneThere(look) ? goodLooks + 1 : 0;
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
      const isWiped = (look.kind === "acted" && look.wiped) || look.seen.collectionId !== collectionId;
      isWipedByThis ||= isWiped;
      await note({ ...(isBack ? { downAt: journal.downAt ?? now, backAt: journal.backAt ?? now } : {}), ...(isWiped ? { wipedAt: journal.wipedAt ?? now } : {}) });
    },
    end(hostTrouble) {
      const remarks = [...keeper.remarks, ...(hostTrouble === null ? [] : [`Render did not say how the deploy ended: ${hostTrouble.message}`])];
      return { journal, newcomers, accountsOnSite: last.accounts, missing: missing.slice(0, MAX_IDS), remarks };
    },
  };
}
