/**
 * `npm start`: the desktop app where it can run, else the same window in a browser, and one line that says why. Never
 * gives up Chromium's sandbox to get there.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { chooseWindow, inBrowser } from "./web/electron-runtime.ts";
import { hasDisplay } from "./web/open-browser.ts";

const { resolve } = createRequire(import.meta.url);
const packageFolder = dirname(resolve("account-keeper/package.json"));
const args = process.argv.slice(2);

/** Missing libraries, a forbidden sandbox: whatever keeps Electron from starting shows by then. */
const FAILS_WITHIN_MS = 10_000;

function electronFolder(): string | null {
  try {
    // Its package.json, never the package: that one downloads its runtime when it is not there.
    return dirname(resolve("electron/package.json"));
  } catch {
    return null;
  }
}

/** Its exit code, or null when it could not start. */
async function runDesktop(executable: string): Promise<number | null> {
  const env = { ...process.env };
  // Editors set it in their terminals; Electron would run as plain Node.
  delete env["ELECTRON_RUN_AS_NODE"];
  const startedAt = performance.now();
  return await new Promise((done) => {
    let isStopped = false;
    const stop = (signal: NodeJS.Signals): void => {
      isStopped = true;
      child.kill(signal);
    };
    // Before there is anything to end: a signal that comes meanwhile would end this process alone.
    process.on("SIGINT", stop).on("SIGTERM", stop);
    const child = spawn(executable, [packageFolder, ...args], { env, stdio: "inherit" });
    const settle = (code: number | null): void => {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      done(code);
    };
    child.once("error", () => settle(null));
    child.once("exit", (code, signal) => {
      if (isStopped) settle(130);
      else if (code === 0) settle(0);
      else settle(performance.now() - startedAt < FAILS_WITHIN_MS ? null : (code ?? (signal === null ? 1 : 130)));
    });
  });
}

/** The command `serve`, in this process. */
async function runInBrowser(why: string): Promise<void> {
  process.stderr.write(`${why}\n`);
  // Started from a desktop without a terminal, nobody would see the link.
  const open = hasDisplay(process.env) && !args.some((word) => word === "--no-open" || word === "--json") ? ["--open"] : [];
  process.argv.splice(2, Infinity, "serve", ...args, ...open);
  await import("./cli/main.ts");
}

const choice = chooseWindow({
  env: process.env,
  platform: process.platform,
  uid: process.getuid?.(),
  electronFolder: electronFolder(),
  mainFile: join(packageFolder, "dist", "electron", "main.js"),
});
const code = choice.kind === "desktop" ? await runDesktop(choice.executable) : null;
if (code === null) await runInBrowser(choice.kind === "browser" ? choice.why : inBrowser("Electron did not start here").why);
else process.exitCode = code;
