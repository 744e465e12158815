/** Other processes in tests: waiting for their end, and small programs that start a bundled server and then die in some way. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { expect } from "vitest";

/** Fails the test when the process does not end in time. */
export async function untilEnded(pid: number, timeoutMs = 10_000): Promise<void> {
  await expect.poll(() => isRunning(pid), { timeout: timeoutMs, interval: 50, message: `process ${pid} ended` }).toBe(false);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    // Ended, but not yet collected by a lazy init process, as in many containers. The state follows the name in parentheses.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return process.platform !== "linux";
  }
}

/**
 * Runs an ES module in a plain Node of its own. It must import the engine from dist, which `npm test` builds first: plain Node does
 * not read TypeScript.
 */
export function runModule(source: string, env: NodeJS.ProcessEnv = {}): ChildProcess & { firstLine(): Promise<string>; ended(): Promise<{ code: number | null; stderr: string }> } {
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const stderr = text(child.stderr);
  const exited = once(child, "exit");
  let output = "";
  const line = new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const [first, ...rest] = output.split("\n");
      if (rest.length > 0) resolve(first ?? "");
    });
    child.stdout.once("close", () => {
      void stderr.then((words) => reject(new Error(`The program said nothing. ${words}`)));
    });
  });
  // Nobody may be asking for it.
  line.catch(() => undefined);
  return Object.assign(child, {
    firstLine: () => line,
    ended: async () => {
      await exited;
      return { code: child.exitCode, stderr: await stderr };
    },
  });
}

export const builtServerModule = new URL("../../dist/electron/engine/server/bundled-server.js", import.meta.url).href;
