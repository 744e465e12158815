/** Whether a site can be linked to a service at Render. Pure. */
import type { SiteView } from "../../../../shared/model.ts";

/** A demo site and a data folder are deployed by nobody. */
export function canBeLinked({ source, render }: Pick<SiteView, "source" | "render">): boolean {
  return render !== null || source.kind === "server" || source.kind === "cloud";
}
