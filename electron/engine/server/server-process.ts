/** One run of the server's child process: spawning it so that it cannot outlive this process, its last words, and its end. */
import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import type { NodeCommand } from "./glibc.ts";

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
 * Starts the child. It keeps nothing alive: a program that has nothing else to do exits, and the child, whose input pipe closes, with it.
 * Rejects with the system's error when the command cannot be started at all.
 */
export async function spawnServer(node: NodeCommand, { path, port, temporary }: ServeOptions): Promise<ServerProcess> {
  const host = fileURLToPath(new URL("./host.js", import.meta.url));
  const serve = [temporary ? path : "", "--path", path, "--host", "127.0.0.1", "--port", String(port)];
  const child = spawn(node.command, [...node.args, host, ...serve], {
    cwd: tmpdir(),
    env: serverEnvironment(),
    stdio: ["pipe", "pipe", "pipe"],
    // Its own group on POSIX: Ctrl-C in the terminal must not take the server away under an operation that is winding down.
    detached: process.platform !== "win32",
    windowsHide: true,
  });

  let text = "";
  let expected = false;
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(-keptLogCharacters);
    });
  }
  // An ended child breaks this pipe; its exit is what counts.
  child.stdin.on("error", () => undefined);

  const exited = new Promise<ServerExit>((resolve) => {
    // "close" comes after the last output was read, so the log is whole by then.
    child.once("close", (code, signal) => {
      ended = true;
      resolve({ code, signal, expected });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve).once("error", reject);
  });
  // A later "error" can only be a signal that could not be sent, which `stop` finds out by waiting.
  child.on("error", () => undefined);
  const { pid } = child;
  if (pid === undefined) throw new Error("The server's process has no id.");
  const sockets = [child.stdin, child.stdout, child.stderr].filter((stream) => stream instanceof Socket);
  for (const handle of [child, ...sockets]) handle.unref();

  return {
    pid,
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
    for (const handle of [child, ...sockets]) handle.ref();
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
    try {
      return await exited;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The server would take settings, and Node its options, from the owner's environment. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(CHROMA|NODE|RUST)_/i.test(name)));
}
