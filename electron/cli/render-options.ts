/** From flags and environment to one service at Render. The key is never on the command line, nor in what is said. */
import { KeeperError } from "../../shared/errors.ts";
import type { RenderService } from "../engine/render/model.ts";
import { createRenderClient, type RenderClient } from "../engine/render/render-client.ts";
import type { CliContext } from "./context.ts";
import { shown } from "./output.ts";
import { firstLine, readSmallFile } from "./small-files.ts";

export interface RenderFlags {
  readonly service?: string | undefined;
  readonly renderKeyFile?: string | undefined;
}

/** What Render calls services by; everything else is a name somebody gave. */
const SERVICE_ID = /^srv-[A-Za-z0-9]+$/;

const KEY_HINT = "Make one in Render under Account settings, API keys. Set it as RENDER_API_KEY, or name a file with --render-key-file whose first line it is.";

type Env = CliContext["env"];

/**
 * Runs `work` with a client for Render, and closes it whatever happens. `RENDER_API_URL` names another address than
 * Render's own, for tests. Throws USAGE (no key, or a file without one), FILE_UNREADABLE, the codes of
 * `createRenderClient`, and what `work` throws. Asks Render nothing by itself.
 */
export async function withRender<T>({ env }: Pick<CliContext, "env">, flags: RenderFlags, work: (render: RenderClient) => Promise<T>): Promise<T> {
  const render = createRenderClient({ apiKey: await renderKey(flags.renderKeyFile, env), baseUrl: setting(env, "RENDER_API_URL") });
  try {
    return await work(render);
  } finally {
    await render.close();
  }
}

/**
 * The service that `--service` or `RENDER_SERVICE` names, by id or by its exact name. Throws USAGE (none named, or a name
 * that several have), HOST_SERVICE_NOT_FOUND, the codes of `RenderClient`.
 */
export async function findService({ env, signal }: Pick<CliContext, "env" | "signal">, flags: RenderFlags, render: RenderClient): Promise<RenderService> {
  const asked = flags.service ?? setting(env, "RENDER_SERVICE");
  if (asked === undefined) throw usage("We do not know which service at Render this is.", "Name it with --service, by its name or its id (srv-…), or set RENDER_SERVICE.");
  if (SERVICE_ID.test(asked)) return await render.readService(asked, { signal });
  const [found, ...others] = (await render.listServices({ name: asked, signal })).filter(({ name }) => name === asked);
  if (found === undefined) {
    throw new KeeperError("HOST_SERVICE_NOT_FOUND", `There is no service named ${JSON.stringify(shown(asked))} at Render for this key.`, {
      hint: "Its name is at the top of its page in Render's dashboard, its id (srv-…) in the address of that page.",
    });
  }
  if (others.length === 0) return found;
  const ids = [found, ...others].map(({ id, type, url }) => `  ${shown(id)}  ${shown(url ?? type)}`);
  throw usage(`${ids.length} services at Render are named ${JSON.stringify(shown(asked))}.`, `Name one of them by its id:\n${ids.join("\n")}`);
}

/** The key file, else `RENDER_API_KEY`. */
async function renderKey(file: string | undefined, env: Env): Promise<string> {
  if (file === undefined) {
    const key = setting(env, "RENDER_API_KEY");
    if (key === undefined) throw usage("Render asks for a key.", KEY_HINT);
    return key;
  }
  const line = firstLine(await readSmallFile(file, "key file"));
  if (line === null || !/^\S+$/.test(line)) throw usage(`The key file ${shown(file)} is not written as we need it.`, "It has one line with the key for Render, and nothing else.");
  return line;
}

function setting(env: Env, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

function usage(message: string, hint: string): KeeperError {
  return new KeeperError("USAGE", message, { hint });
}
