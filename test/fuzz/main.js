/**
 * npm run fuzz -- --count 1000000 [--seed 1] [--from 0]
 * Runs the fuzz in a worker whose memory is limited, and watches it: whatever hangs, crashes or fills the memory is told with the
 * number of its input. `--from N --count 1` with the same seed runs that input again.
 */
import console from "node:console";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { clearInterval, setInterval } from "node:timers";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { build } from "vite";

const { values } = parseArgs({ options: { count: { type: "string", default: "100000" }, seed: { type: "string", default: "1" }, from: { type: "string", default: "0" }, "make-corpus": { type: "boolean", default: false } } });
const [count, seed, from] = [Number(values.count), Number(values.seed), Number(values.from)];
/** A hundred times what the slowest takes. */
const HANG_MS = 20_000;
const MAX_HEAP_MB = 512;

const cache = join(import.meta.dirname, "../../node_modules/.cache/fuzz");
await mkdir(cache, { recursive: true });
const outDir = await mkdtemp(join(cache, "run-"));
// In memory where there is such a folder: a disk that syncs every file would take days for a million.
const folder = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "account-keeper-fuzz-"));
process.exitCode = 1;
try {
  await build({
    configFile: false,
    logLevel: "error",
    build: { ssr: join(import.meta.dirname, "worker.ts"), outDir, emptyOutDir: false, target: "node20", minify: false, rolldownOptions: { output: { entryFileNames: "worker.mjs" } } },
  });
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const corpus = join(import.meta.dirname, "corpus");
  const worker = new Worker(join(outDir, "worker.mjs"), { workerData: { corpus, folder, seed, from, count, progress, makeCorpus: values["make-corpus"] }, resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
  const started = performance.now();
  let last = -1;
  let since = started;
  let told = started;
  const watch = setInterval(() => {
    const input = Atomics.load(progress, 0);
    const now = performance.now();
    if (input !== last) [last, since] = [input, now];
    else if (now - since > HANG_MS) {
      console.error(`Input ${input} hangs: npm run fuzz -- --seed ${seed} --from ${input} --count 1`);
      void worker.terminate();
    }
    if (now - told < 30_000) return;
    told = now;
    console.log(`${input - from} inputs, ${Math.round(((input - from) / (now - started)) * 1000)} a second`);
  }, 500);
  await new Promise((/** @type {(code: number) => void} */ resolve) => {
    worker.on("message", (/** @type {import("./fuzz.ts").FuzzReport} */ report) => {
      console.log(report.endings);
      for (const { input, file, reader, what } of report.findings) console.error(`\nInput ${input}, ${file}, ${reader}\n${what}`);
      console.log(`${count} inputs, ${report.findings.length} findings, ${Math.round((performance.now() - started) / 1000)} s`);
      if (report.findings.length === 0) process.exitCode = 0;
    });
    worker.on("error", (error) => console.error(`Input ${Atomics.load(progress, 0)} ends the process:`, error));
    worker.on("exit", resolve);
  });
  clearInterval(watch);
} finally {
  await rm(outDir, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}
