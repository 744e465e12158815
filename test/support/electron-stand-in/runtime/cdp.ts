// The Chrome DevTools Protocol over the pipe on file descriptors 3 and 4 of one Chromium. The pipe is also the watchdog: when this
// process dies in whatever way, the pipe closes and Chromium ends itself.
import { spawn, type ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import type { Readable, Writable } from "node:stream";

import type { Protocol } from "./cdp-protocol.ts";

type Method = keyof Protocol.CommandParameters & keyof Protocol.CommandReturnValues;
type EventName = keyof Protocol.Events;

interface Incoming {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
  sessionId?: string;
}

interface Call {
  method: string;
  sessionId: string | undefined;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The browser or the target is gone: expected whenever a window closes while something is under way. */
export class TargetGone extends Error {}

export class CdpSession {
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #transport: CdpConnection;
  readonly #id: string | undefined;

  constructor(transport: CdpConnection, id?: string) {
    this.#transport = transport;
    this.#id = id;
  }

  send<M extends Method>(method: M, params?: Protocol.CommandParameters[M]): Promise<Protocol.CommandReturnValues[M]> {
    return this.#transport.call(method, params, this.#id) as Promise<Protocol.CommandReturnValues[M]>;
  }

  on<E extends EventName>(event: E, listener: (payload: Protocol.Events[E]) => void): void {
    this.#events.on(event, listener);
  }

  dispatch(event: string, payload: unknown): void {
    this.#events.emit(event, payload);
  }
}

export class CdpConnection {
  readonly root = new CdpSession(this);
  readonly process: ChildProcess;
  readonly closed: Promise<void>;
  readonly #sessions = new Map<string, CdpSession>();
  readonly #calls = new Map<number, Call>();
  readonly #output: Writable;
  #nextId = 1;
  #isClosed = false;

  constructor(executable: string, args: string[]) {
    // Its own process group, so that renderers and helpers can be ended together.
    const child = spawn(executable, args, { stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"], detached: true });
    this.process = child;
    this.#output = child.stdio[3] as Writable;
    this.#output.on("error", () => undefined);
    this.#read(child.stdio[4] as Readable);
    this.closed = new Promise((resolve) => {
      const end = (): void => {
        this.#isClosed = true;
        for (const call of this.#calls.values()) call.reject(new TargetGone("browser closed"));
        this.#calls.clear();
        resolve();
      };
      child.once("exit", end);
      child.once("error", end);
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  call(method: string, params: unknown, sessionId: string | undefined): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new TargetGone("browser closed"));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { method, sessionId, resolve, reject });
      this.#output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  async attach(targetId: string): Promise<CdpSession> {
    const { sessionId } = await this.root.send("Target.attachToTarget", { targetId, flatten: true });
    return this.adopt(sessionId);
  }

  /** For a session that Chromium opened by itself (auto-attach). */
  adopt(sessionId: string): CdpSession {
    const session = this.#sessions.get(sessionId) ?? new CdpSession(this, sessionId);
    this.#sessions.set(sessionId, session);
    return session;
  }

  /** Ends Chromium with all its helpers, at once. */
  kill(): void {
    if (this.#isClosed || this.process.pid === undefined) return;
    try {
      process.kill(-this.process.pid, "SIGKILL");
    } catch {
      // It ended in between.
    }
  }

  #read(input: Readable): void {
    let buffered = "";
    input.setEncoding("utf8");
    input.on("data", (text: string) => {
      const messages = (buffered + text).split("\0");
      buffered = messages.pop() ?? "";
      for (const message of messages) this.#receive(JSON.parse(message) as Incoming);
    });
  }

  /** Chromium does not answer what was still under way when a target closes. */
  #forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
    for (const [id, call] of this.#calls) {
      if (call.sessionId !== sessionId) continue;
      this.#calls.delete(id);
      call.reject(new TargetGone(`${call.method}: the target closed`));
    }
  }

  #receive(message: Incoming): void {
    if (message.id === undefined) {
      const session = message.sessionId === undefined ? this.root : this.#sessions.get(message.sessionId);
      session?.dispatch(message.method ?? "", message.params);
      if (message.method === "Target.detachedFromTarget") this.#forget((message.params as Protocol.Target.detachedFromTargetPayload).sessionId);
      return;
    }
    const call = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if (!message.error) return call?.resolve(message.result);
    const text = `${call?.method ?? "?"}: ${message.error.message}`;
    call?.reject(isGone(message.error.message) ? new TargetGone(text) : new Error(text));
  }
}

function isGone(message: string): boolean {
  return /Invalid InterceptionId|Session with given id|No target with given id|Target closed|Cannot find context|Inspected target navigated or closed|No web contents|Not attached/i.test(message);
}
