/** The desktop app as its owner meets it: window, tray, clipboard, links, and every way it can end. On the built app, with a real ChromaDB. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { startBundledServer } from "../../electron/engine/server/bundled-server.ts";
import { hostKind, standInRecord } from "../support/electron-stand-in/launch.ts";
import { childrenOf, MAIN_FILE, startDesktop, type DesktopApp } from "../support/desktop-app.ts";
import { eventually } from "../support/eventually.ts";
import { createTestSite, temporaryFolder, type TestSite } from "../support/site.ts";

const people = sampleAccounts(12);
const isStandIn = hostKind() === "stand-in";

async function siteOf(count: number): Promise<TestSite> {
  const site = await createTestSite();
  await site.create();
  await site.add(people.slice(0, count));
  return site;
}

/** The window, as the main process sees it. */
const windowState = async ({ app }: DesktopApp) =>
  await app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    return window === undefined ? null : { visible: window.isVisible(), bounds: window.getBounds(), minimum: window.getMinimumSize() };
  });

const answerDialogs = async ({ app }: DesktopApp, button: number): Promise<void> =>
  await app.evaluate(({ dialog }, response) => {
    const asked: unknown[] = ((globalThis as { asked?: unknown[] }).asked ??= []);
    dialog.showMessageBox = (...args: unknown[]) => {
      asked.push(args.at(-1));
      return Promise.resolve({ response, checkboxChecked: false });
    };
  }, button);

const asked = async ({ app }: DesktopApp): Promise<unknown[]> => await app.evaluate(() => (globalThis as { asked?: unknown[] }).asked ?? []);

const quit = async ({ app }: DesktopApp): Promise<void> => await app.evaluate(({ app: electron }) => electron.quit());

/** A rehearsal starts a server of its own, which takes a moment. */
async function startRehearsal(desktop: DesktopApp): Promise<void> {
  const siteId = await desktop.addSite(await siteOf(3));
  await desktop.run("backup", { siteId });
  await desktop.start("drill", { siteId, from: { kind: "newest" } });
}

describe("the window", () => {
  test("opens where it stood, in a size that holds the page", async () => {
    const first = await startDesktop();
    expect(await windowState(first)).toMatchObject({ visible: true, bounds: { width: 1280, height: 800 }, minimum: [900, 600] });
    await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setBounds({ x: 140, y: 90, width: 1000, height: 700 }));
    const path = join(first.userData, "window.json");
    await eventually(async () => expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ x: 140, y: 90, width: 1000, height: 700 }));
    await first.kill();

    const second = await startDesktop({ userData: first.userData });
    expect(await windowState(second)).toMatchObject({ bounds: { x: 140, y: 90, width: 1000, height: 700 } });
    await second.stop();

    await writeFile(path, '{"x":999999,');
    const third = await startDesktop({ userData: first.userData });
    expect(await windowState(third)).toMatchObject({ visible: true, bounds: { width: 1280, height: 800 } });
  });

  test("closes the app, or leaves it in the tray when its owner wants that", async () => {
    const desktop = await startDesktop();
    await desktop.ask("settings.update", { closeToTray: true });
    const close = (): Promise<void> => desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await close();
    await eventually(async () => expect((await windowState(desktop))?.visible).toBe(false));
    if (isStandIn) {
      await clickTray(desktop, "open");
      expect((await windowState(desktop))?.visible).toBe(true);
    }
    await desktop.ask("settings.update", { closeToTray: false });
    const ended = once(desktop.app.process(), "exit");
    await close();
    expect((await ended)[0]).toBe(0);
  });

  test("is light or dark as the settings say", async () => {
    const desktop = await startDesktop();
    for (const theme of ["dark", "light"] as const) {
      await desktop.ask("settings.update", { theme });
      await eventually(async () => expect(await desktop.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")).toBe(theme === "dark"));
    }
  });
});

describe("a link, or a second start", () => {
  test("leads into the window that is open, and is nothing when it is not ours", async () => {
    const desktop = await startDesktop();
    const secondStart = async (...args: string[]): Promise<number | null> => {
      const { executable, env } = await desktop.app.evaluate(({ app }) => ({ executable: app.getPath("exe"), env: process.env }));
      const second = spawn(executable, [MAIN_FILE, `--user-data-dir=${desktop.userData}`, ...(isStandIn ? [] : ["--no-sandbox"]), ...args], { stdio: "ignore", env });
      const [code] = (await once(second, "exit")) as [number | null];
      return code;
    };
    const places = async (): Promise<unknown[]> => (await desktop.events()).filter(({ type }) => type === "go");
    expect(await secondStart("account-keeper://redeploy")).toBe(0);
    await eventually(async () => expect(await places()).toEqual([{ type: "go", place: "redeploy", siteId: null }]));
    expect(await secondStart("account-keeper://restore?everyone=yes")).toBe(0);
    expect(await secondStart()).toBe(0);
    await eventually(async () => expect(await desktop.log()).toContain("A link was not followed: account-keeper://restore"));
    expect(await places()).toHaveLength(1);
  });

  test("that started the app is followed when the page is there", async () => {
    const desktop = await startDesktop({ args: ["account-keeper://variable"] });
    await eventually(async () => expect(await desktop.events()).toContainEqual({ type: "go", place: "variable", siteId: null }));
  });
});

async function clickTray({ app }: DesktopApp, id: string): Promise<void> {
  await app.evaluate(({ Tray }, itemId) => {
    const [tray] = (Tray as unknown as { all: Set<{ contextMenu: Electron.Menu }> }).all;
    tray?.contextMenu.getMenuItemById(itemId)?.click();
  }, id);
}

const trayToolTip = async ({ app }: DesktopApp): Promise<string> => await app.evaluate(({ Tray }) => [...(Tray as unknown as { all: Set<{ toolTip: string }> }).all][0]?.toolTip ?? "");

test.runIf(isStandIn)("the tray says how the site is, and backs it up", async () => {
  const desktop = await startDesktop();
  const siteId = await desktop.addSite(await siteOf(7));
  const toolTip = (): Promise<string> => trayToolTip(desktop);
  // The window looks at it too, and may have done so already: nobody is backed up yet.
  await eventually(async () => expect(await toolTip()).toMatch(/Marlow Bakery: (?:Looking|At risk)$/));
  await clickTray(desktop, `back-up-${siteId}`);
  await eventually(async () => expect((await desktop.ask("backup.list", { siteId })).total).toBe(1));
  await eventually(async () => expect(await toolTip()).toMatch(/Marlow Bakery: Safe$/));
});

test("a copied variable is marked as a secret, and gone when the app ends", async () => {
  const desktop = await startDesktop();
  const siteId = await desktop.addSite(await siteOf(5));
  const { length, clearsInMs } = await desktop.run("copy_variable", { siteId });
  expect(clearsInMs).toBe(60_000);
  const onClipboard = await desktop.app.evaluate(async ({ clipboard }) => ({ text: await clipboard.readText(), types: (await clipboard.read()).flatMap(({ types }) => types) }));
  expect(onClipboard.text).toHaveLength(length);
  if (process.platform === "linux") expect(onClipboard.types.join()).toContain("x-kde-passwordManagerHint");
  // What is put there by the page's wish is no secret.
  await desktop.ask("host.copy", { text: "details" });
  expect(await desktop.app.evaluate(async ({ clipboard }) => (await clipboard.read()).flatMap(({ types }) => types))).toEqual(["text/plain"]);
  await desktop.run("copy_variable", { siteId });
  await desktop.app.evaluate(({ app, clipboard }) => {
    app.once("will-quit", () => void clipboard.readText().then((text) => process.stdout.write(`left on the clipboard: [${text}]\n`)));
  });
  let output = "";
  desktop.app.process().stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await desktop.stop();
  expect(output).toContain("left on the clipboard: []");
  expect(await desktop.log()).not.toContain(onClipboard.text);
});

test.runIf(isStandIn)("dialogs and the file manager open for what the page may name, and for nothing else", async () => {
  const desktop = await startDesktop();
  const folder = await temporaryFolder();
  await desktop.app.evaluate(({ dialog }, picked) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [picked] });
  }, folder);
  const { chosen } = await desktop.ask("dialog.choose", { what: "vault" });
  expect(chosen?.token).toMatch(/^path_/);
  const source = await siteOf(1);
  const { site } = await desktop.ask("site.add", { name: "Marlow Bakery", source: { kind: "server", url: source.site }, collectionName: source.collectionName, vault: chosen?.token, settings: { watch: false } });
  await desktop.ask("host.show", { siteId: site.id });
  await desktop.ask("host.open", { link: "render" });
  const { openedPaths, shownInFolder, openedExternally } = await standInRecord(desktop.app);
  expect([openedPaths, shownInFolder]).toEqual([[folder], []]);
  expect(openedExternally).toEqual([expect.stringMatching(/^https:\/\/[\w.]*render\.com\//)]);
});

describe("quitting", () => {
  test("asks once while something runs, and waits if that is wanted", async () => {
    const desktop = await startDesktop();
    await startRehearsal(desktop);
    await answerDialogs(desktop, 0);
    await quit(desktop);
    await eventually(async () => expect(await asked(desktop)).toHaveLength(1));
    expect(await asked(desktop)).toMatchObject([{ message: "A rehearsal is running.", buttons: ["Wait", "Stop and quit"], defaultId: 0, cancelId: 0 }]);
    expect((await desktop.call("site.list", {})).ok).toBe(true);

    await answerDialogs(desktop, 1);
    const ended = once(desktop.app.process(), "exit");
    await quit(desktop);
    expect((await ended)[0]).toBe(0);
  });

  test("asks nothing when nothing runs", async () => {
    const desktop = await startDesktop();
    await answerDialogs(desktop, 0);
    const ended = once(desktop.app.process(), "exit");
    await quit(desktop);
    expect((await ended)[0]).toBe(0);
  });
});

describe.runIf(process.platform === "linux")("when the engine's process is killed", () => {
  const worker = async (desktop: DesktopApp): Promise<number> => {
    const main = await desktop.app.evaluate(() => process.pid);
    const found = (await childrenOf(main)).find(({ command }) => command.includes("worker.js"));
    if (found === undefined) throw new Error("no engine");
    return found.pid;
  };

  test("the window goes on, is told, and everything kept is there", async () => {
    const desktop = await startDesktop();
    await desktop.addSite(await siteOf(2));
    process.kill(await worker(desktop), "SIGKILL");
    await eventually(async () => expect((await desktop.events()).filter(({ type }) => type === "notice")).toMatchObject([{ notice: { code: "ENGINE_STOPPED", message: "The engine stopped and was started again." } }]));
    expect((await desktop.ask("site.list", {})).sites).toMatchObject([{ name: "Marlow Bakery" }]);
    expect(await desktop.log()).toMatch(/The engine's process ended\. \[[0-9a-f]{6}\]/);
  });

  test("again and again, it stays down and says so", async () => {
    const desktop = await startDesktop();
    const siteId = await desktop.addSite(await siteOf(2));
    const canBackUp = (): Promise<boolean | undefined> => desktop.app.evaluate(({ Menu }, id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.enabled, `back-up-${siteId}`);
    await eventually(async () => expect(await canBackUp()).toBe(true));
    for (let times = 0; times < 3; times += 1) {
      const pid = await eventually(async () => await worker(desktop));
      process.kill(pid, "SIGKILL");
      await eventually(async () => expect((await childrenOf(await desktop.app.evaluate(() => process.pid))).some((child) => child.pid === pid)).toBe(false));
    }
    await eventually(async () => expect(await desktop.call("site.list", {})).toMatchObject({ ok: false, error: { code: "ENGINE_STOPPED", message: "The engine keeps stopping." } }));
    if (isStandIn) {
      await eventually(async () => expect(await trayToolTip(desktop)).toBe("Account Keeper is not watching"));
      expect((await standInRecord(desktop.app)).notifications).toMatchObject([{ title: "Account Keeper is not watching" }]);
    }
    await eventually(async () => expect(await canBackUp()).toBe(false));
    const ended = once(desktop.app.process(), "exit");
    await quit(desktop);
    expect((await ended)[0]).toBe(0);
  });
});

test.runIf(isStandIn)("an app that cannot be opened says that nobody watches", async () => {
  const userData = await temporaryFolder();
  await mkdir(join(userData, "keeper"));
  await writeFile(join(userData, "keeper", "sites.json"), JSON.stringify({ version: 999 }));
  const desktop = await startDesktop({ userData });
  await eventually(async () => expect(await trayToolTip(desktop)).toBe("Account Keeper is not watching"));
  expect((await standInRecord(desktop.app)).notifications).toHaveLength(1);
});

describe("when the app is killed", () => {
  test("in the middle of a backup, nothing half-done counts, and the next start goes on", async () => {
    const server = await startBundledServer();
    onTestFinished(() => server.stop());
    const site = await createTestSite(server.url);
    await site.create();
    await site.add(sampleAccounts(2_000));
    const desktop = await startDesktop();
    const siteId = await desktop.addSite(site);
    await desktop.start("backup", { siteId });
    await eventually(async () => expect((await desktop.events()).some((event) => event.type === "operation" && event.operation.kind === "backup")).toBe(true));
    await desktop.kill();

    const again = await startDesktop({ userData: desktop.userData });
    expect((await again.ask("site.list", {})).sites).toMatchObject([{ id: siteId }]);
    expect(await again.run("backup", { siteId })).toMatchObject({ accounts: 2_000 });
    const { backups } = await again.ask("backup.list", { siteId });
    expect(backups.every(({ state }) => state === "good")).toBe(true);
  });
});

test.runIf(process.platform !== "win32")("what the app writes is its owner's only", async () => {
  const desktop = await startDesktop();
  await desktop.addSite(await siteOf(1));
  await desktop.call("no.such.command", {});
  await eventually(async () => expect(await desktop.log()).not.toBe(""));
  for (const path of ["logs/main.log", "keeper"]) expect([path, (await stat(join(desktop.userData, path))).mode & 0o077]).toEqual([path, 0]);
});
