/**
 * A strict reverse proxy on loopback in front of a real Chroma, as owners put one there: asks for a key, lives below a
 * prefix, speaks TLS, and fails on command. What no test has announced makes `close` fail.
 */
import { createServer as createHttpServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Server } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Auth } from "../../electron/engine/chroma/source.ts";
import { closeServer, listen, type Certificate } from "./loopback.ts";
import { answer, reply, type Fault } from "./proxy-faults.ts";

export type { Fault } from "./proxy-faults.ts";

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
  /** The request with this number from now on, 0 for the next one, meets the fault, before all others announced. It has to happen before `close`. */
  injectNth(nth: number, fault: Fault): void;
  /** Every matching request meets it, from now on; whether one comes is not checked. */
  injectAlways(pattern: RegExp, fault: Fault): void;
  /** Resolves when a request that matches arrives, from now on. */
  nextRequest(pattern: RegExp): Promise<SeenRequest>;
  /** Lets `passing` matching requests by and holds the next one, and all that match after it, until it is released. */
  pause(pattern: RegExp, passing: number): Pause;
  /** After a `refuse`: connections are taken again, at the same address. Does nothing where they are. */
  listenAgain(): Promise<void>;
  /** The requests of the next moment go there. */
  retarget(target: string): void;
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
  const { guard = { kind: "none" }, guarded = "everything", prefix = "" } = options;
  let { target } = options;
  const refusal = options.refusal ?? { status: 401, html: "<h1>Unauthorized</h1>" };
  const requests: SeenRequest[] = [];
  const faults: { pattern: RegExp; fault: Fault; left: number; must: boolean }[] = [];
  const numbered: { passing: number; fault: Fault }[] = [];
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

  function takeNumbered(): Fault | undefined {
    const due = numbered.find(({ passing }) => passing === 0);
    if (due !== undefined) numbered.splice(numbered.indexOf(due), 1);
    for (const entry of numbered) entry.passing -= 1;
    return due?.fault;
  }

  function takeFault(line: string): Fault | undefined {
    const due = takeNumbered();
    if (due !== undefined) return due;
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
      case "refuse":
        void closeServer(server);
        return;
      case "duplicate":
        void forwardTwice(request, response, path, fault.answer);
        return;
      case "truncate":
      case "drip":
      case "lose_answer":
      case "delay":
      case "garbage":
      case "wrong_length":
        forward(request, response, path, fault);
        return;
      default:
        fault satisfies undefined;
    }
  }

  /** Both arrive whole, one after the other. */
  async function forwardTwice(request: IncomingMessage, response: ServerResponse, path: string, which: "first" | "second"): Promise<void> {
    const body = await buffer(request);
    const ask = async (): Promise<Response> =>
      await fetch(`${target}${path}`, {
        method: request.method ?? "GET",
        headers: { "content-type": request.headers["content-type"] ?? "application/json" },
        ...(body.length === 0 ? {} : { body }),
      });
    try {
      const [first, second] = [await ask(), await ask()];
      const told = which === "first" ? first : second;
      const text = Buffer.from(await told.arrayBuffer());
      response.writeHead(told.status, { "content-type": told.headers.get("content-type") ?? "", "content-length": text.length });
      response.end(text);
    } catch {
      response.destroy();
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

  const open = (): Server => (options.tls === undefined ? createHttpServer(handle) : createHttpsServer(options.tls, handle));
  let server = open();
  const port = await listen(server);
  return {
    url: `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}${prefix}`,
    requests,
    inject(pattern, fault, times = 1) {
      faults.push({ pattern, fault, left: times, must: true });
    },
    injectNth(nth, fault) {
      numbered.push({ passing: nth, fault });
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
    async listenAgain() {
      if (server.listening) return;
      server = open();
      await listen(server, port);
    },
    retarget(next) {
      target = next;
    },
    async close() {
      await closeServer(server);
      const unused = [
        ...faults.filter(({ left, must }) => must && left > 0).map(({ pattern, fault, left }) => `${fault.kind} for ${String(pattern)}, ${left} left`),
        ...numbered.map(({ passing, fault }) => `${fault.kind} after ${passing} more requests`),
      ];
      if (unused.length > 0) throw new Error(`Faults that never happened: ${unused.join("; ")}`);
      if (unexpected.length > 0) throw new Error(`Requests that no Chroma knows: ${unexpected.join("; ")}`);
    },
  };
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
