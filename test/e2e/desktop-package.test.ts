/** The packed app: what is in it and what is not, its fuses, and that it starts. On a dummy runtime: nothing is downloaded, and nothing of this may be released. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extractFile, listPackage } from "@electron/asar";
import { Arch, build, Platform } from "electron-builder";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startBundledServer } from "../../electron/engine/server/bundled-server.ts";
import { findNodeCommand, thisMachine } from "../../electron/engine/server/glibc.ts";
import { spawnWith, useServerLauncher } from "../../electron/engine/server/launch-server.ts";
import { buildStandIn } from "../support/electron-stand-in/build.ts";
import { launchElectron } from "../support/electron-stand-in/launch.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryFolder } from "../support/site.ts";

const FUSES = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";

describe.runIf(process.platform === "linux")("the packed app", () => {
  let folder = "";
  let packed = "";
  let files: string[] = [];
  const desktopEntries = { appImage: "", deb: "" };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "account-keeper-package-"));
    const runtime = await buildStandIn(join(folder, "runtime"), { forPackaging: true });
    await build({
      projectDir: join(import.meta.dirname, "..", ".."),
      publish: "never",
      targets: Platform.LINUX.createTarget(["dir", "AppImage", "deb"], Arch[process.arch as "x64" | "arm64"]),
      // The last two are what a release brings.
      config: {
        electronDist: runtime,
        directories: { output: join(folder, "release") },
        publish: { provider: "github", owner: "somebody", repo: "account-keeper" },
        extraMetadata: { homepage: "https://github.com/somebody/account-keeper" },
      },
      // Called when all of an installer is known. Its tools would be downloaded, so that is where it ends.
      async effectiveOptionComputed(options: { desktop?: string } | [args: string[], desktopFile: string]) {
        if (Array.isArray(options)) desktopEntries.deb = await readFile(options[1], "utf8");
        else desktopEntries.appImage = options.desktop ?? "";
        return true;
      },
    });
    packed = join(folder, "release", "linux-unpacked");
    files = listPackage(join(packed, "resources", "app.asar"), { isPack: false });
  }, 120_000);
  afterAll(async () => await rm(folder, { recursive: true, force: true }));

  test("holds what runs and nothing else", () => {
    expect(files).toEqual(expect.arrayContaining(["/package.json", "/LICENSE", "/dist/electron/main.js", "/dist/electron/preload.cjs", "/dist/electron/desktop/worker.js", "/dist/renderer/index.html", "/dist/shared/contract.js"]));
    const licence = /\/(?:licen[cs]e|copying|notice)[^/]*$/i;
    expect(files.filter((file) => !licence.test(file)).filter((file) => /\.(?:ts|tsx|map|md)$|^\/(?:test|renderer|shared|electron|build)\/|^\/dist\/electron\/(?:cli|web|start)|\/chromadb\/src/.test(file))).toEqual([]);
    const packages = new Set(files.flatMap((file) => /^\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));
    for (const name of ["react", "@mantine/core", "hono", "commander", "electron", "vite", "typescript"]) expect([name, packages.has(name)]).toEqual([name, false]);
    for (const name of ["zod", "undici", "age-encryption", "electron-updater", "electron-log"]) expect([name, packages.has(name)]).toEqual([name, true]);
    expect([...packages].filter((name) => name.startsWith("chromadb-js-bindings-"))).toEqual([`chromadb-js-bindings-linux-${process.arch}-gnu`]);
    // Their terms go with them: beside each library, and in one file for what is inside the window's own.
    const withoutTerms = [...packages].filter((name) => !files.some((file) => file.startsWith(`/node_modules/${name}/`) && licence.test(file)));
    // These two name their licence in their package.json only.
    expect(withoutTerms.sort()).toEqual([`chromadb-js-bindings-linux-${process.arch}-gnu`, "lazy-val"]);
    expect(files).toContain("/dist/renderer/licenses.txt");
  });

  test("has what the bundled server needs beside the archive, and it runs from there", async () => {
    const unpacked = join(packed, "resources", "app.asar.unpacked");
    for (const file of files.filter((name) => name.endsWith(".node"))) expect([file, existsSync(join(unpacked, file))]).toEqual([file, true]);
    const launch = spawnWith(await findNodeCommand(thisMachine()));
    useServerLauncher(async (request) => await launch({ ...request, script: join(unpacked, "dist", "electron", "engine", "server", "host.js") }));
    onTestFinished(() => useServerLauncher(null));
    const server = await startBundledServer();
    onTestFinished(() => server.stop());
    expect((await fetch(`${server.url}/api/v2/heartbeat`)).status).toBe(200);
  });

  test("is known to the desktop by one name, and is started in its sandbox", () => {
    const { desktopName } = JSON.parse(extractFile(join(packed, "resources", "app.asar"), "package.json").toString()) as { desktopName?: string };
    // What Electron names its windows by, and what both installers name the file.
    expect(desktopName).toBe("account-keeper.desktop");
    for (const entry of Object.values(desktopEntries)) expect(entry).toMatch(/^StartupWMClass=account-keeper$/m);
    expect(desktopEntries.appImage).toMatch(/^Exec=AppRun %U$/m);
    expect(desktopEntries.deb).toMatch(/^Exec="\/opt\/Account Keeper\/account-keeper" %U$/m);
  });

  test("has its fuses set", async () => {
    const executable = await readFile(join(packed, "account-keeper"), "latin1");
    const at = executable.indexOf(FUSES) + FUSES.length + 2;
    // runAsNode, cookieEncryption, nodeOptions, nodeCliInspect, asarIntegrity, onlyLoadAppFromAsar, ownV8Snapshot, fileProtocolPrivileges
    expect(executable.slice(at, at + 8)).toBe("01001100");
  });

  test("starts, its page is there, and it starts with the computer where that is wanted", async () => {
    const home = await temporaryFolder();
    // Empty is as good as not set, says the specification of these folders.
    const launched = await launchElectron({ executablePath: join(packed, "account-keeper"), env: { HOME: home, XDG_CONFIG_HOME: "" } });
    onTestFinished(() => launched.stop());
    const { app, page } = launched;
    expect(await app.evaluate(({ app: electron }) => [electron.isPackaged, electron.getName()])).toEqual([true, "Account Keeper"]);
    // Updates are for an AppImage only: this folder would not be replaced.
    expect(await page.evaluate("keeper.call('app.info', {})")).toMatchObject({ ok: true, value: { host: "desktop", startAtLogin: true, updates: false } });
    const entry = join(home, ".config", "autostart", "account-keeper.desktop");
    await page.evaluate("keeper.call('settings.update', { startAtLogin: true })");
    await eventually(async () => expect(await readFile(entry, "utf8")).toContain(`Exec="${join(packed, "account-keeper")}" --hidden\n`));
    await page.evaluate("keeper.call('settings.update', { startAtLogin: false })");
    await eventually(() => expect(existsSync(entry)).toBe(false));
  });
});
