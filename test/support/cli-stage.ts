/** Everything one test of the built command needs: a site, a vault with its backup, and folders of its own for what the command leaves behind. */
import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { ownTemporary, runCli, type CliEnd, type CliOptions } from "./cli-process.ts";
import { snapshotFolder, snapshotSite } from "./snapshots.ts";
import { lockFileQuickly } from "./quick-lock.ts";
import { createTestSite, type TestSite } from "./site.ts";

export interface CliStage {
  readonly site: TestSite;
  /** `--url … --collection …` */
  readonly source: readonly string[];
  readonly vault: string;
  /** For files that a test needs and the vault must not hold. */
  readonly folder: string;
  /** TMPDIR of the command. */
  readonly temporary: string;
  readonly env: NodeJS.ProcessEnv;
  /** Backs up within this process; returns the path. */
  backUp(passphrase?: string): Promise<string>;
  /** Writes a file beside the vault; returns its path. */
  file(name: string, content: string | Uint8Array): Promise<string>;
  run(args: readonly string[], options?: CliOptions): Promise<CliEnd>;
  /** What must stay as it is when a command fails. */
  state(): Promise<{ site: Record<string, string> | null; vault: Record<string, string> | null }>;
}

/** A site with `records`, and an empty vault. */
export async function createCliStage(records: readonly WritableRecord[] = sampleAccounts(3), url?: string): Promise<CliStage> {
  const site = await createTestSite(url);
  await site.create();
  if (records.length > 0) await site.add(records);
  const [folder, temporary] = [ownTemporary(), ownTemporary()];
  // Where a safety copy goes that has no backup file to lie beside.
  const env = { XDG_DATA_HOME: join(folder, "data") };
  const vault = site.folder;
  return {
    site,
    source: ["--url", site.site, "--collection", site.collectionName],
    vault,
    folder,
    temporary,
    env,
    async backUp(passphrase) {
      const { path } = await backupSite(site);
      return passphrase === undefined ? path : await lockFileQuickly(path, passphrase);
    },
    async file(name, content) {
      await writeFile(join(folder, name), content, { mode: 0o600 });
      return join(folder, name);
    },
    run: async (args, options = {}) => await runCli(args, { temporary, ...options, env: { ...env, ...options.env } }),
    state: async () => ({ site: await snapshotSite(site), vault: snapshotFolder(vault) }),
  };
}

/** The object of a `--json` run. Fails when there is not exactly one line with it, or anything on stderr. */
export function answerOf({ stdout, stderr }: Pick<CliEnd, "stdout" | "stderr">): Record<string, unknown> {
  if (stderr !== "" || stdout.indexOf("\n") !== stdout.length - 1) throw new Error(`not one JSON line alone: ${JSON.stringify({ stdout, stderr })}`);
  const answer: unknown = JSON.parse(stdout);
  if (typeof answer !== "object" || answer === null) throw new Error("no object");
  return { ...answer };
}
