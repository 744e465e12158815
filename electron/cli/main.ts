#!/usr/bin/env node
/** The `account-keeper` process: signals, output that nobody takes, exit code. Everything else is in program.ts. */
import { setFlagsFromString } from "node:v8";
import { commands } from "./commands/index.ts";
import { exitCodes } from "./exit-codes.ts";
import { createOutput } from "./output.ts";
import { runCli } from "./program.ts";

// Otherwise V8 lets the garbage of a large site pile up: twice the memory at 40,000 accounts, and no faster.
setFlagsFromString("--optimize-for-size");
// The HTTP parser is WebAssembly. Making it faster in the background delays the end of a command by 50 ms, and it has little to do.
setFlagsFromString("--liftoff-only");

const { env, stdin, stdout, stderr } = process;
const controller = new AbortController();

/** Shows the cursor and wraps lines again: the progress bar may have been at work. */
const RESTORE_TERMINAL = "\x1b[?25h\x1b[?7h";

/** Why a file that takes what is printed takes no more, by the system's code. */
const WHY_LOST = new Map([
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the disk is full"],
  ["EFBIG", "the file would be too large"],
]);

function stop(): void {
  if (controller.signal.aborted) {
    if (stderr.isTTY) stderr.write(RESTORE_TERMINAL);
    process.exit(exitCodes.cancelled);
  }
  controller.abort();
}
// SIGHUP: the terminal was closed. Under nohup too, for Node undoes what that sets.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);

let isLost = false;
for (const stream of [stdout, stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // `account-keeper list backups | head -1`: whoever read has read enough. The work itself goes on to its end.
    if (error.code === "EPIPE" || isLost) return;
    isLost = true;
    process.exitCode = exitCodes.failed;
    stderr.write(`What was printed could not be written: ${WHY_LOST.get(error.code ?? "") ?? "the system refused it"}.\n`);
  });
}

process.on("uncaughtException", (error) => {
  createOutput({ stdout, stderr, json: process.argv.includes("--json") }).fail(error);
  process.exit(exitCodes.failed);
});

const exitCode = await runCli(process.argv.slice(2), { env, stdin, stdout, stderr, signal: controller.signal }, commands);
process.exitCode ??= exitCode;
