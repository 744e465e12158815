/** The bundled server as Electron's main process starts it: without an input pipe, so it watches over its parents by their ids. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { access } from "node:fs/promises";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { startBundledServer } from "../../electron/engine/server/bundled-server.ts";
import { findNodeCommand, thisMachine } from "../../electron/engine/server/glibc.ts";
import { serverEnvironment, useServerLauncher } from "../../electron/engine/server/launch-server.ts";
import { isRunning, untilEnded } from "../support/processes.ts";

afterEach(() => useServerLauncher(null));

function someProcess(): ChildProcess & { pid: number } {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  if (child.pid === undefined) throw new Error("no process");
  return Object.assign(child, { pid: child.pid });
}

/** As electron/desktop/server-processes.ts does it, with Node in the place of a utility process. */
async function launchLikeDesktop(parents: readonly number[]): Promise<void> {
  const node = await findNodeCommand(thisMachine());
  useServerLauncher(async ({ script, args, onOutput }) => {
    const child = spawn(node.command, [...node.args, script, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...serverEnvironment(), ACCOUNT_KEEPER_SERVER_PARENTS: parents.join(",") } });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", onOutput);
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => child.once("close", (code, signal) => resolve({ code, signal })));
    await once(child, "spawn");
    const { pid } = child;
    if (pid === undefined) throw new Error("no process");
    return { pid, ended, send: (signal) => void child.kill(signal), hold: () => undefined };
  });
}

const exists = (path: string): Promise<boolean> => access(path).then(() => true, () => false);

describe("a server without an input pipe", () => {
  test("answers, and stops when it is told to", async () => {
    await launchLikeDesktop([process.pid]);
    const server = await startBundledServer();
    expect((await fetch(`${server.url}/api/v2/heartbeat`)).status).toBe(200);
    await server.stop();
    expect([isRunning(server.pid), await exists(server.path)]).toEqual([false, false]);
    expect((await server.exited).expected).toBe(true);
  });

  test.each([0, 1])("goes, with its temporary folder, when parent %i of its two goes", async (which) => {
    const parents = [someProcess(), someProcess()] as const;
    await launchLikeDesktop(parents.map(({ pid }) => pid));
    const server = await startBundledServer();
    onTestFinished(() => server.stop());
    parents[which === 0 ? 0 : 1].kill("SIGKILL");
    await untilEnded(server.pid);
    expect(await exists(server.path)).toBe(false);
  });
});
