/** The one module that opens the system's own dialogs. */
import { dialog, type BrowserWindow, type OpenDialogOptions, type SaveDialogOptions } from "electron";
import type { DialogWhat } from "../app/ports.ts";

const BACKUPS = { name: "Backups", extensions: ["json", "age"] };

const openDialogs = {
  vault: { title: "Folder for backups", buttonLabel: "Use this folder", properties: ["openDirectory", "createDirectory"] },
  data_folder: { title: "Data folder of ChromaDB", buttonLabel: "Use this folder", properties: ["openDirectory"] },
  backup_file: { title: "Open a backup", properties: ["openFile"], filters: [BACKUPS, { name: "All files", extensions: ["*"] }] },
} as const satisfies Record<Exclude<DialogWhat, "export_file">, unknown>;

/** Lets the owner pick. Returns an absolute path, or null when nothing was picked. */
export async function choose(parent: BrowserWindow | null, what: DialogWhat, suggestedName: string | null): Promise<string | null> {
  if (what === "export_file") {
    const options: SaveDialogOptions = { title: "Save a copy of this backup", filters: [BACKUPS], properties: ["createDirectory", "showOverwriteConfirmation"] };
    if (suggestedName !== null) options.defaultPath = suggestedName;
    const { canceled, filePath } = parent === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(parent, options);
    return canceled || filePath === "" ? null : filePath;
  }
  const { title, properties, ...rest } = openDialogs[what];
  const options: OpenDialogOptions = { title, properties: [...properties], ..."buttonLabel" in rest ? { buttonLabel: rest.buttonLabel } : {}, ..."filters" in rest ? { filters: rest.filters.map(({ name, extensions }) => ({ name, extensions: [...extensions] })) } : {} };
  const { canceled, filePaths } = parent === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(parent, options);
  return canceled ? null : (filePaths[0] ?? null);
}

/** Asks before quitting while something runs. True: stop it and quit. */
export async function askToQuit(parent: BrowserWindow | null, { message, detail }: { message: string; detail: string }): Promise<boolean> {
  const options = { type: "question" as const, message, detail, buttons: ["Wait", "Stop and quit"], defaultId: 0, cancelId: 0, noLink: true };
  const { response } = parent === null ? await dialog.showMessageBox(options) : await dialog.showMessageBox(parent, options);
  return response === 1;
}

/** Says why the app has to end. Works before and without a window. */
export function showFatal(message: string, detail: string): void {
  dialog.showErrorBox(message, detail);
}
