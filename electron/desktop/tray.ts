/** The icon in the system's tray: how the sites are at a glance, "Back up now", and the way back to the window. */
import { app, Menu, nativeImage, nativeTheme, screen, Tray, type MenuItemConstructorOptions, type NativeImage } from "electron";
import { BUSY_FRAMES, trayIcon, type TrayIcon } from "./icons/mark.ts";
import { NOT_WATCHING, trayView, type TrayView } from "./site-condition.ts";
import type { StateWatch } from "./state-watch.ts";

interface TrayOptions {
  readonly state: StateWatch;
  readonly onOpen: () => void;
  readonly onBackUp: (siteId: string) => void;
  readonly onQuit: () => void;
}

const FRAME_MS = 150;
/** As the panels of the three systems show it, in pixels. */
const SIZE = process.platform === "linux" ? 24 : 16;

/** Where the system has no tray, nothing is seen of it and nothing else changes. */
export function setupTray({ state, onOpen, onBackUp, onQuit }: TrayOptions): void {
  const icons = new Map<string, NativeImage>();
  const tray = new Tray(image({ condition: "unknown", busyFrame: null }));
  let frame = 0;
  let spinning: NodeJS.Timeout | undefined;
  let drawn = "";

  function image(icon: Omit<TrayIcon, "style">): NativeImage {
    const style = panelStyle();
    const scaleFactor = Math.ceil(screen.getPrimaryDisplay().scaleFactor);
    const key = `${style} ${scaleFactor} ${icon.condition} ${String(icon.busyFrame)}`;
    const known = icons.get(key);
    if (known !== undefined) return known;
    const made = nativeImage.createFromBuffer(trayIcon({ ...icon, style }, SIZE * scaleFactor), { scaleFactor });
    if (style === "template") made.setTemplateImage(true);
    icons.set(key, made);
    return made;
  }

  function draw(): void {
    const view = trayView(state.current());
    tray.setImage(image({ condition: view.condition, busyFrame: view.busy ? frame : null }));
    const text = JSON.stringify(view);
    if (text === drawn) return;
    drawn = text;
    // That sentence names the app itself.
    tray.setToolTip(view.sentence === NOT_WATCHING ? view.sentence : `${app.getName()}: ${view.sentence}`);
    tray.setContextMenu(Menu.buildFromTemplate(menuFor(view)));
    clearInterval(spinning);
    spinning = view.busy ? setInterval(turn, FRAME_MS) : undefined;
  }

  function turn(): void {
    frame = (frame + 1) % BUSY_FRAMES;
    draw();
  }

  function menuFor({ sentence, sites }: TrayView): MenuItemConstructorOptions[] {
    const backUp = sites.map(({ id, name, busy }): MenuItemConstructorOptions => ({
      id: `back-up-${id}`,
      label: sites.length === 1 ? "Back up now" : `Back up ${name} now`,
      enabled: !busy,
      click: () => onBackUp(id),
    }));
    return [
      { id: "sentence", label: sentence, enabled: false },
      { type: "separator" },
      ...backUp,
      ...(backUp.length > 0 ? [{ type: "separator" as const }] : []),
      { id: "open", label: `Open ${app.getName()}`, click: onOpen },
      { id: "quit", label: "Quit", click: onQuit },
    ];
  }

  state.onChange(draw);
  nativeTheme.on("updated", draw);
  // On macOS a click opens the menu, as everywhere there.
  if (process.platform !== "darwin") tray.on("click", onOpen);
  app.on("quit", () => {
    clearInterval(spinning);
    tray.destroy();
  });
  draw();
}

/** Nobody can ask a Linux panel for its colour. */
function panelStyle(): TrayIcon["style"] {
  if (process.platform === "darwin") return "template";
  if (process.platform === "win32") return nativeTheme.shouldUseDarkColorsForSystemIntegratedUI ? "light" : "dark";
  return "tile";
}
