// Builds the folder that takes the place of Electron's own `dist`: the fake executable and the bundles it runs. Only what the
// sources, Electron's version and the options make is in it, so it is built once and found again by a hash of these.
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { build, type InlineConfig } from "vite";

export interface StandInOptions {
  /** Adds what electron-builder looks for in an Electron folder, so that the result can be its `electronDist`. */
  forPackaging?: boolean;
}

const HERE = import.meta.dirname;
const REPOSITORY = join(HERE, "..", "..", "..");
const WORLDS = { "main-world": "standInMainWorld", "isolated-world": "standInIsolatedWorld" } as const;
/** Electron's fuses live behind this mark in its executable: a version byte, their number, one character each. */
const FUSE_WIRE = Buffer.from("dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\x01\x09101100011", "latin1");

const EXECUTABLE = `#!/bin/bash
# Electron stand-in: plain Node and a real Chromium, with Electron's command line.
exe="$(readlink -f "$0")"
if [ -n "$ELECTRON_RUN_AS_NODE" ]; then exec node "$@"; fi
node_args=()
for argument in "$@"; do
  case "$argument" in --inspect|--inspect=*|--inspect-brk|--inspect-brk=*) node_args+=("$argument") ;; esac
done
export ELECTRON_STANDIN_EXE="$exe"
exec node --no-warnings "\${node_args[@]}" "$(dirname "$exe")/boot.cjs" "$@"
exit 1
`;

/** Returns the folder, for ELECTRON_OVERRIDE_DIST_PATH or electron-builder's `electronDist`. Several processes may call it at once. */
export async function buildStandIn(outFolder?: string, options: StandInOptions = {}): Promise<string> {
  const version = await electronVersion();
  const hash = await contentHash(version, options);
  const folder = outFolder ?? join(REPOSITORY, "node_modules", ".cache", "electron-stand-in", hash);
  const mark = join(folder, "stand-in-hash");
  if ((await readFile(mark, "utf8").catch(() => "")) === hash) return folder;

  await mkdir(dirname(folder), { recursive: true });
  const building = await mkdtemp(`${folder}-building-`);
  try {
    await bundle(building);
    await writeFile(join(building, "version"), version);
    await writeFile(join(building, "electron"), EXECUTABLE);
    if (options.forPackaging === true) await addForPackaging(building);
    await chmod(join(building, "electron"), 0o755);
    // mkdtemp makes a folder for its owner alone; packages copy the mode.
    await chmod(building, 0o755);
    await writeFile(join(building, "stand-in-hash"), hash);
    await putInPlace(building, folder, mark, hash);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return folder;
}

async function putInPlace(building: string, folder: string, mark: string, hash: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await rename(building, folder).catch(async (error: unknown) => {
    // Somebody else was faster with the same content.
    if ((await readFile(mark, "utf8").catch(() => "")) !== hash) throw error;
  });
}

async function electronVersion(): Promise<string> {
  // Only the manifest: loading the package itself would try to download the binary.
  const manifest = createRequire(import.meta.url).resolve("electron/package.json");
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  return version;
}

async function contentHash(version: string, options: StandInOptions): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([version, options.forPackaging === true]));
  const names = await readdir(HERE, { recursive: true });
  for (const name of names.filter((file) => file.endsWith(".ts")).sort()) {
    hash.update(name).update(await readFile(join(HERE, name)));
  }
  return hash.digest("hex").slice(0, 16);
}

async function bundle(folder: string): Promise<void> {
  const common = (outDir: string): InlineConfig => ({ configFile: false, root: HERE, logLevel: "error", publicDir: false, build: { outDir, emptyOutDir: false, minify: false, target: "node20" } });
  const main = common(folder);
  await build({
    ...main,
    // .cjs, because beside an app of type "module" Node would read .js as ES modules.
    build: { ...main.build, ssr: true, rolldownOptions: { input: { boot: join(HERE, "runtime", "boot.ts"), "utility-boot": join(HERE, "runtime", "utility-boot.ts") }, output: { format: "cjs", entryFileNames: "[name].cjs", chunkFileNames: "[name].cjs" } } },
    ssr: { external: ["electron"], noExternal: true },
  });
  for (const [file, name] of Object.entries(WORLDS)) {
    const page = common(folder);
    await build({ ...page, build: { ...page.build, target: "es2023", lib: { entry: join(HERE, "page", `${file}.ts`), formats: ["iife"], name, fileName: () => `${file}.js` } } });
  }
}

async function addForPackaging(folder: string): Promise<void> {
  await mkdir(join(folder, "locales"));
  for (const locale of ["en-US", "de", "fr"]) await writeFile(join(folder, "locales", `${locale}.pak`), "");
  for (const licence of ["LICENSE", "LICENSES.chromium.html"]) await writeFile(join(folder, licence), "A stand-in for tests; see the project's own licence.\n");
  for (const helper of ["chrome-sandbox", "chrome_crashpad_handler"]) await writeFile(join(folder, helper), "", { mode: 0o755 });
  await mkdir(join(folder, "resources"));
  // electron-builder flips the fuses inside the executable. The script has left by exec long before bash would read this.
  await writeFile(join(folder, "electron"), FUSE_WIRE, { flag: "a" });
}

