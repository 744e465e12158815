/**
 * Render's public API, exactly the calls this product needs: services, one variable, deploys, events. Owns which call may be repeated.
 * The call that replaces every variable at once is not here, and a lint rule keeps it out.
 */
import type { z } from "zod";
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { RequestFailure } from "../chroma/classify.ts";
import { DeployUncertain, mayHaveArrived, noDeploy, noService, parseJson, unreadable } from "./failures.ts";
import type { RenderDeploy, RenderEvent, RenderService } from "./model.ts";
import { deployPageSchema, deploySchema, eventPageSchema, servicePageSchema, serviceSchema, variableSchema } from "./schemas.ts";
import { createSender, type Question, type RenderSettings } from "./send.ts";

export { DeployUncertain } from "./failures.ts";
export type { RenderSettings } from "./send.ts";

interface CallOptions {
  /** Ends the call, also while it waits: CANCELLED. */
  signal?: AbortSignal | undefined;
}

/**
 * Every call throws HOST_KEY_REFUSED, HOST_UNREACHABLE (no answer), HOST_FAILED (5xx), HOST_RATE_LIMITED (asked to wait for longer than a minute,
 * or again and again), HOST_REFUSED (400, 402, 409, …), BAD_ANSWER, ANSWER_TOO_LARGE, CANCELLED; those about one service HOST_SERVICE_NOT_FOUND.
 * Neither the key nor a variable's value is in any error.
 */
export interface RenderClient {
  /** The services of this key, all pages of them. `name`: only those with exactly this name. */
  listServices(options?: CallOptions & { name?: string | undefined }): Promise<RenderService[]>;
  readService(serviceId: string, options?: CallOptions): Promise<RenderService>;
  /** The value; null when the service is there and the variable is not set. */
  readVariable(serviceId: string, key: string, options?: CallOptions): Promise<string | null>;
  /** Sets this one variable and no other. Render deploys nothing by itself. What it answers is not believed: read it back. */
  writeVariable(serviceId: string, key: string, value: string, options?: CallOptions): Promise<void>;
  /**
   * Starts a deploy of the last build. Never sent twice unless Render said 429, that is, before anything began. Throws DEPLOY_UNCERTAIN (a
   * `DeployUncertain`) when it may or may not have begun: look with `listDeploys`. `signal` stops it before it is sent and while it waits;
   * a request on its way is seen through, so CANCELLED means that nothing was started.
   */
  startDeploy(serviceId: string, options: CallOptions & { mode: "deploy_only" }): Promise<RenderDeploy>;
  /** Throws HOST_DEPLOY_NOT_FOUND besides. */
  readDeploy(serviceId: string, deployId: string, options?: CallOptions): Promise<RenderDeploy>;
  /** The newest first; `limit` 1 to 100, default 20. */
  listDeploys(serviceId: string, options?: CallOptions & { limit?: number | undefined }): Promise<RenderDeploy[]>;
  /** What happened since then, in the order of time. Default: the last hour, as Render does. */
  listEvents(serviceId: string, options?: CallOptions & { since?: Date | undefined }): Promise<RenderEvent[]>;
  /** Closes its connections. */
  close(): Promise<void>;
}

/** As many as Render gives at once. */
const PAGE_SIZE = 100;
/** Two thousand services: nobody has more, and a server that never ends its list is none of Render's. */
const MAX_PAGES = 20;

/**
 * Connects to nothing yet. Throws HOST_KEY_REFUSED when `apiKey` cannot be a key, INVALID_ADDRESS when `baseUrl` is neither https nor on this
 * machine. `onWait` is told how long each wait will be that Render asks for; waits of over a minute are not made.
 */
export function createRenderClient(settings: RenderSettings): RenderClient {
  const sender = createSender(settings);

  async function pages<T extends { cursor?: string | undefined }>(question: Question, schema: z.ZodType<T[]>, query: Record<string, string>, signal: AbortSignal | undefined): Promise<T[]> {
    const found: T[] = [];
    let cursor: string | undefined;
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const parameters = new URLSearchParams({ ...query, limit: String(PAGE_SIZE), ...(cursor === undefined ? {} : { cursor }) });
      const entries = await sender.read({ ...question, query: parameters }, schema, { signal });
      found.push(...entries);
      const next = entries.at(-1)?.cursor;
      if (next === undefined) return found;
      if (next === cursor) break;
      cursor = next;
    }
    throw unreadable(question, "a list without an end");
  }

  async function readService(serviceId: string, { signal }: CallOptions = {}): Promise<RenderService> {
    return await sender.read({ method: "GET", path: servicePath(serviceId), subject: "service", secret: false }, serviceSchema, { signal });
  }

  return {
    readService,
    async listServices({ name, signal } = {}) {
      const question = { method: "GET", path: "/services", subject: "list", secret: false } as const;
      const entries = await pages(question, servicePageSchema, name === undefined ? {} : { name }, signal);
      return entries.map(({ service }) => service);
    },

    async readVariable(serviceId, key, { signal } = {}) {
      const question = { method: "GET", path: variablePath(serviceId, key), subject: "service", secret: true } as const;
      try {
        const variable = await sender.read(question, variableSchema, { signal });
        if (variable.key !== key) throw unreadable(question, "another variable");
        return variable.value;
      } catch (error) {
        if (!isKeeperError(error, "HOST_SERVICE_NOT_FOUND")) throw error;
        // The same 404 for a variable that is not set: the service itself tells them apart.
        await readService(serviceId, { signal });
        return null;
      }
    },

    async writeVariable(serviceId, key, value, { signal } = {}) {
      await sender.read({ method: "PUT", path: variablePath(serviceId, key), subject: "service", secret: true, body: { value } }, variableSchema, { signal });
    },

    async startDeploy(serviceId, { mode, signal }) {
      const question = { method: "POST", path: `${servicePath(serviceId)}/deploys`, subject: "service", secret: false, body: { deployMode: mode } } as const;
      const answer = await sender.send(question, { signal, repeat: "once" }).catch((error: unknown) => {
        throw error instanceof RequestFailure && mayHaveArrived(error) ? new DeployUncertain(false, error.cause instanceof Error ? error.cause.message : error.code) : error;
      });
      // A queued deploy is answered with 202 and may have no body at all.
      const deploy = deploySchema.safeParse(parseJson(answer.body));
      if (!deploy.success) throw new DeployUncertain(true, `${answer.status} without a deploy`);
      return deploy.data;
    },

    async readDeploy(serviceId, deployId, { signal } = {}) {
      if (!DEPLOY_ID.test(deployId)) throw noDeploy("not the form of a deploy's id");
      const question = { method: "GET", path: `${servicePath(serviceId)}/deploys/${deployId}`, subject: "deploy", secret: false } as const;
      try {
        return await sender.read(question, deploySchema, { signal });
      } catch (error) {
        if (isKeeperError(error, "HOST_DEPLOY_NOT_FOUND")) await readService(serviceId, { signal });
        throw error;
      }
    },

    async listDeploys(serviceId, { limit = 20, signal } = {}) {
      const question = { method: "GET", path: `${servicePath(serviceId)}/deploys`, subject: "service", secret: false, query: new URLSearchParams({ limit: String(limit) }) } as const;
      const entries = await sender.read(question, deployPageSchema, { signal });
      return entries.map(({ deploy }) => deploy).sort((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt));
    },

    async listEvents(serviceId, { since, signal } = {}) {
      const question = { method: "GET", path: `${servicePath(serviceId)}/events`, subject: "service", secret: false } as const;
      const entries = await pages(question, eventPageSchema, since === undefined ? {} : { startTime: since.toISOString() }, signal);
      // Render lists the newest first; turned around, what happened in the same instant stays in order as well.
      return entries.map(({ event }) => event).reverse().sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
    },

    close: async () => await sender.close(),
  };
}

const SERVICE_ID = /^[a-z]+-[A-Za-z0-9]+$/;
const DEPLOY_ID = /^[a-z]+-[A-Za-z0-9]+$/;
const VARIABLE_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;

function servicePath(serviceId: string): string {
  if (!SERVICE_ID.test(serviceId)) throw noService("not the form of a service's id");
  return `/services/${serviceId}`;
}

/** With an empty or cunning key this would be the path that replaces every variable: such a key is refused here. */
function variablePath(serviceId: string, key: string): string {
  if (!VARIABLE_KEY.test(key)) throw new KeeperError("BAD_REQUEST", "This is not the name of a variable.", { hint: "It has letters, digits and underscores only." });
  return `${servicePath(serviceId)}/env-vars/${key}`;
}
