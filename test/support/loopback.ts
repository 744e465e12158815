/** Small servers on loopback that are no Chroma, and what they share: ports, closing, certificates. */
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { generate } from "selfsigned";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate that signs itself, for `name` (an IP address or a host name). */
export async function createCertificate(name = "127.0.0.1"): Promise<Certificate> {
  const isIp = /^[\d.]+$/.test(name);
  const made = await generate([{ name: "commonName", value: name }], {
    algorithm: "sha256",
    keyType: "ec",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "subjectAltName", altNames: [isIp ? { type: 7, ip: name } : { type: 2, value: name }] },
    ],
  });
  return { key: made.private, cert: made.cert };
}

const openSockets = new WeakMap<Server, Set<Socket>>();

/** Listens on this loopback port; default: a free one. */
export async function listen(server: Server, wanted = 0): Promise<number> {
  const sockets = new Set<Socket>();
  openSockets.set(server, sockets);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Also ends connections that are kept alive or waiting. */
export async function closeServer(server: Server): Promise<void> {
  for (const socket of openSockets.get(server) ?? []) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

export interface SmallServer {
  readonly url: string;
  close(): Promise<void>;
}

async function serve(listener: RequestListener): Promise<SmallServer> {
  const server = createHttpServer(listener);
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, close: async () => await closeServer(server) };
}

/** A Chroma up to 0.5.15: knows `/api/v1` only and answers everything else as FastAPI does. */
export async function startV1Server(): Promise<SmallServer> {
  return await serve((request, response) => {
    const isHeartbeat = request.method === "GET" && request.url === "/api/v1/heartbeat";
    response.writeHead(isHeartbeat ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(isHeartbeat ? { "nanosecond heartbeat": 1_700_000_000_000_000_000 } : { detail: "Not Found" }));
  });
}

/** The owner's website: a page for whatever is asked. */
export async function startWebsite(status = 200): Promise<SmallServer> {
  return await serve((_request, response) => {
    response.writeHead(status, { "content-type": "text/html; charset=utf-8" });
    response.end("<!doctype html><title>Marlow Bakery</title><h1>Welcome</h1>");
  });
}

/** Answers with JSON that has nothing to do with Chroma. */
export async function startOtherApi(): Promise<SmallServer> {
  return await serve((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ status: "ok" }));
  });
}

/** Sends everybody somewhere else. */
export async function startRedirect(location: (path: string) => string): Promise<SmallServer> {
  return await serve((request, response) => {
    response.writeHead(301, { location: location(request.url ?? "/") });
    response.end();
  });
}

/** Accepts connections; says nothing, or something that is no HTTP. */
export async function startTcpServer(greeting?: string): Promise<SmallServer> {
  const server = createTcpServer((socket) => {
    if (greeting !== undefined) socket.end(greeting);
    else socket.resume();
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, close: async () => await closeServer(server) };
}

/** A loopback port that nobody listens on. */
export async function findFreePort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await closeServer(server);
  return port;
}
