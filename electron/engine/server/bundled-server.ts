/**
 * The Chroma server that comes with the `chromadb` package, on a loopback port of this machine. Owns its start, readiness and end;
 * knows nothing of accounts. Opening a folder changes its files: callers hand in a copy, never the owner's own.
 */
import { access, constants, stat } from "node:fs/promises";
import { resolve as absolute } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { ensureFolder } from "../vault/atomic.ts";
import { freePort, isFree } from "./free-port.ts";
import { findNodeCommand, thisMachine } from "./glibc.ts";
import { serverLauncher, spawnWith, type ServerLauncher } from "./launch-server.ts";
import { hostExit, startServerProcess, type ServerExit, type ServerProcess } from "./server-process.ts";
import { createTemporaryFolder, removeTemporaryFolder, sweepTemporaryFolders } from "./temporary-folder.ts";

export interface BundledServer {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** The data folder, absolute. */
  readonly path: string;
  /** Whether `stop()` removes the data folder. */
  readonly temporary: boolean;
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason; never rejects. */
  readonly exited: Promise<ServerExit>;
  /** Ends the server (within 3 s) and removes a temporary folder. May be called any number of times. */
  stop(): Promise<void>;
}

interface BundledServerOptions extends OperationOptions {
  /** The data folder; made when missing. Without it a temporary one is used. */
  path?: string | undefined;
  /** Nobody wants that folder afterwards: it goes with the server, as one goes that was made for it. Default false. */
  temporary?: boolean | undefined;
  /** A port to take when it is free, for a server that is started again under its address. Default: any free one. */
  port?: number | undefined;
}

const pollMs = 25;
const readyWithinMs = 60_000;
const attempts = 3;
const surelyOursAfterMs = 2000;

/**
 * Starts the server and resolves once it answers, normally well under a second; on an older Linux the first start downloads 4 MB.
 *
 * The server does not keep this program alive and never outlives it: when this process ends, however it ends, the server ends
 * within seconds and a temporary folder goes with it. Call `stop()` all the same, to wait for that.
 *
 * Aborting `signal` ends the child, removes the temporary folder and throws CANCELLED; after the start it has no effect.
 * Throws BUNDLED_SERVER_UNAVAILABLE (this machine cannot run it), BUNDLED_SERVER_FAILED (it ended or did not answer; the end of its log
 * is the `cause`), NOT_A_CHROMA_FOLDER (`path` is a file), FOLDER_NOT_WRITABLE, DISK_FULL.
 */
export async function startBundledServer(options: BundledServerOptions = {}, machine = thisMachine()): Promise<BundledServer> {
  const { signal, onProgress } = options;
  throwIfCancelled(signal);
  const startedAt = Date.now();
  const report = () => onProgress?.({ phase: "starting_server", done: Math.floor((Date.now() - startedAt) / 1000), total: null, unit: "seconds", canCancel: true, problems: 0 });
  report();
  const ticking = setInterval(report, 1000);
  const temporary = options.path === undefined || options.temporary === true;
  let path: string | undefined;
  try {
    await sweepTemporaryFolders();
    path = options.path === undefined ? await createTemporaryFolder() : await usableFolder(options.path);
    const launch = serverLauncher() ?? spawnWith(await findNodeCommand(machine, signal));
    const { server, url } = await startOnFreePort(launch, { path, temporary, wanted: options.port }, signal);
    report();
    return describe(server, url, path, temporary);
  } catch (error) {
    if (temporary && path !== undefined) await removeTemporaryFolder(path);
    throw classified(error);
  } finally {
    clearInterval(ticking);
  }
}

function describe(server: ServerProcess, url: string, path: string, temporary: boolean): BundledServer {
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    if (!temporary) await server.stop();
    else {
      await server.kill();
      await removeTemporaryFolder(path);
    }
  };
  return { url, path, temporary, pid: server.pid, exited: server.exited, stop: () => (stopped ??= stop()) };
}

interface StartOptions {
  readonly path: string;
  readonly temporary: boolean;
  readonly wanted: number | undefined;
}

async function startOnFreePort(launch: ServerLauncher, { path, temporary, wanted }: StartOptions, signal: AbortSignal | undefined): Promise<{ server: ServerProcess; url: string }> {
  for (let attempt = 1; ; attempt++) {
    const port = attempt === 1 && wanted !== undefined && (await isFree(wanted)) ? wanted : await freePort();
    throwIfCancelled(signal);
    const server = await startServerProcess(launch, { path, port, temporary });
    const url = `http://127.0.0.1:${port}`;
    try {
      await untilReady(server, url, signal);
      return { server, url };
    } catch (error) {
      // Somebody took the port between our look and the server's: the server says so only in words, the port itself plainly.
      const lostRace = server.hasExited() && attempt < attempts && !(await isFree(port));
      await server.kill();
      if (!lostRace) throw error;
    }
  }
}

async function untilReady(server: ServerProcess, url: string, signal: AbortSignal | undefined): Promise<void> {
  const over = new AbortController();
  void server.exited.then(() => over.abort());
  const either = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  const startedAt = Date.now();
  let firstAnswerAt: number | undefined;
  for (;;) {
    if (await answers(url, either)) firstAnswerAt ??= Date.now();
    throwIfCancelled(signal);
    if (server.hasExited()) throw failedToStart(await server.exited, server.log());
    // An answer alone could come from another server that took the port first, while ours is about to end for that reason. Ours
    // says when it listens; should a later version say it otherwise, having stayed alive for long enough shows it as well.
    if (firstAnswerAt !== undefined && (server.log().includes("listening on") || Date.now() - firstAnswerAt > surelyOursAfterMs)) return;
    if (Date.now() - startedAt > readyWithinMs) {
      throw new KeeperError("BUNDLED_SERVER_FAILED", "The built-in Chroma server started but did not answer.", { hint: "Close other programs and try again.", cause: server.log() });
    }
    await delay(pollMs, undefined, { signal: either }).catch(() => undefined);
  }
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/v2/heartbeat`, { signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]), headers: { connection: "close" } });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function failedToStart(exit: ServerExit, log: string): KeeperError {
  const cause = log === "" ? exit : log;
  if (exit.code === hostExit.noRuntime) {
    return new KeeperError("BUNDLED_SERVER_UNAVAILABLE", "The built-in Chroma server is not installed for this kind of computer.", {
      hint: "Run the installation again without leaving optional packages out, or give the address of a running Chroma server with --url or CHROMA_URL.",
      cause,
    });
  }
  if (exit.code === hostExit.runtimeNotLoadable) {
    return new KeeperError("BUNDLED_SERVER_UNAVAILABLE", "The built-in Chroma server cannot run on this computer.", { hint: howToLoad(process.platform), cause });
  }
  return new KeeperError("BUNDLED_SERVER_FAILED", "The built-in Chroma server could not open its data folder.", {
    hint: "Check that the folder holds Chroma data and that the disk is not full, then try again.",
    cause,
  });
}

function howToLoad(platform: NodeJS.Platform): string {
  const orAddress = "give the address of a running Chroma server with --url or CHROMA_URL";
  // The native package is linked to MSVCP140.dll and VCRUNTIME140.dll, which do not come with Windows.
  if (platform === "win32") return `Install Microsoft's Visual C++ Redistributable (https://aka.ms/vs/17/release/vc_redist.x64.exe) and try again, or ${orAddress}.`;
  return `Use a newer system${platform === "linux" ? " such as Debian 13 or Ubuntu 24.04" : ""}, or ${orAddress}.`;
}

async function usableFolder(given: string): Promise<string> {
  const path = absolute(given);
  await ensureFolder(path).catch((error: unknown) => {
    throw folderError(error, path);
  });
  try {
    if (!(await stat(path)).isDirectory()) throw folderError(undefined, path);
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return path;
  } catch (error) {
    throw folderError(error, path);
  }
}

function folderError(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (code === "EEXIST" || code === "ENOTDIR") {
    return new KeeperError("NOT_A_CHROMA_FOLDER", `${path} is a file, not a folder.`, { hint: "Name the folder that holds the Chroma data.", cause: error });
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new KeeperError("FOLDER_NOT_WRITABLE", `The folder ${path} cannot be written.`, { hint: "Choose another folder, or ask for the right to write there.", cause: error });
  }
  return error;
}

/** What the system refused on the way, in the product's codes. */
function classified(error: unknown): unknown {
  if (error instanceof KeeperError) return error;
  if (systemCode(error) === "ENOSPC") {
    return new KeeperError("DISK_FULL", "The disk is full.", { hint: "Free some space and try again.", cause: error });
  }
  return new KeeperError("BUNDLED_SERVER_FAILED", "The built-in Chroma server could not be started.", { hint: "Try again; if it stays so, restart the computer.", cause: error });
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
