/**
 * A strict Render on loopback: asks for the key, counts calls against the limits, knows the calls of FACTS 5 and no other, and fails on
 * command. What no test has announced makes the test fail at its end, the call that replaces all variables above all.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import { closeServer, listen } from "../loopback.ts";
import { isCarriedOut, sendFault, type RenderFault } from "./faults.ts";
import { answerCall, NOT_FOUND, type FakeAnswer, type FakeCall } from "./routes.ts";
import { FakeService, type FakeServiceOptions } from "./service.ts";

type CallHook = (call: FakeCall) => Promise<void> | void;

export interface FakeRender {
  /** With the version at its end, as the client takes it. */
  readonly url: string;
  readonly apiKey: string;
  /** Every call, also those a fault or a limit answered. */
  readonly calls: readonly FakeCall[];
  /** "METHOD /path" of each of them. */
  lines(): string[];
  addService(options?: FakeServiceOptions): FakeService;
  /** As if it was deleted in the dashboard. */
  removeService(service: FakeService): void;
  /** The next `times` calls whose "METHOD /path" matches meet the fault, after `passing` others. Each has to happen before the test ends. */
  inject(pattern: RegExp, fault: RenderFault, options?: { times?: number; passing?: number }): void;
  /** Every matching call meets it from now on, until the returned function is called. */
  injectAlways(pattern: RegExp, fault: RenderFault): () => void;
  /** Runs and is waited for before the next `times` matching calls are looked at; those have to come before the test ends. Infinity: may come. */
  beforeCall(pattern: RegExp, hook: CallHook, times?: number): void;
  /** The same when a matching call is carried out and not yet answered. */
  afterCall(pattern: RegExp, hook: CallHook, times?: number): void;
  /** Resolves when a matching call arrives, from now on. */
  nextCall(pattern: RegExp): Promise<FakeCall>;
  /** Called when the test ends, unless the test did. Throws when something announced never happened, or something came that Render's API does not know. */
  close(): Promise<void>;
}

interface FakeRenderOptions {
  apiKey?: string;
  /** Default: as Render documents them, per minute. */
  limits?: Partial<Record<Bucket, number>>;
  /** For tests that bring their own time. */
  now?: () => Date;
}

type Bucket = "read" | "write" | "deploy";

const LIMITS: Readonly<Record<Bucket, number>> = { read: 400, write: 30, deploy: 10 };
const WINDOW_MS = 60_000;

interface Rule {
  readonly pattern: RegExp;
  left: number;
}

export async function startFakeRender(options: FakeRenderOptions = {}): Promise<FakeRender> {
  const { apiKey = "rnd_FakeKeyOfTheTests0123456789", now = () => new Date() } = options;
  const limits = { ...LIMITS, ...options.limits };
  const services: FakeService[] = [];
  const removed: FakeService[] = [];
  const calls: FakeCall[] = [];
  const faults: (Rule & { fault: RenderFault; passing: number })[] = [];
  const hooks: (Rule & { when: "before" | "after"; hook: CallHook })[] = [];
  const waiting: { pattern: RegExp; resolve: (call: FakeCall) => void }[] = [];
  const unexpected: string[] = [];
  const windows = new Map<string, { startMs: number; used: number }>();

  /** Counts the call; headers for its answer, and whether it is one too many. */
  function count(call: FakeCall): { headers: Record<string, string>; exceeded: boolean } {
    const isDeploy = call.method === "POST" && call.path.endsWith("/deploys");
    const bucket: Bucket = isDeploy ? "deploy" : call.method === "GET" ? "read" : "write";
    const name = isDeploy ? call.path : bucket;
    const nowMs = now().getTime();
    let window = windows.get(name);
    if (window === undefined || nowMs - window.startMs >= WINDOW_MS) windows.set(name, (window = { startMs: nowMs, used: 0 }));
    window.used += 1;
    const reset = Math.ceil((window.startMs + WINDOW_MS - nowMs) / 1000);
    const exceeded = window.used > limits[bucket];
    return {
      exceeded,
      headers: {
        "ratelimit-limit": String(limits[bucket]),
        "ratelimit-remaining": String(Math.max(0, limits[bucket] - window.used)),
        "ratelimit-reset": String(reset),
        ...(exceeded ? { "retry-after": String(reset) } : {}),
      },
    };
  }

  async function runHooks(when: "before" | "after", line: string, call: FakeCall): Promise<void> {
    for (const entry of hooks.filter((candidate) => candidate.when === when && candidate.left > 0 && candidate.pattern.test(line))) {
      entry.left -= 1;
      await entry.hook(call);
    }
  }

  function takeFault(line: string): RenderFault | undefined {
    const entry = faults.find(({ pattern, left }) => left > 0 && pattern.test(line));
    if (entry === undefined) return undefined;
    if (entry.passing > 0) {
      entry.passing -= 1;
      return undefined;
    }
    entry.left -= 1;
    return entry.fault;
  }

  async function carryOut(call: FakeCall, line: string): Promise<FakeAnswer> {
    const answer = await answerCall(call, services, now());
    if (answer.unexpected === true) unexpected.push(/^(?:PUT|PATCH|DELETE) \S*\/env-vars\/?(?:\?|$)/.test(line) ? `THE CALL THAT REPLACES EVERY VARIABLE: ${line}` : `${line} (${answer.status})`);
    await runHooks("after", line, call);
    return answer;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    const call: FakeCall = { method, path: url.replace(/^\/v1(?=\/)/, ""), body: await textOf(request), headers: request.headers };
    const line = `${method} ${call.path}`;
    calls.push(call);
    for (const waiter of waiting.filter(({ pattern }) => pattern.test(line))) {
      waiting.splice(waiting.indexOf(waiter), 1);
      waiter.resolve(call);
    }
    await runHooks("before", line, call);
    const fault = takeFault(line);
    if (fault !== undefined) {
      sendFault(response, fault, call, isCarriedOut(fault) ? await carryOut(call, line) : undefined);
      return;
    }
    if (!url.startsWith("/v1/")) {
      unexpected.push(line);
      reply(response, NOT_FOUND);
      return;
    }
    if (request.headers.authorization !== `Bearer ${apiKey}`) {
      reply(response, { status: 401, json: { id: "err-1", message: "Unauthorized" } });
      return;
    }
    const { headers, exceeded } = count(call);
    reply(response, exceeded ? { status: 429, json: { message: "rate limit exceeded" } } : await carryOut(call, line), headers);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      // A hook of the test failed: that is the test's result, whatever the client makes of it.
      unexpected.push(`${request.method ?? ""} ${request.url ?? ""}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      response.destroy();
    });
  });
  const port = await listen(server);
  let closing: Promise<void> | undefined;
  const hook = (when: "before" | "after", pattern: RegExp, run: CallHook, left: number): void => void hooks.push({ when, pattern, hook: run, left });

  async function end(): Promise<void> {
    await closeServer(server);
    const never = [
      ...faults.filter(isUnused).map(({ fault, pattern, left }) => `${fault.kind} for ${String(pattern)}, ${left} left`),
      ...hooks.filter(isUnused).map(({ when, pattern, left }) => `${when} ${String(pattern)}, ${left} left`),
      ...[...services, ...removed].flatMap((service) => service.unusedHooks()),
    ];
    if (unexpected.length > 0) throw new Error(`Calls that Render's API does not know: ${unexpected.join("; ")}`);
    if (never.length > 0) throw new Error(`Announced, and never happened: ${never.join("; ")}`);
  }

  const render: FakeRender = {
    url: `http://127.0.0.1:${port}/v1`,
    apiKey,
    calls,
    lines: () => calls.map(({ method, path }) => `${method} ${path}`),
    addService(settings = {}) {
      const service = new FakeService(settings, now);
      services.push(service);
      return service;
    },
    removeService(service) {
      removed.push(...services.splice(services.indexOf(service), 1));
    },
    inject(pattern, fault, { times = 1, passing = 0 } = {}) {
      faults.push({ pattern, fault, passing, left: times });
    },
    injectAlways(pattern, fault) {
      const entry = { pattern, fault, passing: 0, left: Number.POSITIVE_INFINITY };
      faults.push(entry);
      return () => {
        entry.left = 0;
      };
    },
    beforeCall: (pattern, run, times = 1) => hook("before", pattern, run, times),
    afterCall: (pattern, run, times = 1) => hook("after", pattern, run, times),
    nextCall: async (pattern) => await new Promise((resolve) => waiting.push({ pattern, resolve })),
    close: async () => await (closing ??= end()),
  };
  onTestFinished(async () => {
    // A test that closed it by itself has seen how it ended.
    if (closing === undefined) await render.close();
  });
  return render;
}

function isUnused({ left }: Rule): boolean {
  return left > 0 && left !== Number.POSITIVE_INFINITY;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function reply(response: ServerResponse, { status, json }: FakeAnswer, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...headers, ...(json === undefined ? {} : { "content-type": "application/json; charset=utf-8" }) });
  response.end(json === undefined ? undefined : JSON.stringify(json));
}
