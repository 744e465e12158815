/** The one window: made when it is wanted, shown when it is painted, remembered where it stood. It shows the app's own page and nothing else. */
import { join } from "node:path";
import { app, BrowserWindow, nativeImage, nativeTheme, screen, type WebContents } from "electron";
import { EVENT_CHANNEL } from "../../shared/channels.ts";
import type { AppEvent } from "../../shared/contract.ts";
import type { Log } from "../app/keeper-app.ts";
import { APP_URL } from "./app-files.ts";
import { showFatal } from "./dialogs.ts";
import { appIcon } from "./icons/mark.ts";
import { encodePng } from "./icons/png.ts";
import { createRestartBudget } from "./link/restart-budget.ts";
import type { Destination } from "./places.ts";
import { boundsFor, MIN_SIZE, readWindowState, writeWindowState } from "./window-state.ts";
import { webPreferences } from "./web-preferences.ts";

export interface MainWindow {
  /** Brings it to the front; makes it first where there is none. */
  readonly show: () => void;
  /** Shows it, at this place. */
  readonly go: (destination: Destination) => void;
  /** A lost one does no harm: a window that is opened later reads everything anew. */
  readonly send: (event: AppEvent) => void;
  /** The page listens to events from now on. */
  readonly pageReady: () => void;
  readonly isOurs: (contents: WebContents) => boolean;
  readonly current: () => BrowserWindow | null;
}

interface WindowOptions {
  readonly preload: string;
  readonly log: Log;
  /** Whether closing it only hides it, asked when it is closed. */
  readonly staysInTray: () => boolean;
}

/** As the page's bar, in pixels: the window's buttons stand in it. */
const TITLE_BAR_HEIGHT = 40;
/** UX.md, tokens: page and secondary ink. */
const colors = { light: { page: "#F8F6F7", ink: "#5A4E57" }, dark: { page: "#141013", ink: "#C3B7BF" } } as const;
const SAVE_AFTER_MS = 400;

export function setupWindow({ preload, log, staysInTray }: WindowOptions): MainWindow {
  const statePath = join(app.getPath("userData"), "window.json");
  const budget = createRestartBudget();
  let window: BrowserWindow | null = null;
  let opening: Promise<void> | null = null;
  let isPageReady = false;
  let destination: Destination | null = null;

  const palette = (): (typeof colors)["light" | "dark"] => (nativeTheme.shouldUseDarkColors ? colors.dark : colors.light);
  const overlay = (): { color: string; symbolColor: string; height: number } => ({ color: palette().page, symbolColor: palette().ink, height: TITLE_BAR_HEIGHT });

  async function open(): Promise<void> {
    const state = await readWindowState(statePath);
    const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea);
    isPageReady = false;
    const created = new BrowserWindow({
      ...boundsFor(state, areas),
      minWidth: MIN_SIZE.width,
      minHeight: MIN_SIZE.height,
      title: app.getName(),
      show: false,
      backgroundColor: palette().page,
      ...(process.platform === "darwin"
        ? { titleBarStyle: "hiddenInset" as const, trafficLightPosition: { x: 16, y: 14 } }
        : { titleBarStyle: "hidden" as const, titleBarOverlay: overlay() }),
      // Elsewhere the system takes it from the installed app.
      ...(process.platform === "linux" ? { icon: nativeImage.createFromBuffer(encodePng(appIcon(64))) } : {}),
      webPreferences: webPreferences(preload, app.isPackaged),
    });
    window = created;
    created.once("ready-to-show", () => {
      // Not earlier: it shows the window too.
      if (state?.maximized === true) created.maximize();
      created.show();
    });
    rememberState(created);
    created.on("close", (event) => {
      if (!staysInTray()) return;
      event.preventDefault();
      created.hide();
    });
    created.on("closed", () => {
      if (window === created) window = null;
    });
    created.webContents.on("preload-error", (_event, _path, error) => void log.error("The preload failed.", error));
    created.webContents.on("did-start-loading", () => {
      isPageReady = false;
    });
    created.webContents.on("did-fail-load", (_event, code, description, url, isMainFrame) => {
      if (isMainFrame && code !== ABORTED) log.error("The page could not be loaded.", new Error(`${description} (${code}) ${url.slice(0, 100)}`));
    });
    created.webContents.on("render-process-gone", (_event, { reason, exitCode }) => onPageGone(created, reason, exitCode));
    logConsole(created.webContents, log);
    created.on("unresponsive", () => log.warn("The page does not respond."));
    await created.loadURL(APP_URL);
  }

  function onPageGone(gone: BrowserWindow, reason: string, exitCode: number): void {
    if (reason === "clean-exit" || gone.isDestroyed()) return;
    const ref = log.error("The page's process ended.", new Error(`${reason}, exit code ${exitCode}`));
    const delayMs = budget(Date.now());
    if (delayMs === null) {
      showFatal("The window keeps closing.", `Your site is still looked after, and your backups are where they were. Quit Account Keeper and open it again. (${ref})`);
      gone.destroy();
      return;
    }
    setTimeout(() => {
      if (!gone.isDestroyed()) gone.webContents.reload();
    }, delayMs);
  }

  function rememberState(of: BrowserWindow): void {
    let timer: NodeJS.Timeout | undefined;
    const save = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (of.isDestroyed() || of.isMinimized() || of.isFullScreen()) return;
        const { x, y, width, height } = of.getNormalBounds();
        writeWindowState(statePath, { x, y, width, height, maximized: of.isMaximized() }).catch((error: unknown) => log.error("Where the window stands could not be kept.", error));
      }, SAVE_AFTER_MS);
    };
    of.on("resize", save).on("move", save).on("maximize", save).on("unmaximize", save);
    of.on("closed", () => clearTimeout(timer));
  }

  function send(event: AppEvent): void {
    if (window !== null && !window.isDestroyed() && isPageReady) window.webContents.send(EVENT_CHANNEL, event);
  }

  function show(): void {
    if (window === null) {
      opening ??= open()
        .catch((error: unknown) => log.error("The window could not be opened.", error))
        .then(() => {
          opening = null;
        });
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  function sendDestination(): void {
    if (destination === null || !isPageReady) return;
    send({ type: "go", ...destination });
    destination = null;
  }

  nativeTheme.on("updated", () => {
    if (window === null || window.isDestroyed()) return;
    window.setBackgroundColor(palette().page);
    if (process.platform !== "darwin") window.setTitleBarOverlay(overlay());
  });

  return {
    show,
    go(wanted) {
      destination = wanted;
      show();
      sendDestination();
    },
    send,
    pageReady() {
      isPageReady = true;
      sendDestination();
    },
    isOurs: (contents) => window !== null && !window.isDestroyed() && contents === window.webContents,
    current: () => (window === null || window.isDestroyed() ? null : window),
  };
}

/** Chromium's word for a load that another one replaced. */
const ABORTED = -3;
const MAX_CONSOLE_LINES = 100;
const MAX_CONSOLE_LINE = 300;

/** What the page's policy, the preload and React complain of. A page gone wrong cannot fill the log. */
function logConsole(contents: WebContents, log: Log): void {
  let lines = 0;
  contents.on("console-message", ({ level, message }) => {
    if ((level !== "warning" && level !== "error") || lines >= MAX_CONSOLE_LINES) return;
    lines += 1;
    log.warn(`page: ${message.slice(0, MAX_CONSOLE_LINE)}`);
  });
}
