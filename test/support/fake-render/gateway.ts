/** The address of a site, whatever stands behind it: passes requests on, and is shut or says 502 while nothing does. */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { closeServer, listen } from "../loopback.ts";

export interface Gateway {
  readonly url: string;
  /** The requests of the next moment go there. */
  open(target: string): Promise<void>;
  /** `refuse`: nobody listens. `bad_gateway`: a page with 502, as hosts show it. Connections that stand are broken. */
  shut(how: "refuse" | "bad_gateway"): Promise<void>;
  close(): Promise<void>;
}

export async function startGateway(first: string): Promise<Gateway> {
  let target: string | null = first;
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (target !== null) passOn(request, response, target);
    else {
      request.resume();
      response.writeHead(502, { "content-type": "text/html", connection: "close" });
      response.end("<h1>Bad Gateway</h1>");
    }
  };
  let server = createServer(handle);
  const port = await listen(server);

  /** The port stays taken wherever it can: while nobody listens, another program might take it. */
  async function listenAgain(): Promise<void> {
    server.closeAllConnections();
    if (server.listening) return;
    server = createServer(handle);
    await listen(server, port);
  }

  return {
    url: `http://127.0.0.1:${port}`,
    async open(next) {
      target = next;
      await listenAgain();
    },
    async shut(how) {
      target = null;
      if (how === "refuse") await closeServer(server);
      else await listenAgain();
    },
    close: async () => await closeServer(server),
  };
}

function passOn(request: IncomingMessage, response: ServerResponse, target: string): void {
  const { hostname, port, host } = new URL(target);
  const onward = httpRequest({ hostname, port, path: request.url, method: request.method, headers: { ...request.headers, host } }, (answered) => {
    response.writeHead(answered.statusCode ?? 500, answered.headers);
    answered.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}
