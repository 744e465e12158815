/** Starts the engine's process and gives it what only Electron's main process can do. */
import { basename, join } from "node:path";
import { app, utilityProcess } from "electron";
import { copyText } from "./clipboard.ts";
import { choose } from "./dialogs.ts";
import { createEngine, type Engine, type RelayLog, type WorkerProcess } from "./link/engine.ts";
import type { PortHandlers } from "./link/messages.ts";
import { canStartAtLogin } from "./login-item.ts";
import type { DesktopNotice } from "./notifications.ts";
import type { SecretClipboard } from "./secret-clipboard.ts";
import { createKeychain } from "./secrets.ts";
import { createServerProcesses } from "./server-processes.ts";
import { openFolder, openLink, showFile } from "./shell.ts";
import { canUpdate } from "./updates.ts";
import type { MainWindow } from "./window.ts";

interface EngineProcessOptions {
  /** `dist/electron`. */
  readonly root: string;
  readonly window: MainWindow;
  readonly clipboard: SecretClipboard;
  readonly notify: (notice: DesktopNotice) => void;
  readonly log: RelayLog;
}

/** Has to be called when the app is ready. */
export function setupEngine({ root, window, clipboard, notify, log }: EngineProcessOptions): Engine {
  const keychain = createKeychain();
  let workerPid: number | undefined;

  const desktop = {
    "keychain.isSafe": () => keychain.isSafe(),
    "keychain.seal": (text) => keychain.seal(text),
    "keychain.open": (sealed) => keychain.open(sealed),
    "clipboard.copySecret": (text) => clipboard.copy(text),
    "clipboard.copy": (text) => thenNull(copyText(text)),
    "dialogs.choose": (what, suggestedName) => choose(window.current(), what, suggestedName),
    "shell.showFile": (path) => thenNull(showFile(path)),
    "shell.openFolder": (path) => thenNull(openFolder(path)),
    "shell.openLink": (url) => thenNull(openLink(url)),
    notify(notice) {
      notify(notice);
      return Promise.resolve(null);
    },
  } as const satisfies Omit<PortHandlers, "server.launch" | "server.send">;

  function spawn(): WorkerProcess {
    const child = utilityProcess.fork(join(root, "desktop", "worker.js"), [], { serviceName: "Account Keeper engine" });
    child.once("spawn", () => {
      workerPid = child.pid;
    });
    return {
      post: (message) => child.postMessage(message),
      onMessage: (listener) => void child.on("message", listener),
      onExit: (listener) => void child.once("exit", listener),
      kill: () => void child.kill(),
    };
  }

  return createEngine({
    spawn,
    init: {
      dataFolder: join(app.getPath("userData"), "keeper"),
      documentsFolder: app.getPath("documents"),
      canStartAtLogin: canStartAtLogin(),
      canUpdate: canUpdate(),
      launchServersOutside: !isNode(process.execPath),
    },
    ports(post) {
      const parents = (): number[] => [process.pid, ...(workerPid === undefined ? [] : [workerPid])];
      const servers = createServerProcesses(outsideOfArchive(join(root, "engine", "server", "host.js")), parents, post);
      return { handlers: { ...desktop, "server.launch": (args) => servers.launch(args), "server.send": (id, signal) => servers.send(id, signal) }, ended: () => servers.killAll() };
    },
    log,
  });
}

/** Electron runs its own executable; where that is Node, it can be started as Node. */
function isNode(executable: string): boolean {
  return /^node(?:\.exe)?$/i.test(basename(executable));
}

/** What electron-builder unpacks lies beside the archive, under the same names. */
function outsideOfArchive(path: string): string {
  return path.replace(/([\\/])app\.asar([\\/])/, "$1app.asar.unpacked$2");
}

async function thenNull(done: Promise<void>): Promise<null> {
  await done;
  return null;
}
