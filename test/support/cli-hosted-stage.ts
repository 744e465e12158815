/** A site on a host that wipes its disk, and the built command of somebody who has a key for that host. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { encodeVariable } from "../../electron/engine/variable/encode.ts";
import { ownTemporary, startCli, type CliEnd, type CliOptions, type CliProcess } from "./cli-process.ts";
import { startBundledSite, type BundledSite } from "./fake-render/bundled-site.ts";
import { startFakeRender, type FakeRender } from "./fake-render/fake-render.ts";
import type { FakeService, FakeServiceOptions } from "./fake-render/service.ts";
import { runInTerminal, type TerminalRun } from "./terminal.ts";

export const SERVICE_NAME = "marlow-bakery";

type HostedStageOptions = Omit<FakeServiceOptions, "site" | "name"> & { accounts?: number };

interface HostedStage {
  readonly site: BundledSite;
  readonly render: FakeRender;
  readonly service: FakeService;
  readonly vault: string;
  readonly folder: string;
  /** `--url … --out …` */
  readonly place: readonly string[];
  /** Of somebody with a key for Render: key and address. */
  readonly env: NodeJS.ProcessEnv;
  readonly start: (args: readonly string[], options?: CliOptions) => CliProcess;
  readonly run: (args: readonly string[], options?: CliOptions) => Promise<CliEnd>;
  readonly terminal: (args: readonly string[]) => TerminalRun;
  readonly deploysAskedFor: () => number;
}

/** Files of the vault that a stranger may see beside the backups. */
export function notesIn(vault: string): string {
  if (!existsSync(vault)) return "";
  const names = readdirSync(vault).filter((name) => name.startsWith("account-keeper"));
  return names.map((name) => readFileSync(join(vault, name), "utf8")).join("\n");
}

/** A site of sample accounts on a service of its own. When the test ends, nothing that was said or noted may hold a secret. */
export async function createHostedStage({ accounts = 3, ...serviceOptions }: HostedStageOptions = {}): Promise<HostedStage> {
  const site = await startBundledSite();
  const people = sampleAccounts(accounts);
  await site.signUp(...people);
  const render = await startFakeRender();
  const service = render.addService({ name: SERVICE_NAME, ...serviceOptions, site: site.hooks });
  const [folder, temporary] = [ownTemporary(), ownTemporary()];
  const vault = join(folder, "backups");
  const env = { RENDER_API_URL: render.url, RENDER_API_KEY: render.apiKey, XDG_DATA_HOME: join(folder, "data") };
  const documents = people.map(({ document }) => document ?? "");
  const hashes = documents.map((document) => /"password_hash": ?"([^"]+)"/.exec(document)?.[1] ?? "no hash");
  const secrets = [render.apiKey, encodeVariable(documents).slice(0, 60), ...hashes];
  const said: (() => Promise<string> | string)[] = [() => notesIn(vault)];
  onTestFinished(async () => {
    const all = (await Promise.all(said.map(async (read) => await read()))).join("\n");
    for (const secret of secrets) expect(all).not.toContain(secret);
  });
  const start = (args: readonly string[], options: CliOptions = {}): CliProcess => {
    const started = startCli(args, { temporary, ...options, env: { ...env, ...options.env } });
    said.push(async () => await started.ended.then(({ stdout, stderr }) => stdout + stderr));
    return started;
  };
  return {
    site,
    render,
    service,
    vault,
    folder,
    place: ["--url", site.url, "--out", vault],
    env,
    start,
    deploysAskedFor: () => render.lines().filter((line) => /^POST .*\/deploys$/.test(line)).length,
    run: async (args, options) => await start(args, options).ended,
    terminal(args) {
      const terminal = runInTerminal(args, { ...env, TMPDIR: temporary, ACCOUNT_KEEPER_PASSPHRASE: undefined });
      said.push(() => terminal.output());
      return terminal;
    },
  };
}
