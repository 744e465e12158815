// Where `app.getPath` points, by Electron's rules on Linux (macOS differs only in appData).
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { env, platform } from "node:process";

export class AppPaths {
  readonly #set = new Map<string, string>();
  readonly #appName: () => string;

  constructor(appName: () => string) {
    this.#appName = appName;
  }

  set(name: string, path: string): void {
    if (!isAbsolute(path)) throw new Error("Path must be absolute");
    this.#set.set(name, path);
  }

  get(name: string): string {
    return this.#set.get(name) ?? this.#default(name);
  }

  #default(name: string): string {
    const home = homedir();
    switch (name) {
      case "home":
        return home;
      case "appData":
        return platform === "darwin" ? join(home, "Library", "Application Support") : env["XDG_CONFIG_HOME"] || join(home, ".config");
      case "userData":
        return join(this.get("appData"), this.#appName());
      case "sessionData":
        return this.get("userData");
      case "logs":
        return join(this.get("userData"), "logs");
      case "crashDumps":
        return join(this.get("userData"), "Crashpad");
      case "temp":
        return tmpdir();
      case "exe":
      case "module":
        return env["ELECTRON_STANDIN_EXE"] ?? "";
      case "desktop":
      case "documents":
      case "downloads":
      case "music":
      case "pictures":
      case "videos":
        return join(home, `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
      default:
        throw new Error(`Failed to get '${name}' path`);
    }
  }
}
