/** Commands about a site's link to Render. Linking itself asks Render and is an operation. */
import type { SiteView } from "../../../shared/model.ts";
import type { Handlers } from "../gate.ts";
import type { Services } from "../services.ts";
import { secretNames } from "../sites/site-sources.ts";
import { changeSite, siteOf } from "../sites/site-store.ts";
import type { HeldVariables } from "./held-variables.ts";

export function createRenderHandlers({ store, secrets, emitSites }: Services, held: HeldVariables, viewOf: (siteId: string) => SiteView): Pick<Handlers, "render.update" | "render.unlink"> {
  return {
    async "render.update"({ siteId, keepVariable }) {
      siteOf(store, siteId);
      await changeSite(store, siteId, (site) => (site.render === undefined ? site : { ...site, render: { ...site.render, keepVariable } }));
      emitSites();
      held.afterBackup(siteOf(store, siteId));
      return { site: viewOf(siteId) };
    },
    async "render.unlink"({ siteId }) {
      siteOf(store, siteId);
      await changeSite(store, siteId, (site) => ({ ...site, render: undefined }));
      await secrets.remove(secretNames.renderKey(siteId));
      held.forget(siteId);
      emitSites();
      return { site: viewOf(siteId) };
    },
  };
}
