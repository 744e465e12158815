// `webContents`: the app's view of one page. Turns what CDP tells into Electron's events, and answers IPC.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { encode } from "../codec.ts";
import type { FromPage } from "../page/messages.ts";
import { app } from "./app.ts";
import type { CdpSession } from "./cdp.ts";
import { FrameTree, type StandInFrame } from "./frames.ts";
import { injectedScripts } from "./injected-scripts.ts";
import { answerInvoke, deliverSend } from "./ipc-dispatch.ts";
import { StandInIpcMain } from "./ipc-main.ts";
import { loud, LoudEmitter } from "./loud.ts";
import { NativeImage } from "./native-image.ts";
import { ignoreGone, PageHost, type PageOwner } from "./page-host.ts";
import { forwardPageEvents } from "./page-events.ts";
import { preventable } from "./preventable-event.ts";
import { complain, record } from "./record.ts";
import { theSession } from "./session.ts";
import { openExternally } from "./shell.ts";
import { fromWire, toWire, withoutHash } from "./wire-url.ts";
import { checkWebPreferences } from "./web-preferences.ts";

type Emulated =
  | "id" | "getURL" | "getTitle" | "isDestroyed" | "isLoading" | "isCrashed" | "getType" | "loadURL" | "loadFile" | "reload" | "send" | "executeJavaScript"
  | "close" | "setWindowOpenHandler" | "setZoomLevel" | "getZoomLevel" | "setZoomFactor" | "getZoomFactor" | "zoomLevel" | "zoomFactor"
  | "setVisualZoomLevelLimits" | "openDevTools" | "closeDevTools" | "isDevToolsOpened" | "focus" | "getUserAgent";

type OpenHandler = Parameters<Electron.WebContents["setWindowOpenHandler"]>[0];
export type OpenDecision = (contents: StandInWebContents, url: string, options: Electron.BrowserWindowConstructorOptions) => void;

let nextId = 1;
const all = new Map<number, StandInWebContents>();
const ZOOM_STEP = 1.2;

export class StandInWebContents extends LoudEmitter implements PageOwner, Pick<Electron.WebContents, Emulated> {
  readonly id = nextId++;
  readonly session = theSession();
  readonly ipc = new StandInIpcMain();
  readonly mainFrame: StandInFrame;
  readonly host: PageHost;
  readonly navigationHistory = loud("navigationHistory", { canGoBack: () => false, canGoForward: () => false, clear: () => undefined });
  /** Set by the window: how it closes, and how it makes another window. */
  closeWindow: (ask: boolean) => void = () => undefined;
  openWindow: OpenDecision = () => undefined;
  title = "";
  crashed = false;
  loading = false;
  readonly #preload: string | undefined;
  #openHandler: OpenHandler | undefined;
  #ownNavigation = "";
  #destroyed = false;
  #zoom = 1;

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    const preferences = options.webPreferences ?? {};
    checkWebPreferences(preferences);
    this.#preload = preferences.preload;
    const frames = new FrameTree();
    this.mainFrame = frames.main;
    const scripts = injectedScripts(preferences.preload, preferences.additionalArguments ?? []);
    if (scripts.preloadError) this.#preloadFailed(scripts.preloadError);
    this.host = new PageHost(this, frames, scripts, { width: options.width ?? 800, height: options.height ?? 600 });
    all.set(this.id, this);
    this.on("did-finish-load", () => this.#applyZoom());
  }

  static getAllWebContents(): StandInWebContents[] {
    return [...all.values()];
  }
  static fromId(id: number): StandInWebContents | undefined {
    return all.get(id);
  }
  static fromFrame(frame: StandInFrame): StandInWebContents | undefined {
    return [...all.values()].find((contents) => contents.mainFrame === frame.top);
  }
  /** Playwright finds the window of a page with this one. */
  static fromDevToolsTargetId(targetId: string): StandInWebContents | undefined {
    return [...all.values()].find((contents) => contents.host.targetId === targetId);
  }
  static getFocusedWebContents(): StandInWebContents | null {
    return [...all.values()].at(-1) ?? null;
  }

  // What the page host asks.

  onSession(session: CdpSession): void {
    forwardPageEvents(session, this);
  }

  isOwnNavigation(wireUrl: string): boolean {
    // A reload is not asked about, whoever asked for it; CDP does not tell a reload by the page from one by the test.
    return [this.#ownNavigation, withoutHash(this.mainFrame.wireUrl)].includes(withoutHash(wireUrl));
  }

  /** `Notification.permission` answers synchronously, so Chromium must know the answer before the document exists. */
  async beforeDocument(wireUrl: string): Promise<void> {
    if (!wireUrl.startsWith("http")) return;
    await this.session.permissions.answer({ kind: "check", permission: "notifications" }, { wireUrl, isMainFrame: true, contents: this.#asElectron() });
  }

  onMessage(message: FromPage, frame: StandInFrame | null, contextId: number): void {
    switch (message.type) {
      case "invoke":
        void answerInvoke(message, this, frame).then((reply) => this.host.post(reply, contextId));
        return;
      case "send":
        deliverSend(message, this, frame);
        return;
      case "open":
        this.askToOpen(message.url, message.frameName, message.features);
        return;
      case "leave":
        void this.#leave(message.url).catch(ignoreGone);
        return;
      case "permission":
        this.session.permissions
          .answer(message.question, { wireUrl: this.mainFrame.wireUrl, isMainFrame: frame === this.mainFrame, contents: this.#asElectron() })
          .catch((error: unknown) => {
            complain(error instanceof Error ? error.message : String(error));
            return false;
          })
          .then((granted) => this.host.post({ type: "permission-answer", id: message.id, granted }, contextId))
          .catch(ignoreGone);
        return;
      case "file-path":
        this.host.pathOfFile(message.id, contextId).then((path) => this.host.post({ type: "file-path-answer", id: message.id, path }, contextId)).catch(ignoreGone);
        return;
      case "preload-error":
        this.#preloadFailed(Object.assign(new Error(message.message), { stack: message.stack }));
        return;
      case "require-denied":
        record.deniedRequires.push(message.module);
        return;
      case "world-ready":
        return;
    }
  }

  /** `window.open`, links and forms to other windows. */
  askToOpen(url: string, frameName: string, features: string): void {
    const details = { url: fromWire(url), frameName, features, disposition: "foreground-tab", referrer: { url: "", policy: "strict-origin-when-cross-origin" } } as const;
    const answer = this.#openHandler?.(details) ?? { action: "allow" };
    if (answer.action === "allow") this.openWindow(this, details.url, answer.overrideBrowserWindowOptions ?? {});
  }

  /** mailto: and its like: a navigation first, then Electron asks for the permission `openExternal`. */
  async #leave(url: string): Promise<void> {
    const details = preventable({ url, isMainFrame: true, isSameDocument: false, frame: this.mainFrame, initiator: this.mainFrame });
    this.emit("will-navigate", details, url, false, true, 1, 1);
    if (details.defaultPrevented) return;
    const asker = { wireUrl: this.mainFrame.wireUrl, isMainFrame: true, contents: this.#asElectron() };
    if (await this.session.permissions.answer({ kind: "request", permission: "openExternal" }, asker)) openExternally(url);
  }

  #preloadFailed(error: Error): void {
    const path = this.#preload ?? "";
    record.preloadErrors.push({ path, message: error.message });
    complain(`Unable to load preload script: ${path}\n${error.stack ?? error.message}`);
    // Electron's listeners can only be added after the constructor.
    setImmediate(() => this.emit("preload-error", {}, path, error));
  }

  /** Handlers of the app are typed with Electron's own class; the loud members stand for what is missing here. */
  #asElectron(): Electron.WebContents {
    return this as unknown as Electron.WebContents;
  }

  // Electron's own members.

  async loadURL(url: string): Promise<void> {
    await this.host.opened;
    const wireUrl = new URL(toWire(url)).href;
    this.#ownNavigation = withoutHash(wireUrl);
    this.loading = true;
    this.emit("did-start-loading");
    const finished = new Promise<void>((resolve) => {
      this.once("did-finish-load", resolve);
      this.once("destroyed", resolve);
    });
    const { errorText, loaderId } = await this.host.session.send("Page.navigate", { url: wireUrl });
    if (errorText !== undefined) throw this.#loadFailed(url, errorText.replace("net::", ""));
    // A change of the hash alone loads nothing.
    if (loaderId !== undefined) await finished;
  }

  #loadFailed(url: string, code: string): Error {
    this.loading = false;
    const errno = code === "ERR_ABORTED" ? -3 : code === "ERR_FILE_NOT_FOUND" ? -6 : code === "ERR_BLOCKED_BY_CLIENT" ? -20 : -2;
    this.emit("did-fail-load", {}, errno, code, url, true, 1, 1);
    return Object.assign(new Error(`${code} (${errno}) loading '${url}'`), { code, errno, url });
  }

  loadFile(path: string, options: Electron.LoadFileOptions = {}): Promise<void> {
    const url = pathToFileURL(resolve(app.getAppPath(), path));
    if (options.search !== undefined) url.search = options.search;
    if (options.query) url.search = new URLSearchParams(options.query).toString();
    if (options.hash !== undefined) url.hash = options.hash;
    return this.loadURL(url.href);
  }

  reload(): void {
    this.#ownNavigation = withoutHash(this.mainFrame.wireUrl);
    this.crashed = false;
    this.host.session.send("Page.reload").catch(ignoreGone);
  }

  send(channel: string, ...args: unknown[]): void {
    if (this.#destroyed) throw new TypeError("Object has been destroyed");
    this.host.post({ type: "event", channel, args: encode(args) });
  }

  executeJavaScript(code: string, userGesture = false): Promise<unknown> {
    return this.host.evaluate(code, userGesture);
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }
  close(options: { waitForBeforeUnload?: boolean } = {}): void {
    this.closeWindow(options.waitForBeforeUnload !== false);
  }
  getURL(): string {
    return this.mainFrame.url;
  }
  getTitle(): string {
    return this.title;
  }
  isLoading(): boolean {
    return this.loading;
  }
  isCrashed(): boolean {
    return this.crashed;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  getType(): "window" {
    return "window";
  }
  getUserAgent(): string {
    return app.userAgentFallback;
  }
  async capturePage(): Promise<NativeImage> {
    await this.host.opened;
    const { data } = await this.host.session.send("Page.captureScreenshot", { format: "png" });
    return NativeImage.createFromBuffer(Buffer.from(data, "base64"));
  }

  get zoomFactor(): number {
    return this.#zoom;
  }
  set zoomFactor(factor: number) {
    if (!(factor > 0)) throw new Error("'zoomFactor' must be a double greater than 0.0");
    this.#zoom = factor;
    this.#applyZoom();
  }
  get zoomLevel(): number {
    return Math.log(this.#zoom) / Math.log(ZOOM_STEP);
  }
  set zoomLevel(level: number) {
    this.zoomFactor = ZOOM_STEP ** level;
  }
  setZoomFactor(factor: number): void {
    this.zoomFactor = factor;
  }
  getZoomFactor(): number {
    return this.zoomFactor;
  }
  setZoomLevel(level: number): void {
    this.zoomLevel = level;
  }
  getZoomLevel(): number {
    return this.zoomLevel;
  }
  /** CSS zoom of the document: looks the same, but `innerWidth` does not change. */
  #applyZoom(): void {
    if (this.mainFrame.wireUrl !== "") this.host.evaluate(`document.documentElement.style.zoom = ${this.#zoom === 1 ? '""' : this.#zoom}`).catch(ignoreGone);
  }

  readonly setVisualZoomLevelLimits = (): Promise<void> => Promise.resolve();
  readonly openDevTools = (): void => undefined;
  readonly closeDevTools = (): void => undefined;
  readonly isDevToolsOpened = (): boolean => false;
  readonly focus = (): void => undefined;

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    all.delete(this.id);
    this.host.close().catch(ignoreGone);
    this.emit("destroyed");
  }
}
