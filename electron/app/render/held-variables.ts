/**
 * The variable as Render holds it, per site: looked at after every backup, so that one that went stale is seen before the
 * redeploy that would need it. Where the owner switched that on it is brought up to date, unless the site was wiped or lacks
 * accounts that nobody has decided about. Never deploys.
 */
import { isKeeperError } from "../../../shared/errors.ts";
import type { Eligibility } from "../../../shared/eligibility.ts";
import type { HeldVariableView } from "../../../shared/model.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { words } from "../../engine/activity/words.ts";
import { connect } from "../../engine/chroma/connect.ts";
import { glanceAtSite, judgeAgainstVault } from "../../engine/operations/judge-against-vault.ts";
import { judgeSite } from "../../engine/operations/make-variable.ts";
import { checkHostVariable, setHostVariable, type HeldVariable } from "../../engine/redeploy/host-variable.ts";
import { isNotEligible } from "../../engine/variable/offer.ts";
import { openVault } from "../../engine/vault/vault.ts";
import type { Services } from "../services.ts";
import { passphraseOfSite, sourceOfSite } from "../sites/site-sources.ts";
import type { StoredLink, StoredSite } from "../sites/site-store.ts";
import { requireVault } from "../sites/used-vault.ts";
import { withLinkedRender } from "./render-access.ts";

export interface HeldVariables {
  /** Null: not looked at since the app was started. */
  of(siteId: string): HeldVariableView | null;
  /** Notes what was seen at this service, and tells the window; unless the site is no longer linked to it. */
  note(siteId: string, serviceId: string, held: HeldVariable): HeldVariableView;
  forget(siteId: string): void;
  /**
   * After a backup of a linked site. Returns at once; what fails is logged and looked at again after the next backup. While
   * a look is under way one more follows it: that one may have read the site already.
   */
  afterBackup(site: Pick<StoredSite, "id">): void;
  close(): Promise<void>;
}

export function createHeldVariables(services: Services, onChange: () => void): HeldVariables {
  const { clock, log, record, secrets, demos, store } = services;
  const seen = new Map<string, HeldVariableView>();
  /** What the owner was told last, so that it is told once. */
  const told = new Map<string, string>();
  const running = new Map<string, Promise<void>>();
  /** Sites that were backed up while they were looked at. */
  const again = new Set<string>();
  const stopped = new AbortController();

  /** As it is now: a look takes a while, and its owner may unlink the site, link it anew or switch something meanwhile. */
  function linkedSite(siteId: string): StoredSite | undefined {
    return store.value.sites.find(({ id, render }) => id === siteId && render !== undefined);
  }

  function linkTo(siteId: string, serviceId: string): StoredLink | undefined {
    const link = linkedSite(siteId)?.render;
    return link?.service.id === serviceId ? link : undefined;
  }

  function note(siteId: string, serviceId: string, held: HeldVariable): HeldVariableView {
    const { state, accounts, missing, changed, gone } = held;
    const view = { checkedAt: clock.now().toISOString(), state, accounts, missing: missing.length, changed: changed.length, gone: gone.length };
    if (linkTo(siteId, serviceId) === undefined) return view;
    seen.set(siteId, view);
    onChange();
    return view;
  }

  async function look(site: StoredSite, options: OperationOptions): Promise<void> {
    await requireVault(site);
    // Nobody may have backed up yet.
    await openVault(site.vault, { create: true });
    const source = await sourceOfSite(site, secrets, demos);
    if (source.kind === "folder") return;
    const connection = await connect(source, { ...options, wakeTimeoutMs: 0 });
    try {
      await withLinkedRender(services, site, async ({ render, serviceId }) => {
        const request = { render, serviceId, site: { connection, collectionName: site.collectionName } };
        const held = await checkHostVariable(request, options);
        note(site.id, serviceId, held);
        if (held.state === "current") {
          told.delete(site.id);
          return;
        }
        const on = { ...request.site, folder: site.vault, passphrase: await passphraseOfSite(site, secrets) };
        const glance = await glanceAtSite(on, options);
        const { verdict, newest } = await judgeAgainstVault(on, glance, options);
        const link = linkTo(site.id, serviceId);
        // After a wipe what the variable holds may be all that the host can restore from.
        if (link === undefined || verdict.kind === "wiped") return;
        const mayBeSet = link.keepVariable && (verdict.kind === "all_there" || held.state !== "stale");
        if (mayBeSet && (await bringUpToDate(site, { ...request, isVouchedFor: newest !== null }, options))) return;
        if (held.state === "stale") await tellStale(site, held, glance.collectionId === null ? null : await judgeSite(on, glance.collectionId, glance.accounts, options));
      });
    } finally {
      await connection.close();
    }
  }

  /** False: the site may not use it, and what Render holds is as it was. */
  async function bringUpToDate(site: StoredSite, request: Parameters<typeof setHostVariable>[0], options: OperationOptions): Promise<boolean> {
    try {
      const set = await setHostVariable(request, options);
      note(site.id, request.serviceId, await checkHostVariable(request, options));
      if (set.wasSet) await record(site, words.variableSet(set));
      return true;
    } catch (error) {
      // Too many, or it would not bring all of them back: the redeploy brings everyone back from the backup instead.
      if (!isNotEligible(error)) throw error;
      return false;
    }
  }

  async function tellStale(site: StoredSite, held: HeldVariable, eligibility: Eligibility | null): Promise<void> {
    const counts = { missing: held.missing.length, changed: held.changed.length, gone: held.gone.length };
    // Nothing can be done about one that the site has outgrown, so that it is not told anew with everyone who signs up.
    const key = eligibility?.eligible === false ? eligibility.reason : JSON.stringify([held.missing, held.changed, held.gone]);
    if (told.get(site.id) === key) return;
    told.set(site.id, key);
    await record(site, words.variableStale(counts, eligibility));
  }

  async function lookAt(siteId: string): Promise<void> {
    do {
      again.delete(siteId);
      await lookOnce(siteId);
    } while (again.has(siteId) && !stopped.signal.aborted);
    // With nothing to wait for in between: who comes now starts a look of their own.
    running.delete(siteId);
  }

  async function lookOnce(siteId: string): Promise<void> {
    const site = linkedSite(siteId);
    if (site === undefined) return;
    try {
      await look(site, { signal: stopped.signal });
    } catch (error) {
      if (!stopped.signal.aborted) log.warn(`The variable at Render could not be looked at: ${isKeeperError(error) ? error.code : "unknown"}`);
    }
  }

  return {
    of: (siteId) => seen.get(siteId) ?? null,
    note,
    forget(siteId) {
      seen.delete(siteId);
      told.delete(siteId);
    },
    afterBackup({ id }) {
      if (linkedSite(id) === undefined || stopped.signal.aborted) return;
      if (running.has(id)) again.add(id);
      else running.set(id, lookAt(id));
    },
    async close() {
      stopped.abort();
      await Promise.all(running.values());
    },
  };
}
