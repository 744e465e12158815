// One end of the contextBridge. The two worlds of a page share no objects, only the document: they talk through window events with
// a secret name whose detail is text, and beside it the files in it, which Chromium itself clones for the other world. Events are dispatched synchronously, so a call has its answer when it returns, as in Electron.
import { decode, encode, type DecodeHooks, type EncodeHooks } from "../codec.ts";
import { page } from "./dom.ts";

export type BridgeRequest =
  | { op: "expose"; key: string; value: unknown }
  | { op: "open"; url: string; frameName: string; features: string }
  | { op: "leave"; url: string }
  | { op: "permission"; question: unknown };

type Message =
  | { op: "request"; id: number; request: BridgeRequest }
  | { op: "call"; id: number; fn: number; args: unknown[] }
  | { op: "return"; id: number; value?: unknown; error?: Error }
  | { op: "settle"; id: number; value?: unknown; error?: Error };

type Callable = (...args: unknown[]) => unknown;
interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export interface Peer {
  request(request: BridgeRequest): unknown;
}

/** `beforeFiles`: a call with files waits for it, and so answers a promise whatever the function gives. */
export function createPeer(name: string, side: "main" | "isolated", answer: (request: BridgeRequest) => unknown, beforeFiles?: (files: readonly object[]) => Promise<void>): Peer {
  // Taken now, before the page's own scripts can replace them.
  const listen = page.addEventListener.bind(page);
  const dispatch = page.dispatchEvent.bind(page);
  const { CustomEvent } = page;
  const outgoing = `${name}-${side}`;
  const incoming = `${name}-${side === "main" ? "isolated" : "main"}`;

  let nextId = 1;
  const functions = new Map<number, Callable>();
  const functionIds = new WeakMap<Callable, number>();
  const proxies = new Map<number, Callable>();
  const waiting = new Map<number, Waiting>();
  const returned = new Map<number, { value?: unknown; error?: Error }>();

  const sending = (files: object[]): EncodeHooks => ({
    fn(value) {
      const known = functionIds.get(value);
      if (known !== undefined) return known;
      const id = nextId++;
      functionIds.set(value, id);
      functions.set(id, value);
      return id;
    },
    promise(value) {
      const id = nextId++;
      value.then(
        (result) => post({ op: "settle", id, value: result }),
        (reason: unknown) => post({ op: "settle", id, error: toError(reason) }),
      );
      return id;
    },
    file: (value) => files.push(value) - 1,
  });
  const receiving = (files: readonly object[]): DecodeHooks => ({
    fn(id) {
      const known = proxies.get(id);
      if (known) return known;
      const proxy: Callable = (...args) => ask({ op: "call", id: nextId++, fn: id, args });
      proxies.set(id, proxy);
      return proxy;
    },
    promise: (id) => new Promise((resolve, reject) => waiting.set(id, { resolve, reject })),
    file: (id) => files[id],
  });

  function post(message: Message): void {
    const files: object[] = [];
    const text = encode(message, sending(files));
    dispatch(new CustomEvent(outgoing, { detail: files.length === 0 ? text : { text, files } }));
  }

  function ask(message: Message & { op: "call" | "request" }): unknown {
    post(message);
    const result = returned.get(message.id);
    returned.delete(message.id);
    if (!result) throw new Error("contextBridge: the other world is gone");
    if (result.error) throw result.error;
    return result.value;
  }

  function perform(message: Message & { op: "call" | "request" }, files: readonly object[]): void {
    const { id } = message;
    try {
      const run = (): unknown => (message.op === "request" ? answer(message.request) : callFunction(message.fn, message.args));
      post({ op: "return", id, value: files.length === 0 || beforeFiles === undefined ? run() : beforeFiles(files).then(run) });
    } catch (error) {
      post({ op: "return", id, error: toError(error) });
    }
  }

  function callFunction(id: number, args: unknown[]): unknown {
    const fn = functions.get(id);
    if (!fn) throw new Error("contextBridge: no such function");
    return fn(...args);
  }

  function settle(message: Message & { op: "settle" }): void {
    const promise = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) promise?.reject(message.error);
    else promise?.resolve(message.value);
  }

  listen(
    incoming,
    (event) => {
      event.stopImmediatePropagation();
      const { text, files } = typeof event.detail === "string" ? { text: event.detail, files: [] } : (event.detail as { text: string; files: object[] });
      const message = decode(text, receiving(files)) as Message;
      if (message.op === "return") returned.set(message.id, message);
      else if (message.op === "settle") settle(message);
      else perform(message, files);
    },
    true,
  );

  return { request: (request) => ask({ op: "request", id: nextId++, request }) };
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
