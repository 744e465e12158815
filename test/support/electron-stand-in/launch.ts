// Starts the app for an e2e test, on real Electron where its binary is there and on the stand-in where it is not. The calls are
// Playwright's own on both.
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { _electron, type ElectronApplication, type Page } from "playwright-core";

import { buildStandIn } from "./build.ts";
import { chromiumPath } from "./chromium-path.ts";
import { CONTROL, type StandInRecord } from "./runtime/record.ts";

export interface LaunchOptions {
  /** The app's folder (or main script) in development. Not used with `executablePath`. */
  appPath?: string;
  /** A packaged app. */
  executablePath?: string;
  args?: string[];
  env?: Record<string, string>;
  /** Kept by `stop`; without it a fresh one is made and removed again. */
  userDataDir?: string;
}

export interface LaunchedApp {
  app: ElectronApplication;
  page: Page;
  userDataDir: string;
  /** Quits the app as a user would and waits for its process; kills it when it refuses. Safe to call twice. */
  stop(): Promise<void>;
}

const STOPPING_TAKES_AT_MOST_MS = 10_000;

/** Never by loading the electron package: since version 42 that downloads the binary. */
export function hostKind(): "electron" | "stand-in" {
  const folder = dirname(createRequire(import.meta.url).resolve("electron/package.json"));
  const pathFile = join(folder, "path.txt");
  return existsSync(pathFile) && existsSync(join(folder, "dist", readFileSync(pathFile, "utf8"))) ? "electron" : "stand-in";
}

/** Rejects when the app ends before its first window has loaded, for instance because another instance is running. */
export async function launchElectron(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const host = hostKind();
  const userDataDir = options.userDataDir ?? (await mkdtemp(join(tmpdir(), "account-keeper-e2e-")));
  const removeUserData = async (): Promise<void> => {
    if (options.userDataDir === undefined) await rm(userDataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  const env = { ...stringsOf(process.env), ...options.env };
  if (host === "stand-in") {
    env["ELECTRON_STANDIN_CHROMIUM"] ??= await chromiumPath();
    // Playwright loads electron/index.js in this process, which reads the variable here and not in `env`.
    process.env["ELECTRON_OVERRIDE_DIST_PATH"] ??= await buildStandIn();
  }
  const args = [
    ...(options.executablePath === undefined ? [options.appPath ?? "."] : []),
    `--user-data-dir=${userDataDir}`,
    ...(options.args ?? []),
  ];
  try {
    // Playwright itself adds --no-sandbox on Linux, which real Electron needs for root. colorScheme null: Playwright would force light over the app's own nativeTheme.
    const app = await _electron.launch({ args, env, colorScheme: null, ...(options.executablePath !== undefined && { executablePath: options.executablePath }) });
    const stop = stopper(app, removeUserData);
    try {
      return { app, page: await firstPage(app), userDataDir, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    await removeUserData();
    throw error;
  }
}

/** What the app did towards the desktop. Only on the stand-in: elsewhere the real desktop has it. */
export async function standInRecord(app: ElectronApplication): Promise<StandInRecord> {
  return app.evaluate((_electron, key) => {
    const holder = globalThis as unknown as Record<symbol, { record: StandInRecord } | undefined>;
    const record = holder[Symbol.for(key)]?.record;
    if (!record) throw new Error("this app does not run on the stand-in");
    return record;
  }, String(CONTROL.description));
}

async function firstPage(app: ElectronApplication): Promise<Page> {
  const page = await app.firstWindow();
  // Both hosts show the window before its first navigation.
  await page.waitForURL((url) => url.href !== "about:blank");
  await page.waitForLoadState();
  return page;
}

function stopper(app: ElectronApplication, removeUserData: () => Promise<void>): () => Promise<void> {
  const child = app.process();
  const exited = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once("exit", () => resolve());
  });
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const killer = setTimeout(() => child.kill("SIGKILL"), STOPPING_TAKES_AT_MOST_MS);
    // An app that is already gone cannot be closed, which is what is wanted.
    await Promise.race([app.close().catch(() => undefined), exited]);
    await exited;
    clearTimeout(killer);
    await removeUserData();
  };
  return () => (stopping ??= stop());
}

function stringsOf(variables: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
