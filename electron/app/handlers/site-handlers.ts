/** Commands about the list of sites. */
import { randomUUID } from "node:crypto";
import { KeeperError } from "../../../shared/errors.ts";
import type { SiteSettings, SiteView } from "../../../shared/model.ts";
import { relockNewest } from "../../engine/operations/relock-newest.ts";
import type { Handlers } from "../gate.ts";
import type { HeldVariables } from "../render/held-variables.ts";
import { linkView } from "../render/render-access.ts";
import type { Services } from "../services.ts";
import { canBeWatched, secretNames, splitDraft, viewOfSource } from "../sites/site-sources.ts";
import { changeSite, siteOf, type StoredSite } from "../sites/site-store.ts";
import { freeVault, siteWithVault, vaultTaken } from "../sites/site-vaults.ts";
import type { WatchControl } from "../watch/watch-control.ts";

const DEFAULT_SITE_SETTINGS: SiteSettings = { watch: true, restoreAfterWipe: true, rehearse: true };

export interface SiteList {
  readonly handlers: Pick<Handlers, "site.list" | "site.add" | "site.update" | "site.remove">;
  readonly views: () => SiteView[];
  /** Throws SITE_NOT_FOUND. */
  readonly viewOf: (siteId: string) => SiteView;
}

export function createSiteHandlers(services: Services, watch: WatchControl, held: Pick<HeldVariables, "of" | "forget">): SiteList {
  const { store, secrets, demos, tokens, emitSites, suggestedVaults } = services;

  function viewOf(site: StoredSite): SiteView {
    const { id, name, collectionName, vault, encrypted, settings, render } = site;
    const source = viewOfSource(site.source, secrets.has(secretNames.key(id)));
    const link = render === undefined ? null : linkView(render, { hasKey: secrets.has(secretNames.renderKey(id)), variable: held.of(id) });
    return { id, name, source, collectionName, vault, encrypted, settings, canBeWatched: canBeWatched(site.source), render: link, ...watch.stateOf(id) };
  }

  const views = (): SiteView[] => store.value.sites.map(viewOf);

  async function settle(siteId: string): Promise<{ site: SiteView }> {
    await watch.follow(store.value.sites);
    emitSites();
    return { site: viewOf(siteOf(store, siteId)) };
  }

  /** Two sites in one folder would take each other's backups for their own. */
  async function refuseUsedVault(vault: string, siteId: string | null): Promise<void> {
    const other = await siteWithVault(store.value.sites.filter(({ id }) => id !== siteId), vault);
    if (other !== undefined) throw vaultTaken(other, "Choose a folder of its own for each site.");
  }

  async function keepSecret(name: string, secret: string | null, keepUnprotected: boolean): Promise<void> {
    if (secret === null) await secrets.remove(name);
    else await secrets.set(name, secret, { keepUnprotected });
  }

  return {
    views,
    viewOf: (siteId) => viewOf(siteOf(store, siteId)),
    handlers: {
      "site.list": () => Promise.resolve({ sites: views() }),

      async "site.add"({ name, source: draft, collectionName, vault: token, passphrase, settings, keepUnprotected }) {
        const { source, secret } = splitDraft(draft, tokens);
        const vault = token === undefined ? freeVault(suggestedVaults, name, store.value.sites) : tokens.pathOf(token, "vault");
        await refuseUsedVault(vault, null);
        const site: StoredSite = { id: randomUUID(), name, source, collectionName, vault, encrypted: passphrase !== undefined, settings: { ...DEFAULT_SITE_SETTINGS, ...withoutUndefined(settings) } };
        // The keys first: a site without its key would be worse than a key without its site.
        await keepSecret(secretNames.key(site.id), secret, keepUnprotected);
        await keepSecret(secretNames.passphrase(site.id), passphrase ?? null, keepUnprotected);
        await store.update((value) => ({ ...value, sites: [...value.sites, site] }));
        return await settle(site.id);
      },

      async "site.update"({ siteId, name, collectionName, vault: token, auth, passphrase, settings, keepUnprotected }) {
        const known = siteOf(store, siteId);
        const vault = token === undefined ? known.vault : tokens.pathOf(token, "vault");
        await refuseUsedVault(vault, siteId);
        let { source } = known;
        if (auth !== undefined) {
          if (source.kind === "server") source = { ...source, auth: auth.kind };
          else if (source.kind !== "cloud" || auth.kind !== "chroma_token") throw new KeeperError("NOT_AVAILABLE_HERE", "This site takes no such key.", { hint: "Only servers and Chroma Cloud have keys." });
          const secret = source.kind === "cloud" && auth.kind === "chroma_token" ? { kind: "cloud", apiKey: auth.token } : auth;
          await keepSecret(secretNames.key(siteId), auth.kind === "none" ? null : JSON.stringify(secret), keepUnprotected);
        }
        if (passphrase !== undefined) {
          // With the old one while it is known: what cannot be read any more could not be compared with, and a wipe not be seen.
          await relockNewest({ folder: vault, before: await secrets.get(secretNames.passphrase(siteId)), passphrase: passphrase ?? undefined });
          await keepSecret(secretNames.passphrase(siteId), passphrase, keepUnprotected);
        }
        await changeSite(store, siteId, (now) => ({
          ...now,
          name: name ?? now.name,
          collectionName: collectionName ?? now.collectionName,
          vault,
          vaultUsed: vault === now.vault && now.vaultUsed === true,
          source,
          encrypted: passphrase === undefined ? now.encrypted : passphrase !== null,
          settings: { ...now.settings, ...withoutUndefined(settings) },
        }));
        return await settle(siteId);
      },

      async "site.remove"({ siteId }) {
        const site = siteOf(store, siteId);
        await store.update((value) => ({ ...value, sites: value.sites.filter(({ id }) => id !== siteId) }));
        await watch.follow(store.value.sites);
        await Promise.all([secrets.remove(secretNames.key(siteId)), secrets.remove(secretNames.passphrase(siteId)), secrets.remove(secretNames.renderKey(siteId))]);
        held.forget(siteId);
        if (site.source.kind === "demo") await demos.remove(siteId);
        emitSites();
        return { done: true };
      },
    },
  };
}

function withoutUndefined<T extends object>(part: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(part ?? {}).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
