/** Runs the scripts it is given, two at a time, for two cores: name the longest first. Ends with 1 when one of them does. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { text } from "node:stream/consumers";

/** @param {string} script */
async function run(script) {
  const child = spawn("npm", ["run", "--silent", script], { shell: process.platform === "win32", stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await Promise.all([text(child.stdout), once(child, "exit")]);
  process.stdout.write(said);
  if (child.exitCode !== 0) process.exitCode = 1;
}

const waiting = process.argv.slice(2);

async function work() {
  for (let script = waiting.shift(); script !== undefined; script = waiting.shift()) await run(script);
}

await Promise.all([work(), work()]);
