// Which Chromium the stand-in drives: the one named by the environment, else the npm package's (Linux), else an installed one.
import { existsSync } from "node:fs";
import { mkdir, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const UNPACKING_TAKES_AT_MOST_MS = 60_000;

export async function chromiumPath(): Promise<string> {
  const named = process.env["ELECTRON_STANDIN_CHROMIUM"];
  if (named) return named;
  if (process.platform === "linux" && ["x64", "arm64"].includes(process.arch)) return unpacked();
  const installed = INSTALLED.find((path) => existsSync(path));
  if (installed === undefined) throw new Error("No Chromium found. Install Chrome, or name one in ELECTRON_STANDIN_CHROMIUM.");
  return installed;
}

/** The package unpacks straight to its final place, so a second process could start half of it: one at a time. */
async function unpacked(): Promise<string> {
  const { default: chromium } = await import("@sparticuz/chromium");
  const lock = join(tmpdir(), "electron-stand-in-unpacking");
  const deadline = Date.now() + UNPACKING_TAKES_AT_MOST_MS;
  while (!(await taken(lock)) && Date.now() < deadline) await sleep(50);
  try {
    return await chromium.executablePath();
  } finally {
    await rmdir(lock).catch(() => undefined);
  }
}

async function taken(lock: string): Promise<boolean> {
  return mkdir(lock).then(
    () => true,
    () => false,
  );
}
