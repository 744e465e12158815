/** App and browser host together, and their end in the right order: first nobody asks any more, then what runs is ended. */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { createKeeperApp } from "../app/app.ts";
import { createFileLog } from "./log.ts";
import { webPorts } from "./ports.ts";
import { defaultDataFolder, documentsFolder } from "./user-folders.ts";
import { startWebHost, type WebHost } from "./web-host.ts";

export interface ServeOptions {
  /** Left out: this user's own. */
  readonly dataFolder?: string | undefined;
  readonly port?: number | undefined;
}

/** Found by the package's name, so that it is the same folder from the sources and from dist. */
function builtPageFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve("account-keeper/package.json")), "dist", "renderer");
}

/**
 * Starts both; `close` of what comes back ends both. Throws BUSY when another Account Keeper uses the data folder,
 * NOT_AVAILABLE_HERE when the window was not built or the port cannot be had, and what the app throws at its start.
 * Leaves nothing running when it throws.
 */
export async function serveApp({ dataFolder, port }: ServeOptions = {}): Promise<WebHost> {
  const folder = resolve(dataFolder ?? defaultDataFolder());
  const log = createFileLog(join(folder, "logs", "web.log"));
  const app = await createKeeperApp({ dataFolder: folder, documentsFolder: documentsFolder(), ports: webPorts, log, renderUrl: process.env["RENDER_API_URL"] });
  try {
    const host = await startWebHost({ app, pageFolder: builtPageFolder(), port, log });
    return {
      ...host,
      async close() {
        await host.close();
        await app.close();
      },
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}
