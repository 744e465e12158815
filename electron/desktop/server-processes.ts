/** The bundled Chroma server's processes, for an engine that cannot start them itself: a packaged Electron does not run as Node. */
import { once } from "node:events";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { utilityProcess } from "electron";
import { serverEnvironment } from "../engine/server/launch-server.ts";
import type { PortHandlers, ToWorker } from "./link/messages.ts";

interface ServerProcesses {
  readonly launch: PortHandlers["server.launch"];
  readonly send: PortHandlers["server.send"];
  /** Ends them all at once: the engine they belong to is gone. */
  killAll(): void;
}

/** After this a server has ended whoever still holds its pipes. */
const LAST_WORDS_MS = 1_000;

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
      const streams = [child.stdout, child.stderr].filter((stream) => stream instanceof Readable);
      const listen = (): void => {
        for (const stream of streams) stream.on("data", (text: string) => post({ type: "server_output", serverId, text }));
      };
      for (const stream of streams) stream.setEncoding("utf8");
      listen();
      child.once("exit", (code) => {
        pids.delete(serverId);
        // Electron takes every listener off the streams right after this one, whatever is still on the way through them.
        process.nextTick(() => {
          listen();
          const ended = streams.map(async (stream) => stream.readableEnded || (await once(stream, "end")));
          void Promise.race([Promise.allSettled(ended), delay(LAST_WORDS_MS)]).then(() => post({ type: "server_ended", serverId, code }));
        });
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
