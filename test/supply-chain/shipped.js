/** Which packages reach an owner's computer, by the lock file alone, and under which licence. */
import { readFileSync } from "node:fs";
import { URL } from "node:url";

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [license]
 * @property {string} [resolved]
 * @property {string} [integrity]
 * @property {boolean} [hasInstallScript]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 */

/** Built into the window by Vite, or packed around the app: npm calls them development dependencies. */
export const BUNDLED = ["@mantine/core", "@mantine/hooks", "@tanstack/react-virtual", "electron", "react", "react-dom", "zustand"];

/** Licences under which a package may be passed on inside an MIT product, without passing on its own terms to ours. */
export const ALLOWED = new Set(["0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "Python-2.0", "Unlicense"]);

/** Electron's own loader: its packages run when the runtime is fetched, and none of them is in the app. */
const NOT_SHIPPED_WITH = new Set(["electron"]);

/**
 * @typedef {object} Shipped
 * @property {string} path  in the lock file
 * @property {string} name
 * @property {LockedPackage} entry
 */

/**
 * Everything that a start or the window needs, by the lock file of `root`; sorted by name.
 * @param {URL} root
 * @returns {Shipped[]}
 */
export function shippedPackages(root) {
  /** @type {(text: string) => { packages: Record<string, LockedPackage> }} */
  const parse = JSON.parse;
  const { packages } = parse(readFileSync(new URL("package-lock.json", root), "utf8"));
  /** @type {Map<string, Shipped>} */
  const found = new Map();
  /** @type {(from: string, name: string) => void} */
  const follow = (from, name) => {
    const path = resolved(packages, from, name);
    // An optional one for another system may be missing.
    const entry = path === undefined ? undefined : packages[path];
    if (path === undefined || entry === undefined || found.has(path)) return;
    found.set(path, { path, name, entry });
    if (NOT_SHIPPED_WITH.has(name)) return;
    for (const needed of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...neededPeers(entry) })) follow(path, needed);
  };
  for (const name of [...Object.keys(packages[""]?.dependencies ?? {}), ...BUNDLED]) follow("", name);
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** @type {(entry: LockedPackage) => Record<string, string>} */
function neededPeers({ peerDependencies = {}, peerDependenciesMeta = {} }) {
  return Object.fromEntries(Object.entries(peerDependencies).filter(([name]) => peerDependenciesMeta[name]?.optional !== true));
}

/**
 * The nearest of that name, as Node looks for it.
 * @type {(packages: Record<string, LockedPackage>, from: string, name: string) => string | undefined}
 */
function resolved(packages, from, name) {
  for (let folder = from; folder !== ""; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const path = `${folder}/node_modules/${name}`;
    if (packages[path] !== undefined) return path;
  }
  return packages[`node_modules/${name}`] === undefined ? undefined : `node_modules/${name}`;
}

/**
 * What is wrong with these packages, a sentence each; empty when all is well.
 * @param {readonly Shipped[]} shipped
 * @returns {string[]}
 */
export function complaints(shipped) {
  return shipped.flatMap(({ path, name, entry }) => [
    ...(isAllowed(entry.license) ? [] : [`${path} has the licence ${entry.license ?? "unknown"}, which nobody has looked at.`]),
    // Electron's runtime is fetched when it is first started, or packed: never by npm's own hook.
    ...(entry.hasInstallScript === true && name !== "electron" ? [`${path} runs a script when it is installed.`] : []),
    ...(entry.integrity?.startsWith("sha512-") === true ? [] : [`${path} is not pinned by its digest.`]),
    // Without an address it comes from whatever registry npm is set to, and has to fit the digest all the same.
    ...(entry.resolved === undefined || entry.resolved.startsWith("https://") ? [] : [`${path} does not come from a registry.`]),
  ]);
}

/** "MIT", or a choice such as "(MIT OR GPL-3.0)", of which one has to be allowed. @param {string | undefined} licence */
export function isAllowed(licence) {
  return (licence ?? "").replace(/[()]/g, "").split(" OR ").some((choice) => choice.split(" AND ").every((one) => ALLOWED.has(one.trim())));
}
