/** The target of a restore, from the command's flags. */
import { withRestoreTarget as withTarget, type RestoreTarget } from "../engine/operations/restore-target.ts";
import type { CliContext } from "./context.ts";
import { tellingOfKeys } from "./refused-key.ts";
import { chooseSource, type SourceFlags } from "./source-options.ts";

/** Throws what `chooseSource` and the engine's `withRestoreTarget` throw, and what `work` throws. */
export async function withRestoreTarget<T>(context: CliContext, flags: SourceFlags, work: (target: RestoreTarget) => Promise<T>): Promise<T> {
  const { source, collection: collectionName } = await chooseSource(flags, context.env);
  try {
    return await tellingOfKeys(source, async () => await withTarget({ source, collectionName }, { signal: context.signal, onProgress: context.progress.onProgress }, work));
  } finally {
    context.progress.stop();
  }
}
