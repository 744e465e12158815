// The small app with which the stand-in is tested, and how a test reads and steers it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { ElectronApplication, JSHandle, Page } from "playwright-core";

import { launchElectron, type LaunchedApp, type LaunchOptions } from "./launch.ts";

export const TEST_APP = join(import.meta.dirname, "..", "..", "fixtures", "electron-stand-in-app");

/** What the app keeps on its global object. */
export interface Control {
  opened: string[];
  navigations: string[];
  frameNavigations: string[];
  permissions: { kind: string; permission: string; where?: string }[];
  preloadErrors: { path: string; message: string }[];
  secondInstances: { argv: string[]; data: unknown }[];
  quits: string[];
  shown: number;
  tooEarly: string[];
  granted: string[];
  stayOpen: boolean;
  keepWindow: boolean;
}

export function launchTestApp(options: LaunchOptions = {}): Promise<LaunchedApp> {
  return launchElectron({ appPath: TEST_APP, ...options });
}

export function controlOf(app: ElectronApplication): Promise<Control> {
  return app.evaluate(() => (globalThis as unknown as { control: Control }).control);
}

export async function setControl(app: ElectronApplication, change: Partial<Control>): Promise<void> {
  await app.evaluate((_electron, part) => Object.assign((globalThis as unknown as { control: Control }).control, part), change);
}

export async function windowOf(app: ElectronApplication, page: Page): Promise<JSHandle<Electron.BrowserWindow>> {
  return (await app.browserWindow(page)) as JSHandle<Electron.BrowserWindow>;
}

/** Scripts for the page are text: this repository's TypeScript knows no DOM. */
export function run(page: Page, script: string): Promise<unknown> {
  return page.evaluate<unknown>(script);
}

/** Processes with the text on their command line; Chromium and all its helpers name their profile there. Linux only. */
export function processesWith(text: string): string[] {
  const commandLineOf = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    } catch {
      return "";
    }
  };
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && commandLineOf(name).includes(text));
}
