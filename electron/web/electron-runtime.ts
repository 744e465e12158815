/** Whether the desktop window can open here. Only looks at files: asking the package `electron` would make it download. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hasDisplay } from "./open-browser.ts";

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Undefined on Windows. */
  readonly uid: number | undefined;
  /** Folder of the npm package `electron`; null when it is not installed. */
  readonly electronFolder: string | null;
  /** The built main process. */
  readonly mainFile: string;
}

/** `why` is for the owner. */
export type WindowChoice = { readonly kind: "desktop"; readonly executable: string } | { readonly kind: "browser"; readonly why: string };

export function chooseWindow(surroundings: Surroundings): WindowChoice {
  const { env, platform, uid, mainFile, electronFolder } = surroundings;
  const executable = findExecutable(surroundings);
  // Without the package, npx would fetch whatever goes by that name.
  if (executable === null) return inBrowser("Electron's runtime is not here", electronFolder === null ? undefined : "`npx install-electron` fetches it.");
  if (!existsSync(mainFile)) return inBrowser("The desktop app was not built");
  if (!hasDisplay(env, platform)) return inBrowser("There is no display here");
  // Chromium starts as root only without its sandbox, and that is not ours to give up. Whoever names a runtime of their own knows whether it does.
  if (platform === "linux" && uid === 0 && !env["ELECTRON_OVERRIDE_DIST_PATH"]) return inBrowser("Electron does not start as root");
  return { kind: "desktop", executable };
}

/** `advice`: a sentence, for whoever would rather have the app. */
export function inBrowser(reason: string, advice?: string): WindowChoice & { kind: "browser" } {
  return { kind: "browser", why: [`${reason}, so the window opens in your browser.`, ...(advice === undefined ? [] : [advice])].join(" ") };
}

/** As the package itself looks for it, without the download. */
function findExecutable({ env, platform, electronFolder }: Surroundings): string | null {
  const named = electronFolder === null ? null : readOrNull(join(electronFolder, "path.txt"));
  const override = env["ELECTRON_OVERRIDE_DIST_PATH"];
  const candidate = override ? join(override, named ?? usualName(platform)) : electronFolder !== null && named !== null ? join(electronFolder, "dist", named) : null;
  return candidate !== null && existsSync(candidate) ? candidate : null;
}

function usualName(platform: NodeJS.Platform): string {
  return platform === "win32" ? "electron.exe" : "electron";
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim() || null;
  } catch {
    return null;
  }
}
