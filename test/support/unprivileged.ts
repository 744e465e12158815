/** Root may write anywhere: tests of what a plain user is refused run their part as "nobody" when the tests themselves run as root. */
import { chown } from "node:fs/promises";
import type { ErrorValue } from "../../shared/errors.ts";
import { builtServerModule, runModule } from "./processes.ts";

const nobody = 65534;
const isRoot = process.getuid?.() === 0;

/** For `spawn`; undefined when the tests have no more rights than a plain user anyway. */
export const plainUser = isRoot ? nobody : undefined;

export async function chownForNobody(path: string): Promise<void> {
  if (isRoot) await chown(path, nobody, nobody);
}

/** Starts and stops a server as an unprivileged user; returns the error's code, or the url of the server that worked. */
export async function startAsNobody(options: { path?: string }, env: NodeJS.ProcessEnv = {}): Promise<Partial<ErrorValue> & { url?: string; cause?: string }> {
  const program = runModule(
    `if (${String(isRoot)}) { process.setgroups([]); process.setgid(${nobody}); process.setuid(${nobody}); }
    const { startBundledServer } = await import(${JSON.stringify(builtServerModule)});
    try {
      const server = await startBundledServer(${JSON.stringify(options)});
      await server.stop();
      console.log(JSON.stringify({ url: server.url }));
    } catch (error) {
      console.log(JSON.stringify({ code: error.code, message: error.message, hint: error.hint, cause: String(error.cause) }));
    }`,
    env,
  );
  return JSON.parse(await program.firstLine()) as Awaited<ReturnType<typeof startAsNobody>>;
}
