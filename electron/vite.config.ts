/** Builds the preload: a sandboxed one has to be a single CommonJS file. The command line has a bundle of its own, see cli/; everything else of this folder is compiled by tsc. */
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    target: "chrome140",
    outDir: "../dist/electron",
    // tsc has put the rest there already.
    emptyOutDir: false,
    minify: false,
    lib: { entry: "preload.ts", formats: ["cjs"], fileName: () => "preload.cjs" },
    rolldownOptions: { external: ["electron"] },
  },
});
