/**
 * The browser host: the window and the app's gate on a loopback port. Owns the listening socket and its end; who is let
 * in is decided in routes.ts and what it uses.
 */
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { KeeperError } from "../../shared/errors.ts";
import type { KeeperApp, Log } from "../app/keeper-app.ts";
import { systemCode } from "../engine/backup/file-errors.ts";
import { createDoor, type LinkKind } from "./door.ts";
import { createDroppedFiles } from "./dropped-files.ts";
import { createEventStreams } from "./event-streams.ts";
import { readPage } from "./page-files.ts";
import { createRoutes } from "./routes.ts";

export interface WebHostOptions {
  readonly app: KeeperApp;
  /** The built window: a folder with `index.html`. */
  readonly pageFolder: string;
  /** Left out: one that is free. */
  readonly port?: number | undefined;
  readonly log: Log;
}

export interface WebHost {
  readonly port: number;
  /** A link that lets one browser in, once. */
  readonly url: string;
  /**
   * Another such link; the earlier one of this kind is void. `opened` links are for `openBrowser`: they count for five
   * minutes, and on Linux only for this user, because others may see them pass by.
   */
  createLink(kind?: LinkKind): string;
  /** Ends event streams, lets calls finish for a moment, frees the port, and removes dropped files. The app goes on. May be called more than once. */
  close(): Promise<void>;
}

/** Only programs on this computer can reach it. Never "localhost": on IPv6 that may be somebody else's program. */
const LOOPBACK = "127.0.0.1";
/** Other local programs put their cookies under the same address; Node's 16 KB would lock the owner out. */
const MAX_HEADER_BYTES = 64 * 1024;
/** Answers that are on their way. */
const CLOSING_GRACE_MS = 1_000;

/** Throws NOT_AVAILABLE_HERE when the window was not built, or the port cannot be had. Does not close `app`. */
export async function startWebHost({ app, pageFolder, port, log }: WebHostOptions): Promise<WebHost> {
  const page = await readPage(pageFolder);
  const door = createDoor();
  const streams = createEventStreams(app);
  const files = createDroppedFiles();
  let ownPort = 0;
  const routes = createRoutes({ app, door, streams, files, page, port: () => ownPort, log });
  // The adapter would otherwise replace Request and Response for the whole process.
  const listener = getRequestListener(routes.fetch, { overrideGlobalObjects: false, errorHandler: () => routes.onMalformed() });
  let closing: Promise<void> | undefined;
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (incoming, outgoing) => {
    // A browser keeps a connection for its next request; in the end there is none.
    outgoing.once("close", () => closing !== undefined && server.closeIdleConnections());
    void listener(incoming, outgoing);
  });
  try {
    ownPort = await listen(server, port);
  } catch (error) {
    streams.close();
    throw error;
  }
  server.on("error", (error) => log.error("The browser host stumbled.", error));
  log.info(`The browser host listens on port ${ownPort}.`);

  const createLink = (kind: LinkKind = "shown"): string => `http://${LOOPBACK}:${ownPort}/enter?token=${door.createToken(kind)}`;
  return {
    port: ownPort,
    url: createLink(),
    createLink,
    async close() {
      closing ??= end(server, () => streams.close()).then(() => files.close());
      await closing;
    },
  };
}

async function listen(server: Server, port: number | undefined): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.once("error", (error) => reject(asListenError(error, port)));
    server.listen({ port: port ?? 0, host: LOOPBACK, exclusive: true }, () => {
      server.removeAllListeners("error");
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve(address.port);
      else reject(new Error("The server has no port."));
    });
  });
}

function asListenError(error: Error, port: number | undefined): Error {
  const hint = "Choose another one with --port, or leave it out.";
  switch (systemCode(error)) {
    case "EADDRINUSE":
      return new KeeperError("NOT_AVAILABLE_HERE", `Port ${port ?? ""} is in use by another program.`, { hint, cause: error });
    case "EACCES":
      return new KeeperError("NOT_AVAILABLE_HERE", `Port ${port ?? ""} is reserved on this computer.`, { hint, cause: error });
    default:
      return error;
  }
}

async function end(server: Server, endStreams: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  endStreams();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSING_GRACE_MS);
  await closed;
  clearTimeout(timer);
}
