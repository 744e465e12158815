// What lives on the desktop around the windows: tray, notifications, power, screen, shortcuts. Tests emit their events.
import type { NativeImage, NotificationConstructorOptions, PowerMonitor, PowerSaveBlocker, Screen } from "electron";

import { app } from "./app.ts";
import { loud, LoudEmitter } from "./loud.ts";
import type { StandInMenu } from "./menu.ts";
import { record } from "./record.ts";

type Image = NativeImage | string;

export class StandInTray extends LoudEmitter {
  static readonly all = new Set<StandInTray>();
  image: Image;
  toolTip = "";
  title = "";
  contextMenu: StandInMenu | null = null;

  constructor(image: Image) {
    super();
    if (!app.isReady()) throw new Error("Cannot create Tray before app is ready");
    this.image = image;
    StandInTray.all.add(this);
  }
  setImage(image: Image): void {
    this.image = image;
  }
  setToolTip(toolTip: string): void {
    this.toolTip = toolTip;
  }
  setTitle(title: string): void {
    this.title = title;
  }
  getTitle(): string {
    return this.title;
  }
  setContextMenu(menu: StandInMenu | null): void {
    this.contextMenu = menu;
  }
  popUpContextMenu(): void {
    this.contextMenu?.popup();
  }
  getBounds(): Electron.Rectangle {
    return { x: 0, y: 0, width: 0, height: 0 };
  }
  destroy(): void {
    StandInTray.all.delete(this);
  }
  isDestroyed(): boolean {
    return !StandInTray.all.has(this);
  }
}

export class StandInNotification extends LoudEmitter {
  /** Shown and not closed: a test clicks one with `Notification.shown[0].emit("click", {})`. */
  static readonly shown: StandInNotification[] = [];
  title: string;
  subtitle: string;
  body: string;
  silent: boolean;
  urgency: NotificationConstructorOptions["urgency"];
  actions: Electron.NotificationAction[];

  constructor(options: NotificationConstructorOptions = {}) {
    super();
    if (!app.isReady()) throw new Error("Cannot create Notification before app is ready");
    this.title = options.title ?? "";
    this.subtitle = options.subtitle ?? "";
    this.body = options.body ?? "";
    this.silent = options.silent === true;
    this.urgency = options.urgency;
    this.actions = options.actions ?? [];
  }
  static isSupported(): boolean {
    return process.env["ELECTRON_STANDIN_NOTIFICATIONS"] !== "none";
  }
  show(): void {
    record.notifications.push({ title: this.title, body: this.body });
    StandInNotification.shown.push(this);
    this.emit("show", {});
  }
  close(): void {
    const at = StandInNotification.shown.indexOf(this);
    if (at < 0) return;
    StandInNotification.shown.splice(at, 1);
    this.emit("close", {});
  }
}

class StandInPowerMonitor extends LoudEmitter implements Pick<PowerMonitor, "getSystemIdleState" | "getSystemIdleTime" | "isOnBatteryPower" | "onBatteryPower" | "getCurrentThermalState"> {
  onBatteryPower = false;
  getSystemIdleState(): "active" {
    return "active";
  }
  getSystemIdleTime(): number {
    return 0;
  }
  getCurrentThermalState(): "nominal" {
    return "nominal";
  }
  isOnBatteryPower(): boolean {
    return this.onBatteryPower;
  }
}
export const powerMonitor = new StandInPowerMonitor();

const blockers = new Set<number>();
let nextBlocker = 0;
export const powerSaveBlocker = loud("powerSaveBlocker", {
  start(): number {
    blockers.add(++nextBlocker);
    return nextBlocker;
  },
  stop: (id: number) => blockers.delete(id),
  isStarted: (id: number) => blockers.has(id),
} satisfies Pick<PowerSaveBlocker, "start" | "stop" | "isStarted">);

const display = {
  id: 1,
  label: "stand-in",
  bounds: { x: 0, y: 0, width: 1920, height: 1080 },
  workArea: { x: 0, y: 0, width: 1920, height: 1040 },
  size: { width: 1920, height: 1080 },
  workAreaSize: { width: 1920, height: 1040 },
  scaleFactor: 1,
  rotation: 0,
  internal: false,
} as unknown as Electron.Display;

function theDisplay(): Electron.Display {
  if (!app.isReady()) throw new Error("The 'screen' module can't be used before the app 'ready' event");
  return display;
}

class StandInScreen extends LoudEmitter implements Pick<Screen, "getPrimaryDisplay" | "getAllDisplays" | "getDisplayMatching" | "getDisplayNearestPoint" | "getCursorScreenPoint"> {
  getPrimaryDisplay(): Electron.Display {
    return theDisplay();
  }
  getAllDisplays(): Electron.Display[] {
    return [theDisplay()];
  }
  getDisplayMatching(): Electron.Display {
    return theDisplay();
  }
  getDisplayNearestPoint(): Electron.Display {
    return theDisplay();
  }
  getCursorScreenPoint(): Electron.Point {
    return { x: 0, y: 0 };
  }
}
export const screen = new StandInScreen();
