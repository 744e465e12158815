/**
 * Runs the measurements in a plain Node, on the built product: what is imported from electron/ and shared/ comes from
 * dist/, the rest is bundled into one file. `npm run bench -- [names] [--check] [--large] [--accounts N]`
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { build } from "vite";

const root = resolve(import.meta.dirname, "../../..");
// Inside node_modules, so that what it imports is found.
const outDir = join(root, "node_modules/.cache/bench", String(process.pid));

/** @type {import("vite").Plugin} */
const builtProduct = {
  name: "built-product",
  enforce: "pre",
  resolveId(source, importer) {
    if (importer === undefined || !source.endsWith(".ts")) return null;
    const path = relative(root, resolve(importer, "..", source));
    return /^(?:electron|shared)[\\/]/.test(path) ? { id: pathToFileURL(join(root, "dist", path.replace(/\.ts$/, ".js"))).href, external: true } : null;
  },
};

await build({
  configFile: false,
  logLevel: "error",
  plugins: [builtProduct],
  build: { ssr: join(import.meta.dirname, "main.ts"), outDir, target: "node20", minify: false, rolldownOptions: { output: { entryFileNames: "main.mjs" } } },
});
const child = spawn(process.execPath, [join(outDir, "main.mjs"), ...process.argv.slice(2)], { stdio: "inherit" });
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
await once(child, "exit");
await rm(outDir, { recursive: true, force: true });
process.exitCode = child.exitCode ?? 1;
