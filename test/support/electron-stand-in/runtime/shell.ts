// `shell`: records what would have been opened, shown or thrown away.
import { existsSync } from "node:fs";

import type { Shell } from "electron";

import { loud } from "./loud.ts";
import { record } from "./record.ts";

export function openExternally(url: string): void {
  record.openedExternally.push(new URL(url).href);
}

export const shell = loud("shell", {
  // A promise even for a bad address, as in Electron.
  openExternal: (url: string) => new Promise<void>((resolve) => {
      openExternally(url);
      resolve();
    }),
  openPath(path: string): Promise<string> {
    record.openedPaths.push(path);
    return Promise.resolve(existsSync(path) ? "" : "Failed to open path");
  },
  showItemInFolder: (path: string): void => void record.shownInFolder.push(path),
  trashItem(path: string): Promise<void> {
    record.trashed.push(path);
    return existsSync(path) ? Promise.resolve() : Promise.reject(new Error("Failed to move item to trash"));
  },
  beep: (): void => undefined,
} satisfies Pick<Shell, "openExternal" | "openPath" | "showItemInFolder" | "trashItem" | "beep">);
