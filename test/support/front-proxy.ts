/**
 * A strict reverse proxy on loopback in front of a real Chroma, as owners put one there: asks for a key, lives below a
 * prefix, speaks TLS, and fails on command. What no test has announced makes `close` fail.
 */
import { createServer as createHttpServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Auth } from "../../electron/engine/chroma/source.ts";
import { closeServer, listen, type Certificate } from "./loopback.ts";

export type Fault =
  | { kind: "status"; status: number; headers?: Record<string, string>; json?: unknown; html?: string }
  /** The real answer, but only this share of its body; the length in the headers is a lie, absent, or chunked and cut. */
  | { kind: "truncate"; share: number; length: "announced" | "chunked" | "until_close" }
  /** The connection breaks before the answer. */
  | { kind: "reset" }
  /** The request reaches Chroma, its answer never comes back. */
  | { kind: "lose_answer" }
  /** No answer, until the client goes away or the proxy closes. */
  | { kind: "hold" }
  /** The real answer, its body byte by byte with a pause between. */
  | { kind: "drip"; pauseMs: number };

interface SeenRequest {
  readonly method: string;
  /** Path and query below the prefix. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly atMs: number;
}

export interface FrontProxy {
  readonly url: string;
  /** Every request, also those a fault or the guard answered. */
  readonly requests: readonly SeenRequest[];
  /** The next `times` requests whose "METHOD path" matches meet the fault. Each has to happen before `close`. */
  inject(pattern: RegExp, fault: Fault, times?: number): void;
  /** Every matching request meets it, from now on; whether one comes is not checked. */
  injectAlways(pattern: RegExp, fault: Fault): void;
  /** Resolves when a request that matches arrives, from now on. */
  nextRequest(pattern: RegExp): Promise<SeenRequest>;
  /** Lets `passing` matching requests by and holds the next one, and all that match after it, until it is released. */
  pause(pattern: RegExp, passing: number): Pause;
  /** Throws when an announced fault never happened, or a request came that is none of Chroma's. */
  close(): Promise<void>;
}

interface Pause {
  /** Resolves when a request is held. */
  readonly reached: Promise<void>;
  /** Lets everything it holds go on to the server. */
  release(): void;
}

interface FrontProxyOptions {
  /** The real Chroma. */
  target: string;
  /** Asked of every request, or of those below `/tenants` only. */
  guard?: Auth;
  guarded?: "everything" | "data";
  /** How the guard says no. */
  refusal?: { status: number; json?: unknown; html?: string };
  /** The path the proxy lives below, such as `/chroma`. */
  prefix?: string;
  tls?: Certificate;
}

const CHROMA_PATH = /^\/(?:api\/v[12]\/|openapi\.json$)/;

export async function startFrontProxy(options: FrontProxyOptions): Promise<FrontProxy> {
  const { target, guard = { kind: "none" }, guarded = "everything", prefix = "" } = options;
  const refusal = options.refusal ?? { status: 401, html: "<h1>Unauthorized</h1>" };
  const requests: SeenRequest[] = [];
  const faults: { pattern: RegExp; fault: Fault; left: number; must: boolean }[] = [];
  const waiting: { pattern: RegExp; resolve: (request: SeenRequest) => void }[] = [];
  const pauses: { pattern: RegExp; passing: number; reach: () => void; released: Promise<void> }[] = [];
  const unexpected: string[] = [];

  /** The pauses that hold this request, decided when it arrives. */
  function takePauses(line: string): Promise<void>[] {
    const matching = pauses.filter(({ pattern }) => pattern.test(line));
    return matching.flatMap((pause) => {
      pause.passing -= 1;
      if (pause.passing >= 0) return [];
      pause.reach();
      return [pause.released];
    });
  }

  function takeFault(line: string): Fault | undefined {
    const entry = faults.find(({ pattern, left }) => left > 0 && pattern.test(line));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    return entry.fault;
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "" } = request;
    const path = url.startsWith(prefix) ? url.slice(prefix.length) : url;
    const line = `${method} ${path}`;
    const seen: SeenRequest = { method, path, headers: request.headers, atMs: performance.now() };
    requests.push(seen);
    for (const waiter of waiting.filter(({ pattern }) => pattern.test(line))) {
      waiting.splice(waiting.indexOf(waiter), 1);
      waiter.resolve(seen);
    }
    if (!url.startsWith(prefix) || !CHROMA_PATH.test(path)) {
      unexpected.push(line);
      answer(response, { status: 404, html: "<h1>Not Found</h1>" });
      return;
    }
    const isGuarded = guarded === "everything" || path.includes("/tenants");
    if (isGuarded && !isAllowed(request, guard)) {
      request.resume();
      answer(response, refusal);
      return;
    }
    const holding = takePauses(line);
    if (holding.length === 0) pass(request, response, path, line);
    else void Promise.all(holding).then(() => pass(request, response, path, line));
  }

  function pass(request: IncomingMessage, response: ServerResponse, path: string, line: string): void {
    const fault = takeFault(line);
    switch (fault?.kind) {
      case undefined:
        forward(request, response, path);
        return;
      case "status":
        request.resume();
        answer(response, fault);
        return;
      case "reset":
        request.socket.destroy();
        return;
      case "hold":
        request.resume();
        return;
      case "truncate":
      case "drip":
      case "lose_answer":
        forward(request, response, path, fault);
        return;
      default:
        fault satisfies undefined;
    }
  }

  function forward(request: IncomingMessage, response: ServerResponse, path: string, fault?: Fault): void {
    const { hostname, port, host } = new URL(target);
    // The path as it came: made a URL again, dots in a name would be resolved.
    const onward = httpRequest({ hostname, port, path, method: request.method ?? "GET", headers: { ...request.headers, host } }, (answered) => {
      const chunks: Buffer[] = [];
      answered.on("data", (chunk: Buffer) => chunks.push(chunk));
      answered.on("end", () => reply(response, answered, Buffer.concat(chunks), fault));
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  }

  const server = options.tls === undefined ? createHttpServer(handle) : createHttpsServer(options.tls, handle);
  const port = await listen(server);
  return {
    url: `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}${prefix}`,
    requests,
    inject(pattern, fault, times = 1) {
      faults.push({ pattern, fault, left: times, must: true });
    },
    injectAlways(pattern, fault) {
      faults.push({ pattern, fault, left: Number.POSITIVE_INFINITY, must: false });
    },
    nextRequest: async (pattern) => await new Promise((resolve) => waiting.push({ pattern, resolve })),
    pause(pattern, passing) {
      let reach = (): void => undefined;
      let release = (): void => undefined;
      const reached = new Promise<void>((resolve) => {
        reach = resolve;
      });
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      const entry = { pattern, passing, reach, released };
      pauses.push(entry);
      return {
        reached,
        release() {
          pauses.splice(pauses.indexOf(entry), 1);
          release();
        },
      };
    },
    async close() {
      await closeServer(server);
      const unused = faults.filter(({ left, must }) => must && left > 0).map(({ pattern, fault, left }) => `${fault.kind} for ${String(pattern)}, ${left} left`);
      if (unused.length > 0) throw new Error(`Faults that never happened: ${unused.join("; ")}`);
      if (unexpected.length > 0) throw new Error(`Requests that no Chroma knows: ${unexpected.join("; ")}`);
    },
  };
}

function reply(response: ServerResponse, answered: IncomingMessage, body: Buffer, fault: Fault | undefined): void {
  const status = answered.statusCode ?? 500;
  const headers = { "content-type": answered.headers["content-type"] ?? "" };
  switch (fault?.kind) {
    case "lose_answer":
      response.destroy();
      return;
    case "truncate": {
      const part = body.subarray(0, Math.floor(body.length * fault.share));
      const length = fault.length === "announced" ? { "content-length": body.length } : {};
      // Without a length and without chunks only the end of the connection ends the body: nobody can tell that it is cut.
      if (fault.length === "until_close") response.useChunkedEncodingByDefault = false;
      response.writeHead(status, { ...headers, ...length, connection: "close" });
      response.write(part, () => (fault.length === "until_close" ? response.end() : response.destroy()));
      return;
    }
    case "drip":
      response.writeHead(status, { ...headers, "content-length": body.length });
      drip(response, body, fault.pauseMs);
      return;
    default:
      response.writeHead(status, { ...headers, "content-length": body.length });
      response.end(body);
  }
}

function drip(response: ServerResponse, body: Buffer, pauseMs: number): void {
  if (response.destroyed) return;
  if (body.length === 0) {
    response.end();
    return;
  }
  response.write(body.subarray(0, 1));
  setTimeout(() => drip(response, body.subarray(1), pauseMs), pauseMs);
}

function answer(response: ServerResponse, what: { status: number; headers?: Record<string, string>; json?: unknown; html?: string }): void {
  const isJson = what.json !== undefined;
  response.writeHead(what.status, { "content-type": isJson ? "application/json" : "text/html; charset=utf-8", ...what.headers });
  response.end(isJson ? JSON.stringify(what.json) : (what.html ?? ""));
}

/** Exactly the one form of key that was asked for, and no other beside it. */
function isAllowed(request: IncomingMessage, guard: Auth): boolean {
  const { authorization } = request.headers;
  const chromaToken = request.headers["x-chroma-token"];
  switch (guard.kind) {
    case "none":
      return true;
    case "bearer":
      return authorization === `Bearer ${guard.token}` && chromaToken === undefined;
    case "chroma_token":
      return chromaToken === guard.token && authorization === undefined;
    case "basic":
      return authorization === `Basic ${Buffer.from(`${guard.user}:${guard.password}`).toString("base64")}`;
    case "header":
      return request.headers[guard.name.toLowerCase()] === guard.value && authorization === undefined;
  }
}
