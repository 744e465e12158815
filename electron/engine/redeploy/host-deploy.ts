/** The deploy as Render tells of it: how it ended, and whether another one comes after it. Deploys nothing. */
import { isKeeperError, type KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { deployEnd, type RenderDeploy } from "../render/model.ts";
import type { RenderClient } from "../render/render-client.ts";

/** Codes after which asking Render again leads nowhere. */
const HOST_IS_LOST = ["HOST_KEY_REFUSED", "HOST_SERVICE_NOT_FOUND", "HOST_DEPLOY_NOT_FOUND"] as const;

export interface HostDeploy {
  /** Asks once; not again when it has ended or Render is lost. Throws only CANCELLED. */
  ask(options: OperationOptions): Promise<void>;
  /** The one that is followed now. */
  readonly deployId: () => string;
  readonly end: () => ReturnType<typeof deployEnd>;
  /** Why Render did not answer the last question. */
  readonly trouble: () => KeeperError | null;
  /** By the stopwatch: since when the one that is followed now is, since when it is over, and since when asking leads nowhere. */
  readonly sinceMs: () => { readonly followed: number; readonly over: number | null; readonly lost: number | null };
}

/** `waitedMs` is a stopwatch. */
export function createHostDeploy(render: RenderClient, serviceId: string, begun: string, waitedMs: () => number): HostDeploy {
  let deployId = begun;
  let end: ReturnType<typeof deployEnd> = null;
  let trouble: KeeperError | null = null;
  let followed = waitedMs();
  let over: number | null = null;
  let lost: number | null = null;

  async function askOrThrow(options: OperationOptions): Promise<void> {
    const deploy = await render.readDeploy(serviceId, deployId, options);
    trouble = null;
    const ended = deployEnd(deploy.status);
    if (ended === null) return;
    const later = await laterDeploy(deploy, options);
    if (later === null) {
      end = ended;
      over = waitedMs();
    } else {
      deployId = later.id;
      followed = waitedMs();
    }
  }

  /**
   * Somebody has pushed, or it stood in Render's queue: that one empties the disk as well, and where Render cancelled ours
   * for it, only that one does. Null: there is none, it changed nothing, or Render does not say.
   */
  async function laterDeploy(than: RenderDeploy, { signal }: OperationOptions): Promise<RenderDeploy | null> {
    try {
      const [newest] = await render.listDeploys(serviceId, { limit: 1, signal });
      if (newest === undefined || newest.id === than.id || Date.parse(newest.createdAt) < Date.parse(than.createdAt)) return null;
      return hasFailed(deployEnd(newest.status)) ? null : newest;
    } catch (error) {
      if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
      return null;
    }
  }

  return {
    async ask(options) {
      if (end !== null || lost !== null) return;
      try {
        await askOrThrow({ signal: options.signal });
      } catch (error) {
        throwIfCancelled(options.signal);
        if (!isKeeperError(error)) throw error;
        trouble = error;
        if (HOST_IS_LOST.some((code) => code === error.code)) lost = waitedMs();
      }
    },
    deployId: () => deployId,
    end: () => end,
    trouble: () => trouble,
    sinceMs: () => ({ followed, over, lost }),
  };
}

/** The old site goes on. */
export function hasFailed(end: ReturnType<typeof deployEnd>): end is "failed" | "cancelled" {
  return end === "failed" || end === "cancelled";
}
