/**
 * Opens a link in the owner's browser. The link lets a browser in, and on some systems other users of the computer can
 * read the arguments of programs, so:
 * - macOS: the link goes to `osascript` through a pipe and to the browser as an event; it is never an argument.
 * - Windows: the arguments of a user's programs are hidden from other users.
 * - Linux: it is an argument of xdg-open and of the browser, so the link must be one that counts for this user only
 *   (`createLink("opened")`). A file that redirects would hide it, but the browsers of Ubuntu (snaps) may not read it.
 */
import { spawn } from "node:child_process";

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a window can appear in front of whoever started this process. */
export function hasDisplay(env: Environment, platform: NodeJS.Platform = process.platform): boolean {
  if (platform === "darwin" || platform === "win32") return !env["SSH_CONNECTION"];
  return Boolean(env["DISPLAY"] || env["WAYLAND_DISPLAY"]);
}

interface Opener {
  readonly command: string;
  readonly args: readonly string[];
  readonly input?: string;
}

function openerFor(url: string, platform: NodeJS.Platform): Opener {
  switch (platform) {
    case "darwin":
      return { command: "osascript", args: ["-"], input: `open location ${JSON.stringify(url)}\n` };
    case "win32":
      // Not "start": that is a word of the shell, which would read the link.
      return { command: "rundll32", args: ["url.dll,FileProtocolHandler", url] };
    default:
      return { command: "xdg-open", args: [url] };
  }
}

/** Some openers stay until the browser is closed: whoever has not failed by then has opened it. */
const FAILS_WITHIN_MS = 3_000;

/** Whether it seems to have worked. Never throws; the browser outlives this process. `url` must be one of ours. */
export async function openBrowser(url: string, env: Environment = process.env, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const { command, args, input } = openerFor(url, platform);
  return await new Promise((resolve) => {
    // Detached: Ctrl+C in the terminal is meant for us, not for the browser.
    const child = spawn(command, args, { detached: true, env: { ...env }, stdio: [input === undefined ? "ignore" : "pipe", "ignore", "ignore"], windowsHide: true });
    const timer = setTimeout(() => resolve(true), FAILS_WITHIN_MS);
    const settle = (opened: boolean): void => {
      clearTimeout(timer);
      resolve(opened);
    };
    child.once("error", () => settle(false));
    child.once("exit", (code) => settle(code === 0));
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
    child.unref();
    // An opener that hangs keeps no process alive.
    timer.unref();
  });
}
