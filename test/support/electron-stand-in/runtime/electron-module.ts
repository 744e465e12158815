// The `electron` module of the main process. Every API Electron has is here by name: emulated, or one that throws when it is used.
import { app } from "./app.ts";
import { StandInBrowserWindow } from "./browser-window.ts";
import { clipboard, StandInClipboardItem } from "./clipboard.ts";
import { powerMonitor, powerSaveBlocker, screen, StandInNotification, StandInTray } from "./desktop.ts";
import { dialog } from "./dialog.ts";
import type { StandInFrame } from "./frames.ts";
import { ipcMain } from "./ipc-main.ts";
import { loud, loudApi } from "./loud.ts";
import { StandInMenu, StandInMenuItem } from "./menu.ts";
import { NativeImage } from "./native-image.ts";
import { nativeTheme } from "./native-theme.ts";
import { safeStorage } from "./safe-storage.ts";
import { net, protocol, session } from "./session.ts";
import { shell } from "./shell.ts";
import { utilityProcess } from "./utility-process.ts";
import { StandInWebContents } from "./web-contents.ts";

type Api = keyof typeof Electron.Main | keyof typeof Electron.Common;

/** As in Electron, the class cannot be called by the app. */
const webContents = loud("webContents", {
  getAllWebContents: () => StandInWebContents.getAllWebContents(),
  fromId: (id: number) => StandInWebContents.fromId(id),
  fromFrame: (frame: StandInFrame) => StandInWebContents.fromFrame(frame),
  fromDevToolsTargetId: (targetId: string) => StandInWebContents.fromDevToolsTargetId(targetId),
  getFocusedWebContents: () => StandInWebContents.getFocusedWebContents(),
});

const emulated = {
  app,
  BrowserWindow: loud("BrowserWindow", StandInBrowserWindow),
  clipboard,
  ClipboardItem: StandInClipboardItem,
  dialog,
  ipcMain,
  Menu: loud("Menu", StandInMenu),
  MenuItem: StandInMenuItem,
  nativeImage: loud("nativeImage", NativeImage),
  nativeTheme,
  net,
  Notification: loud("Notification", StandInNotification),
  powerMonitor,
  powerSaveBlocker,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray: loud("Tray", StandInTray),
  utilityProcess,
  webContents,
} satisfies Partial<Record<Api, unknown>>;

type Missing = Exclude<Api, keyof typeof emulated>;

/** A record, so that tsc names what a new Electron brings. */
const missing: Record<Missing, true> = {
  autoUpdater: true,
  BaseWindow: true,
  BrowserView: true,
  contentTracing: true,
  crashReporter: true,
  desktopCapturer: true,
  globalShortcut: true,
  ImageView: true,
  inAppPurchase: true,
  IpcMainServiceWorker: true,
  MessageChannelMain: true,
  netLog: true,
  pushNotifications: true,
  ShareMenu: true,
  sharedTexture: true,
  systemPreferences: true,
  TouchBar: true,
  View: true,
  WebContentsView: true,
  webFrameMain: true,
  WebSocket: true,
};

const silent = Object.fromEntries(Object.keys(missing).map((name) => [name, loudApi(name)]));

export const electron = loud("electron", { ...emulated, ...silent });
