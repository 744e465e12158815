// Runs first in the page's own world: receives what the preload exposes, and hands window.open, links out and requests for
// permission to the main process, where Electron would decide about them.
import { createPeer, type Peer } from "./bridge-peer.ts";
import { isTopFrame, page, type PageEvent } from "./dom.ts";
import type { MainWorldConfig } from "./messages.ts";
import { installPermissions } from "./permission-questions.ts";

export function run(config: MainWorldConfig): void {
  if (!isTopFrame()) return;
  const peer = createPeer(config.bridge, "main", (request) => {
    if (request.op !== "expose") throw new Error(`unexpected ${request.op}`);
    expose(request.key, request.value);
    return undefined;
  });
  installWindowOpen(peer);
  installLinks(peer, config);
  installPermissions(peer);
}

function expose(key: string, value: unknown): void {
  if (Object.hasOwn(globalThis, key)) throw new Error("Cannot bind an API on top of an existing property on the window object");
  Object.defineProperty(globalThis, key, { value: freeze(value), writable: false, configurable: false, enumerable: true });
}

function freeze(value: unknown, seen = new Set<unknown>()): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || seen.has(value)) return value;
  seen.add(value);
  Object.freeze(value);
  for (const item of Object.values(value)) freeze(item, seen);
  return value;
}

/** window.open always answers null: the stand-in makes an allowed window by itself, and the opener gets no handle to it. */
function installWindowOpen(peer: Peer): void {
  const open = (url?: unknown, frameName?: unknown, features?: unknown): null => {
    const address = new URL(textOr(url, "about:blank"), page.location.href).href;
    peer.request({ op: "open", url: address, frameName: textOr(frameName, ""), features: textOr(features, "") });
    return null;
  };
  Object.defineProperty(globalThis, "open", { value: open, writable: true, configurable: true });
}

function installLinks(peer: Peer, config: MainWorldConfig): void {
  page.addEventListener("click", (event: PageEvent) => {
    const anchor = event.composedPath().find((node) => node instanceof page.HTMLAnchorElement && node.href !== "");
    if (!(anchor instanceof page.HTMLAnchorElement) || event.defaultPrevented) return;
    const elsewhere = anchor.target !== "" && !/^_(self|top|parent)$/.test(anchor.target);
    if (elsewhere || [event.ctrlKey, event.metaKey, event.shiftKey].includes(true)) {
      event.preventDefault();
      peer.request({ op: "open", url: anchor.href, frameName: anchor.target, features: "" });
      return;
    }
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(anchor.href)?.[1]?.toLowerCase() ?? "";
    if (config.schemes.includes(scheme)) {
      event.preventDefault();
      page.location.href = ownAddress(anchor.href, scheme, config);
    } else if (!/^(https?|file|blob|data|about|javascript)$/.test(scheme)) {
      // Chromium would drop mailto: and its like without a request that could be seen.
      event.preventDefault();
      peer.request({ op: "leave", url: anchor.href });
    }
  });
}

function ownAddress(href: string, scheme: string, config: MainWorldConfig): string {
  const [, host = "", rest = ""] = /^[^:]+:\/\/([^/?#]*)(.*)$/s.exec(href) ?? [];
  return `https://${host}.${scheme}${config.hostSuffix}${rest === "" ? "/" : rest}`;
}

function textOr(value: unknown, otherwise: string): string {
  if (value instanceof URL) return value.href;
  return typeof value === "string" && value !== "" ? value : otherwise;
}
