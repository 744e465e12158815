/** The bundled Chroma server's processes, for an engine that cannot start them itself: a packaged Electron does not run as Node. */
import { utilityProcess } from "electron";
import { serverEnvironment } from "../engine/server/launch-server.ts";
import type { PortHandlers, ToWorker } from "./link/messages.ts";

interface ServerProcesses {
  readonly launch: PortHandlers["server.launch"];
  readonly send: PortHandlers["server.send"];
  /** Ends them all at once: the engine they belong to is gone. */
  killAll(): void;
}

/** `script` is host.js outside of the archive: its native package cannot be loaded from within. `parents` are those without whom no server is wanted. */
export function createServerProcesses(script: string, parents: () => readonly number[], post: (message: ToWorker) => void): ServerProcesses {
  const pids = new Map<number, number>();
  let lastId = 0;

  function kill(pid: number, signal: "SIGINT" | "SIGKILL"): void {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself a moment ago.
    }
  }

  return {
    async launch(args) {
      const child = utilityProcess.fork(script, args, {
        stdio: "pipe",
        serviceName: "Account Keeper database",
        env: { ...serverEnvironment(), ACCOUNT_KEEPER_SERVER_PARENTS: parents().join(",") },
      });
      const serverId = ++lastId;
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding("utf8").on("data", (text: string) => post({ type: "server_output", serverId, text }));
      }
      child.once("exit", (code) => {
        pids.delete(serverId);
        // Its last output may still be on the way.
        setImmediate(() => post({ type: "server_ended", serverId, code }));
      });
      await new Promise<void>((resolve, reject) => {
        child.once("spawn", resolve).once("exit", (code) => reject(new Error(`The server's process did not start: ${code}.`)));
      });
      const { pid } = child;
      if (pid === undefined) throw new Error("The server's process has no id.");
      pids.set(serverId, pid);
      return { serverId, pid };
    },
    async send(serverId, signal) {
      const pid = pids.get(serverId);
      if (pid !== undefined) kill(pid, signal);
      return await Promise.resolve(null);
    },
    killAll() {
      for (const pid of pids.values()) kill(pid, "SIGKILL");
      pids.clear();
    },
  };
}
