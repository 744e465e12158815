// What the fake `electron` executable runs: reads Electron's command line, finds the app, loads its main script, starts Chromium and
// says ready. The order is Electron's: modules given with -r, then main, then ready.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { app } from "./app.ts";
import { mountAsar } from "./asar.ts";
import { startChromium, stopChromium } from "./chromium.ts";
import { dialog } from "./dialog.ts";
import { electron } from "./electron-module.ts";
import { record } from "./record.ts";
import { aliasElectron } from "./register.ts";
import { watchTargets } from "./targets.ts";

interface CommandLine {
  required: string[];
  app: string | undefined;
}

function readCommandLine(args: string[]): CommandLine {
  const found: CommandLine = { required: [], app: undefined };
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? "";
    if (["-r", "--require"].includes(argument)) found.required.push(resolve(args[++at] ?? ""));
    else if (argument.startsWith("--")) app.commandLine.appendArgument(argument);
    else found.app ??= argument;
  }
  return found;
}

/** The main script. In a packaged app the archive lies beside the executable; else the command line names the folder. */
function findApp(executable: string, named: string | undefined): string {
  const resources = join(dirname(executable), "resources");
  Object.defineProperty(process, "resourcesPath", { value: resources });
  const packaged = ["app.asar", "app"].map((name) => join(resources, name)).find((path) => existsSync(path));
  if (packaged === undefined) Object.defineProperty(process, "defaultApp", { value: true });
  const path = packaged ?? resolve(named ?? ".");
  const folder = path.endsWith(".asar") ? mountAsar(path) : path;
  const isFolder = statSync(folder).isDirectory();
  const manifest = isFolder ? (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string | undefined>) : {};
  const identity = {
    name: manifest["productName"] ?? manifest["name"] ?? "Electron",
    version: manifest["version"] ?? "0.0.0",
    folder: isFolder ? folder : dirname(folder),
    isPackaged: packaged !== undefined,
  };
  app.identify(identity, stopChromium);
  return isFolder ? resolve(folder, manifest["main"] ?? "index.js") : folder;
}

function disguise(executable: string, args: string[], version: string): void {
  Object.defineProperty(process.versions, "electron", { value: version, enumerable: true, configurable: true });
  Object.defineProperty(process.versions, "chrome", { value: "0", enumerable: true, configurable: true });
  Object.defineProperty(process, "type", { value: "browser" });
  process.argv = [executable, ...args];
}

function followProcess(): void {
  process.on("unhandledRejection", (reason) => {
    process.stderr.write(`UnhandledPromiseRejection: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`);
  });
  process.on("uncaughtException", (error) => {
    // Electron shows this in a box and goes on; here nobody could press the button, and a test should not pass over it.
    dialog.showErrorBox("A JavaScript error occurred in the main process", error.stack ?? error.message);
    app.exit(1);
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => app.quit());
}

async function boot(): Promise<void> {
  const args = process.argv.slice(2);
  const executable = process.env["ELECTRON_STANDIN_EXE"] ?? "";
  const version = readFileSync(join(__dirname, "version"), "utf8").trim();
  if (args.includes("--version") || args.includes("-v")) return void process.stdout.write(`v${version}\n`);
  disguise(executable, args, version);
  aliasElectron(electron, { record });
  const commandLine = readCommandLine(args);
  const main = findApp(executable, commandLine.app);
  const userData = app.commandLine.getSwitchValue("user-data-dir");
  if (userData !== "") app.setPath("userData", resolve(userData));
  followProcess();

  const require = createRequire(join(__dirname, "boot.cjs"));
  for (const module of commandLine.required) require(module);
  await import(pathToFileURL(main).href);
  await startChromium();
  await watchTargets();
  app.announceReady();
}

boot().catch((error: unknown) => {
  process.stderr.write(`App threw an error during load\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  app.exit(1);
});
