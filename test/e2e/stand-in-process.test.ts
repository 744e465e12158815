// The stand-in's main process: the APIs that need no page, and how an app starts and ends. What a killed app leaves behind is here too.
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createPackage } from "@electron/asar";
import type { ElectronApplication, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { buildStandIn } from "../support/electron-stand-in/build.ts";
import { hostKind, standInRecord, type LaunchedApp } from "../support/electron-stand-in/launch.ts";
import { controlOf, launchTestApp, processesWith, run, setControl, TEST_APP } from "../support/electron-stand-in/test-app.ts";

describe.runIf(hostKind() === "stand-in")("the stand-in's main process", () => {
  let launched: LaunchedApp;
  let app: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    launched = await launchTestApp();
    ({ app, page } = launched);
  });
  afterAll(() => launched.stop());

  describe("the main process's own APIs", () => {
    test("the clipboard answers with promises", async () => {
      const seen = await app.evaluate(async ({ clipboard, ClipboardItem }) => {
        const writing = clipboard.writeText("copied");
        const isPromise = writing instanceof Promise;
        await writing;
        const text = await clipboard.readText();
        await clipboard.write([new ClipboardItem({ "text/html": "<b>bold</b>" })]);
        const types = (await clipboard.read()).map((item) => item.types);
        clipboard.clear();
        return { isPromise, text, types, hasText: await clipboard.has("text/plain"), after: await clipboard.readText() };
      });
      expect(seen).toEqual({ isPromise: true, text: "copied", types: [["text/html"]], hasText: false, after: "" });
    });

    test("safeStorage gives back what it was given, and nothing for a changed text", async () => {
      const seen = await app.evaluate(async ({ safeStorage }) => {
        const secret = await safeStorage.encryptStringAsync("hunter2");
        const changed = Buffer.from(secret);
        changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
        return {
          plain: secret.includes("hunter2"),
          back: await safeStorage.decryptStringAsync(secret),
          changed: await safeStorage.decryptStringAsync(changed).catch(String),
          backend: safeStorage.getSelectedStorageBackend(),
          available: await safeStorage.isAsyncEncryptionAvailable(),
        };
      });
      expect(seen).toEqual({
        plain: false,
        back: { shouldReEncrypt: false, result: "hunter2" },
        changed: expect.stringContaining("Error while decrypting") as string,
        backend: "gnome_libsecret",
        available: true,
      });
    });

    test("a utility process gets messages, answers and ends with its own exit code", async () => {
      expect(await run(page, `api.invoke("square", 12).then((result) => ({ ...result, answer: { ...result.answer, when: result.answer.when.getTime() } }))`)).toEqual({
        answer: { square: 144, when: 0, type: "utility", args: ["--squares"] },
        hadPid: true,
        exitCode: 7,
      });
    });

    test("what Electron has only once the app is ready is not there before", async () => {
      expect((await controlOf(app)).tooEarly).toEqual(["tray", "notification", "screen", "dialog", "session", "process"]);
    });

    test("a dialog without an answer fails, and one with an answer gives it", async () => {
      const unanswered = app.evaluate(({ dialog }) => dialog.showMessageBox({ message: "Sure?" }));
      await expect(unanswered).rejects.toThrow("dialog.showMessageBox opened, but the test gave no answer");
      const answered = await app.evaluate(({ dialog }) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: ["/somewhere"] });
        return dialog.showOpenDialog({});
      });
      expect(answered.filePaths).toEqual(["/somewhere"]);
    });

    test.each<[string, (electron: typeof Electron.CrossProcessExports) => unknown]>([
      ["app.getGPUInfo", ({ app }) => app.getGPUInfo("basic")],
      ["webContents.debugger", ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.debugger.attach()],
      ["autoUpdater.checkForUpdates", ({ autoUpdater }) => autoUpdater.checkForUpdates()],
      ["globalShortcut.register", ({ globalShortcut }) => globalShortcut.register("F1", () => undefined)],
      ["session.fromPartition", ({ session }) => session.fromPartition("persist:other").isPersistent()],
    ])("%s is not emulated, and says so", async (name, use) => {
      await expect(app.evaluate(use)).rejects.toThrow(new RegExp(`stand-in: ${name}.* is not emulated`, "i"));
    });

    test("menus are clicked, notifications are shown and clicked, links out are recorded", async () => {
      const clicked = await app.evaluate(({ BrowserWindow, Menu, Notification, shell }) => {
        const clicks: string[] = [];
        const template: Electron.MenuItemConstructorOptions[] = [
          { label: "File", submenu: [{ id: "backup", label: "Back up", accelerator: "CmdOrCtrl+B", click: (item) => clicks.push(item.label) }, { id: "off", label: "Off", enabled: false, click: () => clicks.push("off") }, { id: "smaller", role: "minimize" }] },
        ];
        Menu.setApplicationMenu(Menu.buildFromTemplate(template));
        const menu = Menu.getApplicationMenu();
        for (const id of ["backup", "off", "smaller"]) menu?.getMenuItemById(id)?.click();
        const [window] = BrowserWindow.getAllWindows();
        const minimized = window?.isMinimized();
        window?.restore();
        const notification = new Notification({ title: "Done", body: "12 accounts" });
        notification.on("click", () => clicks.push("notification"));
        notification.show();
        notification.emit("click");
        return shell.openExternal("https://example.com/help").then(() => ({ clicks, minimized, accelerator: menu?.getMenuItemById("backup")?.accelerator }));
      });
      expect(clicked).toEqual({ clicks: ["Back up", "notification"], minimized: true, accelerator: "CmdOrCtrl+B" });
      expect(await standInRecord(app)).toMatchObject({ notifications: [{ title: "Done", body: "12 accounts" }], openedExternally: ["https://example.com/help"] });
    });

    test("the app knows its name, version and folders", async () => {
      const seen = await app.evaluate((electron) => ({
        name: electron.app.getName(),
        version: electron.app.getVersion(),
        path: electron.app.getAppPath(),
        userData: electron.app.getPath("userData"),
        packaged: electron.app.isPackaged,
        dock: typeof electron.app.dock,
        display: electron.screen.getDisplayMatching({ x: 0, y: 0, width: 1, height: 1 }).workArea.width,
      }));
      expect(seen).toEqual({ name: "Stand-in App", version: "1.2.3", path: TEST_APP, userData: launched.userDataDir, packaged: false, dock: "undefined", display: 1920 });
    });
  });

  describe("starting and ending", () => {
    test("a second instance hands over its command line and leaves", async () => {
      await expect(launchTestApp({ userDataDir: launched.userDataDir, args: ["--from-the-second"] })).rejects.toThrow();
      await expect.poll(async () => (await controlOf(app)).secondInstances).toMatchObject([{ data: { from: "the fixture" } }]);
      expect((await controlOf(app)).secondInstances[0]?.argv).toContain("--from-the-second");
    });

    test("an app that prevents before-quit goes on, and can quit later", async () => {
      await setControl(app, { stayOpen: true });
      await app.evaluate(({ app }) => app.quit());
      await expect.poll(async () => (await controlOf(app)).quits).toEqual(["before-quit"]);
      await setControl(app, { stayOpen: false });
      expect(await run(page, `api.invoke("echo", "still here")`)).toBe("still here");
    });

    test("an app hears that its page crashed, and can load it again", async () => {
      const other = await launchTestApp();
      try {
        await other.app.evaluate(({ BrowserWindow }) => {
          const contents = BrowserWindow.getAllWindows()[0]?.webContents;
          contents?.once("render-process-gone", (_event, { reason }) => {
            contents.once("did-finish-load", () => Object.assign(globalThis, { recovered: reason }));
            contents.reload();
          });
        });
        const devTools = await other.page.context().newCDPSession(other.page);
        devTools.send("Page.crash").catch(() => undefined);
        await expect.poll(() => other.app.evaluate(() => (globalThis as unknown as { recovered?: string }).recovered)).toBe("crashed");
      } finally {
        await other.stop();
      }
    });

    test("a packaged app runs from its archive", async () => {
      const folder = await buildStandIn(await mkdtemp(join(tmpdir(), "stand-in-packaged-")), { forPackaging: true });
      await createPackage(TEST_APP, join(folder, "resources", "app.asar"));
      try {
        const packaged = await launchTestApp({ executablePath: join(folder, "electron") });
        expect(await packaged.page.locator("h1").textContent()).toBe("Stand-in App");
        expect(await packaged.app.evaluate((electron) => [electron.app.isPackaged, electron.app.getAppPath().endsWith("app.asar")])).toEqual([true, true]);
        await packaged.stop();
        expect((await readFile(join(folder, "electron"), "latin1")).endsWith("dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\x01\x09101100011")).toBe(true);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });

    test.runIf(process.platform === "linux")("quitting leaves nothing behind but what the app stored", async () => {
      const folder = await mkdtemp(join(tmpdir(), "stand-in-quit-"));
      const quitFile = join(folder, "quit");
      const start = (): Promise<LaunchedApp> => launchTestApp({ userDataDir: join(folder, "user"), env: { STAND_IN_APP_QUIT_FILE: quitFile, ELECTRON_STANDIN_KEYRING: "none" } });
      try {
        const first = await start();
        await run(first.page, `localStorage.setItem("kept", "yes")`);
        const keyring = await first.app.evaluate(async ({ safeStorage }) => [await safeStorage.isAsyncEncryptionAvailable(), await safeStorage.encryptStringAsync("x").catch(String)]);
        expect(keyring).toEqual([false, expect.stringContaining("Encryption is not available")]);
        expect(processesWith(folder).length).toBeGreaterThan(1);
        await first.stop();
        expect(processesWith(folder)).toEqual([]);
        expect(await readFile(quitFile, "utf8")).toBe("will-quit");

        const second = await start();
        expect(await run(second.page, `localStorage.getItem("kept")`)).toBe("yes");
        // Closing the last window is the other way to quit.
        const closed = second.app.waitForEvent("close");
        await second.page.close();
        await closed;
        expect(processesWith(folder)).toEqual([]);
        await second.stop();
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });

    test.runIf(process.platform === "linux")("Chromium and utility processes die with a main process that is killed", async () => {
      const victim = await launchTestApp();
      await victim.app.evaluate(({ utilityProcess }, worker) => {
        const child = utilityProcess.fork(worker, ["--of-the-victim", process.argv.at(-1) ?? ""], { stdio: "ignore" });
        return new Promise<void>((resolve) => child.once("spawn", resolve));
      }, join(TEST_APP, "worker.js"));
      expect(processesWith(victim.userDataDir).length).toBeGreaterThan(2);
      victim.app.process().kill("SIGKILL");
      await expect.poll(() => processesWith(victim.userDataDir), { timeout: 10_000 }).toEqual([]);
      await victim.stop();
      expect(existsSync(victim.userDataDir)).toBe(false);
    });
  });
});
