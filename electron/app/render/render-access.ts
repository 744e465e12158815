/** A site's way to Render: its key from the secret store, a client that is closed whatever happens. */
import { KeeperError } from "../../../shared/errors.ts";
import type { RenderLinkView } from "../../../shared/model.ts";
import { adviceFor } from "../../engine/render/advice.ts";
import type { RenderService } from "../../engine/render/model.ts";
import { createRenderClient, type RenderClient } from "../../engine/render/render-client.ts";
import type { Services } from "../services.ts";
import { secretNames } from "../sites/site-sources.ts";
import type { StoredLink, StoredSite } from "../sites/site-store.ts";

export interface LinkedSite {
  readonly render: RenderClient;
  readonly serviceId: string;
}

/** Runs `work` with a client of this key. Throws what `work` throws. */
export async function withRender<T>({ renderUrl }: Pick<Services, "renderUrl">, apiKey: string, work: (render: RenderClient) => Promise<T>): Promise<T> {
  const render = createRenderClient({ apiKey, ...(renderUrl === undefined ? {} : { baseUrl: renderUrl }) });
  try {
    return await work(render);
  } finally {
    await render.close();
  }
}

/** The key that is kept for a site. Throws KEY_MISSING. */
export async function renderKeyOf({ secrets }: Pick<Services, "secrets">, siteId: string): Promise<string> {
  const key = await secrets.get(secretNames.renderKey(siteId));
  if (key !== undefined) return key;
  throw new KeeperError("KEY_MISSING", "The Render key of this site is not kept on this computer.", { hint: "Enter it again in the site's settings. Your backups are not touched by this." });
}

/** As `withRender`, for the service a site is linked to. Throws NOT_AVAILABLE_HERE when it is linked to none, KEY_MISSING. */
export async function withLinkedRender<T>(services: Pick<Services, "renderUrl" | "secrets">, site: StoredSite, work: (linked: LinkedSite) => Promise<T>): Promise<T> {
  const { id, render: link } = site;
  if (link === undefined) throw new KeeperError("NOT_AVAILABLE_HERE", "This site is not linked to a service at Render.", { hint: "Link it in the site's settings, or redeploy in Render's dashboard." });
  return await withRender(services, await renderKeyOf(services, id), async (render) => await work({ render, serviceId: link.service.id }));
}

export function storedService({ id, name, url, plan, disk, suspended, type }: RenderService): StoredLink["service"] {
  return { id, name, url, plan, disk: disk?.mountPath ?? null, suspended, type };
}

/** As the window shows it. */
export function linkView({ service, keepVariable }: StoredLink, rest: Pick<RenderLinkView, "hasKey" | "variable">): RenderLinkView {
  const { kind, message, hint } = adviceFor({ plan: service.plan, type: service.type, disk: service.disk === null ? null : { mountPath: service.disk } });
  return { service, advice: { kind, message, hint }, keepVariable, ...rest };
}
