/** The desktop app as it is built, for one test: started on folders of its own, asked as its page asks, its log read from disk. */
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ElectronApplication, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { CommandName } from "../../shared/channels.ts";
import type { AppEvent, CommandInput, CommandResponse } from "../../shared/contract.ts";
import type { Result } from "../../shared/errors.ts";
import { resultOf, type Operation, type OperationInput, type OperationKind, type OperationResult } from "../../shared/operations.ts";
import { launchElectron } from "./electron-stand-in/launch.ts";
import { temporaryFolder, type TestSite } from "./site.ts";

export const MAIN_FILE = join(import.meta.dirname, "..", "..", "dist", "electron", "main.js");

export interface DesktopApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly userData: string;
  /** As the page asks, whatever the command and request. */
  call(command: string, request: unknown): Promise<Result<unknown>>;
  ask<C extends CommandName>(command: C, request: CommandInput<C>): Promise<CommandResponse<C>>;
  start<K extends OperationKind>(kind: K, input: OperationInput<K>): Promise<string>;
  ended(operationId: string): Promise<Operation>;
  run<K extends OperationKind>(kind: K, input: OperationInput<K>): Promise<OperationResult<K>>;
  /** Events the page has heard so far. */
  events(): Promise<AppEvent[]>;
  addSite(site: TestSite): Promise<string>;
  log(): Promise<string>;
  stop(): Promise<void>;
  /** The process ends without a chance to tidy up. */
  kill(): Promise<void>;
}

interface DesktopOptions {
  /** From an earlier start. */
  readonly userData?: string;
  readonly args?: string[];
  readonly env?: Record<string, string>;
}

/** For one test. */
export async function startDesktop({ userData, args = [], env = {} }: DesktopOptions = {}): Promise<DesktopApp> {
  const desktop = await launchDesktop(userData ?? (await temporaryFolder()), args, env);
  onTestFinished(() => desktop.stop());
  return desktop;
}

/** One for all tests of a file that leave it as it was. Each start takes seconds. */
export function shareDesktop(): () => DesktopApp {
  let desktop: DesktopApp | undefined;
  beforeAll(async () => {
    desktop = await launchDesktop(await mkdtemp(join(tmpdir(), "account-keeper-test-")));
  });
  afterAll(async () => {
    if (desktop === undefined) return;
    await desktop.stop();
    await rm(desktop.userData, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  return () => {
    if (desktop === undefined) throw new Error("the app did not start");
    return desktop;
  };
}

async function launchDesktop(folder: string, args: string[] = [], env: Record<string, string> = {}): Promise<DesktopApp> {
  const home = join(folder, "home");
  await mkdir(home, { recursive: true });
  const launched = await launchElectron({ appPath: MAIN_FILE, userDataDir: folder, args, env: { HOME: home, XDG_CONFIG_HOME: join(home, ".config"), ...env } });
  const { app, page } = launched;
  // As text: these lines run in the page, which has other globals than the tests.
  await page.evaluate("globalThis.heard = []; keeper.onEvent((event) => heard.push(event)); keeper.call('app.ready', {})");

  const call: DesktopApp["call"] = async (command, request) => await page.evaluate<Result<unknown>>(`keeper.call(${JSON.stringify(command)}, ${JSON.stringify(request)})`);

  const ask: DesktopApp["ask"] = async (command, request) => {
    const result = await call(command, request);
    if (!result.ok) throw new Error(`${command}: ${JSON.stringify(result.error)}`);
    return result.value as CommandResponse<typeof command>;
  };

  const ended: DesktopApp["ended"] = async (operationId) => {
    for (;;) {
      const { operations } = await ask("operation.list", {});
      const operation = operations.find(({ id }) => id === operationId);
      if (operation !== undefined && operation.endedAt !== null) return operation;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  const start: DesktopApp["start"] = async (kind, input) => (await ask("operation.start", { kind, input })).operationId;

  return {
    app,
    page,
    userData: folder,
    call,
    ask,
    start,
    ended,
    async run(kind, input) {
      const operation = await ended(await start(kind, input));
      const result = resultOf(operation, kind);
      if (result === null) throw new Error(`${kind} ended ${operation.state}: ${JSON.stringify(operation.error)}`);
      return result;
    },
    events: async () => await page.evaluate<AppEvent[]>("heard"),
    async addSite(site) {
      const { site: added } = await ask("site.add", { name: "Marlow Bakery", source: { kind: "server", url: site.site }, collectionName: site.collectionName, settings: { watch: false, rehearse: false } });
      return added.id;
    },
    async log() {
      const logs = join(folder, "logs");
      const names = await readdir(logs).catch(() => []);
      return (await Promise.all(names.map((name) => readFile(join(logs, name), "utf8")))).join("");
    },
    stop: () => launched.stop(),
    async kill() {
      const child = app.process();
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill("SIGKILL");
      await gone;
    },
  };
}

/** Linux: the processes that `pid` has started, with their command lines. */
export async function childrenOf(pid: number): Promise<{ pid: number; command: string }[]> {
  const found: { pid: number; command: string }[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const [stat, command] = await Promise.all([readFile(`/proc/${name}/stat`, "utf8").catch(() => ""), readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "")]);
    if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid) found.push({ pid: Number(name), command: command.replaceAll("\0", " ") });
  }
  return found;
}
