// `utilityProcess.fork`: a child Node process that speaks Electron's side of `process.parentPort`.
import { fork, type ChildProcess, type StdioOptions } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";

import type { UtilityProcess } from "electron";

import { app } from "./app.ts";
import { loud, LoudEmitter, notEmulated } from "./loud.ts";
import { complain } from "./record.ts";
import { children } from "./registry.ts";

class StandInUtilityProcess extends LoudEmitter implements Pick<UtilityProcess, "kill" | "postMessage" | "pid" | "stdout" | "stderr"> {
  pid: number | undefined;
  readonly stdout: ChildProcess["stdout"];
  readonly stderr: ChildProcess["stderr"];
  readonly #child: ChildProcess;

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
    this.stdout = this.#child.stdout;
    this.stderr = this.#child.stderr;
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
      this.emit("exit", code ?? (signal ? constants.signals[signal] : 1));
    });
  }

  postMessage(message: unknown, transfer?: unknown[]): void {
    if (transfer !== undefined && transfer.length > 0) notEmulated("the transfer of a MessagePort to a utility process");
    if (this.#child.connected) this.#child.send(message as object);
  }

  kill(): boolean {
    return this.#child.kill("SIGTERM");
  }
}

function stdioOf(asked: Electron.ForkOptions["stdio"]): StdioOptions {
  const [stdin = "ignore", stdout = "inherit", stderr = "inherit"] = Array.isArray(asked) ? asked : ["ignore", asked, asked].map((value) => value as "pipe" | undefined);
  if (stdin !== "ignore") throw new Error("stdin value other than ignore is not supported.");
  return [stdin, stdout, stderr, "ipc"] as StdioOptions;
}

export const utilityProcess = loud("utilityProcess", {
  fork: (modulePath: string, args?: string[], options?: Electron.ForkOptions) => new StandInUtilityProcess(modulePath, args, options),
});
