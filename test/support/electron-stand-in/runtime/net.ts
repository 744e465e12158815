// `net.fetch` for files and for schemes of the app's own, and `protocol`.
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

import type { Net, Protocol } from "electron";

import { app } from "./app.ts";
import { loud, LoudEmitter } from "./loud.ts";
import { addSchemes, schemeNames } from "./wire-url.ts";

export type ProtocolHandler = (request: Request) => Response | Promise<Response>;

const MEDIA_TYPES: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

export class StandInProtocol extends LoudEmitter implements Pick<Protocol, "handle" | "unhandle" | "isProtocolHandled" | "registerSchemesAsPrivileged"> {
  readonly #handlers = new Map<string, ProtocolHandler>();

  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    if (app.isReady()) throw new Error("protocol.registerSchemesAsPrivileged should be called before app is ready");
    addSchemes(schemes);
  }

  handle(scheme: string, handler: ProtocolHandler): void {
    if (!app.isReady()) throw new Error("protocol.handle can only be called after app is ready");
    if (this.#handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    if (!schemeNames().includes(scheme)) throw new Error(`stand-in: protocol.handle("${scheme}") is emulated only for schemes registered as privileged`);
    this.#handlers.set(scheme, handler);
  }

  unhandle(scheme: string): void {
    this.#handlers.delete(scheme);
  }

  isProtocolHandled(scheme: string): boolean {
    return this.#handlers.has(scheme);
  }

  handlerOf(scheme: string): ProtocolHandler | undefined {
    return this.#handlers.get(scheme);
  }
}

/** Node's Request accepts only addresses it knows; the handler must still read the one it was asked for. */
export function requestFor(url: string, init: RequestInit = {}): Request {
  const request = new Request("https://stand-in.invalid/", init);
  Object.defineProperty(request, "url", { value: url });
  return request;
}

export function createNet(protocol: Pick<StandInProtocol, "handlerOf">): object {
  return loud("net", {
    async fetch(input: string | Request, init?: RequestInit): Promise<Response> {
      const url = typeof input === "string" ? input : input.url;
      const scheme = url.slice(0, url.indexOf(":"));
      if (scheme === "file") return fetchFile(url);
      const handler = protocol.handlerOf(scheme);
      return handler ? handler(requestFor(url, init)) : fetch(input, init);
    },
    isOnline: () => true,
    online: true,
  } satisfies Pick<Net, "fetch" | "isOnline" | "online">);
}

async function fetchFile(url: string): Promise<Response> {
  const path = fileURLToPath(url);
  const bytes = await readFile(path).catch(() => {
    throw new Error("net::ERR_FILE_NOT_FOUND");
  });
  return new Response(new Uint8Array(bytes), { headers: { "content-type": MEDIA_TYPES[extname(path)] ?? "application/octet-stream" } });
}
