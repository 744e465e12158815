/**
 * Entry of the engine's own process: whatever the engine does there, Electron's main process stays responsive.
 * Plain Node but for `process.parentPort`; must not import electron, which a utility process gives only parts of.
 */
import { setFlagsFromString } from "node:v8";
import { createKeeperApp } from "../app/app.ts";
import { useServerLauncher } from "../engine/server/launch-server.ts";
import { createWorkerEnd } from "./link/worker-end.ts";

// As for the command: otherwise V8 lets the garbage of a large site pile up.
setFlagsFromString("--optimize-for-size");

const { parentPort } = process;
/** Long enough for the last words to leave. */
const LAST_WORDS_MS = 200;

const end = createWorkerEnd({
  post: (message) => parentPort.postMessage(message),
  async open({ dataFolder, documentsFolder, launchServersOutside }, ports, launcher, log) {
    if (launchServersOutside) useServerLauncher(launcher);
    return await createKeeperApp({ dataFolder, documentsFolder, ports, log, renderUrl: process.env["RENDER_API_URL"] });
  },
});

// What nobody caught leaves the engine in a state nobody knows: the main process starts it again.
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => {
    end.log.error(`The engine failed (${event}).`, error);
    setTimeout(() => process.exit(1), LAST_WORDS_MS);
  });
}
parentPort.on("message", ({ data }) => end.receive(data));
