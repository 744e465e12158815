/** Whether this app runs from an AppImage, and from which file. */
import { realpathSync } from "node:fs";
import { isAbsolute, relative } from "node:path";

/**
 * Where that file lies; null when `executable` was not mounted from one. The runtime's two variables alone do not say so: whatever is
 * started from a program that is an AppImage, such as an editor's terminal, has that one's.
 */
export function appImageOf(executable: string, { APPIMAGE: image, APPDIR: mounted }: NodeJS.ProcessEnv): string | null {
  if (image === undefined || mounted === undefined) return null;
  try {
    // An executable's own path has its links followed.
    const inside = relative(realpathSync(mounted), executable);
    return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? null : image;
  } catch {
    return null;
  }
}
