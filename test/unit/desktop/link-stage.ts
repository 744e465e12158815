/** Both ends of the link without a process between them: messages go through a structured clone, as they would. */
import { vi } from "vitest";
import type { KeeperApp, Log } from "../../../electron/app/keeper-app.ts";
import type { HostPorts } from "../../../electron/app/ports.ts";
import type { ServerLauncher } from "../../../electron/engine/server/launch-server.ts";
import { createEngine, type Engine, type RelayLog } from "../../../electron/desktop/link/engine.ts";
import type { Init, PortHandlers, ToWorker } from "../../../electron/desktop/link/messages.ts";
import { createWorkerEnd } from "../../../electron/desktop/link/worker-end.ts";
import type { AppEvent } from "../../../shared/contract.ts";

export const init: Init = { dataFolder: "/data", documentsFolder: "/documents", canStartAtLogin: true, canUpdate: false, launchServersOutside: true };

export interface FakeWorker {
  /** What a worker would say, however odd. */
  say(message: unknown): void;
  die(code?: number): void;
  readonly heard: ToWorker[];
  isKilled: boolean;
}

export interface LinkStage {
  readonly engine: Engine;
  readonly workers: FakeWorker[];
  readonly events: AppEvent[];
  readonly lines: string[];
  readonly ended: number[];
  post(message: ToWorker): void;
}

function createLines(): { log: RelayLog; lines: string[] } {
  const lines: string[] = [];
  const log: RelayLog = {
    record: (level, text) => void lines.push(`${level}: ${text}`),
    info: (message) => void lines.push(`info: ${message}`),
    warn: (message) => void lines.push(`warn: ${message}`),
    error(message, error) {
      lines.push(`error: ${message} ${String(error)}`);
      return "abc123";
    },
  };
  return { log, lines };
}

const portHandlers: PortHandlers = {
  "keychain.isSafe": () => Promise.resolve(true),
  "keychain.seal": (text) => Promise.resolve(`sealed ${text}`),
  "keychain.open": () => Promise.reject(new Error("Another user sealed it.")),
  "clipboard.copySecret": () => Promise.resolve(60_000),
  "clipboard.copy": () => Promise.resolve(null),
  "dialogs.choose": (what, name) => Promise.resolve(`/picked/${what}/${name ?? ""}`),
  "shell.showFile": () => Promise.resolve(null),
  "shell.openFolder": () => Promise.resolve(null),
  "shell.openLink": () => Promise.resolve(null),
  notify: () => Promise.resolve(null),
  "server.launch": () => Promise.resolve({ serverId: 7, pid: 4242 }),
  "server.send": () => Promise.resolve(null),
};

/** The main process's end alone; the worker says what the test says. */
export function stageEngine(): LinkStage {
  const workers: FakeWorker[] = [];
  const events: AppEvent[] = [];
  const ended: number[] = [];
  let poster: (message: ToWorker) => void = () => undefined;
  const { log, lines } = createLines();
  const engine = createEngine({
    init,
    log,
    ports(post) {
      poster = post;
      const number = workers.length - 1;
      return { handlers: portHandlers, ended: () => void ended.push(number) };
    },
    spawn() {
      const listeners: { message: (message: unknown) => void; exit: (code: number) => void } = { message: () => undefined, exit: () => undefined };
      const worker: FakeWorker = {
        heard: [],
        isKilled: false,
        say: (message) => listeners.message(structuredClone(message)),
        die: (code = 1) => listeners.exit(code),
      };
      workers.push(worker);
      return {
        post: (message) => void worker.heard.push(structuredClone(message)),
        onMessage: (listener) => void (listeners.message = listener),
        onExit: (listener) => void (listeners.exit = listener),
        kill: () => void (worker.isKilled = true),
      };
    },
  });
  engine.onEvent((event) => events.push(event));
  return { engine, workers, events, lines, ended, post: (message) => poster(message) };
}

export interface Opened {
  readonly ports: HostPorts;
  readonly launcher: ServerLauncher;
  readonly log: Log;
}

/** Both ends, around an app of the test. */
export function stageBoth(open: (opened: Opened) => Promise<KeeperApp>): { engine: Engine; lines: string[]; events: AppEvent[]; post: (message: ToWorker) => void } {
  const { log, lines } = createLines();
  const events: AppEvent[] = [];
  let poster: (message: ToWorker) => void = () => undefined;
  const engine = createEngine({
    init,
    log,
    ports(post) {
      poster = post;
      return { handlers: portHandlers, ended: () => undefined };
    },
    spawn() {
      let hear: (message: unknown) => void = () => undefined;
      const end = createWorkerEnd({
        post: (message) => void setImmediate(() => hear(structuredClone(message))),
        open: (_init, ports, launcher, workerLog) => open({ ports, launcher, log: workerLog }),
      });
      return { post: (message) => end.receive(structuredClone(message)), onMessage: (listener) => void (hear = listener), onExit: () => undefined, kill: vi.fn() };
    },
  });
  engine.onEvent((event) => events.push(event));
  return { engine, lines, events, post: (message) => poster(message) };
}
