/**
 * How the server's process is started. Normally Node is: the Node that runs this, or one with a newer glibc. A host whose
 * executable is not Node, such as Electron, brings a way of its own, once, before the first server.
 */
import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import type { NodeCommand } from "./glibc.ts";

interface LaunchRequest {
  /** host.js, absolute. */
  readonly script: string;
  readonly args: readonly string[];
  /** What it prints, as it comes. */
  readonly onOutput: (text: string) => void;
}

interface LaunchedServer {
  readonly pid: number;
  /** Resolves when the process has ended and its last output was handed over; never rejects. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  send(signal: "SIGINT" | "SIGKILL"): void;
  /** Whether it keeps this program alive. At first it does not. */
  hold(held: boolean): void;
}

/** Rejects with the system's error when it cannot be started at all. The server must not outlive this process. */
export type ServerLauncher = (request: LaunchRequest) => Promise<LaunchedServer>;

let hostLauncher: ServerLauncher | null = null;

/** From now on every server of this process is started this way. */
export function useServerLauncher(launcher: ServerLauncher | null): void {
  hostLauncher = launcher;
}

/** The host's own way, or null: a Node command is to be found and spawned. */
export function serverLauncher(): ServerLauncher | null {
  return hostLauncher;
}

/** Spawns host.js with Node. The child's input pipe is what makes it end when this process does. */
export function spawnWith(node: NodeCommand): ServerLauncher {
  return async ({ script, args, onOutput }) => {
    const child = spawn(node.command, [...node.args, script, ...args], {
      cwd: tmpdir(),
      env: serverEnvironment(),
      stdio: ["pipe", "pipe", "pipe"],
      // Its own group on POSIX: Ctrl-C in the terminal must not take the server away under an operation that is winding down.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", onOutput);
    // An ended child breaks this pipe; its exit is what counts.
    child.stdin.on("error", () => undefined);
    // "close" comes after the last output was read, so the log is whole by then.
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once("close", (code, signal) => resolve({ code, signal }));
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve).once("error", reject);
    });
    // A later "error" can only be a signal that could not be sent, which `stop` finds out by waiting.
    child.on("error", () => undefined);
    const { pid } = child;
    if (pid === undefined) throw new Error("The server's process has no id.");
    const handles = [child, ...[child.stdin, child.stdout, child.stderr].filter((stream) => stream instanceof Socket)];
    const hold = (held: boolean) => {
      for (const handle of handles) if (held) handle.ref(); else handle.unref();
    };
    hold(false);
    return { pid, ended, send: (signal) => void child.kill(signal), hold };
  };
}

/** The server would take settings, and Node its options, from the owner's environment. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(CHROMA|NODE|RUST)_/i.test(name)));
}
