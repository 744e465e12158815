// The stand-in's windows and pages, driven as the app's own tests drive it: what is emulated behaves, and a careless app would be caught.
import { join } from "node:path";

import type { ElectronApplication, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { hostKind, standInRecord, type LaunchedApp } from "../support/electron-stand-in/launch.ts";
import { controlOf, launchTestApp, run, setControl, TEST_APP, windowOf } from "../support/electron-stand-in/test-app.ts";

describe.runIf(hostKind() === "stand-in")("the stand-in", () => {
  let launched: LaunchedApp;
  let app: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    launched = await launchTestApp();
    ({ app, page } = launched);
  });
  afterAll(() => launched.stop());
  beforeEach(() => setControl(app, { opened: [], navigations: [], frameNavigations: [], permissions: [], granted: [] }));
  // A test that moved the page would take the others along.
  afterEach(() => expect(page.url()).toBe("https://bundle.app.standin.invalid/index.html"));

  describe("a window", () => {
    test("is shown once it is ready, and has the size that was asked for", async () => {
      const window = await windowOf(app, page);
      await expect.poll(() => controlOf(app)).toMatchObject({ shown: 1 });
      expect(await window.evaluate((it) => ({ visible: it.isVisible(), focused: it.isFocused(), bounds: it.getBounds(), title: it.getTitle(), colour: it.getBackgroundColor() }))).toMatchObject({
        visible: true,
        focused: true,
        bounds: { width: 900, height: 640 },
        title: "Stand-in App",
        colour: "#202020",
      });
      expect(await run(page, "[innerWidth, innerHeight]")).toEqual([900, 640]);
    });

    test("follows setBounds, but not below its least width", async () => {
      const window = await windowOf(app, page);
      await window.evaluate((it) => it.setBounds({ width: 300, height: 500 }));
      await expect.poll(() => run(page, "[innerWidth, innerHeight]")).toEqual([700, 500]);
      await window.evaluate((it) => it.setBounds({ width: 900, height: 640 }));
      await expect.poll(() => run(page, "[innerWidth, innerHeight]")).toEqual([900, 640]);
    });

    test("stays when the app prevents its closing", async () => {
      await setControl(app, { keepWindow: true });
      const window = await windowOf(app, page);
      await window.evaluate((it) => it.close());
      await setControl(app, { keepWindow: false });
      expect(await window.evaluate((it) => it.isDestroyed())).toBe(false);
    });

    test("takes its colours from nativeTheme", async () => {
      await app.evaluate(({ nativeTheme }) => (nativeTheme.themeSource = "dark"));
      await expect.poll(() => run(page, `matchMedia("(prefers-color-scheme: dark)").matches`)).toBe(true);
      await app.evaluate(({ nativeTheme }) => (nativeTheme.themeSource = "light"));
      await expect.poll(() => run(page, `matchMedia("(prefers-color-scheme: light)").matches`)).toBe(true);
    });

    test.each([
      ["nodeIntegration", { nodeIntegration: true }],
      ["contextIsolation: false", { contextIsolation: false }],
      ["webSecurity: false", { webSecurity: false }],
      ["sandbox: false", { sandbox: false }],
    ])("is refused with %s", async (name, webPreferences) => {
      const open = app.evaluate(({ BrowserWindow }, preferences) => new BrowserWindow({ webPreferences: preferences }).id, webPreferences);
      await expect(open).rejects.toThrow(`stand-in: webPreferences.${name} is not emulated`);
    });
  });

  describe("the page and the preload", () => {
    test("are worlds apart", async () => {
      expect(await page.locator("output").textContent()).toBe("require:undefined process:undefined ipcRenderer:undefined module:undefined Buffer:undefined electron:undefined");
    });

    test("the exposed API is frozen to the last corner", async () => {
      const script = `(() => {
        "use strict";
        const attempts = [() => { window.api = 1 }, () => { delete window.api }, () => { api.invoke = 1 }, () => { api.nested.list[1].deep = false }, () => { api.nested.list.push(1) }];
        return attempts.map((attempt) => { try { attempt(); return "done" } catch (error) { return error.name } });
      })()`;
      expect(await run(page, script)).toEqual(["TypeError", "TypeError", "TypeError", "TypeError", "TypeError"]);
    });

    test("errors, promises and callbacks cross the bridge", async () => {
      const script = `(async () => {
        const thrown = (() => { try { api.fails() } catch (error) { return String(error) } })();
        return [thrown, await api.rejects().catch(String), api.callsBack((n) => n * 2)];
      })()`;
      expect(await run(page, script)).toEqual(["RangeError: thrown in the preload", "TypeError: rejected in the preload", 43]);
    });

    test("a frame inside the page has none of it", async () => {
      await page.frameLocator("#frame").getByText("in a frame").waitFor();
      const frame = page.frames().find((it) => it.url().endsWith("frame.html"));
      expect(await frame?.evaluate(`[typeof api, typeof require, typeof ipcRenderer]`)).toEqual(["undefined", "undefined", "undefined"]);
    });

    test("a preload that requires fs is stopped, and its API is missing", async () => {
      const other = await launchTestApp({ args: ["--preload-wants-fs"] });
      try {
        await expect.poll(async () => (await controlOf(other.app)).preloadErrors).toEqual([{ path: join(TEST_APP, "preload.cjs"), message: "module not found: fs" }]);
        expect(await run(other.page, "typeof api")).toBe("undefined");
      } finally {
        await other.stop();
      }
    });
  });

  describe("ipc", () => {
    test("carries what structured clone carries", async () => {
      const script = `(async () => {
        const sent = { when: new Date(7), tags: new Map([["x", new Set([1])]]), bytes: new Uint8Array([1, 2]), big: 9n, nothing: undefined, minus: -0 };
        sent.self = sent;
        const got = await api.invoke("echo", sent);
        return [got.when instanceof Date && got.when.getTime(), got.tags.get("x").has(1), got.bytes instanceof Uint8Array && [...got.bytes], got.big === 9n, "nothing" in got, Object.is(got.minus, -0), got.self === got];
      })()`;
      expect(await run(page, script)).toEqual([7, true, [1, 2], true, true, true, true]);
    });

    test.each([
      ["an error of the handler", `api.invoke("fail")`, "Error: Error invoking remote method 'fail': TypeError: kaput"],
      ["a result that cannot be cloned", `api.invoke("function")`, "Error: Error invoking remote method 'function': Error: An object could not be cloned."],
      ["a channel that nobody handles", `api.invoke("nobody")`, "Error: Error invoking remote method 'nobody': Error: No handler registered for 'nobody'"],
      ["an argument that cannot be cloned", `api.invoke("echo", { act: () => 1 })`, "Error: An object could not be cloned."],
    ])("reports %s", async (_name, call, message) => {
      expect(await run(page, `${call}.then(() => "no error", String)`)).toBe(message);
    });

    test("says who the sender is, with the address the app knows", async () => {
      await page.frameLocator("#frame").getByText("in a frame").waitFor();
      expect(await run(page, `api.invoke("sender")`)).toEqual({
        url: "app://bundle/index.html",
        origin: "app://bundle",
        isMain: true,
        hasParent: false,
        isTop: true,
        frames: [{ url: "app://bundle/frame.html", isChild: true }],
        window: 1,
      });
    });

    test("brings messages to the page until it stops listening", async () => {
      const script = `(async () => {
        const news = [];
        let arrived;
        const ping = (text) => { const answer = new Promise((resolve) => (arrived = resolve)); api.send("ping", text); return answer };
        const stop = api.onNews((text) => { news.push(text); arrived() });
        await ping("one");
        stop();
        api.send("ping", "two");
        await api.invoke("echo", "the answer to two came before this one");
        return news;
      })()`;
      expect(await run(page, script)).toEqual(["pong one"]);
    });
  });

  describe("leaving the page", () => {
    const windows = (): Promise<number> => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

    test.each([
      ["window.open", `window.open("https://example.com/opened")`, "https://example.com/opened"],
      ["a link to a new window", `document.querySelector("#new").click()`, "https://example.com/new"],
      ["a form to a new window", `document.querySelector("#form").submit()`, "https://example.com/posted"],
    ])("%s is put to the app, and refused", async (_name, script, url) => {
      await run(page, `void ${script}`);
      await expect.poll(async () => (await controlOf(app)).opened.map((opened) => opened.replace(/\?$/, ""))).toEqual([url]);
      expect(await windows()).toBe(1);
      await expect.poll(() => app.windows().length).toBe(1);
    });

    test("a window the app allows is a window with the same preload rules", async () => {
      await run(page, `void window.open("app://bundle/index.html?second")`);
      const find = (): Page | undefined => app.windows().find((it) => it.url().endsWith("?second"));
      await expect.poll(find).toBeDefined();
      const second = find() ?? page;
      expect(await second.locator("output").textContent()).toContain("require:undefined");
      expect(await windows()).toBe(2);
      await second.close();
      expect(await windows()).toBe(1);
    });

    test.each([
      ["a script", `location.href = "https://example.com/elsewhere"`],
      ["a link", `document.querySelector("#out").click()`],
    ])("a foreign address from %s is put to the app, and refused", async (_name, script) => {
      const failed = page.waitForEvent("requestfailed");
      await run(page, `void (${script})`);
      expect((await failed).failure()?.errorText).toBe("net::ERR_ABORTED");
      expect((await controlOf(app)).navigations).toEqual(["https://example.com/elsewhere"]);
    });

    test("a frame's navigation is put to the app as a frame's", async () => {
      const failed = page.waitForEvent("requestfailed");
      await page.frameLocator("#frame").locator("#out").click({ noWaitAfter: true });
      expect((await failed).failure()?.errorText).toBe("net::ERR_ABORTED");
      expect(await controlOf(app)).toMatchObject({ navigations: [], frameNavigations: ["https://example.com/from-frame"] });
    });

    test("mailto: is put to the app", async () => {
      await run(page, `document.querySelector("#mail").click()`);
      await expect.poll(async () => (await controlOf(app)).navigations).toEqual(["mailto:someone@example.com"]);
      expect((await standInRecord(app)).openedExternally).toEqual([]);
    });

    test("the policy in the header that the app's handler sent holds", async () => {
      const script = `(async () => {
        const violations = [];
        const enough = new Promise((resolve) => document.addEventListener("securitypolicyviolation", (event) => { violations.push(event.effectiveDirective); if (violations.length === 4) resolve() }));
        const element = document.createElement("script");
        element.textContent = "window.ran = true";
        document.body.append(element);
        const image = document.createElement("img");
        image.src = "https://example.com/x.png";
        // DevTools lets eval through in the synchronous part of what it evaluates.
        await new Promise((resolve) => setTimeout(resolve));
        const evaluated = (() => { try { return (0, eval)("1") } catch (error) { return error.name } })();
        const fetched = await fetch("https://example.com/").then(() => "fetched", (error) => error.name);
        await enough;
        element.remove();
        return [evaluated, fetched, typeof window.ran, violations.sort()];
      })()`;
      expect(await run(page, script)).toEqual(["EvalError", "TypeError", "undefined", ["connect-src", "img-src", "script-src", "script-src-elem"]]);
    });
  });

  describe("permissions", () => {
    const asked = async (): Promise<string[]> => (await controlOf(app)).permissions.map(({ kind, permission }) => `${kind} ${permission}`);

    test.each([
      ["notifications", `Notification.requestPermission()`, "denied", "request notifications"],
      ["geolocation", `new Promise((resolve) => navigator.geolocation.getCurrentPosition(() => resolve("found"), (error) => resolve("code " + error.code)))`, "code 1", "request geolocation"],
      ["the camera", `navigator.mediaDevices.getUserMedia({ video: true }).then(() => "open", (error) => error.name)`, "NotAllowedError", "request media"],
      ["the clipboard", `navigator.clipboard.readText().then(() => "read", (error) => error.name)`, "NotAllowedError", "request clipboard-read"],
      ["a look", `navigator.permissions.query({ name: "geolocation" }).then((status) => status.state)`, "denied", "check geolocation"],
    ])("%s: the app is asked, and its no is a no", async (_name, script, answer, question) => {
      expect(await run(page, script)).toBe(answer);
      expect(await asked()).toEqual([question]);
      expect((await controlOf(app)).permissions[0]?.where).toMatch(/^app:\/\/bundle(\/index\.html)?$/);
    });

    test("devices: both handlers are asked, and none is given", async () => {
      await setControl(app, { granted: ["usb"] });
      expect(await run(page, `navigator.usb.getDevices().then((devices) => devices.length)`)).toBe(0);
      expect(await asked()).toEqual(["check usb", "device usb"]);
    });

    test("a yes is a yes", async () => {
      await setControl(app, { granted: ["notifications", "geolocation"] });
      expect(await run(page, `Notification.requestPermission()`)).toBe("granted");
      expect(await run(page, `navigator.permissions.query({ name: "geolocation" }).then((status) => status.state)`)).toBe("granted");
    });
  });
});
