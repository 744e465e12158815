/** Bundles the command line: one that loads a few files starts in a fraction of the time of one that loads 450. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const SOURCE = fileURLToPath(new URL("../", import.meta.url));

/** What stands beside a module, such as the server's script, is found where the module would be outside the bundle: each keeps its own address. */
const keepAddresses = {
  name: "keep-addresses",
  transform(code, id) {
    const place = relative(SOURCE, id).replaceAll("\\", "/");
    if (place.startsWith("..") || !code.includes("import.meta.url")) return null;
    return { code: code.replaceAll("import.meta.url", `new URL(${JSON.stringify(`../${place}`)}, import.meta.url).href`), map: null };
  },
} satisfies Plugin;

const UNDICI = "\0undici";
/**
 * The part of undici that we use, put together as its own entry does: fetch, WebSocket, caches and mocks would cost every
 * command 50 ms. An undici that has moved its files fails the build.
 */
const onlyItsClient = {
  name: "undici-only-its-client",
  enforce: "pre",
  resolveId: (id) => (id === "undici" ? UNDICI : null),
  load: (id) =>
    id !== UNDICI
      ? null
      : `
import Agent from "undici/lib/dispatcher/agent.js";
import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
import api from "undici/lib/api/index.js";
import errors from "undici/lib/core/errors.js";
Object.assign(Dispatcher.prototype, api);
export { Agent, errors };`,
} satisfies Plugin;

export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  plugins: [keepAddresses, onlyItsClient],
  ssr: { noExternal: true },
  build: {
    ssr: "main.ts",
    target: "node20.19",
    outDir: "../../dist/electron/cli",
    // What tsc made of these files nobody loads.
    emptyOutDir: true,
    // Names stay, for whoever reads a stack; comments and spaces of libraries are half of what would be shipped.
    minify: false,
    // The notices that go with the libraries inside.
    license: { fileName: "licenses.md" },
    rolldownOptions: { output: { entryFileNames: "main.js", chunkFileNames: "[name].js", minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } } } },
  },
});
