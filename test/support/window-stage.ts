/**
 * The window in a real browser for one test: the built `account-keeper serve` on folders of its own, a page let in by its
 * one-time link. What the page complains about (errors, refusals of its policy) fails the test, unless it was announced.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from "playwright-core";
import { afterAll, expect, onTestFinished } from "vitest";
import type { CommandName } from "../../shared/channels.ts";
import type { CommandInput, CommandResponse } from "../../shared/contract.ts";
import type { Result } from "../../shared/errors.ts";
import { resultOf, type Operation, type OperationInput, type OperationKind, type OperationResult } from "../../shared/operations.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { chromiumPath } from "./electron-stand-in/chromium-path.ts";
import { startFrontProxy, type FrontProxy } from "./front-proxy.ts";
import { createTestSite, temporaryFolder, type TestSite } from "./site.ts";

const MAIN_FILE = join(import.meta.dirname, "..", "..", "dist", "electron", "cli", "main.js");
/** A busy machine takes its time; whoever waits in vain waits for a real fault. */
const PATIENCE_MS = 60_000;

export interface WindowOptions {
  readonly size?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
  readonly reducedMotion?: "reduce" | "no-preference";
  /** What the program finds in its environment besides. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface WindowStage {
  readonly page: Page;
  /** The folder of the app, and the owner's home beside it. */
  readonly dataFolder: string;
  readonly home: string;
  /** As the page asks; throws what is no success. */
  readonly ask: <C extends CommandName>(command: C, request: CommandInput<C>) => Promise<CommandResponse<C>>;
  readonly start: <K extends OperationKind>(kind: K, input: OperationInput<K>) => Promise<string>;
  readonly run: <K extends OperationKind>(kind: K, input: OperationInput<K>) => Promise<OperationResult<K>>;
  /** Adds it behind the window, unwatched unless told otherwise, backs it up, and loads the window anew. */
  readonly keep: (site: Pick<TestSite, "site" | "collectionName">, options?: KeepOptions) => Promise<string>;
  /** The watcher of this site begins anew, and with a look: the next one of the old one may be half a minute away. */
  readonly hurryWatcher: (siteId: string) => Promise<void>;
  /** The sentence on top of the place. */
  readonly says: (sentence: string | RegExp, timeout?: number) => Promise<void>;
  /** The button of this very name, in `within` or anywhere. */
  readonly button: (name: string, within?: Locator) => Locator;
  readonly go: (place: string) => Promise<void>;
  readonly dialog: (title: string | RegExp) => Locator;
  readonly clipboard: () => Promise<string>;
  /** Kills the program under the page. */
  readonly kill: () => Promise<void>;
  /** The page is going to complain like this, and may. */
  readonly allow: (complaint: RegExp) => void;
}

interface KeepOptions {
  readonly name?: string;
  readonly url?: string;
  readonly settings?: NonNullable<CommandInput<"site.add">["settings"]>;
  readonly backup?: boolean;
}

let browser: Promise<Browser> | undefined;
afterAll(async () => {
  await (await browser)?.close();
});

async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: await chromiumPath(), args: ["--no-sandbox", "--font-render-hinting=none"] });
}

async function startServe(dataFolder: string, home: string, more: Readonly<Record<string, string>>): Promise<{ url: string; child: ChildProcess }> {
  const env = { ...process.env, ...more, HOME: home, USERPROFILE: home, XDG_CONFIG_HOME: join(home, ".config"), XDG_DATA_HOME: join(home, ".local", "share") };
  const child = spawn(process.execPath, [MAIN_FILE, "serve", "--json", "--no-open", "--data-dir", dataFolder], { env, stdio: ["ignore", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  const [first] = (await Promise.race([once(lines, "line"), once(child, "exit").then(() => [])])) as [string?];
  if (first === undefined) throw new Error(`serve has ended: ${complaint}`);
  return { url: (JSON.parse(first) as { url: string }).url, child };
}

/** Everything a page can complain about. */
function listen(page: Page, complaints: string[]): void {
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
}

/** A site of this many made-up people on the tests' ChromaDB, or on the one at `url`. */
export async function siteOf(count: number, url?: string): Promise<TestSite> {
  const site = await (url === undefined ? createTestSite() : createTestSite(url));
  await site.create();
  const people = sampleAccounts(count);
  for (let from = 0; from < people.length; from += 2_000) await site.add(people.slice(from, from + 2_000));
  return site;
}

export async function startWindow({ size = { width: 1280, height: 800 }, colorScheme = "light", reducedMotion = "no-preference", env = {} }: WindowOptions = {}): Promise<WindowStage> {
  const root = await temporaryFolder();
  const dataFolder = join(root, "keeper");
  const home = join(root, "home");
  await mkdir(join(home, "Documents"), { recursive: true });
  const { url, child } = await startServe(dataFolder, home, env);
  const complaints: string[] = [];
  const allowed: RegExp[] = [];
  const opened: BrowserContext[] = [];
  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }
  onTestFinished(async () => {
    for (const context of opened) await context.close();
    await end("SIGTERM");
    expect(complaints.filter((complaint) => !allowed.some((pattern) => pattern.test(complaint)))).toEqual([]);
  });
  browser ??= openBrowser();
  const context = await (await browser).newContext({ viewport: size, colorScheme, reducedMotion, locale: "en-GB", permissions: ["clipboard-read", "clipboard-write"] });
  opened.push(context);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  listen(page, complaints);
  await page.goto(url);
  await page.waitForURL((there) => there.pathname === "/");
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  return { page, dataFolder, home, kill: () => end("SIGKILL"), allow: (complaint) => void allowed.push(complaint), ...hands(page) };
}

type Hands = Omit<WindowStage, "page" | "dataFolder" | "home" | "allow" | "kill">;

/** What a test does with the page, by the names a person sees, and behind its back. */
function hands(page: Page): Hands {
  const ask: WindowStage["ask"] = async (command, request) => {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request) };
    // As text: it runs in the page, which has other globals than the tests.
    const result = await page.evaluate<Result<unknown>>(`fetch("/api/call/${command}", ${JSON.stringify(init)}).then((answer) => answer.json())`);
    if (!result.ok) throw new Error(`${command}: ${JSON.stringify(result.error)}`);
    return result.value as CommandResponse<typeof command>;
  };
  const start: WindowStage["start"] = async (kind, input) => (await ask("operation.start", { kind, input })).operationId;
  async function ended(operationId: string): Promise<Operation> {
    for (;;) {
      const { operations } = await ask("operation.list", {});
      const operation = operations.find(({ id }) => id === operationId);
      if (operation !== undefined && operation.endedAt !== null) return operation;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const run: WindowStage["run"] = async (kind, input) => {
    const operation = await ended(await start(kind, input));
    const result = resultOf(operation, kind);
    if (result === null) throw new Error(`${kind} ended ${operation.state}: ${JSON.stringify(operation.error)}`);
    return result;
  };
  return {
    ask,
    start,
    run,
    async keep(site, { name = "Marlow Bakery", url = site.site, settings = { watch: false, rehearse: false }, backup = true } = {}) {
      const { site: added } = await ask("site.add", { name, source: { kind: "server", url }, collectionName: site.collectionName, settings });
      if (backup) await run("backup", { siteId: added.id });
      await page.reload();
      await page.getByRole("navigation", { name: "Main" }).waitFor({ state: "attached" });
      return added.id;
    },
    async hurryWatcher(siteId) {
      for (const watch of [false, true]) await ask("site.update", { siteId, settings: { watch } });
    },
    says: async (sentence, timeout = PATIENCE_MS) => await page.getByRole("heading", { level: 1, name: sentence, exact: true }).waitFor({ timeout }),
    button: (name, within) => (within ?? page).getByRole("button", { name, exact: true }),
    async go(place) {
      const link = page.getByRole("link", { name: new RegExp(`^${place}`) });
      await link.click();
      // The Overview is headed by its sentence, not by its name.
      await page.getByRole("heading", { level: 1, ...(place === "Overview" ? {} : { name: place, exact: true }) }).waitFor();
    },
    dialog: (title) => page.getByRole("dialog", { name: title, exact: true }),
    clipboard: async () => await page.evaluate<string>("navigator.clipboard.readText()"),
  };
}

/** A window that keeps a site of seven through a proxy, backed up and in order. */
export async function startBehindProxy(): Promise<{ site: TestSite; proxy: FrontProxy; window: WindowStage }> {
  const site = await siteOf(7);
  const proxy = await startFrontProxy({ target: site.site });
  onTestFinished(async () => await proxy.close());
  const window = await startWindow();
  await window.keep(site, { url: proxy.url });
  await window.says("All 7 accounts are safe.");
  return { site, proxy, window };
}
