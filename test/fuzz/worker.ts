/** The fuzz in a thread of its own; see main.js. */
import { parentPort, workerData } from "node:worker_threads";
import { fuzz, type FuzzOptions } from "./fuzz.ts";
import { makeCorpus } from "./make-corpus.ts";

// Handed over by main.js, which is beside this file.
const { progress, makeCorpus: shallMake, ...options } = workerData as FuzzOptions & { progress: Int32Array; makeCorpus: boolean };
if (shallMake) await makeCorpus(options.corpus);
else parentPort?.postMessage(await fuzz({ ...options, onInput: (input) => Atomics.store(progress, 0, input) }));
