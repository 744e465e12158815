// Runs in a world of its own that the page cannot reach: makes `ipcRenderer` and `contextBridge`, gives the preload a `require` with
// the sandbox's short list, and runs it.
import { createPeer, type BridgeRequest } from "./bridge-peer.ts";
import { isTopFrame, page } from "./dom.ts";
import { createFilePaths } from "./file-paths.ts";
import { createIpcRenderer } from "./ipc-renderer.ts";
import type { FromPage, IsolatedWorldConfig, PermissionQuestion, ToPage } from "./messages.ts";
import { SandboxEmitter } from "./sandbox-emitter.ts";

type Preload = (require: (id: string) => unknown, module: { exports: unknown }, exports: unknown, process: unknown, global: unknown, Buffer: undefined) => void;

export function run(config: IsolatedWorldConfig, preload: Preload | null): void {
  const world = globalThis as unknown as Record<string, unknown>;
  const binding = world[config.binding] as ((text: string) => void) | undefined;
  Reflect.deleteProperty(world, config.binding);
  if (!binding || !isTopFrame()) return;
  const post = (message: FromPage): void => binding(JSON.stringify(message));

  const questions = new Map<number, (granted: boolean) => void>();
  let nextQuestion = 1;
  const askPermission = (question: PermissionQuestion): Promise<boolean> =>
    new Promise((resolve) => {
      const id = nextQuestion++;
      questions.set(id, resolve);
      post({ type: "permission", id, question });
    });

  const files = createFilePaths(post);
  world[config.files] = files.asked;
  const answer = (request: BridgeRequest): unknown => {
    switch (request.op) {
      case "open":
        post({ type: "open", url: request.url, frameName: request.frameName, features: request.features });
        return undefined;
      case "leave":
        post({ type: "leave", url: request.url });
        return undefined;
      case "permission":
        return askPermission(request.question as PermissionQuestion);
      case "expose":
        throw new Error("only the preload exposes");
    }
  };
  const peer = createPeer(config.bridge, "isolated", answer, files.findPaths);
  const { ipcRenderer, receive } = createIpcRenderer(post);
  world[config.receiver] = (text: string): void => {
    const message = JSON.parse(text) as ToPage;
    if (message.type === "permission-answer") {
      questions.get(message.id)?.(message.granted);
      questions.delete(message.id);
    } else if (message.type === "file-path-answer") files.onPath(message.id, message.path);
    else receive(message);
  };

  post({ type: "world-ready" });
  if (!preload) return;
  const contextBridge = {
    exposeInMainWorld: (key: string, value: unknown): void => {
      peer.request({ op: "expose", key, value });
    },
  };
  const require = createRequire({ ...lateElectron(), webUtils: { getPathForFile: files.pathOf }, ipcRenderer, contextBridge }, post);
  const module = { exports: {} };
  try {
    preload(require, module, module.exports, Object.freeze(config.process), globalThis, undefined);
  } catch (reason) {
    const error = reason instanceof Error ? reason : new Error(String(reason));
    console.error(`Unable to load preload script: ${config.preloadPath}`);
    console.error(error);
    post({ type: "preload-error", message: error.message, stack: error.stack ?? "" });
  }
}

/** Electron's short list for sandboxed preloads. Everything else must be bundled into the preload. */
function createRequire(electron: Record<string, unknown>, post: (message: FromPage) => void): (id: string) => unknown {
  const guarded = new Proxy(electron, {
    get(target, key) {
      if (typeof key === "symbol" || key === "__esModule" || key === "default" || key in target) return Reflect.get(target, key) as unknown;
      throw new Error(`stand-in: ${key} is not emulated in a preload`);
    },
  });
  const modules = new Map<string, unknown>([
    ["electron", guarded],
    ["electron/renderer", guarded],
    ["electron/common", guarded],
    ["events", SandboxEmitter],
    ["timers", { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate: (task: () => void) => setTimeout(task, 0), clearImmediate: clearTimeout }],
    ["url", { URL, URLSearchParams }],
  ]);
  return (id) => {
    const name = id.replace(/^node:/, "");
    if (modules.has(name)) return modules.get(name);
    post({ type: "require-denied", module: id });
    throw new Error(`module not found: ${id}`);
  };
}

function lateElectron(): Record<string, unknown> {
  return {
    webFrame: {
      setZoomFactor(factor: number): void {
        page.document.documentElement.style.zoom = String(factor);
      },
    },
  };
}
