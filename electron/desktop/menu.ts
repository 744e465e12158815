/** The application's menu and the one for text. On macOS it is seen; elsewhere it mainly takes the place of Electron's own, with its reload and developer tools. */
import { app, Menu, type MenuItemConstructorOptions, type WebContents } from "electron";
import type { Destination } from "./places.ts";
import type { StateWatch } from "./state-watch.ts";

interface MenuOptions {
  readonly state: StateWatch;
  readonly go: (destination: Destination) => void;
  readonly onBackUp: (siteId: string) => void;
  readonly onQuit: () => void;
}

const isMac = process.platform === "darwin";
const separator: MenuItemConstructorOptions = { type: "separator" };

/**
 * A key of UX.md that leads to a place. The page knows its keys itself, as it must in a browser; on Windows and Linux the menu
 * only shows them, on macOS it takes them.
 */
const key = (accelerator: string): MenuItemConstructorOptions => ({ accelerator, registerAccelerator: isMac });
/** A key that stays the page's. On macOS the menu would take it away: from what only the page can do, and Option with a digit from whoever types, for it is how several keyboards write [ and |. */
const pageKey = (accelerator: string): MenuItemConstructorOptions => (isMac ? {} : { accelerator, registerAccelerator: false });

/** Redrawn when sites come and go, and when nobody is there any more who could back them up. */
export function setupMenu(options: MenuOptions): void {
  let drawn = "";
  const draw = (): void => {
    const { sites, engineDown } = options.state.current();
    const text = JSON.stringify([engineDown === null, sites.map(({ id, name }) => [id, name])]);
    if (text === drawn) return;
    drawn = text;
    Menu.setApplicationMenu(Menu.buildFromTemplate(template(options)));
  };
  options.state.onChange(draw);
  draw();
  app.on("web-contents-created", (_event, contents) => offerTextMenu(contents));
}

function template({ state, go, onBackUp, onQuit }: MenuOptions): MenuItemConstructorOptions[] {
  const { sites, engineDown } = state.current();
  const settings: MenuItemConstructorOptions = { id: "settings", label: "Settings…", ...key("CommandOrControl+,"), click: () => go({ place: "settings", siteId: null }) };
  const quit: MenuItemConstructorOptions = { id: "quit", label: `Quit ${app.getName()}`, accelerator: "CommandOrControl+Q", click: onQuit };
  const appMenu: MenuItemConstructorOptions = {
    label: app.getName(),
    submenu: [{ role: "about" }, separator, settings, separator, { role: "services" }, separator, { role: "hide" }, { role: "hideOthers" }, { role: "unhide" }, separator, quit],
  };
  return [
    ...(isMac ? [appMenu] : []),
    { label: "&File", submenu: [{ id: "add-site", label: "Add a site…", click: () => go({ place: "add_site", siteId: null }) }, ...(isMac ? [separator, { role: "close" as const }] : [settings, separator, quit])] },
    { label: "&Edit", submenu: [{ role: "undo" }, { role: "redo" }, separator, { role: "cut" }, { role: "copy" }, { role: "paste" }, { role: "selectAll" }] },
    {
      label: "&Site",
      submenu: [
        ...sites.map(({ id, name }): MenuItemConstructorOptions => ({ id: `back-up-${id}`, label: sites.length === 1 ? "Back up now" : `Back up ${name} now`, ...(sites.length === 1 ? pageKey("CommandOrControl+B") : {}), enabled: engineDown === null, click: () => onBackUp(id) })),
        separator,
        { id: "redeploy", label: "Before a redeploy…", ...key("CommandOrControl+D"), click: () => go({ place: "redeploy", siteId: null }) },
        { id: "restore", label: "Restore…", ...key("CommandOrControl+R"), click: () => go({ place: "backups", siteId: null }) },
        { id: "variable", label: "The variable…", ...pageKey("CommandOrControl+Shift+C"), click: () => go({ place: "variable", siteId: null }) },
      ],
    },
    {
      label: "&View",
      submenu: [
        ...places.map(({ place, label }, index): MenuItemConstructorOptions => ({ id: place, label, ...pageKey(`Alt+${index + 1}`), click: () => go({ place, siteId: null }) })),
        separator,
        ...sites.slice(0, 9).map(({ id, name }, index): MenuItemConstructorOptions => ({ id: `site-${id}`, label: name, ...key(`CommandOrControl+${index + 1}`), click: () => go({ place: "overview", siteId: id }) })),
        separator,
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        separator,
        { role: "togglefullscreen" },
        ...(app.isPackaged ? [] : [{ role: "toggleDevTools" as const }]),
      ],
    },
    ...(isMac ? [{ role: "windowMenu" as const }] : []),
  ];
}

/** In the order of the sidebar: Alt 1 to 5. */
const places = [
  { place: "overview", label: "Overview" },
  { place: "redeploy", label: "Before a redeploy" },
  { place: "backups", label: "Backups" },
  { place: "variable", label: "Variable" },
  { place: "activity", label: "Activity" },
] as const;

/** Cut, copy and paste where the pointer is over text. */
function offerTextMenu(contents: WebContents): void {
  contents.on("context-menu", (_event, { isEditable, selectionText, editFlags }) => {
    const items: MenuItemConstructorOptions[] = [];
    if (isEditable) items.push({ role: "cut", enabled: editFlags.canCut });
    if (isEditable || selectionText !== "") items.push({ role: "copy", enabled: editFlags.canCopy });
    if (isEditable) items.push({ role: "paste", enabled: editFlags.canPaste }, separator, { role: "selectAll", enabled: editFlags.canSelectAll });
    if (items.length > 0) Menu.buildFromTemplate(items).popup();
  });
}
