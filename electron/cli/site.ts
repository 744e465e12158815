/** Opens the site a command works on, and closes it whatever happens. */
import { resolve } from "node:path";
import type { ConnectOptions } from "../engine/chroma/connect.ts";
import { openSource } from "../engine/chroma/open-source.ts";
import type { OpenSite } from "../engine/operations/restore-target.ts";
import type { CliContext } from "./context.ts";
import { tellingOfKeys } from "./refused-key.ts";
import { chooseSource, type SourceFlags } from "./source-options.ts";

/** Throws what `chooseSource` and `openSource` throw, and what `work` throws. */
export async function withSite<T>(
  context: CliContext,
  flags: SourceFlags,
  work: (site: OpenSite) => Promise<T>,
  options: Pick<ConnectOptions, "allowMissingDatabase"> = {},
): Promise<T> {
  const { source, collection } = await chooseSource(flags, context.env);
  return await tellingOfKeys(source, async () => {
    const opened = await openSource(source, { ...options, signal: context.signal, onProgress: context.progress.onProgress });
    try {
      const { connection } = opened;
      return await work({ connection, collectionName: collection, site: source.kind === "folder" ? resolve(source.path) : connection.address });
    } finally {
      context.progress.stop();
      await opened.close();
    }
  });
}
