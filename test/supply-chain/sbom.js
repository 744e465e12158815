/** npm run sbom > account-keeper.cdx.json: npm's own bill of materials (CycloneDX), of what reaches an owner's computer. npm alone would leave the window's parts out, or list every tool. */
import { execFileSync } from "node:child_process";
import process from "node:process";
import { URL } from "node:url";
import { shippedPackages } from "./shipped.js";

/**
 * @typedef {object} Bom  as far as it is looked at
 * @property {{ component: { "bom-ref": string } }} metadata
 * @property {{ "bom-ref": string, properties?: { name: string }[] }[]} components
 * @property {{ ref: string, dependsOn?: string[] }[]} dependencies
 */

const root = new URL("../../", import.meta.url);
const shipped = new Set(shippedPackages(root).map(({ name, entry }) => `${name}@${entry.version ?? ""}`));
const text = execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024, shell: process.platform === "win32" });
/** @type {(text: string) => Bom} */
const parse = JSON.parse;
const all = parse(text);
const main = all.metadata.component["bom-ref"];

/** Two copies of one version differ behind the bar. @type {(ref: string) => boolean} */
function isShipped(ref) {
  return shipped.has(ref.split("|")[0] ?? "");
}

const components = all.components
  .filter((component) => isShipped(component["bom-ref"]))
  // What npm calls a development dependency is inside the window's files.
  .map((component) => ({ ...component, properties: component.properties?.filter(({ name }) => name !== "cdx:npm:package:development") }));
const dependencies = all.dependencies.filter(({ ref }) => ref === main || isShipped(ref)).map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter(isShipped) }));
process.stdout.write(`${JSON.stringify({ ...all, components, dependencies }, null, 2)}\n`);
