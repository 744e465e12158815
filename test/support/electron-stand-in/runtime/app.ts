// `app`: name, paths, life cycle. What the desktop would have done (login items, protocol clients) is recorded, not done.
import type { App } from "electron";

import { AppPaths } from "./app-paths.ts";
import { StandInCommandLine } from "./command-line.ts";
import { LoudEmitter } from "./loud.ts";
import { preventable } from "./preventable-event.ts";
import { record } from "./record.ts";
import { children, windows } from "./registry.ts";
import { SingleInstanceLock, type SecondInstance } from "./single-instance.ts";

type Emulated =
  | "getName" | "setName" | "getVersion" | "getAppPath" | "getPath" | "setPath" | "setAppLogsPath" | "getLocale" | "getSystemLocale"
  | "getPreferredSystemLanguages" | "getLocaleCountryCode" | "isReady" | "quit" | "exit" | "relaunch" | "requestSingleInstanceLock"
  | "hasSingleInstanceLock" | "releaseSingleInstanceLock" | "setLoginItemSettings" | "getLoginItemSettings" | "setAsDefaultProtocolClient"
  | "isDefaultProtocolClient" | "removeAsDefaultProtocolClient" | "setAppUserModelId" | "enableSandbox" | "disableHardwareAcceleration"
  | "setAboutPanelOptions" | "showAboutPanel" | "focus" | "setBadgeCount" | "getBadgeCount" | "addRecentDocument" | "clearRecentDocuments"
  | "setDesktopName" | "commandLine" | "dock" | "isPackaged" | "name" | "badgeCount" | "applicationMenu" | "whenReady" | "userAgentFallback";

interface AppIdentity {
  name: string;
  version: string;
  folder: string;
  isPackaged: boolean;
}

class StandInApp extends LoudEmitter implements Pick<App, Emulated> {
  readonly commandLine = new StandInCommandLine();
  readonly dock: App["dock"] = undefined;
  applicationMenu: App["applicationMenu"] = null;
  userAgentFallback = "";
  badgeCount = 0;
  isPackaged = false;
  name = "Electron";
  #version = "0.0.0";
  #folder = process.cwd();
  #ready = false;
  #quitting = false;
  readonly #paths = new AppPaths(() => this.name);
  readonly #lock = new SingleInstanceLock();
  #setReady: () => void = () => undefined;
  readonly #readiness = new Promise<void>((resolve) => (this.#setReady = resolve));
  readonly #protocols = new Set<string>();
  #end: () => Promise<void> = () => Promise.resolve();

  /** Called once by the boot script. `end` stops Chromium. */
  identify(identity: AppIdentity, end: () => Promise<void>): void {
    this.name = identity.name;
    this.isPackaged = identity.isPackaged;
    this.#version = identity.version;
    this.#folder = identity.folder;
    this.#end = end;
  }

  announceReady(): void {
    this.#ready = true;
    this.#setReady();
    this.emit("ready", {}, {});
  }

  isQuitting(): boolean {
    return this.#quitting;
  }

  getName(): string {
    return this.name;
  }
  setName(name: string): void {
    this.name = name;
  }
  getVersion(): string {
    return this.#version;
  }
  getAppPath(): string {
    return this.#folder;
  }
  getPath(name: string): string {
    return this.#paths.get(name);
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }
  setAppLogsPath(path?: string): void {
    if (path !== undefined) this.#paths.set("logs", path);
  }
  getLocale(): string {
    return "en-US";
  }
  getSystemLocale(): string {
    return "en-US";
  }
  getPreferredSystemLanguages(): string[] {
    return ["en-US"];
  }
  getLocaleCountryCode(): string {
    return "US";
  }
  isReady(): boolean {
    return this.#ready;
  }
  whenReady(): Promise<void> {
    return this.#readiness;
  }

  quit(): void {
    if (this.#quitting) return;
    this.#quitting = true;
    setImmediate(() => void this.#quitInOrder());
  }

  /** Electron's order: before-quit, every window may refuse, will-quit, quit. `window-all-closed` is not emitted on this way. */
  async #quitInOrder(): Promise<void> {
    this.#quitting = await this.#mayQuit();
    if (this.#quitting) await this.#leave(0);
  }

  async #mayQuit(): Promise<boolean> {
    if (this.#refused("before-quit")) return false;
    for (const window of [...windows]) {
      if (!(await window.closeAsking())) return false;
    }
    return !this.#refused("will-quit");
  }

  #refused(event: string): boolean {
    const question = preventable({});
    this.emit(event, question);
    return question.defaultPrevented;
  }

  exit(exitCode = 0): void {
    this.#quitting = true;
    for (const window of [...windows]) window.destroy();
    void this.#leave(exitCode);
  }

  async #leave(exitCode: number): Promise<void> {
    this.emit("quit", {}, exitCode);
    this.#lock.release();
    for (const child of children) child.kill("SIGKILL");
    await this.#end();
    process.exit(exitCode);
  }

  relaunch(options?: Electron.RelaunchOptions): void {
    record.relaunches.push(options ?? {});
  }

  requestSingleInstanceLock(additionalData: Record<string, unknown> = {}): boolean {
    const message: SecondInstance = { argv: process.argv, cwd: process.cwd(), data: additionalData };
    return this.#lock.request(this.getPath("userData"), message, (second) => {
      this.emit("second-instance", {}, second.argv, second.cwd, second.data);
    });
  }
  hasSingleInstanceLock(): boolean {
    return this.#lock.held;
  }
  releaseSingleInstanceLock(): void {
    this.#lock.release();
  }

  /** Recorded only: on Linux Electron has no login items either, and answers as below. */
  setLoginItemSettings(settings: Electron.Settings): void {
    record.loginItemSettings.push(settings);
  }
  getLoginItemSettings(): Electron.LoginItemSettings {
    return { openAtLogin: false, wasOpenedAtLogin: false, status: "not-registered", executableWillLaunchAtLogin: false, launchItems: [] };
  }
  setAsDefaultProtocolClient(protocol: string): boolean {
    this.#protocols.add(protocol);
    record.protocolClients.push(protocol);
    return true;
  }
  isDefaultProtocolClient(protocol: string): boolean {
    return this.#protocols.has(protocol);
  }
  removeAsDefaultProtocolClient(protocol: string): boolean {
    return this.#protocols.delete(protocol);
  }

  setBadgeCount(count = 0): boolean {
    this.badgeCount = count;
    return true;
  }
  getBadgeCount(): number {
    return this.badgeCount;
  }
  enableSandbox(): void {
    if (this.#ready) throw new Error("app.enableSandbox() can only be called before app is ready");
  }
  disableHardwareAcceleration(): void {
    if (this.#ready) throw new Error("app.disableHardwareAcceleration() can only be called before app is ready");
  }

  // Nothing of these can be seen without a desktop.
  readonly setAppUserModelId = (): void => undefined;
  readonly setDesktopName = (): void => undefined;
  readonly setAboutPanelOptions = (): void => undefined;
  readonly showAboutPanel = (): void => undefined;
  readonly focus = (): void => undefined;
  readonly addRecentDocument = (): void => undefined;
  readonly clearRecentDocuments = (): void => undefined;
}

export const app = new StandInApp();
