// The one Chromium behind all windows: its command line, its profile, its start and its end.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { app } from "./app.ts";
import { CdpConnection } from "./cdp.ts";
import { complain } from "./record.ts";

let connection: CdpConnection | undefined;
let startWindow: string | undefined;

export function browser(): CdpConnection {
  if (!connection) throw new Error("stand-in: Chromium is not running yet");
  return connection;
}

/** In headful mode Chromium opens one window of its own, without tabs and address bar: the first BrowserWindow takes it. */
export function takeStartWindow(): string | undefined {
  const target = startWindow;
  startWindow = undefined;
  return target;
}

export async function startChromium(): Promise<void> {
  const executable = process.env["ELECTRON_STANDIN_CHROMIUM"];
  if (!executable) throw new Error("stand-in: ELECTRON_STANDIN_CHROMIUM does not name a Chromium; the launch helper sets it");
  const headful = process.env["ELECTRON_STANDIN_HEADFUL"] === "1";
  const profile = join(app.getPath("userData"), "stand-in-profile");
  mkdirSync(profile, { recursive: true });
  const started = new CdpConnection(executable, switches(profile, headful));
  connection = started;
  process.once("exit", () => started.kill());

  const address = await devToolsAddress(started);
  const { product } = await started.root.send("Browser.getVersion");
  Object.defineProperty(process.versions, "chrome", { value: product.split("/")[1], enumerable: true, configurable: true });
  if (headful) startWindow = await findStartWindow(started);
  void started.closed.then(() => {
    if (app.isQuitting()) return;
    complain("Chromium went away");
    process.exit(1);
  });
  // The line Playwright waits for.
  process.stderr.write(`\nDevTools listening on ${address}\n`);
}

/** Asks first, because a killed Chromium loses what localStorage has not written yet. */
export async function stopChromium(): Promise<void> {
  if (!connection || connection.isClosed) return;
  await Promise.race([connection.root.send("Browser.close").catch(() => undefined), connection.closed]);
  const patience = new Promise<void>((resolve) => setTimeout(resolve, 2_000).unref());
  await Promise.race([connection.closed, patience]);
  connection.kill();
}

function switches(profile: string, headful: boolean): string[] {
  const fromApp = [...app.commandLine.entries()]
    .filter(([name]) => !/^(inspect|remote-debugging|user-data-dir|disable-features$)/.test(name))
    .map(([name, value]) => (value === "" ? `--${name}` : `--${name}=${value}`));
  const disabled = [app.commandLine.getSwitchValue("disable-features"), "Translate", "OptimizationHints", "MediaRouter", "AutofillServerCommunication"];
  return [
    ...fromApp,
    ...(headful ? ["--app=data:text/html,", "--test-type", "--hide-crash-restore-bubble"] : ["--headless", "--no-startup-window"]),
    // The operating system's sandbox needs rights that containers do not give; only real Electron can show it.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--mute-audio",
    "--force-color-profile=srgb",
    "--password-store=basic",
    // ES modules over file: work in Electron and not in Chrome.
    "--allow-file-access-from-files",
    `--disable-features=${disabled.filter((name) => name !== "").join(",")}`,
    // Nothing leaves the machine, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    // The pipe is ours, the port is Playwright's.
    "--remote-debugging-pipe",
    "--remote-debugging-port=0",
    `--user-data-dir=${profile}`,
  ];
}

function devToolsAddress(started: CdpConnection): Promise<string> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const { stderr } = started.process;
    if (!stderr) throw new Error("stand-in: Chromium's stderr is not a pipe");
    createInterface({ input: stderr }).on("line", (line) => {
      if (process.env["ELECTRON_STANDIN_VERBOSE"] === "1") process.stderr.write(`chromium: ${line}\n`);
      if (lines.length < 50) lines.push(line);
      const address = /^DevTools listening on (ws:\/\/\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    started.process.once("error", reject);
    void started.closed.then(() => reject(new Error(`stand-in: Chromium did not start:\n${lines.join("\n")}`)));
  });
}

function findStartWindow(started: CdpConnection): Promise<string> {
  return new Promise((resolve, reject) => {
    started.root.on("Target.targetCreated", ({ targetInfo }) => {
      if (targetInfo.type === "page") resolve(targetInfo.targetId);
    });
    started.root.send("Target.setDiscoverTargets", { discover: true }).catch(reject);
  });
}
