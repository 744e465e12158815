// `BrowserWindow`: one window with one page. Its frame is only a record (there is no desktop), its content is real.
import { app } from "./app.ts";
import { ignoreGone } from "./page-host.ts";
import { preventable } from "./preventable-event.ts";
import { record } from "./record.ts";
import { windows, type ManagedWindow } from "./registry.ts";
import { StandInWebContents } from "./web-contents.ts";
import { WindowLook } from "./window-look.ts";

type Emulated =
  | "id" | "loadURL" | "loadFile" | "reload" | "close" | "destroy" | "isDestroyed" | "show" | "showInactive" | "hide" | "isVisible" | "focus" | "blur" | "isFocused"
  | "minimize" | "restore" | "isMinimized" | "maximize" | "unmaximize" | "isMaximized" | "setFullScreen" | "isFullScreen" | "isNormal" | "getBounds"
  | "setBounds" | "getNormalBounds" | "getContentBounds" | "getSize" | "setSize" | "getPosition" | "setPosition" | "setMinimumSize" | "getMinimumSize"
  | "setTitle" | "getTitle" | "title" | "setProgressBar" | "isModal";

type Options = Electron.BrowserWindowConstructorOptions;

const all = new Set<StandInBrowserWindow>();
let nextId = 1;
let focused: StandInBrowserWindow | null = null;
function setFocused(window: StandInBrowserWindow): void {
  focused = window;
}

export class StandInBrowserWindow extends WindowLook implements ManagedWindow, Pick<Electron.BrowserWindow, Emulated> {
  readonly id = nextId++;
  readonly webContents: StandInWebContents;
  readonly #options: Options;
  #bounds: Electron.Rectangle;
  #minimum: [number, number];
  #title: string;
  #visible: boolean;
  #minimized = false;
  #maximized = false;
  #fullScreen: boolean;
  #destroyed = false;
  #painted = false;

  constructor(options: Options = {}) {
    super(options);
    if (!app.isReady()) throw new Error("Cannot create BrowserWindow before app is ready");
    const width = Math.max(options.width ?? 800, options.minWidth ?? 0);
    const height = Math.max(options.height ?? 600, options.minHeight ?? 0);
    this.#options = options;
    this.#bounds = { x: options.x ?? 100, y: options.y ?? 100, width, height };
    this.#minimum = [options.minWidth ?? 0, options.minHeight ?? 0];
    this.#title = options.title ?? app.name;
    this.#visible = options.show !== false;
    this.#fullScreen = options.fullscreen === true;

    this.webContents = new StandInWebContents({ ...options, width, height });
    this.webContents.closeWindow = (ask) => {
      if (ask) this.close();
      else this.destroy();
    };
    this.webContents.openWindow = (opener, url, overrides) => {
      const child = new StandInBrowserWindow(overrides);
      opener.emit("did-create-window", child, { url, frameName: "", options: overrides, disposition: "foreground-tab" });
      child.loadURL(url).catch(ignoreGone);
    };
    this.webContents.once("stand-in:ready-to-show", () => {
      this.#painted = true;
      this.emit("ready-to-show");
    });
    this.webContents.once("destroyed", () => this.destroy());
    this.webContents.on("page-title-updated", (event: { defaultPrevented: boolean }, title: string) => {
      this.emit("page-title-updated", event, title, true);
      if (!event.defaultPrevented) this.#title = title;
    });
    all.add(this);
    windows.add(this);
    if (this.#visible) setFocused(this);
    app.emit("browser-window-created", {}, this);
    app.emit("web-contents-created", {}, this.webContents);
  }

  static getAllWindows(): StandInBrowserWindow[] {
    return [...all];
  }
  static getFocusedWindow(): StandInBrowserWindow | null {
    return focused;
  }
  static fromWebContents(contents: unknown): StandInBrowserWindow | null {
    return [...all].find((window) => window.webContents === contents) ?? null;
  }
  static fromId(id: number): StandInBrowserWindow | null {
    return [...all].find((window) => window.id === id) ?? null;
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }
  loadFile(path: string, options?: Electron.LoadFileOptions): Promise<void> {
    return this.webContents.loadFile(path, options);
  }
  reload(): void {
    this.webContents.reload();
  }
  capturePage(): ReturnType<StandInWebContents["capturePage"]> {
    return this.webContents.capturePage();
  }

  close(): void {
    void this.closeAsking();
  }
  async closeAsking(): Promise<boolean> {
    if (this.#destroyed) return true;
    const question = preventable({});
    this.emit("close", question);
    if (question.defaultPrevented || (await this.#pageKeepsWindow())) return false;
    this.destroy();
    return true;
  }
  /** A page whose beforeunload handler says no keeps its window without a word, as in Electron, unless the app overrules it. */
  async #pageKeepsWindow(): Promise<boolean> {
    const ask = `(() => { const event = new Event("beforeunload", { cancelable: true }); return !window.dispatchEvent(event); })()`;
    const keeps = this.webContents.isCrashed() ? false : await this.webContents.host.evaluate(ask).catch(() => false);
    if (keeps !== true) return false;
    const overruled = preventable({});
    this.webContents.emit("will-prevent-unload", overruled);
    return !overruled.defaultPrevented;
  }
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    all.delete(this);
    windows.delete(this);
    if (focused === this) focused = null;
    this.webContents.destroy();
    this.emit("closed");
    if (!focused) [...all].findLast((window) => window.isVisible() && !window.isMinimized())?.focus();
    if (all.size > 0 || app.isQuitting()) return;
    // Without a listener Electron quits by itself.
    if (!app.emit("window-all-closed")) app.quit();
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }

  show(): void {
    this.showInactive();
    this.focus();
  }
  showInactive(): void {
    if (this.#visible) return;
    this.#visible = true;
    if (!this.#painted) record.shownUnpainted.push(this.#title);
    this.emit("show");
  }
  hide(): void {
    if (!this.#visible) return;
    this.#visible = false;
    if (focused === this) this.blur();
    this.emit("hide");
  }
  isVisible(): boolean {
    return this.#visible;
  }
  focus(): void {
    if (focused === this || !this.#visible) return;
    focused?.blur();
    setFocused(this);
    this.emit("focus");
    app.emit("browser-window-focus", {}, this);
  }
  blur(): void {
    if (focused !== this) return;
    focused = null;
    this.emit("blur");
    app.emit("browser-window-blur", {}, this);
  }
  isFocused(): boolean {
    return focused === this;
  }
  minimize(): void {
    this.#minimized = true;
    if (focused === this) this.blur();
    this.emit("minimize");
  }
  restore(): void {
    if (!this.#minimized) {
      this.unmaximize();
      return;
    }
    this.#minimized = false;
    this.emit("restore");
    this.focus();
  }
  isMinimized(): boolean {
    return this.#minimized;
  }
  /** Shows it as well, without focus. */
  maximize(): void {
    this.#maximized = true;
    this.showInactive();
    this.emit("maximize");
  }
  unmaximize(): void {
    if (!this.#maximized) return;
    this.#maximized = false;
    this.emit("unmaximize");
  }
  isMaximized(): boolean {
    return this.#maximized;
  }
  setFullScreen(flag: boolean): void {
    if (flag === this.#fullScreen) return;
    this.#fullScreen = flag;
    this.emit(flag ? "enter-full-screen" : "leave-full-screen");
  }
  isFullScreen(): boolean {
    return this.#fullScreen;
  }
  isNormal(): boolean {
    return !this.#minimized && !this.#maximized && !this.#fullScreen;
  }

  getBounds(): Electron.Rectangle {
    return { ...this.#bounds };
  }
  getNormalBounds(): Electron.Rectangle {
    return { ...this.#bounds };
  }
  getContentBounds(): Electron.Rectangle {
    return { ...this.#bounds };
  }
  setBounds(bounds: Partial<Electron.Rectangle>): void {
    const before = this.#bounds;
    const [minWidth, minHeight] = this.#minimum;
    const asked = { ...before, ...bounds };
    this.#bounds = { ...asked, width: Math.max(asked.width, minWidth), height: Math.max(asked.height, minHeight) };
    const { x, y, width, height } = this.#bounds;
    if (width !== before.width || height !== before.height) {
      this.webContents.host.opened.then(() => this.webContents.host.resize(width, height)).catch(ignoreGone);
      this.emit("resize");
      this.emit("resized");
    }
    if (x === before.x && y === before.y) return;
    this.emit("move");
    this.emit("moved");
  }
  getSize(): number[] {
    return [this.#bounds.width, this.#bounds.height];
  }
  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }
  getPosition(): number[] {
    return [this.#bounds.x, this.#bounds.y];
  }
  setPosition(x: number, y: number): void {
    this.setBounds({ x, y });
  }
  setMinimumSize(width: number, height: number): void {
    this.#minimum = [width, height];
  }
  getMinimumSize(): number[] {
    return [...this.#minimum];
  }

  get title(): string {
    return this.#title;
  }
  set title(title: string) {
    this.#title = title;
  }
  setTitle(title: string): void {
    this.#title = title;
  }
  getTitle(): string {
    return this.#title;
  }
  setProgressBar(progress: number): void {
    record.progress.push(progress);
  }
  isModal(): boolean {
    return this.#options.modal === true;
  }
}
