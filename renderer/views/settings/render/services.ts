/** The services at Render as an owner looks through them. Pure. */
import type { RenderServiceView } from "../../../../shared/model.ts";
import type { OperationResult } from "../../../../shared/operations.ts";
import { en } from "../../../strings/en.ts";

export type FoundServices = OperationResult<"find_services">;

/** From so many on there is a field to search them. */
export const SEARCH_FROM = 8;

/** "marlow-bakery.onrender.com · starter plan · suspended" */
export function serviceLine({ url, plan, suspended }: RenderServiceView): string {
  const words = en.render.link;
  const parts = [url === null ? words.noUrl : url.replace(/^https?:\/\//, "").replace(/\/$/, ""), ...(plan === null ? [] : [words.plan(plan)]), ...(suspended ? [words.suspended] : [])];
  return parts.join(" · ");
}

/** Whether the app has told all of them, so that the page can search by itself. */
export function isWhole({ total, services }: FoundServices): boolean {
  return services.length >= total;
}

export function matching(services: readonly RenderServiceView[], search: string): readonly RenderServiceView[] {
  const wanted = search.trim().toLowerCase();
  return services.filter(({ name, url }) => `${name} ${url ?? ""}`.toLowerCase().includes(wanted));
}
