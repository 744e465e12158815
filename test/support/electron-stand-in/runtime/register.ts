// Makes `electron` resolve to the stand-in, for require() and for import.
import Module, { register } from "node:module";

import { CONTROL } from "./record.ts";

const NAMES = ["electron", "electron/main", "electron/common", "electron/utility"];

type Load = (this: unknown, id: string, ...rest: unknown[]) => unknown;

export function aliasElectron(electron: object, control: object = {}): void {
  // The ESM loader runs in a thread of its own and can only hand over text, so the module object waits in a global.
  Object.defineProperty(globalThis, CONTROL, { value: { ...control, electron } });

  const cjs = Module as unknown as { _load: Load };
  const load = cjs._load;
  cjs._load = function (id, ...rest) {
    return NAMES.includes(id) ? electron : load.call(this, id, ...rest);
  };

  const exports = Object.keys(electron).map((name) => `export const ${name} = electron.${name};`);
  const source = [`const { electron } = globalThis[Symbol.for(${JSON.stringify(CONTROL.description)})];`, "export default electron;", ...exports].join("\n");
  register(`data:text/javascript,${encodeURIComponent(loader(source))}`);
}

function loader(source: string): string {
  return `
const names = new Set(${JSON.stringify(NAMES)});
export async function resolve(specifier, context, next) {
  return names.has(specifier) ? { url: "stand-in:electron", shortCircuit: true, format: "module" } : next(specifier, context);
}
export async function load(url, context, next) {
  return url === "stand-in:electron" ? { format: "module", shortCircuit: true, source: ${JSON.stringify(source)} } : next(url, context);
}`;
}
