/**
 * The child process that is the bundled Chroma server. Plain JavaScript, so that `node` starts it both from the sources and from dist.
 * The server's native call blocks its thread until the server ends, so it runs in a worker, and the main thread stays awake as
 * the watchdog: this process never outlives its parent. Must import nothing but Node and the native package.
 */
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { setInterval, setTimeout } from "node:timers";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

const require = createRequire(import.meta.url);

/** What the parent reads from the exit code; anything else means that the server itself failed. Kept equal to `hostExit` in server-process.ts. */
const exitCodes = { noRuntime: 81, runtimeNotLoadable: 82 };

const graceMs = 2500;
const parentCheckMs = 500;

/** Set by launchers that cannot give an input pipe: the processes without which this one is not wanted, as `1234,5678`. */
const PARENTS_VARIABLE = "ACCOUNT_KEEPER_SERVER_PARENTS";

/**
 * The native package by platform. chromadb's own loader knows no Windows x64, so it is not used.
 * @type {Readonly<Record<string, string>>}
 */
const nativePackages = {
  "darwin-arm64": "chromadb-js-bindings-darwin-arm64",
  "darwin-x64": "chromadb-js-bindings-darwin-x64",
  "linux-arm64": "chromadb-js-bindings-linux-arm64-gnu",
  "linux-x64": "chromadb-js-bindings-linux-x64-gnu",
  "win32-arm64": "chromadb-js-bindings-win32-arm64-msvc",
  "win32-x64": "chromadb-js-bindings-win32-x64-msvc",
};

/**
 * Loads the native package and serves until told to stop.
 * @param {string[]} argv
 * @returns {number} the exit code of the process
 */
function serve(argv) {
  const name = nativePackages[`${process.platform}-${process.arch}`];
  if (name === undefined) {
    process.stderr.write(`No native Chroma package for ${process.platform}-${process.arch}.\n`);
    return exitCodes.noRuntime;
  }
  /** @type {unknown} */
  let native;
  try {
    // It is a dependency of chromadb, not ours: only chromadb's own place in node_modules is sure to see it.
    native = createRequire(require.resolve("chromadb"))(name);
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    return error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND" ? exitCodes.noRuntime : exitCodes.runtimeNotLoadable;
  }
  /** @type {{ cli(argv: string[]): void }} */ (native).cli(["chroma", "run", ...argv]);
  return 0;
}

/**
 * @param {string[]} argv arguments of `chroma run`
 * @param {string | undefined} temporaryFolder what the server works on when nobody wants it afterwards; removed when the parent no longer can
 */
function watch(argv, temporaryFolder) {
  // `process.exit` would wait for the worker, which may never return. This does not.
  const end = () => process.kill(process.pid, "SIGKILL");
  process.on("uncaughtException", end);

  // The server itself closes its files and returns on both signals. But its handlers call on to those they found, and Node's own, which
  // raise the signal again, would then spin on every core for ever: having listeners here takes Node's own away.
  let ending = false;
  const endSoon = () => {
    if (ending) return;
    ending = true;
    setTimeout(end, graceMs);
  };
  process.on("SIGINT", endSoon).on("SIGTERM", endSoon);

  const onParentGone = () => {
    if (ending) return;
    if (temporaryFolder === undefined) {
      endSoon();
      process.kill(process.pid, "SIGINT");
      return;
    }
    try {
      rmSync(temporaryFolder, { recursive: true, force: true });
    } catch {
      // Files still in use (Windows): the next start sweeps the folder.
    }
    end();
  };
  const parents = (process.env[PARENTS_VARIABLE] ?? "").split(",").map(Number).filter((pid) => pid > 0);
  if (parents.length > 0) {
    setInterval(() => {
      if (!parents.every(isRunning)) onParentGone();
    }, parentCheckMs);
  } else {
    // The parent holds the other end of this pipe and never writes: however the parent dies, the kernel closes it.
    process.stdin.on("end", onParentGone).on("close", onParentGone).on("error", onParentGone).resume();
  }

  let exitCode = 0;
  const worker = new Worker(fileURLToPath(import.meta.url), { argv });
  worker.on("message", (/** @type {number} */ code) => {
    exitCode = code;
  });
  worker.on("exit", () => process.exit(exitCode));
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, but belongs to someone else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

if (isMainThread) {
  // The folder to remove, or an empty word; then the arguments of `chroma run`.
  const [, , temporaryFolder = "", ...argv] = process.argv;
  watch(argv, temporaryFolder === "" ? undefined : temporaryFolder);
} else {
  parentPort?.postMessage(serve(process.argv.slice(2)));
}
