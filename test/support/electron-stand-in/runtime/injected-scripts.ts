// Puts together the scripts that run in every document before the page's own: the bundles written by build.ts, each called with its
// configuration, and the preload.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { Script } from "node:vm";

import type { IsolatedWorldConfig, MainWorldConfig } from "../page/messages.ts";
import { HOST_SUFFIX, schemeNames } from "./wire-url.ts";

export const ISOLATED_WORLD = "Electron Isolated Context";

export interface InjectedScripts {
  main: string;
  isolated: string;
  binding: string;
  receiver: string;
  files: string;
  /** Set when the preload cannot even be read or parsed; the page then starts without one, as in Electron. */
  preloadError: Error | undefined;
}

export function injectedScripts(preloadPath: string | undefined, additionalArguments: string[]): InjectedScripts {
  // A name that the page cannot guess: whoever knows it could speak as the other world.
  const secret = randomBytes(12).toString("hex");
  const binding = `binding${secret}`;
  const receiver = `receiver${secret}`;
  const files = `files${secret}`;
  const { source, error } = readPreload(preloadPath);
  const mainConfig: MainWorldConfig = { bridge: secret, schemes: schemeNames(), hostSuffix: HOST_SUFFIX };
  const isolatedConfig: IsolatedWorldConfig = { bridge: secret, binding, receiver, files, preloadPath: preloadPath ?? "", process: rendererProcess(secret, additionalArguments) };
  const preload = source === undefined ? "null" : `function(require,module,exports,process,global,Buffer){${source}\n}`;
  return {
    main: script("main-world", "standInMainWorld", JSON.stringify(mainConfig)),
    isolated: script("isolated-world", "standInIsolatedWorld", `${JSON.stringify(isolatedConfig)},${preload}`),
    binding,
    receiver,
    files,
    preloadError: error,
  };
}

function script(file: string, name: string, args: string): string {
  const bundle = readFileSync(join(__dirname, `${file}.js`), "utf8");
  return `(()=>{${bundle}\n;${name}.run(${args})})()`;
}

function readPreload(path: string | undefined): { source?: string; error: Error | undefined } {
  if (path === undefined) return { error: undefined };
  try {
    if (!isAbsolute(path)) throw new Error(`preload script must have absolute path: ${path}`);
    const source = readFileSync(path, "utf8");
    // An ES module or a typing error fails here, with a line number, instead of taking the stand-in's own script down.
    new Script(`(function(require,module,exports,process,global,Buffer){${source}\n})`, { filename: path });
    return { source, error: undefined };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** What a sandboxed preload finds as `process`. */
function rendererProcess(contextId: string, additionalArguments: string[]): Record<string, unknown> {
  const { arch, env, pid, platform, version, versions } = process;
  const exe = env["ELECTRON_STANDIN_EXE"] ?? "";
  return { type: "renderer", arch, argv: [exe, ...additionalArguments], contextId, contextIsolated: true, env, execPath: exe, pid, platform, sandboxed: true, version, versions };
}
