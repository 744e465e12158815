/** What a redeploy is told and what it tells: the shapes its steps share. */
import type { KeeperError } from "../../../shared/errors.ts";
import type { ConnectOptions } from "../chroma/connect.ts";
import type { CloudSource, ServerSource } from "../chroma/source.ts";
import type { Clock } from "../clock.ts";
import type { RenderClient } from "../render/render-client.ts";

export interface RedeployRequest {
  readonly source: ServerSource | CloudSource;
  readonly collectionName: string;
  /** The vault; made when missing. */
  readonly folder: string;
  readonly passphrase?: string | undefined;
  /** Locks new backups. Default: when there is a passphrase. */
  readonly encrypt?: boolean | undefined;
  /** As for a restore. */
  readonly dimension?: number | undefined;
  readonly render: RenderClient;
  readonly serviceId: string;
  /** Only finishes what was begun; never deploys. Default false. */
  readonly resumeOnly?: boolean | undefined;
  readonly clock?: Clock | undefined;
  readonly connect?: Pick<ConnectOptions, "timeouts" | "retries" | "answerTimeoutMs" | "wakeTimeoutMs"> | undefined;
  readonly pace?: Partial<RedeployPace> | undefined;
  /** Says a failure of the site in the words of whoever runs this, such as where another key is given. */
  readonly reword?: ((error: KeeperError) => KeeperError) | undefined;
}

/** Times in milliseconds. */
export interface RedeployPace {
  /** Between two looks at Render and at the site. Reading is free up to 400 calls a minute (FACTS 5). */
  readonly lookEveryMs: number;
  /** A deploy that takes longer is given up on; Render itself stops builds after two hours. */
  readonly deployTimeoutMs: number;
  /** How long the site may stay away after Render says that it is live. */
  readonly siteTimeoutMs: number;
  /** Where no wipe is seen: how long the site has to stay in order after Render says that it is live. The old one may still answer for a while. */
  readonly settleMs: number;
}

export const DEFAULT_PACE: RedeployPace = { lookEveryMs: 1_000, deployTimeoutMs: 40 * 60_000, siteTimeoutMs: 10 * 60_000, settleMs: 60_000 };

/** What became of the variable. */
export type VariableOutcome =
  | { readonly state: "set" | "was_current"; readonly accounts: number; readonly length: number; readonly checksum: string }
  /** The site may not use it; what happens instead is in the message. */
  | { readonly state: "not_eligible"; readonly message: string }
  /** It was set before the program was closed. */
  | { readonly state: "unknown" };

export interface RedeployReport {
  /**
   * restored: the site was wiped and we brought accounts back. restored_itself: wiped, and its own code did. kept: no wipe was seen.
   * nothing_begun: with `resumeOnly`, no deploy was under way.
   */
  readonly outcome: "restored" | "restored_itself" | "kept" | "nothing_begun";
  /** How many were on the site when Render was asked to deploy. */
  readonly accounts: number;
  readonly accountsOnSite: number;
  readonly restored: number;
  /** Backed up while the deploy ran. */
  readonly newcomers: number;
  /** Were on the site, are not, and it does not look like a wipe: somebody has to decide. The first hundred ids. */
  readonly missing: readonly string[];
  /** Had come back in an older version from an old variable, and were put right. */
  readonly putRight: number;
  readonly variable: VariableOutcome;
  /** Another than the one asked for when an unfinished redeploy of it was gone on with. Null: there was nothing to go on with. */
  readonly serviceId: string | null;
  readonly deployId: string | null;
  readonly startedAt: Date;
  readonly downAt: Date | null;
  readonly backAt: Date | null;
  readonly wipedAt: Date | null;
  readonly endedAt: Date;
  /** Went on with a redeploy that was begun before. */
  readonly resumed: boolean;
  /** What did not work and does no harm to an account. */
  readonly remarks: readonly string[];
}
