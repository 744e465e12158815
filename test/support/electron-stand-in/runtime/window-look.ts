// The side of a window that only a desktop shows. Values can be read back; the rest is taken and does nothing.
import { LoudEmitter } from "./loud.ts";

type Emulated =
  | "setBackgroundColor" | "getBackgroundColor" | "setTitleBarOverlay" | "setAlwaysOnTop" | "isAlwaysOnTop" | "center" | "setMenu" | "removeMenu"
  | "setMenuBarVisibility" | "setAutoHideMenuBar" | "setIcon" | "setSkipTaskbar" | "flashFrame" | "moveTop" | "setOverlayIcon" | "setContentProtection";

export class WindowLook extends LoudEmitter implements Pick<Electron.BrowserWindow, Emulated> {
  readonly #hasOverlay: boolean;
  #background: string;
  #onTop: boolean;

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.#hasOverlay = options.titleBarOverlay !== undefined && options.titleBarOverlay !== false;
    this.#background = options.backgroundColor ?? "#FFFFFF";
    this.#onTop = options.alwaysOnTop === true;
  }

  setBackgroundColor(color: string): void {
    this.#background = color;
  }
  getBackgroundColor(): string {
    return this.#background;
  }
  setTitleBarOverlay(): void {
    if (!this.#hasOverlay) throw new Error("Titlebar overlay is not enabled");
  }
  setAlwaysOnTop(flag: boolean): void {
    this.#onTop = flag;
  }
  isAlwaysOnTop(): boolean {
    return this.#onTop;
  }

  readonly center = (): void => undefined;
  readonly setMenu = (): void => undefined;
  readonly removeMenu = (): void => undefined;
  readonly setMenuBarVisibility = (): void => undefined;
  readonly setAutoHideMenuBar = (): void => undefined;
  readonly setIcon = (): void => undefined;
  readonly setSkipTaskbar = (): void => undefined;
  readonly flashFrame = (): void => undefined;
  readonly moveTop = (): void => undefined;
  readonly setOverlayIcon = (): void => undefined;
  readonly setContentProtection = (): void => undefined;
}
