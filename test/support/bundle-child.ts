/** Makes a TypeScript file into one that plain Node can run, for tests that need a process of their own to kill or to starve. */
import { mkdir, mkdtemp } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Inside node_modules, so that what the child imports is found. */
const CACHE = join(import.meta.dirname, "../../node_modules/.cache/test-children");

/** Path of the runnable file, alone in its folder; whoever asked removes that. */
export async function bundleChild(entryUrl: URL): Promise<string> {
  const entry = fileURLToPath(entryUrl);
  await mkdir(CACHE, { recursive: true });
  const outDir = await mkdtemp(join(CACHE, `${basename(entry, ".ts")}-`));
  await build({
    configFile: false,
    logLevel: "error",
    build: { ssr: entry, outDir, emptyOutDir: false, target: "node20", minify: false, rolldownOptions: { output: { entryFileNames: "child.mjs" } } },
  });
  return join(outDir, "child.mjs");
}
