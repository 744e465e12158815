// `ipcRenderer` of the preload: send, invoke and listeners. What Electron offers beyond that fails loudly.
import { decode, encode } from "../codec.ts";
import type { FromPage, ToPage } from "./messages.ts";

type Listener = (event: unknown, ...args: unknown[]) => void;
interface Registration {
  listener: Listener;
  once: boolean;
}
interface Pending {
  channel: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export interface IpcRendererEnd {
  ipcRenderer: object;
  receive: (message: Exclude<ToPage, { type: "permission-answer" | "file-path-answer" }>) => void;
}

export function createIpcRenderer(post: (message: FromPage) => void): IpcRendererEnd {
  const registrations = new Map<string, Registration[]>();
  const pending = new Map<number, Pending>();
  let nextId = 1;

  const of = (channel: string): Registration[] => registrations.get(channel) ?? [];
  const add = (channel: string, listener: Listener, once: boolean): object => {
    needChannel(channel);
    registrations.set(channel, [...of(channel), { listener, once }]);
    return ipcRenderer;
  };
  const remove = (channel: string, listener: Listener): object => {
    const at = of(channel).findIndex((registration) => registration.listener === listener);
    registrations.set(channel, of(channel).filter((_, index) => index !== at));
    return ipcRenderer;
  };

  const ipcRenderer = {
    on: (channel: string, listener: Listener) => add(channel, listener, false),
    addListener: (channel: string, listener: Listener) => add(channel, listener, false),
    once: (channel: string, listener: Listener) => add(channel, listener, true),
    off: remove,
    removeListener: remove,
    removeAllListeners(channel?: string): object {
      if (channel === undefined) registrations.clear();
      else registrations.delete(channel);
      return ipcRenderer;
    },
    listenerCount: (channel: string) => of(channel).length,
    send(channel: string, ...args: unknown[]): void {
      needChannel(channel);
      post({ type: "send", channel, args: encode(args) });
    },
    // Not async: an argument that cannot be cloned rejects, but the promise itself is made at once, as Electron does.
    invoke: (channel: string, ...args: unknown[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        needChannel(channel);
        const encoded = encode(args);
        const id = nextId++;
        pending.set(id, { channel, resolve, reject });
        post({ type: "invoke", id, channel, args: encoded });
      }),
    sendSync: notEmulated("sendSync"),
    postMessage: notEmulated("postMessage"),
    sendToHost: notEmulated("sendToHost"),
  };

  function deliver(channel: string, args: unknown[]): void {
    for (const { listener, once } of of(channel)) {
      if (once) remove(channel, listener);
      listener({ sender: ipcRenderer, ports: [] }, ...args);
    }
  }

  return {
    ipcRenderer,
    receive(message) {
      if (message.type === "event") {
        deliver(message.channel, decode(message.args) as unknown[]);
        return;
      }
      const call = pending.get(message.id);
      pending.delete(message.id);
      if (message.type === "reply") call?.resolve(decode(message.value));
      else call?.reject(new Error(`Error invoking remote method '${call.channel}': ${message.message}`));
    },
  };
}

function needChannel(channel: unknown): void {
  if (typeof channel !== "string" || channel === "") throw new TypeError("channel must be a non-empty string");
}

function notEmulated(method: string): () => never {
  return () => {
    throw new Error(`stand-in: ipcRenderer.${method} is not emulated`);
  };
}
