/** Why a site stays away, as far as Render has seen it. */
import { isKeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import type { RenderClient } from "../render/render-client.ts";

/** The events that keep a site away, by Render's name. */
const TROUBLES: ReadonlyMap<string, string> = new Map([
  ["server_failed", "Render says that your site's program stopped."],
  ["server_unhealthy", "Render says that your site does not answer its health check."],
  ["server_hardware_failure", "Render says that its own machine failed."],
  ["service_suspended", "Render says that your service was suspended."],
  ["suspender_added", "Render says that your service was suspended."],
  ["image_pull_failed", "Render could not fetch your site's image."],
]);

/** One sentence about the newest trouble since then; null when Render saw none, or does not answer. Throws only CANCELLED. */
export async function whatRenderSaw(render: RenderClient, serviceId: string, since: Date, { signal }: OperationOptions): Promise<string | null> {
  try {
    const events = await render.listEvents(serviceId, { since, signal });
    return events.map(({ type }) => TROUBLES.get(type)).findLast((sentence) => sentence !== undefined) ?? null;
  } catch (error) {
    if (isKeeperError(error, "CANCELLED")) throw error;
    return null;
  }
}
