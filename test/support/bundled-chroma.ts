/** Gives the integration tests one real Chroma server: the one at CHROMA_URL, or a bundled one that lives as long as the run. */
import type { TestProject } from "vitest/node";
import { startBundledServer } from "../../electron/engine/server/bundled-server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Shared by all test files: use collection names of your own. */
    chromaUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["CHROMA_URL"];
  if (given) {
    project.provide("chromaUrl", given.replace(/\/+$/, ""));
    return () => Promise.resolve();
  }
  const server = await startBundledServer();
  project.provide("chromaUrl", server.url);
  return () => server.stop();
}
