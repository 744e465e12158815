/** Builds the window into dist/renderer: hashed files only, nothing inline, so that the page runs under a strict policy. */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // Relative addresses work under app://bundle/ and under http://127.0.0.1:PORT/ alike.
  base: "./",
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL("../dist/renderer", import.meta.url)),
    emptyOutDir: true,
    target: "chrome120",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    // The notices that go with the libraries inside. The desktop package leaves out what ends in .md.
    license: { fileName: "licenses.txt" },
  },
});
