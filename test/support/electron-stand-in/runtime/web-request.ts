// `session.webRequest`: the two hooks that decide about a request, asked through CDP's Fetch domain.
import type { WebRequest } from "electron";

import { LoudEmitter, notEmulated } from "./loud.ts";

export interface RequestDetails {
  url: string;
  method: string;
  resourceType: Electron.OnBeforeRequestListenerDetails["resourceType"];
  webContentsId: number;
  referrer: string;
}

interface ReceivedDetails extends RequestDetails {
  statusCode: number;
  statusLine: string;
  responseHeaders: Record<string, string[]>;
}

type Hook<Details, Answer> = (details: Details & { id: number; timestamp: number }, callback: (answer: Answer) => void) => void;
type Registered<Details, Answer> = { hook: Hook<Details, Answer>; urls: RegExp[] } | undefined;
type Filter = Electron.WebRequestFilter | Hook<never, never> | null;

let nextRequest = 1;

export interface Header {
  name: string;
  value: string;
}

export class StandInWebRequest extends LoudEmitter implements Record<keyof Pick<WebRequest, "onBeforeRequest" | "onHeadersReceived">, unknown> {
  #beforeRequest: Registered<RequestDetails & { uploadData: [] }, Electron.CallbackResponse>;
  #headersReceived: Registered<ReceivedDetails, Electron.HeadersReceivedResponse>;

  onBeforeRequest(filter: Filter, listener?: Hook<never, never> | null): void {
    this.#beforeRequest = registered(filter, listener);
  }
  onHeadersReceived(filter: Filter, listener?: Hook<never, never> | null): void {
    this.#headersReceived = registered(filter, listener);
  }

  beforeRequest(details: RequestDetails): Promise<Electron.CallbackResponse> {
    return ask(this.#beforeRequest, { ...details, uploadData: [] });
  }

  /** The headers to go on with, or `cancel`. */
  async headersReceived(details: RequestDetails, status: number, headers: Header[]): Promise<Header[] | "cancel"> {
    const byName: Record<string, string[]> = {};
    for (const { name, value } of headers) (byName[name] ??= []).push(value);
    const statusLine = `HTTP/1.1 ${status}`;
    const answer = await ask(this.#headersReceived, { ...details, statusCode: status, statusLine, responseHeaders: byName });
    if (answer.cancel === true) return "cancel";
    if (answer.statusLine !== undefined && answer.statusLine !== statusLine) notEmulated("webRequest.onHeadersReceived with another statusLine");
    const changed = Object.entries(answer.responseHeaders ?? byName);
    return changed.flatMap(([name, values]) => [values].flat().map((value) => ({ name, value })));
  }
}

function registered<D, A>(filter: Filter, listener: Hook<never, never> | null | undefined): Registered<D, A> {
  const hook = typeof filter === "function" ? filter : listener;
  if (!hook) return undefined;
  const patterns = typeof filter === "function" || !filter ? [] : filter.urls;
  // The hook is called with exactly the details of the event it was registered for.
  return { hook: hook as unknown as Hook<D, A>, urls: patterns.filter((pattern) => pattern !== "<all_urls>").map(toRegExp) };
}

function toRegExp(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*")}$`);
}

function ask<D extends RequestDetails, A extends object>(registration: Registered<D, A>, details: D): Promise<A> {
  if (!registration || (registration.urls.length > 0 && !registration.urls.some((url) => url.test(details.url)))) return Promise.resolve({} as A);
  return new Promise((resolve) => registration.hook({ ...details, id: nextRequest++, timestamp: Date.now() }, (answer) => resolve(answer)));
}
