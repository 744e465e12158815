/** Kills a process with SIGKILL at one chosen step of its work with files, or counts these steps. */

/**
 * A module for `CliOptions.preload`: writes each step that changes something on the disk to standard error, and dies
 * right before the step with number `dieAt` (the first is 1; null: never).
 */
export function fileSteps(dieAt: number | null): string {
  return `
import fs from "node:fs";
import { basename } from "node:path";
import { syncBuiltinESMExports } from "node:module";
let steps = 0;
function step(name) {
  steps += 1;
  if (steps === ${String(dieAt)}) process.kill(process.pid, "SIGKILL");
  fs.writeSync(2, "step " + name + "\\n");
}
const { promises } = fs;
for (const name of ["rename", "link", "rm", "mkdir", "utimes"]) {
  const real = promises[name];
  promises[name] = async (...args) => { step(name + " " + basename(String(args[0]))); return await real(...args); };
}
const open = promises.open;
let patched = false;
promises.open = async (path, flags, ...rest) => {
  const handle = await (flags === "r" ? open(path, flags) : (step("open " + basename(String(path))), open(path, flags, ...rest)));
  if (!patched) {
    patched = true;
    const prototype = Object.getPrototypeOf(handle);
    for (const name of ["write", "sync"]) {
      const real = prototype[name];
      prototype[name] = async function (...args) { step(name); return await real.apply(this, args); };
    }
  }
  return handle;
};
syncBuiltinESMExports();`;
}

/** The steps such a process has named. */
export function stepsIn(stderr: string): string[] {
  return Array.from(stderr.matchAll(/^step (.*)$/gm), (match) => match[1] ?? "");
}
