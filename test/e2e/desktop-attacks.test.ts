/** A page gone bad, and what it cannot do: each item of Electron's security checklist that the app answers for, tried on the built app. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { contentSecurityPolicy } from "../../electron/app/page-headers.ts";
import { eventually } from "../support/eventually.ts";
import { standInRecord, hostKind } from "../support/electron-stand-in/launch.ts";
import { MAIN_FILE, shareDesktop, type DesktopApp } from "../support/desktop-app.ts";

const shared = shareDesktop();

const logged = async (desktop: DesktopApp, text: string | RegExp): Promise<void> => {
  await eventually(async () => expect(await desktop.log()).toMatch(text));
};

const clickLink = (href: string, target: string): string => `(() => {
  const link = Object.assign(document.createElement("a"), ${JSON.stringify({ href, target })});
  document.body.append(link);
  link.click();
  link.remove();
})()`;

const windowCount = async ({ app }: DesktopApp): Promise<number> => await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

test("the page sees three functions of the app and nothing of Electron or Node", async () => {
  const { page } = shared();
  expect(
    await page.evaluate(`({
      keeper: Object.keys(keeper).sort(),
      frozen: Object.isFrozen(keeper),
      leaked: ["require", "process", "module", "Buffer", "ipcRenderer", "electron", "global"].filter((name) => name in globalThis),
    })`),
  ).toEqual({ keeper: ["call", "onEvent", "takeFile"], frozen: true, leaked: [] });
});

describe("a bad request is refused with a code, and logged", () => {
  test("by what it asks", async () => {
    const desktop = shared();
    const code = async (command: string, request: unknown): Promise<string> => {
      const result = await desktop.call(command, request);
      return result.ok ? "fine" : result.error.code;
    };
    expect(await code("settings.get", {})).toBe("fine");
    for (const command of ["keeper.event", "fs.readFile", "__proto__", "constructor", "settings.get ", ""]) expect([command, await code(command, {})]).toEqual([command, "UNKNOWN_COMMAND"]);
    for (const request of [null, "text", 7, [], { more: 1 }]) expect([request, await code("settings.get", request)]).toEqual([request, "BAD_REQUEST"]);
    expect(await code("settings.update", { theme: "pink" })).toBe("BAD_REQUEST");
    expect(await code("folder.browse", { folder: "/etc" })).toBe("BAD_REQUEST");
    expect(await code("site.add", { name: "x", collectionName: "users", source: { kind: "folder", folder: "/etc" } })).toBe("BAD_REQUEST");
    expect(await code("folder.browse", { folder: `path_${"A".repeat(22)}` })).toMatch(/TOKEN_UNKNOWN|NOT_AVAILABLE_HERE/);
    expect(await code("host.show", { siteId: "../../etc/passwd" })).toBe("BAD_REQUEST");
    expect(await code("host.open", { link: "https://evil.example" })).toBe("BAD_REQUEST");
    expect(await desktop.page.evaluate("keeper.call('variable.inspect', { text: 'x'.repeat(10_000_000) })")).toMatchObject({ ok: false, error: { code: "REQUEST_TOO_LARGE" } });
    await logged(desktop, /Refused: a command that is not known/);
    await logged(desktop, /settings\.update: BAD_REQUEST/);
    await logged(desktop, /Refused: variable\.inspect \[[0-9a-f]{6}\]/);
  });

  test("by what it is made of", async () => {
    const desktop = shared();
    const codes = await desktop.page.evaluate<string[]>(`(async () => {
      const codeOf = async (command, request) => (await keeper.call(command, request)).error?.code ?? "fine";
      const circle = {};
      circle.again = circle;
      const requests = [new Map(), new Date(), circle, JSON.parse('{"theme":"dark","__proto__":{"polluted":1}}'), { theme: () => "dark" }];
      const codes = [];
      for (const request of requests) codes.push(await codeOf("settings.update", request));
      codes.push(await codeOf({ toString: () => "settings.get" }, {}));
      return codes;
    })()`);
    expect(codes.slice(0, 2)).toEqual(["BAD_REQUEST", "BAD_REQUEST"]);
    expect(codes[2]).toMatch(/REQUEST_TOO_LARGE|BAD_REQUEST/);
    // The bridge may leave the name out on the way; what counts is that nothing was polluted.
    expect(codes[3]).toMatch(/fine|BAD_REQUEST/);
    expect(codes.slice(4)).toEqual(["BAD_REQUEST", "UNKNOWN_COMMAND"]);
    expect(await desktop.app.evaluate(() => "polluted" in {})).toBe(false);
  });

  test("by who sends it: another window, even with our preload and our page", async () => {
    const desktop = shared();
    const opened = desktop.app.waitForEvent("window");
    await desktop.app.evaluate(async ({ BrowserWindow }, preload) => {
      await new BrowserWindow({ webPreferences: { preload, sandbox: true } }).loadURL("app://account-keeper/index.html");
    }, join(dirname(MAIN_FILE), "preload.cjs"));
    const page = await opened;
    await page.waitForFunction("'keeper' in globalThis");
    expect(await page.evaluate("keeper.call('site.list', {})")).toMatchObject({ ok: false, error: { code: "SENDER_REFUSED" } });
    await logged(desktop, /Refused: site\.list/);
    expect((await desktop.call("site.list", {})).ok).toBe(true);
    await page.close();
  });
});

describe("the window shows the app's page, whatever the page wants", () => {
  test("it goes nowhere", async () => {
    const desktop = shared();
    const { page } = desktop;
    const before = page.url();
    await page.evaluate("void (location.href = 'https://evil.example/?next=app://account-keeper/')");
    await logged(desktop, /Refused: going to https:\/\/evil\.example/);
    await page.evaluate("void location.assign('file:///etc/passwd')");
    await page.evaluate(clickLink("https://evil.example/link", "_self"));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(page.url()).toBe(before);
    expect(await page.title()).not.toBe("");
    expect((await desktop.call("site.list", {})).ok).toBe(true);
  });

  test("it opens nothing", async () => {
    const desktop = shared();
    expect(await desktop.page.evaluate("open('https://evil.example') === null")).toBe(true);
    await desktop.page.evaluate(clickLink("https://evil.example/blank", "_blank"));
    await logged(desktop, /Refused: a new window for https:\/\/evil\.example/);
    expect(await windowCount(desktop)).toBe(1);
    if (hostKind() === "stand-in") expect((await standInRecord(desktop.app)).openedExternally).toEqual([]);
  });

  test("it gets no permission", async () => {
    const desktop = shared();
    const answers = await desktop.page.evaluate(`(async () => ({
      notifications: await Notification.requestPermission().catch(() => "denied"),
      geolocation: (await navigator.permissions.query({ name: "geolocation" })).state,
      media: await navigator.mediaDevices.getUserMedia({ audio: true }).then(() => "granted", () => "denied"),
    }))()`);
    expect(answers).toEqual({ notifications: "denied", geolocation: expect.stringMatching(/denied|prompt/) as string, media: "denied" });
    if (hostKind() === "stand-in") expect((await standInRecord(desktop.app)).permissions.every(({ granted }) => !granted)).toBe(true);
    await logged(desktop, /Refused: .*permission/);
  });

  test("its policy comes with every file and holds", async () => {
    const desktop = shared();
    const { page, app } = desktop;
    const headers = await app.evaluate(async ({ net }) => {
      const seen: Record<string, (string | null)[]> = {};
      for (const name of ["index.html", "missing.js"]) {
        const response = await net.fetch(`app://account-keeper/${name}`);
        seen[name] = [String(response.status), response.headers.get("content-security-policy"), response.headers.get("x-content-type-options")];
      }
      return seen;
    });
    expect(headers).toEqual({ "index.html": ["200", contentSecurityPolicy("desktop"), "nosniff"], "missing.js": ["404", contentSecurityPolicy("desktop"), "nosniff"] });

    const broken = await page.evaluate<{ violations: string[] }>(`(async () => {
      // Chromium lets through what a debugger runs, up to the first wait.
      await new Promise((resolve) => setTimeout(resolve, 10));
      const violations = new Set();
      document.addEventListener("securitypolicyviolation", (event) => violations.add(event.effectiveDirective));
      const attempt = (action) => {
        try {
          action();
          return "worked";
        } catch {
          return "refused";
        }
      };
      const add = (name, members) => document.head.append(Object.assign(document.createElement(name), members));
      const outcome = {
        markup: attempt(() => (document.createElement("div").innerHTML = "<b>x</b>")),
        eval: attempt(() => eval("1")),
        fetch: await fetch("https://evil.example").then(() => "worked", () => "refused"),
        fetchOwn: await fetch("index.html").then(() => "worked", () => "refused"),
      };
      attempt(() => add("script", { textContent: "globalThis.inline = 1" }));
      add("style", { textContent: "body{background:red}" });
      add("img", { src: "https://evil.example/pixel.png" });
      add("iframe", { src: "https://evil.example/" });
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { ...outcome, inline: "inline" in globalThis, violations: [...violations] };
    })()`);
    expect(broken).toMatchObject({ markup: "refused", eval: "refused", fetch: "refused", fetchOwn: "refused", inline: false });
    expect(broken.violations).toEqual(expect.arrayContaining(["connect-src", "frame-src", "img-src", "require-trusted-types-for", "style-src-elem"]));
  });

  test("its session reaches no server, with or without a policy", async () => {
    const desktop = shared();
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.end("hello");
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const outcome = await desktop.app.evaluate(
      async ({ BrowserWindow }, url) => {
        const window = new BrowserWindow({ show: false });
        const loaded = await window.loadURL(url).then(() => "loaded", () => "refused");
        window.destroy();
        return loaded;
      },
      `http://127.0.0.1:${port}/`,
    );
    expect([outcome, requests]).toEqual(["refused", 0]);
    await logged(desktop, `Refused: a request of the page to http://127.0.0.1:${port}`);
  });

  test("its scheme serves the page's files and no others", async () => {
    const desktop = shared();
    const statuses = await desktop.app.evaluate(async ({ net }) => {
      const statuses: Record<string, number> = {};
      for (const path of ["account-keeper/", "account-keeper/..%2f..%2fpackage.json", "account-keeper/%2e%2e/electron/main.js", "account-keeper/..%5c..%5cpackage.json", "account-keeper/%2fetc%2fpasswd", "elsewhere/index.html"]) {
        statuses[path] = (await net.fetch(`app://${path}`)).status;
      }
      return statuses;
    });
    expect(Object.values(statuses)).toEqual([200, 404, 404, 404, 404, 404]);
    await logged(desktop, /Not served: GET app:\/\/account-keeper\/\.\.%2f/);
  });
});
