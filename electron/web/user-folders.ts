/** Where this user's things are when no Electron tells. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import envPaths from "env-paths";

/** Sites, settings and safety copies: the same folder for window, command and browser. */
export function defaultDataFolder(): string {
  return envPaths("account-keeper", { suffix: "" }).data;
}

/** "Documents", by the name it has in the owner's language on Linux desktops. */
export function documentsFolder(home: string = homedir(), configFolder: string = process.env["XDG_CONFIG_HOME"] || join(home, ".config")): string {
  try {
    const named = /^\s*XDG_DOCUMENTS_DIR="([^"]+)"/m.exec(readFileSync(join(configFolder, "user-dirs.dirs"), "utf8"))?.[1];
    const folder = named?.replace(/^\$HOME(?=\/|$)/, home);
    if (folder !== undefined && isAbsolute(folder)) return resolve(folder);
  } catch {
    // Not a Linux desktop.
  }
  return join(home, "Documents");
}
