/** What Render tells us, as the rest of the engine knows it: only what this product uses, in its own words. */

export interface RenderService {
  /** Such as `srv-cph1rs3idesc73a2b2mg`. */
  readonly id: string;
  readonly name: string;
  /** `web_service`, `private_service`, …: as Render writes it. */
  readonly type: string;
  /** Its page in Render's dashboard, for the owner to open. */
  readonly dashboardUrl: string;
  /** Where the site itself answers; null for kinds without an address. */
  readonly url: string | null;
  /** `free`, `starter`, …: as Render writes it; null for kinds without a plan. */
  readonly plan: string | null;
  readonly disk: { readonly mountPath: string } | null;
  readonly suspended: boolean;
  readonly ownerId: string;
}

export const deployStatuses = [
  "created",
  "queued",
  "build_in_progress",
  "pre_deploy_in_progress",
  "update_in_progress",
  "live",
  "deactivated",
  "build_failed",
  "pre_deploy_failed",
  "update_failed",
  "canceled",
] as const;

/** `other`: a word Render has learned since. */
export type DeployStatus = (typeof deployStatuses)[number] | "other";

export interface RenderDeploy {
  readonly id: string;
  readonly status: DeployStatus;
  /** ISO time, by Render's clock. */
  readonly createdAt: string;
  /** ISO time; null while it runs. */
  readonly finishedAt: string | null;
}

/** How a deploy ended; null while it runs, and for a status nobody knows. `replaced`: it was live until a later one was. */
export function deployEnd(status: DeployStatus): "live" | "replaced" | "failed" | "cancelled" | null {
  switch (status) {
    case "live":
      return "live";
    case "deactivated":
      return "replaced";
    case "build_failed":
    case "pre_deploy_failed":
    case "update_failed":
      return "failed";
    case "canceled":
      return "cancelled";
    default:
      return null;
  }
}

export interface RenderEvent {
  readonly id: string;
  /** `deploy_started`, `deploy_ended`, `server_available`, …: as Render writes it. */
  readonly type: string;
  /** ISO time, by Render's clock. */
  readonly at: string;
  /** The deploy it is about, if it is about one. */
  readonly deployId: string | null;
  /** How what it is about ended: `succeeded`, `failed`, `canceled`; null where Render says none. */
  readonly status: string | null;
}
