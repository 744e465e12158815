/** What the browser host finds around it: Electron's runtime, a display, an opener, folders, a log. */
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chooseWindow, type Surroundings } from "../../../electron/web/electron-runtime.ts";
import { createFileLog } from "../../../electron/web/log.ts";
import { hasDisplay, openBrowser } from "../../../electron/web/open-browser.ts";
import { documentsFolder } from "../../../electron/web/user-folders.ts";
import { tempFolder } from "../backup/make-backup.ts";

describe("the desktop window", () => {
  async function surroundings(change: Partial<Surroundings> = {}): Promise<Surroundings & { electronFolder: string }> {
    const folder = await tempFolder();
    const electronFolder = join(folder, "electron");
    await mkdir(join(electronFolder, "dist"), { recursive: true });
    await writeFile(join(electronFolder, "path.txt"), "electron");
    await writeFile(join(electronFolder, "dist", "electron"), "");
    await writeFile(join(folder, "main.js"), "");
    return { env: { DISPLAY: ":0" }, platform: "linux", uid: 1000, mainFile: join(folder, "main.js"), ...change, electronFolder };
  }
  const why = (reason: string, advice = ""): object => ({ kind: "browser", why: `${reason}, so the window opens in your browser.${advice}` });
  const notFetched = why("Electron's runtime is not here", " `npx install-electron` fetches it.");

  it("opens where Electron's runtime, a display and the built app are there", async () => {
    const around = await surroundings();
    const desktop = { kind: "desktop", executable: join(around.electronFolder, "dist", "electron") };
    expect(chooseWindow(around)).toEqual(desktop);
    expect(chooseWindow({ ...around, env: { WAYLAND_DISPLAY: "wayland-0" } })).toEqual(desktop);
    expect(chooseWindow({ ...around, env: {}, platform: "darwin" })).toEqual(desktop);
    expect(chooseWindow({ ...around, env: {}, platform: "win32", uid: undefined })).toEqual(desktop);
  });

  it("does not open, and says why, where something is missing", async () => {
    const around = await surroundings();
    expect(chooseWindow({ ...around, electronFolder: null })).toEqual(why("Electron's runtime is not here"));
    expect(chooseWindow({ ...around, mainFile: "/nowhere/main.js" })).toEqual(why("The desktop app was not built"));
    expect(chooseWindow({ ...around, env: { DISPLAY: "" } })).toEqual(why("There is no display here"));
    expect(chooseWindow({ ...around, env: { SSH_CONNECTION: "1" }, platform: "darwin" })).toEqual(why("There is no display here"));
    expect(chooseWindow({ ...around, uid: 0 })).toEqual(why("Electron does not start as root"));
    await writeFile(join(around.electronFolder, "path.txt"), "electron.exe");
    expect(chooseWindow(around)).toEqual(notFetched);
    await writeFile(join(around.electronFolder, "path.txt"), "");
    expect(chooseWindow(around)).toEqual(notFetched);
  });

  it("takes a runtime that somebody names, and no other then", async () => {
    const around = await surroundings();
    const named = await tempFolder();
    const env = { DISPLAY: ":0", ELECTRON_OVERRIDE_DIST_PATH: named };
    expect(chooseWindow({ ...around, env })).toEqual(notFetched);
    await writeFile(join(named, "electron"), "");
    const desktop = { kind: "desktop", executable: join(named, "electron") };
    for (const change of [{}, { electronFolder: null }, { uid: 0 }]) expect(chooseWindow({ ...around, env, ...change })).toEqual(desktop);
  });
});

describe("the browser", () => {
  it("needs a display", () => {
    expect(hasDisplay({}, "linux")).toBe(false);
    expect(hasDisplay({ DISPLAY: ":0" }, "linux")).toBe(true);
    expect(hasDisplay({ SSH_CONNECTION: "x" }, "win32")).toBe(false);
  });

  it.skipIf(process.platform === "win32")("gets the link as an argument on Linux, and through a pipe on macOS", async () => {
    const folder = await tempFolder();
    for (const name of ["xdg-open", "osascript"]) {
      await writeFile(join(folder, name), `#!/bin/sh\nprintf '%s ' "$@" > ${folder}/${name}.args\ncat > ${folder}/${name}.input\n`);
      await chmod(join(folder, name), 0o700);
    }
    const env = { PATH: `${folder}:${process.env["PATH"] ?? ""}` };
    const url = "http://127.0.0.1:1/enter?token=t";
    expect(await openBrowser(url, env, "linux")).toBe(true);
    expect(await openBrowser(url, env, "darwin")).toBe(true);
    expect(await readFile(join(folder, "xdg-open.args"), "utf8")).toBe(`${url} `);
    expect(await readFile(join(folder, "osascript.args"), "utf8")).toBe("- ");
    expect(await readFile(join(folder, "osascript.input"), "utf8")).toBe(`open location "${url}"\n`);
  });

  it.skipIf(process.platform === "win32")("is not there, or fails", async () => {
    const folder = await tempFolder();
    expect(await openBrowser("http://127.0.0.1:1/", { PATH: folder }, "linux")).toBe(false);
    await writeFile(join(folder, "xdg-open"), "#!/bin/sh\nexit 3\n");
    await chmod(join(folder, "xdg-open"), 0o700);
    expect(await openBrowser("http://127.0.0.1:1/", { PATH: folder }, "linux")).toBe(false);
  });
});

describe("the owner's documents", () => {
  it.each([
    ['XDG_DESKTOP_DIR="$HOME/Schreibtisch"\nXDG_DOCUMENTS_DIR="$HOME/Dokumente"\n', "/home/anna/Dokumente"],
    ['XDG_DOCUMENTS_DIR="/data/documents/"\n', "/data/documents"],
    ['XDG_DOCUMENTS_DIR="$HOME/"\n', "/home/anna"],
    ['#XDG_DOCUMENTS_DIR="$HOME/Dokumente"\n', "/home/anna/Documents"],
    ['XDG_DOCUMENTS_DIR="relative"\n', "/home/anna/Documents"],
    [null, "/home/anna/Documents"],
  ])("%j", async (content, expected) => {
    const config = await tempFolder();
    if (content !== null) await writeFile(join(config, "user-dirs.dirs"), content);
    expect(documentsFolder("/home/anna", config)).toBe(expected);
  });
});

describe("the log", () => {
  const NOW = new Date("2026-11-24T10:00:00.000Z");

  it("is one line an entry, for its owner only, and finds an error again", async () => {
    const path = join(await tempFolder(), "data", "logs", "web.log");
    const log = createFileLog(path, () => NOW);
    log.info("one\ntwo \x1b[31m\u202e");
    const ref = log.error("It failed.", new Error("outer", { cause: new Error("inner") }));
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe("2026-11-24T10:00:00.000Z info one\\ntwo \\u001b[31m\u202e");
    expect(lines[1]).toMatch(/^2026-11-24T10:00:00\.000Z error \[[0-9a-f]{8}\] It failed\. Error: outer\\n.*surroundings\.test\.ts.*\[cause\]: Error: inner/);
    expect(lines[1]).toContain(`[${ref}]`);
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("holds no address, hash or key", async () => {
    const path = join(await tempFolder(), "web.log");
    const log = createFileLog(path);
    const secrets = ["anna@example.com", "$2b$12$abcdefghijklmnopqrstuuW5nyQ8Xq0G6m7cVQ1qYp0Q6m7cVQ1qY", "sk-0123456789abcdef0123456789abcdef", "eyJ1c2VyX2lkIjoiYSIsImVtYWlsIjoiYUBiIn0="];
    log.error("It failed.", new SyntaxError(`Unexpected token in ${JSON.stringify({ secrets })}`));
    for (const secret of secrets) log.warn(secret);
    const text = await readFile(path, "utf8");
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).toContain("Unexpected token");
  });

  it("stays small", async () => {
    const path = join(await tempFolder(), "web.log");
    const log = createFileLog(path);
    for (let index = 0; index < 30; index += 1) log.info(`${index} ${"words ".repeat(20_000)}`);
    expect((await stat(path)).size).toBeLessThan(1_200_000);
    expect((await stat(`${path}.old`)).size).toBeLessThan(1_200_000);
    expect(await readFile(path, "utf8")).toContain(" info 29 ");
  });

  it("never fails", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "file"), "");
    const log = createFileLog(join(folder, "file", "web.log"));
    log.info("nobody hears it");
    expect(log.error("nobody hears it", null)).toMatch(/^[0-9a-f]{8}$/);
  });
});
