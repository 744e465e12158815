/** One run of the server's child process: what it is told, its last words, and its end. */
import { fileURLToPath } from "node:url";
import type { ServerLauncher } from "./launch-server.ts";

/** Exit codes by which host.js says why it could not serve. */
export const hostExit = { noRuntime: 81, runtimeNotLoadable: 82 } as const;

const graceMs = 3000;
const keptLogCharacters = 8000;

/** How the server's process ended. */
export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** True when `stop()` asked for it. */
  readonly expected: boolean;
}

export interface ServerProcess {
  readonly pid: number;
  readonly exited: Promise<ServerExit>;
  hasExited(): boolean;
  /** The end of what it printed. */
  log(): string;
  /** Lets the server close its files, for at most 3 s, and then kills it. */
  stop(): Promise<ServerExit>;
  /** Ends it at once, for when nobody wants its data or it is not serving yet. What is on disk is as after a power cut: SQLite copes. */
  kill(): Promise<ServerExit>;
}

interface ServeOptions {
  readonly path: string;
  readonly port: number;
  /** Handed over so that the child can remove the folder when this process dies first. */
  readonly temporary: boolean;
}

/**
 * Starts the child. It keeps nothing alive: a program that has nothing else to do exits, and the child with it.
 * Rejects with the system's error when it cannot be started at all.
 */
export async function startServerProcess(launch: ServerLauncher, { path, port, temporary }: ServeOptions): Promise<ServerProcess> {
  let text = "";
  let expected = false;
  let ended = false;
  const child = await launch({
    script: fileURLToPath(new URL("./host.js", import.meta.url)),
    args: [temporary ? path : "", "--path", path, "--host", "127.0.0.1", "--port", String(port)],
    onOutput: (chunk) => {
      text = (text + chunk).slice(-keptLogCharacters);
    },
  });
  const exited = child.ended.then(({ code, signal }): ServerExit => {
    ended = true;
    return { code, signal, expected };
  });

  return {
    pid: child.pid,
    exited,
    hasExited: () => ended,
    // eslint-disable-next-line no-control-regex -- the server colours its log
    log: () => text.replace(/\x1b\[[0-9;]*m/g, "").trim(),
    stop: () => end("SIGINT"),
    kill: () => end("SIGKILL"),
  };

  async function end(signal: "SIGINT" | "SIGKILL"): Promise<ServerExit> {
    expected ||= !ended;
    // Whoever waits for this stays alive until it is done.
    child.hold(true);
    child.send(signal);
    const timer = setTimeout(() => child.send("SIGKILL"), graceMs);
    try {
      return await exited;
    } finally {
      clearTimeout(timer);
    }
  }
}
