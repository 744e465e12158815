/** Commands about the list of sites. */
import { randomUUID } from "node:crypto";
import type { CommandRequest } from "../../../shared/contract.ts";
import { KeeperError } from "../../../shared/errors.ts";
import type { AuthDraft, SiteSettings, SiteView } from "../../../shared/model.ts";
import { relockNewest } from "../../engine/operations/relock-newest.ts";
import type { Handlers } from "../gate.ts";
import type { HeldVariables } from "../render/held-variables.ts";
import type { OperationRegistry } from "../operations/registry.ts";
import { linkView } from "../render/render-access.ts";
import type { Services } from "../services.ts";
import { canBeWatched, secretNames, splitDraft, viewOfSource } from "../sites/site-sources.ts";
import { changeSite, siteOf, type StoredSite, type StoredSource } from "../sites/site-store.ts";
import { freeVault, siteWithVault, vaultTaken } from "../sites/site-vaults.ts";
import { createTurns } from "../turns.ts";
import type { WatchControl } from "../watch/watch-control.ts";

const DEFAULT_SITE_SETTINGS: SiteSettings = { watch: true, restoreAfterWipe: true, rehearse: true };

export interface SiteList {
  readonly handlers: Pick<Handlers, "site.list" | "site.add" | "site.update" | "site.remove">;
  readonly views: () => SiteView[];
  /** Throws SITE_NOT_FOUND. */
  readonly viewOf: (siteId: string) => SiteView;
}

interface SiteHandlersOptions {
  readonly watch: WatchControl;
  readonly held: Pick<HeldVariables, "of" | "forget">;
  readonly operations: Pick<OperationRegistry, "withoutWriters">;
}

export function createSiteHandlers(services: Services, { watch, held, operations }: SiteHandlersOptions): SiteList {
  const { store, secrets, demos, tokens, emitSites, suggestedVaults } = services;
  /** Each change finds the list as the one before has left it. */
  const inTurn = createTurns();

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

  async function add({ name, source: draft, collectionName, vault: token, passphrase, settings, keepUnprotected }: CommandRequest<"site.add">): Promise<{ site: SiteView }> {
    const { source, secret } = splitDraft(draft, tokens);
    const vault = token === undefined ? freeVault(suggestedVaults, name, store.value.sites) : tokens.pathOf(token, "vault");
    await refuseUsedVault(vault, null);
    const site: StoredSite = { id: randomUUID(), name, source, collectionName, vault, encrypted: passphrase !== undefined, settings: { ...DEFAULT_SITE_SETTINGS, ...withoutUndefined(settings) } };
    // The keys first: a site without its key would be worse than a key without its site.
    await keepSecret(secretNames.key(site.id), secret, keepUnprotected);
    await keepSecret(secretNames.passphrase(site.id), passphrase ?? null, keepUnprotected);
    await store.update((value) => ({ ...value, sites: [...value.sites, site] }));
    return await settle(site.id);
  }

  async function change({ siteId, name, collectionName, vault: token, auth, passphrase, settings, keepUnprotected }: CommandRequest<"site.update">): Promise<void> {
    const known = siteOf(store, siteId);
    const vault = token === undefined ? known.vault : tokens.pathOf(token, "vault");
    await refuseUsedVault(vault, siteId);
    const source = auth === undefined ? known.source : withAuth(known.source, auth);
    if (passphrase !== undefined) {
      // With the old one while it is known: what cannot be read any more could not be compared with, and a wipe not be seen.
      await relockNewest({ folder: vault, before: await secrets.get(secretNames.passphrase(siteId)), passphrase: passphrase ?? undefined });
      await keepSecret(secretNames.passphrase(siteId), passphrase, keepUnprotected);
    }
    if (auth !== undefined) await keepSecret(secretNames.key(siteId), secretOf(source, auth), keepUnprotected);
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
  }

  /** A watcher knows the key and the passphrase it was started with: it ends before they change, and begins anew. */
  async function withoutWatcher(siteId: string, work: () => Promise<void>): Promise<void> {
    await watch.follow(store.value.sites.filter(({ id }) => id !== siteId));
    try {
      await work();
    } finally {
      await watch.follow(store.value.sites);
    }
  }

  async function update(request: CommandRequest<"site.update">): Promise<{ site: SiteView }> {
    const { siteId, vault, auth, passphrase } = request;
    siteOf(store, siteId);
    const changeIt = async (): Promise<void> => await change(request);
    // What runs would go on with the old ones, and leave a backup or the note of a redeploy where nobody looks any more.
    if (vault !== undefined || passphrase !== undefined) await operations.withoutWriters(siteId, async () => await withoutWatcher(siteId, changeIt));
    else if (auth !== undefined) await withoutWatcher(siteId, changeIt);
    else await changeIt();
    return await settle(siteId);
  }

  async function remove({ siteId }: CommandRequest<"site.remove">): Promise<{ done: true }> {
    const site = siteOf(store, siteId);
    await operations.withoutWriters(siteId, async () => {
      await store.update((value) => ({ ...value, sites: value.sites.filter(({ id }) => id !== siteId) }));
      await watch.follow(store.value.sites);
      await Promise.all([secrets.remove(secretNames.key(siteId)), secrets.remove(secretNames.passphrase(siteId)), secrets.remove(secretNames.renderKey(siteId))]);
      held.forget(siteId);
      if (site.source.kind === "demo") await demos.remove(siteId);
    });
    emitSites();
    return { done: true };
  }

  return {
    views,
    viewOf: (siteId) => viewOf(siteOf(store, siteId)),
    handlers: {
      "site.list": () => Promise.resolve({ sites: views() }),
      "site.add": async (request) => await inTurn(async () => await add(request)),
      "site.update": async (request) => await inTurn(async () => await update(request)),
      "site.remove": async (request) => await inTurn(async () => await remove(request)),
    },
  };
}

/** Throws NOT_AVAILABLE_HERE for a source that takes no such key. */
function withAuth(source: StoredSource, auth: AuthDraft): StoredSource {
  if (source.kind === "server") return { ...source, auth: auth.kind };
  if (source.kind === "cloud" && auth.kind === "chroma_token") return source;
  throw new KeeperError("NOT_AVAILABLE_HERE", "This site takes no such key.", { hint: "Only servers and Chroma Cloud have keys." });
}

/** As `engineSource` reads it; null: no key. */
function secretOf(source: StoredSource, auth: AuthDraft): string | null {
  if (auth.kind === "none") return null;
  return JSON.stringify(source.kind === "cloud" && auth.kind === "chroma_token" ? { kind: "cloud", apiKey: auth.token } : auth);
}

function withoutUndefined<T extends object>(part: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(part ?? {}).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
