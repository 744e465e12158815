/** The one module that hands something to the system: a file to its file manager, a page to its browser. */
import { isAbsolute } from "node:path";
import { shell } from "electron";

/** Opens the file manager with the file selected. Throws for anything but an absolute path. */
export async function showFile(path: string): Promise<void> {
  requireAbsolute(path);
  shell.showItemInFolder(path);
  await Promise.resolve();
}

/** Opens a folder in the file manager. Throws when the system does not open it. */
export async function openFolder(path: string): Promise<void> {
  requireAbsolute(path);
  const problem = await shell.openPath(path);
  if (problem !== "") throw new Error(problem);
}

/** Opens a page in the owner's browser. Throws for anything but https: other schemes start programs. */
export async function openLink(url: string): Promise<void> {
  const { protocol, username, password } = new URL(url);
  if (protocol !== "https:" || username !== "" || password !== "") throw new Error("Only https pages are opened.");
  await shell.openExternal(url);
}

function requireAbsolute(path: string): void {
  if (!isAbsolute(path)) throw new Error("Not an absolute path.");
}
