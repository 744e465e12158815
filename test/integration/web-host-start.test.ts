/** What `npm start` does once everything is built: the desktop app, or the browser and one line that says why. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { ownTemporary, type CliProcess } from "../support/cli-process.ts";
import { fakeOpener, linkOf, NOTHING_OF_OURS } from "../unit/web/serving.ts";
import { pathOf, send } from "../unit/web/web-stage.ts";

const START_MAIN = fileURLToPath(new URL("../../dist/electron/start.js", import.meta.url));

describe("npm start", () => {
  function start(args: readonly string[], env: NodeJS.ProcessEnv): CliProcess {
    const child = spawn(process.execPath, [START_MAIN, "--data-dir", ownTemporary(), ...args], { env: { ...process.env, ...NOTHING_OF_OURS, TMPDIR: ownTemporary(), ...env }, stdio: ["ignore", "pipe", "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
    const ended = once(child, "close").then(async () => {
      const [stdout, stderr] = await outputs;
      return { code: child.exitCode, stdout, stderr, peakKilobytes: 0 };
    });
    return { child, ended };
  }

  async function fakeRuntime(script: string): Promise<string> {
    const folder = ownTemporary();
    await writeFile(join(folder, "electron"), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, "electron"), 0o755);
    return folder;
  }

  it("without Electron's runtime says so in one line, and serves the window", async () => {
    const running = start([], { ELECTRON_OVERRIDE_DIST_PATH: "/nowhere" });
    await linkOf(running);
    running.child.kill("SIGTERM");
    const end = await running.ended;
    expect(end.code).toBe(130);
    expect(end.stderr.split("\n")[0]).toBe("Electron's runtime is not here, so the window opens in your browser. `npx install-electron` fetches it.");
    expect(end.stdout).toMatch(/^Open this link in a browser on this computer: http/);
  });

  it.skipIf(process.platform === "win32")("opens the desktop app where it can, as the package, and ends as it ends", async () => {
    const runtime = await fakeRuntime('echo "$# $1 [$ELECTRON_RUN_AS_NODE]"; exit 0');
    const end = await start([], { DISPLAY: ":77", ELECTRON_OVERRIDE_DIST_PATH: runtime, ELECTRON_RUN_AS_NODE: "1" }).ended;
    expect(end).toMatchObject({ code: 0, stderr: "" });
    expect(end.stdout).toBe(`3 ${fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "")} []\n`);
  });

  it.skipIf(process.platform === "win32")("without a display, or when Electron does not start, takes the browser", async () => {
    const [works, fails] = await Promise.all([fakeRuntime("exit 0"), fakeRuntime("exit 127")]);
    for (const [env, reason] of [
      [{ ELECTRON_OVERRIDE_DIST_PATH: works }, "There is no display here"],
      [{ ELECTRON_OVERRIDE_DIST_PATH: fails, DISPLAY: ":77" }, "Electron did not start here"],
    ] as const) {
      const running = start(["--no-open"], env);
      await linkOf(running);
      running.child.kill("SIGTERM");
      const end = await running.ended;
      expect(end.stderr.split("\n")[0]).toBe(`${reason}, so the window opens in your browser.`);
      expect(end.code).toBe(130);
    }
  });

  it.skipIf(process.platform !== "linux")("without a terminal but with a display opens the browser: nobody would see the link", async () => {
    const opener = await fakeOpener();
    const running = start([], { ...opener.env, ELECTRON_OVERRIDE_DIST_PATH: "/nowhere" });
    const link = await opener.opened();
    expect((await send(Number(new URL(link).port), pathOf(link))).status).toBe(200);
    running.child.kill("SIGTERM");
    expect((await running.ended).code).toBe(130);
  });

  it.skipIf(process.platform === "win32")("passes the end on to the desktop app, however early it comes", async () => {
    // The first thing that it does is to have its starter told to end.
    const runtime = await fakeRuntime('trap "echo ended; exit 0" TERM\nkill -TERM $PPID\nwhile :; do sleep 0.05; done');
    const ends = await Promise.all(Array.from({ length: 4 }, async () => await start([], { DISPLAY: ":77", ELECTRON_OVERRIDE_DIST_PATH: runtime }).ended));
    for (const end of ends) expect(end).toMatchObject({ code: 130, stdout: "ended\n", stderr: "" });
  });
});
