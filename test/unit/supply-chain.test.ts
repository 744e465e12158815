/** What reaches an owner's computer from other people: known, licensed, pinned, and nothing that runs while it is installed. */
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";
import { BUNDLED, complaints, isAllowed, shippedPackages } from "../supply-chain/shipped.js";

const root = new URL("../../", import.meta.url);

it("is all licensed for it, pinned by digest, and runs nothing when it is installed", () => {
  const shipped = shippedPackages(root);
  expect(shipped.map(({ name }) => name)).toEqual(expect.arrayContaining(["chromadb", "zod", "react", "@mantine/core"]));
  expect(complaints(shipped)).toEqual([]);
});

it("would be refused otherwise", () => {
  const good = { license: "MIT", integrity: "sha512-x", resolved: "https://registry.example/x.tgz" };
  const of = (rest: object): readonly string[] => complaints([{ path: "node_modules/x", name: "x", entry: { ...good, ...rest } }]);
  expect(of({})).toEqual([]);
  for (const license of ["GPL-3.0", "AGPL-3.0-only", "UNLICENSED", "SEE LICENSE IN X", "", "MIT AND GPL-3.0", undefined]) expect([license, of({ license }).length]).toEqual([license, 1]);
  expect(of({ hasInstallScript: true })).toEqual(["node_modules/x runs a script when it is installed."]);
  expect(of({ integrity: undefined })).toHaveLength(1);
  expect(of({ resolved: "git+ssh://git@example.com/x.git" })).toHaveLength(1);
  expect(["(MIT OR GPL-3.0)", "MIT AND ISC", "Apache-2.0"].map(isAllowed)).toEqual([true, true, true]);
});

it("is named in full: whatever the product imports is a dependency, or built into the window", () => {
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { dependencies: Record<string, string> };
  const known = new Set([...Object.keys(dependencies), ...BUNDLED, ...builtinModules, "account-keeper"]);
  const files = ["shared", "electron", "renderer"].flatMap((folder) => readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name)).map((name) => join(folder, name)));
  expect(files.length).toBeGreaterThan(100);
  const unknown = files
    .filter((file) => !file.endsWith("vite.config.ts"))
    .flatMap((file) => Array.from(readFileSync(new URL(file.replaceAll("\\", "/"), root), "utf8").matchAll(/^(?:import|export)\s(?:[^"';]*\sfrom\s)?"([^"./][^"]*)"/gm), ([, name = ""]) => name))
    .map((name) => (name.startsWith("@") ? name.split("/").slice(0, 2).join("/") : (name.split("/")[0] ?? "")))
    .filter((name) => !name.startsWith("node:") && !known.has(name));
  expect([...new Set(unknown)]).toEqual([]);
});
