/** Operations that talk to Render: find and link a service, look at its variable, set it, redeploy. */
import { KeeperError } from "../../../shared/errors.ts";
import type { OperationRequest, OperationResult } from "../../../shared/operations.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { words } from "../../engine/activity/words.ts";
import { openSource } from "../../engine/chroma/open-source.ts";
import { checkHostVariable, setHostVariable, type HostVariableRequest } from "../../engine/redeploy/host-variable.ts";
import type { RedeployReport } from "../../engine/redeploy/redeploy.ts";
import { redeploySite } from "../../engine/redeploy/redeploy-site.ts";
import { openVault } from "../../engine/vault/vault.ts";
import type { Finished, Runners } from "../operations/registry.ts";
import { firstIds } from "../operations/views.ts";
import type { Services } from "../services.ts";
import { passphraseOfSite, secretNames, sourceOfSite } from "../sites/site-sources.ts";
import { changeSite, siteOf, type StoredSite } from "../sites/site-store.ts";
import { noteVaultUsed, requireVault } from "../sites/used-vault.ts";
import type { HeldVariables } from "./held-variables.ts";
import { linkView, renderKeyOf, storedService, withLinkedRender, withRender } from "./render-access.ts";

type Options = Required<OperationOptions>;

/** A window shows that many; whoever has more searches. */
const MAX_SERVICES = 50;

export function createRenderRunners(services: Services, held: HeldVariables): Pick<Runners, "find_services" | "link_service" | "check_variable" | "set_variable" | "redeploy"> {
  const { store, secrets, demos, record } = services;

  async function find({ siteId, apiKey, search }: OperationRequest<"find_services">, { signal }: Options): Promise<Finished<"find_services">> {
    siteOf(store, siteId);
    const found = await withRender(services, apiKey ?? (await renderKeyOf(services, siteId)), async (render) => await render.listServices({ signal }));
    const wanted = search.trim().toLowerCase();
    const matching = found.filter(({ name, url }) => `${name} ${url ?? ""}`.toLowerCase().includes(wanted)).sort((one, other) => one.name.localeCompare(other.name));
    return { result: { total: matching.length, services: matching.slice(0, MAX_SERVICES).map(storedService) } };
  }

  async function link({ siteId, serviceId, apiKey, keepUnprotected }: OperationRequest<"link_service">, { signal }: Options): Promise<Finished<"link_service">> {
    const key = apiKey ?? (await renderKeyOf(services, siteId));
    const service = await withRender(services, key, async (render) => await render.readService(serviceId, { signal }));
    siteOf(store, siteId);
    // The key first: a link without its key would be worse than a key without its link.
    if (apiKey !== undefined) await secrets.set(secretNames.renderKey(siteId), apiKey, { keepUnprotected });
    await changeSite(store, siteId, ({ render, ...rest }) => ({ ...rest, render: { service: storedService(service), keepVariable: render?.keepVariable ?? false } }));
    held.forget(siteId);
    services.emitSites();
    const stored = siteOf(store, siteId).render;
    if (stored === undefined) throw new Error("the link was not kept");
    return { result: { link: linkView(stored, { hasKey: true, variable: null }) } };
  }

  async function withVariable<T>(site: StoredSite, options: Options, work: (request: HostVariableRequest) => Promise<T>): Promise<T> {
    return await withLinkedRender(services, site, async ({ render, serviceId }) => {
      const opened = await openSource(await sourceOfSite(site, secrets, demos), { ...options, allowMissingDatabase: true });
      try {
        return await work({ render, serviceId, site: { connection: opened.connection, collectionName: site.collectionName } });
      } finally {
        await opened.close();
      }
    });
  }

  async function check({ siteId }: OperationRequest<"check_variable">, options: Options): Promise<Finished<"check_variable">> {
    const { seen, view } = await withVariable(siteOf(store, siteId), options, async (request) => {
      const found = await checkHostVariable(request, options);
      return { seen: found, view: held.note(siteId, request.serviceId, found) };
    });
    return { result: { held: view, missingIds: firstIds(seen.missing), message: seen.message }, hasProblems: seen.state !== "current" };
  }

  async function set({ siteId }: OperationRequest<"set_variable">, options: Options): Promise<Finished<"set_variable">> {
    const site = siteOf(store, siteId);
    const done = await withVariable(site, options, async (request) => {
      const result = await setHostVariable(request, options);
      held.note(siteId, request.serviceId, await checkHostVariable(request, options));
      return result;
    });
    if (done.wasSet) await record(site, words.variableSet(done));
    return { result: done, hasProblems: done.leftOut > 0 };
  }

  async function redeploy({ siteId, resumeOnly }: OperationRequest<"redeploy">, options: Options): Promise<Finished<"redeploy">> {
    const site = siteOf(store, siteId);
    await requireVault(site);
    const source = await sourceOfSite(site, secrets, demos);
    if (source.kind === "folder") throw new KeeperError("NOT_AVAILABLE_HERE", "A data folder on this computer is not what Render deploys.", { hint: "Add your site with its server's address." });
    const passphrase = await passphraseOfSite(site, secrets);
    const request = { source, collectionName: site.collectionName, folder: site.vault, passphrase, encrypt: site.encrypted, resumeOnly, clock: services.clock, pace: services.redeployPace };
    const report = await withLinkedRender(services, site, async (linked) => await redeploySite({ ...linked, ...request }, options))
      .catch(async (error: unknown) => {
        // It may have taken an hour: whoever is not looking has to hear of it.
        if (options.signal?.aborted !== true) await record(site, words.redeployFailed(error));
        throw error;
      })
      .finally(async () => {
        if (await hasBackups(site)) await noteVaultUsed(services, site);
      });
    if (report.outcome !== "nothing_begun") await record(site, words.redeployed(report));
    held.afterBackup(site);
    return { result: reportView(report), hasProblems: report.missing.length > 0 || report.remarks.length > 0 };
  }

  return { find_services: find, link_service: link, check_variable: check, set_variable: set, redeploy };
}

/** Also where it was stopped after its first step. */
async function hasBackups({ vault }: StoredSite): Promise<boolean> {
  try {
    return (await (await openVault(vault)).list()).length > 0;
  } catch {
    return false;
  }
}

function reportView({ outcome, accounts, accountsOnSite, restored, newcomers, missing, putRight, variable, startedAt, downAt, backAt, wipedAt, endedAt, resumed, remarks }: RedeployReport): OperationResult<"redeploy"> {
  return {
    outcome,
    accounts,
    accountsOnSite,
    restored,
    newcomers,
    missingIds: [...missing],
    putRight,
    variable,
    startedAt: startedAt.toISOString(),
    downAt: downAt?.toISOString() ?? null,
    backAt: backAt?.toISOString() ?? null,
    wipedAt: wipedAt?.toISOString() ?? null,
    endedAt: endedAt.toISOString(),
    resumed,
    remarks: [...remarks],
  };
}
