// `Menu` and `MenuItem`: built, found and clicked by tests; never drawn. Accelerators are kept as text and not bound to keys.
import type { MenuItemConstructorOptions } from "electron";

import { app } from "./app.ts";
import { StandInBrowserWindow } from "./browser-window.ts";
import { LoudEmitter } from "./loud.ts";
import { complain } from "./record.ts";

type Click = (item: StandInMenuItem, window: StandInBrowserWindow | undefined, event: object) => void;
type Role = NonNullable<MenuItemConstructorOptions["role"]>;

let nextCommandId = 1;

const ROLES: Partial<Record<Role, (window: StandInBrowserWindow | null) => void>> = {
  close: (window) => window?.close(),
  forceReload: (window) => window?.reload(),
  hide: (window) => window?.hide(),
  minimize: (window) => window?.minimize(),
  quit: () => app.quit(),
  reload: (window) => window?.reload(),
  resetZoom: (window) => window?.webContents.setZoomLevel(0),
  togglefullscreen: (window) => window?.setFullScreen(!window.isFullScreen()),
  zoomIn: (window) => changeZoom(window, 0.5),
  zoomOut: (window) => changeZoom(window, -0.5),
};

function changeZoom(window: StandInBrowserWindow | null, step: number): void {
  window?.webContents.setZoomLevel(window.webContents.getZoomLevel() + step);
}

export class StandInMenuItem extends LoudEmitter {
  readonly commandId = nextCommandId++;
  readonly id: string | undefined;
  readonly role: Role | undefined;
  readonly type: NonNullable<MenuItemConstructorOptions["type"]>;
  readonly accelerator: string | undefined;
  readonly icon: MenuItemConstructorOptions["icon"];
  readonly submenu: StandInMenu | undefined;
  readonly sublabel: string;
  readonly toolTip: string;
  readonly userAccelerator: string | null = null;
  label: string;
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  menu: StandInMenu | undefined;
  readonly #click: Click | undefined;

  constructor(options: MenuItemConstructorOptions) {
    super();
    this.id = options.id;
    this.role = options.role;
    this.type = options.type ?? (options.submenu ? "submenu" : "normal");
    this.accelerator = options.accelerator;
    this.icon = options.icon;
    this.label = options.label ?? options.role ?? "";
    this.sublabel = options.sublabel ?? "";
    this.toolTip = options.toolTip ?? "";
    this.enabled = options.enabled !== false;
    this.visible = options.visible !== false;
    this.checked = options.checked === true;
    this.#click = options.click as unknown as Click | undefined;
    if (Array.isArray(options.submenu)) this.submenu = StandInMenu.buildFromTemplate(options.submenu);
    else this.submenu = options.submenu as unknown as StandInMenu | undefined;
    if (this.submenu && this.type !== "submenu") throw new Error("Invalid submenu");
  }

  #act(role: Role, window: StandInBrowserWindow | null): void {
    const act = ROLES[role];
    if (act) act(window);
    else complain(`a click on the menu role ${role} does nothing here`);
  }

  /** As a user's click: a disabled item does nothing, a checkbox changes, a role acts on the window. */
  readonly click = (event: object = {}, window: StandInBrowserWindow | null = StandInBrowserWindow.getFocusedWindow()): void => {
    if (!this.enabled) return;
    if (this.type === "checkbox") this.checked = !this.checked;
    if (this.type === "radio") this.menu?.selectRadio(this);
    if (this.#click) this.#click(this, window ?? undefined, event);
    else if (this.role) this.#act(this.role, window);
  };
}

export class StandInMenu extends LoudEmitter {
  static #applicationMenu: StandInMenu | null = null;
  readonly items: StandInMenuItem[] = [];

  static buildFromTemplate(template: (MenuItemConstructorOptions | StandInMenuItem | Electron.MenuItem)[]): StandInMenu {
    const menu = new StandInMenu();
    for (const entry of template) menu.append(entry instanceof StandInMenuItem ? entry : new StandInMenuItem(entry as MenuItemConstructorOptions));
    return menu;
  }
  static setApplicationMenu(menu: StandInMenu | null): void {
    StandInMenu.#applicationMenu = menu;
    app.applicationMenu = menu as unknown as Electron.Menu | null;
  }
  static getApplicationMenu(): StandInMenu | null {
    return StandInMenu.#applicationMenu;
  }

  append(item: StandInMenuItem): void {
    this.insert(this.items.length, item);
  }
  insert(position: number, item: StandInMenuItem): void {
    item.menu = this;
    this.items.splice(position, 0, item);
  }
  getMenuItemById(id: string): StandInMenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }
  popup(): void {
    this.emit("menu-will-show", {});
  }
  closePopup(): void {
    this.emit("menu-will-close", {});
  }

  /** Radio items belong together up to the next separator. */
  selectRadio(chosen: StandInMenuItem): void {
    const groups: StandInMenuItem[][] = [[]];
    for (const item of this.items) {
      if (item.type === "separator") groups.push([]);
      else if (item.type === "radio") groups.at(-1)?.push(item);
    }
    for (const item of groups.find((group) => group.includes(chosen)) ?? []) item.checked = item === chosen;
  }
}
