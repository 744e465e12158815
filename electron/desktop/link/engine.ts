/**
 * The main process's end of the link: hands commands to the engine's process, answers what it asks of the desktop, and
 * starts it again when it dies. Knows no electron: how a process is started is given to it.
 */
import { takenFileSchema, type AppEvent, type TakenFile } from "../../../shared/contract.ts";
import { KeeperError, toErrorValue, type ErrorValue, type Result } from "../../../shared/errors.ts";
import type { KeeperApp, Log } from "../../app/keeper-app.ts";
import { fromWorkerSchema, isPortName, portCalls, type FromWorker, type Init, type PortHandlers, type ToWorker } from "./messages.ts";
import { createRestartBudget } from "./restart-budget.ts";

export interface WorkerProcess {
  post(message: ToWorker): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (code: number) => void): void;
  kill(): void;
}

/** The engine, wherever it runs: the same gate as in its own process. */
export interface Engine extends KeeperApp {
  /** Called after the engine was started again: what it told before may not hold any more. */
  onRestart(listener: () => void): () => void;
}

/** A log that also takes what was written, and given a reference, elsewhere. */
export interface RelayLog extends Log {
  record(level: "info" | "warn" | "error", text: string): void;
}

interface EngineOptions {
  readonly spawn: () => WorkerProcess;
  readonly init: Init;
  /** Made anew for each process; `post` reaches that one only. `ended` is called when it is gone. */
  readonly ports: (post: (message: ToWorker) => void) => { handlers: PortHandlers; ended: () => void };
  readonly log: RelayLog;
}

/** After this the process is ended, whatever it still does. */
const CLOSE_WITHIN_MS = 10_000;

const stoppedOnce = new KeeperError("ENGINE_STOPPED", "The engine stopped and was started again.", { hint: "Nothing that was kept is lost. Start again what you were doing." });
/** Asking again does not help: nobody starts it any more. */
const stoppedForGood: ErrorValue = { ...toErrorValue(new KeeperError("ENGINE_STOPPED", "The engine keeps stopping.", { hint: "Quit Account Keeper and open it again. Your backups are where they were." })), retryable: false };
const closing = new KeeperError("CANCELLED", "Account Keeper is closing.");

/** Starts the engine's process at once. */
export function createEngine({ spawn, init, ports, log }: EngineOptions): Engine {
  const listeners = new Set<(event: AppEvent) => void>();
  const restartListeners = new Set<() => void>();
  const pending = new Map<number, (result: Result<unknown>) => void>();
  /** Calls made while no process runs, until the next one does. */
  let waiting: ToWorker[] = [];
  const budget = createRestartBudget();
  let process: WorkerProcess | null = null;
  let restartTimer: NodeJS.Timeout | undefined;
  let state: "open" | "stopped" | "closing" = "open";
  let lastId = 0;
  let closed: (() => void) | null = null;
  let closePromise: Promise<void> | null = null;

  start();

  function start(): void {
    const started = spawn();
    process = started;
    const post = (message: ToWorker): void => {
      if (process === started) started.post(message);
    };
    const { handlers, ended } = ports(post);
    started.onMessage((message) => {
      if (process === started) receive(message, post, handlers);
    });
    started.onExit((code) => {
      ended();
      if (process === started) onExit(code);
    });
    started.post({ type: "init", init });
    for (const message of waiting) started.post(message);
    waiting = [];
  }

  function receive(raw: unknown, post: (message: ToWorker) => void, handlers: PortHandlers): void {
    const parsed = fromWorkerSchema.safeParse(raw);
    if (!parsed.success) {
      log.error("The engine sent a message that is not understood.", new Error(parsed.error.issues.map(({ path, code }) => `${path.join(".")}: ${code}`).join("; ")));
      return;
    }
    const message: FromWorker = parsed.data;
    switch (message.type) {
      case "result":
        settle(message.id, message.result);
        return;
      case "event":
        emit(message.event);
        return;
      case "port":
        void answer(message, handlers).then(post);
        return;
      case "log":
        log.record(message.level, lineOf(message));
        return;
      case "closed":
        closed?.();
    }
  }

  function settle(id: number, result: Result<unknown>): void {
    const resolve = pending.get(id);
    pending.delete(id);
    resolve?.(result);
  }

  function emit(event: AppEvent): void {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        log.error("A listener to events failed.", error);
      }
    }
  }

  function onExit(code: number): void {
    process = null;
    if (state === "closing") {
      closed?.();
      return;
    }
    const ref = log.error("The engine's process ended.", new Error(`exit code ${code}`));
    const delayMs = budget(Date.now());
    if (delayMs === null) state = "stopped";
    const error: ErrorValue = { ...(delayMs === null ? stoppedForGood : toErrorValue(stoppedOnce)), ref };
    for (const id of [...pending.keys()]) settle(id, { ok: false, error });
    if (delayMs === null) {
      emit({ type: "notice", notice: error });
      return;
    }
    restartTimer = setTimeout(() => {
      start();
      for (const listener of restartListeners) listener();
      emit({ type: "notice", notice: error });
    }, delayMs);
  }

  async function close(): Promise<void> {
    state = "closing";
    clearTimeout(restartTimer);
    for (const id of [...pending.keys()]) settle(id, { ok: false, error: toErrorValue(closing) });
    const open = process;
    if (open === null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        log.warn(`The engine did not close within ${CLOSE_WITHIN_MS / 1000} s.`);
        resolve();
      }, CLOSE_WITHIN_MS);
      closed = () => {
        clearTimeout(timer);
        resolve();
      };
      open.post({ type: "close" });
    });
    open.kill();
  }

  /** Answered by a `result` with the same id. */
  function ask(messageOf: (id: number) => ToWorker): Promise<Result<unknown>> {
    if (state !== "open") return Promise.resolve({ ok: false, error: state === "stopped" ? stoppedForGood : toErrorValue(closing) });
    const id = ++lastId;
    return new Promise((resolve) => {
      pending.set(id, resolve);
      if (process === null) waiting.push(messageOf(id));
      else process.post(messageOf(id));
    });
  }

  return {
    call: (command, request) => ask((id) => ({ type: "call", id, command, request })),
    async giveToken(path, shown): Promise<Result<TakenFile>> {
      const result = await ask((id) => ({ type: "give_token", id, path, ...(shown === undefined ? {} : { shown }) }));
      if (!result.ok) return result;
      const taken = takenFileSchema.safeParse(result.value);
      if (taken.success) return { ok: true, value: taken.data };
      return { ok: false, error: { ...toErrorValue(taken.error), ref: log.error("The engine gave a token that is none.", taken.error) } };
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onRestart(listener) {
      restartListeners.add(listener);
      return () => restartListeners.delete(listener);
    },
    close: () => (closePromise ??= close()),
  };
}

function lineOf({ message, ref, detail }: Extract<FromWorker, { type: "log" }>): string {
  return `engine: ${message}${ref === undefined ? "" : ` [${ref}]`}${detail === undefined ? "" : `\n${detail}`}`;
}

/** Runs what the engine asks of the desktop. Never rejects. */
async function answer({ id, port, args }: Extract<FromWorker, { type: "port" }>, handlers: PortHandlers): Promise<ToWorker> {
  try {
    if (!isPortName(port)) throw new Error(`There is no port ${port}.`);
    const { args: argsSchema, value: valueSchema } = portCalls[port];
    // The schema of a port and its handler belong together by the type of `PortHandlers`; TypeScript cannot follow that through a union.
    const handler = handlers[port] as (...args: unknown[]) => Promise<unknown>;
    return { type: "answer", id, value: valueSchema.parse(await handler(...argsSchema.parse(args))) };
  } catch (error) {
    return { type: "refusal", id, message: error instanceof Error ? error.message : String(error) };
  }
}
