// Every request of a page passes here before and after Chromium sends it: navigations become will-navigate and its kin, webRequest
// hooks are asked, and schemes of the app's own are answered by the app's handler.
import type { CdpSession } from "./cdp.ts";
import type { Protocol } from "./cdp-protocol.ts";
import type { FrameTree, StandInFrame } from "./frames.ts";
import { requestFor } from "./net.ts";
import { preventable } from "./preventable-event.ts";
import { complain, record } from "./record.ts";
import type { StandInSession } from "./session.ts";
import { fromWire, toWire } from "./wire-url.ts";
import type { Header, RequestDetails } from "./web-request.ts";

type Paused = Protocol.Fetch.requestPausedPayload;

/** The side of webContents that the gate needs. */
export interface GateKeeper {
  readonly id: number;
  readonly session: StandInSession;
  emit(event: string, ...args: unknown[]): boolean;
  /** True for a navigation that the main process itself asked for. */
  isOwnNavigation(wireUrl: string): boolean;
  beforeDocument(wireUrl: string): Promise<void>;
}

const RESOURCE_TYPES: Partial<Record<Protocol.Network.ResourceType, RequestDetails["resourceType"]>> = {
  CSPViolationReport: "cspReport",
  Fetch: "xhr",
  Font: "font",
  Image: "image",
  Media: "media",
  Ping: "ping",
  Script: "script",
  Stylesheet: "stylesheet",
  WebSocket: "webSocket",
  XHR: "xhr",
};

export class RequestGate {
  readonly #session: CdpSession;
  readonly #frames: FrameTree;
  readonly #keeper: GateKeeper;

  constructor(session: CdpSession, frames: FrameTree, keeper: GateKeeper) {
    this.#session = session;
    this.#frames = frames;
    this.#keeper = keeper;
  }

  async handle(paused: Paused): Promise<void> {
    const isResponse = paused.responseStatusCode !== undefined || paused.responseErrorReason !== undefined;
    await (isResponse ? this.#response(paused) : this.#request(paused));
  }

  async #request(paused: Paused): Promise<void> {
    const { url } = paused.request;
    const frame = this.#frames.get(paused.frameId) ?? null;
    const isMainDocument = paused.resourceType === "Document" && frame === this.#frames.main;
    record.requests.push(fromWire(url));
    if (paused.resourceType === "Document" && this.#navigationRefused(paused, frame)) return this.#fail(paused, "Aborted");
    if (isMainDocument) await this.#keeper.beforeDocument(url);

    const answer = await this.#keeper.session.webRequest.beforeRequest(this.#details(paused));
    if (answer.cancel === true) return this.#fail(paused, "BlockedByClient");
    if (answer.redirectURL !== undefined) {
      return this.#fulfil(paused, 307, [{ name: "location", value: toWire(answer.redirectURL) }], Buffer.alloc(0));
    }
    if (fromWire(url) !== url) return this.#ownScheme(paused);
    await this.#session.send("Fetch.continueRequest", { requestId: paused.requestId });
  }

  /** Electron asks the page's listeners only about what the page (or a redirect) started. */
  #navigationRefused(paused: Paused, frame: StandInFrame | null): boolean {
    const { url } = paused.request;
    const isMainFrame = frame === this.#frames.main;
    const isRedirect = paused.redirectedRequestId !== undefined;
    if (!isRedirect && isMainFrame && this.#keeper.isOwnNavigation(url)) return false;
    const events = isRedirect ? ["will-redirect"] : ["will-frame-navigate", ...(isMainFrame ? ["will-navigate"] : [])];
    return events.some((name) => {
      const details = preventable({ url: fromWire(url), isMainFrame, isSameDocument: false, frame, initiator: frame });
      // The arguments after the first are the deprecated form, which Electron still gives.
      this.#keeper.emit(name, details, details.url, false, isMainFrame, frame?.processId ?? -1, frame?.routingId ?? -1);
      return details.defaultPrevented;
    });
  }

  async #ownScheme(paused: Paused): Promise<void> {
    const { method, headers, postData, hasPostData } = paused.request;
    const url = fromWire(paused.request.url);
    const handler = this.#keeper.session.protocol.handlerOf(url.slice(0, url.indexOf(":")));
    if (!handler) return this.#fail(paused, "Failed");
    try {
      const init: RequestInit = { method, headers };
      if (hasPostData === true && postData !== undefined) init.body = postData;
      const response = await handler(requestFor(url, init));
      const body = Buffer.from(await response.arrayBuffer());
      const received = await this.#received(paused, response.status, [...response.headers].map(([name, value]) => ({ name, value })));
      await (received === "cancel" ? this.#fail(paused, "BlockedByClient") : this.#fulfil(paused, response.status, received.map(locationOnWire), body));
    } catch (error) {
      complain(`protocol handler for ${url}: ${error instanceof Error ? error.message : String(error)}`);
      await this.#fail(paused, "Failed");
    }
  }

  async #response(paused: Paused): Promise<void> {
    const { requestId, responseStatusCode } = paused;
    if (responseStatusCode === undefined) {
      await this.#session.send("Fetch.continueRequest", { requestId });
      return;
    }
    const headers = await this.#received(paused, responseStatusCode, paused.responseHeaders ?? []);
    if (headers === "cancel") return this.#fail(paused, "BlockedByClient");
    // Files answer with a status of 200 and may get headers like everything else.
    await this.#session.send("Fetch.continueResponse", { requestId, responseCode: responseStatusCode, responseHeaders: headers });
  }

  #received(paused: Paused, status: number, headers: Header[]): Promise<Header[] | "cancel"> {
    return this.#keeper.session.webRequest.headersReceived(this.#details(paused), status, headers);
  }

  #details(paused: Paused): RequestDetails {
    const isDocument = paused.resourceType === "Document";
    const documentType = this.#frames.get(paused.frameId) === this.#frames.main ? "mainFrame" : "subFrame";
    return {
      url: fromWire(paused.request.url),
      method: paused.request.method,
      resourceType: isDocument ? documentType : (RESOURCE_TYPES[paused.resourceType] ?? "other"),
      webContentsId: this.#keeper.id,
      referrer: fromWire(paused.request.headers["Referer"] ?? ""),
    };
  }

  async #fail(paused: Paused, errorReason: Protocol.Network.ErrorReason): Promise<void> {
    await this.#session.send("Fetch.failRequest", { requestId: paused.requestId, errorReason });
  }

  async #fulfil(paused: Paused, responseCode: number, responseHeaders: Header[], body: Buffer): Promise<void> {
    await this.#session.send("Fetch.fulfillRequest", { requestId: paused.requestId, responseCode, responseHeaders, body: body.toString("base64") });
  }
}

function locationOnWire(header: Header): Header {
  return header.name.toLowerCase() === "location" ? { name: header.name, value: toWire(header.value) } : header;
}
