/** A browser host with a small app behind it, and a client that sends exactly what it is told: a browser would correct it. */
import { once } from "node:events";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished } from "vitest";
import type { KeeperApp, Log } from "../../../electron/app/keeper-app.ts";
import { startWebHost, type WebHost } from "../../../electron/web/web-host.ts";
import type { AppEvent } from "../../../shared/contract.ts";
import type { Result } from "../../../shared/errors.ts";
import { tempFolder } from "../backup/make-backup.ts";

export interface SmallApp extends KeeperApp {
  /** What reached the gate. */
  readonly calls: [string, unknown][];
  /** Paths that got a token, and what they are called. */
  readonly given: [string, string | undefined][];
  readonly listeners: Set<(event: AppEvent) => void>;
  emit(event: AppEvent): void;
  /** Takes the place of the gate. */
  answer: (command: string, request: unknown) => Promise<Result<unknown>>;
}

export function createSmallApp(): SmallApp {
  const listeners = new Set<(event: AppEvent) => void>();
  const app: SmallApp = {
    calls: [],
    given: [],
    listeners,
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    answer: (command) => Promise.resolve(command === "app.ready" ? { ok: true, value: { done: true } } : { ok: false, error: { code: "UNKNOWN_COMMAND", message: "No such command.", retryable: false } }),
    async call(command, request) {
      app.calls.push([command, request]);
      return await app.answer(command, request);
    },
    giveToken(path, shown = "") {
      app.given.push([path, shown]);
      return Promise.resolve({ ok: true, value: { token: `path_${"t".repeat(22)}`, shown } });
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => Promise.resolve(),
  };
  return app;
}

export interface KeptLog extends Log {
  /** "level message" */
  readonly lines: string[];
}

export function createKeptLog(): KeptLog {
  const lines: string[] = [];
  return {
    lines,
    info: (message) => void lines.push(`info ${message}`),
    warn: (message) => void lines.push(`warn ${message}`),
    error: (message) => {
      lines.push(`error ${message}`);
      return "ref1";
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: () => unknown;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
}

/** One request on a connection of its own. `path` goes out as it is. */
export async function send(port: number, path: string, { method = "GET", headers = {}, body }: Sent = {}): Promise<Answer> {
  const request = httpRequest({ host: "127.0.0.1", port, path, method, headers, agent: false });
  request.on("error", () => undefined);
  request.end(body);
  return await answerTo(request);
}

export async function answerTo(request: ReturnType<typeof httpRequest>): Promise<Answer> {
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const words = await text(response);
  return { status: response.statusCode ?? 0, headers: response.headers, body: words, json: (): unknown => JSON.parse(words) };
}

export interface WebStage {
  readonly app: SmallApp;
  readonly host: WebHost;
  readonly log: KeptLog;
  readonly port: number;
  readonly origin: string;
  /** Beside the page's folder. */
  readonly folder: string;
  send(path: string, sent?: Sent): Promise<Answer>;
  /** Uses the link up; returns the Cookie header. */
  enter(): Promise<string>;
  /** A call as the page makes it, but for what `sent` changes. */
  call(command: string, sent?: Sent & { cookie?: string | undefined }): Promise<Answer>;
  /** Log lines of refusals since the last look. */
  refused(): string[];
}

export const INDEX = "<!doctype html><title>Account Keeper</title><script type=module src=/assets/index-1a2b.js></script>";

export async function createWebStage(): Promise<WebStage> {
  const folder = await tempFolder();
  const pageFolder = join(folder, "renderer");
  await mkdir(join(pageFolder, "assets"), { recursive: true });
  await mkdir(join(pageFolder, ".git"));
  await writeFile(join(folder, "secret.txt"), "the secret");
  await writeFile(join(pageFolder, "index.html"), INDEX);
  await writeFile(join(pageFolder, "icon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  await writeFile(join(pageFolder, "assets", "index-1a2b.js"), "export {};");
  await writeFile(join(pageFolder, "assets", "index-1a2b.css"), "body {}");
  await writeFile(join(pageFolder, "assets", "text-1a2b.woff2"), new Uint8Array([0x77, 0x4f, 0x46, 0x32, 0xff]));
  await writeFile(join(pageFolder, ".env"), "the secret");
  await writeFile(join(pageFolder, ".git", "config"), "the secret");
  await symlink(join(folder, "secret.txt"), join(pageFolder, "way-out.txt"));
  await symlink(folder, join(pageFolder, "way-out"));

  const [app, log] = [createSmallApp(), createKeptLog()];
  const host = await startWebHost({ app, pageFolder, log });
  onTestFinished(async () => await host.close());
  const { port } = host;
  const origin = `http://127.0.0.1:${port}`;
  let seen = 0;
  const stage: WebStage = {
    app,
    host,
    log,
    port,
    origin,
    folder,
    send: async (path, sent) => await send(port, path, sent),
    async enter() {
      const { headers } = await send(port, pathOf(host.createLink()));
      return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    },
    async call(command, { cookie, headers, ...sent } = {}) {
      // Node's client sends no length with the body of these.
      const hasBody = !["GET", "HEAD", "OPTIONS", "DELETE"].includes(sent.method ?? "POST");
      const usual = { origin, "content-type": "application/json", ...(cookie === undefined ? {} : { cookie }) };
      return await send(port, `/api/call/${command}`, { method: "POST", ...(hasBody ? { body: "{}" } : {}), ...sent, headers: { ...usual, ...headers } });
    },
    refused() {
      const lines = log.lines.filter((line) => line.startsWith("warn ")).slice(seen);
      seen += lines.length;
      return lines.map((line) => line.slice("warn ".length));
    },
  };
  return stage;
}

/** Path and query of one of our links. */
export function pathOf(link: string): string {
  const { pathname, search } = new URL(link);
  return pathname + search;
}

/** The body of a refusal, for `toMatchObject`. */
export function refusal(code: string, message?: string): object {
  return { ok: false, error: { code, retryable: false, ...(message === undefined ? {} : { message }) } };
}

/** Nothing got through, it was told once, and no other page may read the answer. */
export function expectRefused(stage: WebStage, answer: Answer, expected: { status: number; code: string; log: string }): void {
  expect({ status: answer.status, json: answer.json() }).toMatchObject({ status: expected.status, json: refusal(expected.code) });
  expect(stage.refused()).toEqual([expected.log]);
  expect(stage.app.calls).toEqual([]);
  expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  expect(answer.headers["cross-origin-resource-policy"]).toBe("same-origin");
}
