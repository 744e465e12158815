// `utilityProcess.fork`: a child Node process that speaks Electron's side of `process.parentPort`.
import { fork, type ChildProcess, type StdioOptions } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { PassThrough, type Readable } from "node:stream";

import type { UtilityProcess } from "electron";

import { app } from "./app.ts";
import { loud, LoudEmitter, notEmulated } from "./loud.ts";
import { complain } from "./record.ts";
import { children } from "./registry.ts";

class StandInUtilityProcess extends LoudEmitter implements Pick<UtilityProcess, "kill" | "postMessage" | "pid" | "stdout" | "stderr"> {
  pid: number | undefined;
  stdout: PassThrough | null;
  stderr: PassThrough | null;
  readonly #child: ChildProcess;
  #isKilled = false;

  constructor(modulePath: string, args: string[] = [], options: Electron.ForkOptions = {}) {
    super();
    if (!app.isReady()) throw new Error("utilityProcess cannot be created before app is ready.");
    this.#child = fork(modulePath, args, {
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      env: { ...(options.env ?? process.env), NODE_OPTIONS: "" },
      execArgv: ["--require", join(__dirname, "utility-boot.cjs"), ...(options.execArgv ?? [])],
      serialization: "advanced",
      stdio: stdioOf(options.stdio),
    });
    this.stdout = throughPipe(this.#child.stdout);
    this.stderr = throughPipe(this.#child.stderr);
    children.add(this.#child);
    this.#child.once("spawn", () => {
      this.pid = this.#child.pid;
      this.emit("spawn");
    });
    this.#child.on("message", (message) => this.emit("message", message));
    this.#child.on("error", (error) => complain(`utilityProcess ${options.serviceName ?? modulePath}: ${error.message}`));
    this.#child.once("exit", (code, signal) => {
      children.delete(this.#child);
      this.pid = undefined;
      try {
        this.emit("exit", code ?? (this.#isKilled || signal === null ? 0 : constants.signals[signal]));
      } finally {
        this.#letGo();
      }
    });
  }

  postMessage(message: unknown, transfer?: unknown[]): void {
    if (transfer !== undefined && transfer.length > 0) notEmulated("the transfer of a MessagePort to a utility process");
    if (this.#child.connected) this.#child.send(message as object);
  }

  kill(): boolean {
    this.#isKilled = this.#child.kill("SIGTERM");
    return this.#isKilled;
  }

  /** As Electron does, whatever is still on the way: who wants the last words has to listen again. */
  #letGo(): void {
    for (const stream of [this.stdout, this.stderr]) stream?.removeAllListeners();
    this.stdout = null;
    this.stderr = null;
  }
}

function throughPipe(stream: Readable | null): PassThrough | null {
  return stream?.pipe(new PassThrough()) ?? null;
}

function stdioOf(asked: Electron.ForkOptions["stdio"]): StdioOptions {
  const [stdin = "ignore", stdout = "inherit", stderr = "inherit"] = Array.isArray(asked) ? asked : ["ignore", asked, asked].map((value) => value as "pipe" | undefined);
  if (stdin !== "ignore") throw new Error("stdin value other than ignore is not supported.");
  return [stdin, stdout, stderr, "ipc"] as StdioOptions;
}

export const utilityProcess = loud("utilityProcess", {
  fork: (modulePath: string, args?: string[], options?: Electron.ForkOptions) => new StandInUtilityProcess(modulePath, args, options),
});
