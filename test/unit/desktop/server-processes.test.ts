/** The bundled server as a utility process of Electron's, which lets go of its streams in the moment it ends. */
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { createServerProcesses } from "../../../electron/desktop/server-processes.ts";
import type { ToWorker } from "../../../electron/desktop/link/messages.ts";

const electron = vi.hoisted(() => ({ utilityProcess: { fork: vi.fn() } }));
vi.mock("electron", () => ({ utilityProcess: electron.utilityProcess }));

/** As far as it matters here what lib/browser/api/utility-process.ts of Electron does. */
class Child extends EventEmitter {
  pid: number | undefined = 4711;
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();

  end(code: number): void {
    this.emit("exit", code);
    this.pid = undefined;
    this.stdout.removeAllListeners();
    this.stderr.removeAllListeners();
  }
}

async function launched(): Promise<{ child: Child; told: ToWorker[] }> {
  const child = new Child();
  electron.utilityProcess.fork.mockReturnValue(child);
  const told: ToWorker[] = [];
  const launching = createServerProcesses("/host.js", () => [1], (message) => void told.push(message)).launch(["--port", "1"]);
  child.emit("spawn");
  expect(await launching).toEqual({ serverId: 1, pid: 4711 });
  return { child, told };
}

it("is heard to its last word, and only then said to have ended", async () => {
  const { child, told } = await launched();
  child.stdout.write("listening\n");
  await vi.waitFor(() => {
    expect(told).toEqual([{ type: "server_output", serverId: 1, text: "listening\n" }]);
  }, { timeout: 5_000 });
  child.end(82);
  // What was still in the pipe is read in a later turn.
  await setImmediate();
  child.stderr.end("GLIBC_2.38 not found\n");
  child.stdout.end();
  await vi.waitFor(() => {
    expect(told).toHaveLength(3);
  }, { timeout: 5_000 });
  expect(told.slice(1)).toEqual([{ type: "server_output", serverId: 1, text: "GLIBC_2.38 not found\n" }, { type: "server_ended", serverId: 1, code: 82 }]);
});

it("has ended also when somebody else holds its pipes", async () => {
  const { child, told } = await launched();
  child.end(1);
  await vi.waitFor(() => {
    expect(told).toEqual([{ type: "server_ended", serverId: 1, code: 1 }]);
  }, { timeout: 5_000 });
});
