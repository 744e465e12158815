/** `account-keeper serve` as a process, with the real app behind it and a real browser in front. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { chromium, type Page } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { ownTemporary, startCli } from "../support/cli-process.ts";
import { chromiumPath } from "../support/electron-stand-in/chromium-path.ts";
import { closeServer, findFreePort, listen } from "../support/loopback.ts";
import { hasTerminal, runInTerminal } from "../support/terminal.ts";
import { plainUser } from "../support/unprivileged.ts";
import { fakeOpener, LINK, linkOf, NOTHING_OF_OURS, startServing } from "../unit/web/serving.ts";
import { pathOf, send } from "../unit/web/web-stage.ts";

describe("account-keeper serve", () => {
  it.each<NodeJS.Signals>(["SIGTERM", "SIGINT"])("prints one link, serves the app, and ends with %s leaving nothing behind", async (signal) => {
    const serving = await startServing();
    const cookie = await serving.enter();
    expect((await send(serving.port, pathOf(serving.link))).status).toBe(403);
    const page = await send(serving.port, "/", { headers: { cookie } });
    expect(page).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
    for (const [, asset = ""] of page.body.matchAll(/(?:src|href)="\.?(\/assets\/[^"]+)"/g)) expect({ asset, status: (await send(serving.port, asset, { headers: { cookie } })).status }).toEqual({ asset, status: 200 });
    expect((await serving.call(cookie, "app.info")).json()).toMatchObject({ ok: true, value: { host: "web", clipboard: "page", secrets: "memory", dialogs: false, startAtLogin: false, updates: false } });

    // A page that is open does not hold up the end.
    const events = await fetch(`http://127.0.0.1:${serving.port}/api/events`, { headers: { cookie } });
    expect(events.headers.get("content-type")).toBe("text/event-stream");
    const stream = events.text();
    const end = await serving.stop(signal);
    expect(await stream).toBe("retry: 1000\n\n");
    expect(end).toMatchObject({
      code: 130,
      stdout: `Open this link in a browser on this computer: ${serving.link}\nAccount Keeper has ended.\n`,
      stderr: "It lets one browser in, once. Ctrl+C ends Account Keeper.\n",
    });
    expect(await readdir(serving.temporary)).toEqual([]);
    expect((await readdir(serving.dataFolder)).filter((name) => name.includes("lock"))).toEqual([]);
    const log = await readFile(join(serving.dataFolder, "logs", "web.log"), "utf8");
    expect(log).toContain("A browser was let in.");
    expect(log).toContain("Refused GET /enter with 403: link used already, or unknown.");
    for (const secret of [serving.link.split("=")[1] ?? "", cookie.split("=")[1] ?? ""]) expect(log).not.toContain(secret);
  });

  it("the app's own gate refuses what is no request", async () => {
    const serving = await startServing();
    const cookie = await serving.enter();
    const codeOf = async (command: string, body?: string): Promise<unknown> => (await serving.call(cookie, command, body)).json();
    for (const name of ["nope", "__proto__", "constructor"]) expect(await codeOf(name)).toMatchObject({ ok: false, error: { code: "UNKNOWN_COMMAND" } });
    for (const body of ["null", "[]", '"x"', '{"more":1}']) expect(await codeOf("app.info", body)).toMatchObject({ ok: false, error: { code: "BAD_REQUEST" } });
    expect(await codeOf("folder.browse", '{"folder":"/etc"}')).toMatchObject({ ok: false, error: { code: "BAD_REQUEST" } });
    expect((await serving.stop()).code).toBe(130);
  });

  it("what one page changes, another is told", async () => {
    const serving = await startServing();
    const cookie = await serving.enter();
    const events = await fetch(`http://127.0.0.1:${serving.port}/api/events`, { headers: { cookie } });
    const stream = events.text();
    expect((await serving.call(cookie, "settings.update", '{"theme":"dark"}')).json()).toMatchObject({ ok: true, value: { theme: "dark" } });
    await serving.stop();
    expect(await stream).toMatch(/^retry: 1000\n\ndata: \{"type":"settings","settings":\{.*"theme":"dark".*\}\}\n\n$/);
  });

  it("with --json answers with one object, and says nothing else", async () => {
    const serving = await startServing(["--json"]);
    const end = await serving.stop();
    expect(end).toMatchObject({ code: 130, stderr: "" });
    expect(JSON.parse(end.stdout)).toEqual({ ok: true, url: serving.link, port: serving.port });
  });

  it("a second one on the same data folder ends with 11, and the first goes on", async () => {
    const serving = await startServing();
    const second = await startCli(["serve", "--data-dir", serving.dataFolder], { temporary: serving.temporary, env: NOTHING_OF_OURS }).ended;
    expect(second).toMatchObject({ code: 11, stdout: "" });
    expect((await serving.call(await serving.enter(), "app.info")).status).toBe(200);
    await serving.stop();
    const again = startCli(["serve", "--data-dir", serving.dataFolder], { temporary: serving.temporary, env: NOTHING_OF_OURS });
    await linkOf(again);
    again.child.kill("SIGTERM");
    expect((await again.ended).code).toBe(130);
  });

  it("--port takes that one, or says that it is in use", async () => {
    const port = await findFreePort();
    const serving = await startServing(["--port", String(port)]);
    expect(serving.port).toBe(port);
    const second = await startCli(["serve", "--port", String(port), "--data-dir", ownTemporary(), "--json"], { temporary: serving.temporary, env: NOTHING_OF_OURS }).ended;
    expect(second).toMatchObject({ code: 1, stderr: "" });
    expect(JSON.parse(second.stdout)).toMatchObject({ ok: false, error: { code: "NOT_AVAILABLE_HERE", message: `Port ${port} is in use by another program.` } });
    await serving.stop();
  });

  it.skipIf(!hasTerminal)("on a terminal, Enter gives another link, and the earlier one is void", async () => {
    const dataFolder = ownTemporary();
    const terminal = runInTerminal(["serve", "--data-dir", dataFolder], { ...NOTHING_OF_OURS, TMPDIR: ownTemporary() });
    await terminal.shows(/Open this link .*token=[\w-]{43}\s[^]*Enter gives you another one/);
    terminal.type("\r");
    await terminal.shows(/Another link: .*token=[\w-]{43}\s/);
    const [first = "", second = ""] = Array.from(terminal.output().matchAll(new RegExp(LINK, "g")), ([link]) => link);
    const port = Number(new URL(first).port);
    expect((await send(port, pathOf(first))).status).toBe(403);
    expect((await send(port, pathOf(second))).status).toBe(200);
    terminal.type("\x03");
    expect(await terminal.ended).toBe(130);
  });
});

describe.skipIf(process.platform !== "linux")("the link that we open ourselves", () => {
  it("is another one than the printed one, which stays good", async () => {
    const opener = await fakeOpener();
    const serving = await startServing(["--open"], opener.env);
    const opened = await opener.opened();
    expect(opened).not.toBe(serving.link);
    expect((await send(serving.port, pathOf(opened))).status).toBe(200);
    expect((await send(serving.port, pathOf(serving.link))).status).toBe(200);
    const end = await serving.stop();
    expect(end.stdout).toBe(`Account Keeper opens in your browser: ${serving.link}\nAccount Keeper has ended.\n`);
  });

  it("is not opened without a terminal, nor with --no-open", async () => {
    const opener = await fakeOpener();
    for (const args of [[], ["--no-open"]]) {
      const serving = await startServing(args, opener.env);
      expect((await serving.stop()).stdout).toMatch(/^Open this link/);
    }
  });

  it("says so when no browser opens", async () => {
    const serving = await startServing(["--open"], { DISPLAY: ":77", PATH: "/nowhere" });
    await serving.call(await serving.enter(), "app.info");
    expect((await serving.stop()).stderr).toContain("No browser opened. Open the link yourself.\n");
  });

  it.skipIf(plainUser === undefined)("is of no use to another user of this computer, who may see it pass by", async () => {
    const opener = await fakeOpener();
    const serving = await startServing(["--open"], opener.env);
    const opened = await opener.opened();
    const thief = spawn(process.execPath, ["-e", `fetch(${JSON.stringify(opened)}).then((answer) => console.log(answer.status, answer.headers.get("set-cookie")))`], { uid: plainUser, gid: plainUser, cwd: "/", env: {}, stdio: ["ignore", "pipe", "inherit"] });
    expect(await text(thief.stdout)).toBe("403 null\n");
    // Whoever hangs up at once is no better known for it, and does not use it up.
    const hasty = spawn(process.execPath, ["-e", `const socket = require("net").connect(${serving.port}, "127.0.0.1", () => socket.end(${JSON.stringify(`GET ${pathOf(opened)} HTTP/1.1\r\nHost: 127.0.0.1:${serving.port}\r\n\r\n`)}, () => socket.destroy()))`], { uid: plainUser, gid: plainUser, cwd: "/", env: {}, stdio: "inherit" });
    await once(hasty, "exit");
    await expect.poll(async () => (await readFile(join(serving.dataFolder, "logs", "web.log"), "utf8")).match(/another user of this computer tried our link/g)).toHaveLength(2);
    expect((await send(serving.port, pathOf(opened))).status).toBe(200);
    await serving.stop();
  });
});

describe("in a real browser", () => {
  async function openPage(): Promise<Page> {
    const browser = await chromium.launch({ executablePath: await chromiumPath(), args: ["--no-sandbox", "--headless=new"], headless: true });
    onTestFinished(async () => await browser.close());
    return await (await browser.newContext()).newPage();
  }

  it("a link that another page shows leads into the window, and that page gets nothing else", async () => {
    const serving = await startServing();
    const other = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end(`<!doctype html><a href="${serving.link}">Open</a>`);
    });
    const otherPort = await listen(other);
    onTestFinished(async () => await closeServer(other));
    const ours = `http://127.0.0.1:${serving.port}`;

    const page = await openPage();
    const problems: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    await page.goto(`http://localhost:${otherPort}/`);
    const answered = page.waitForResponse((response) => response.url() === `${ours}/api/call/app.info`);
    await page.getByRole("link", { name: "Open" }).click();
    // The window itself asked: the browser's own Origin and cookie got through.
    expect(await (await answered).json()).toMatchObject({ ok: true, value: { host: "web" } });
    expect(page.url()).toBe(`${ours}/`);
    expect(problems).toEqual([]);
    expect(await page.evaluate("document.cookie")).toBe("");

    // The same site for cookies, another origin: only the port differs.
    const evil = await page.context().newPage();
    await evil.goto(`http://127.0.0.1:${otherPort}/`);
    const got: unknown = await evil.evaluate(`(async () => {
      const ours = ${JSON.stringify(ours)};
      const tryTo = (work) => work.then((answer) => answer.type + answer.status, () => "refused");
      const post = { method: "POST", credentials: "include", body: "{}" };
      const frame = document.createElement("iframe");
      frame.src = ours + "/";
      const framed = new Promise((resolve) => (frame.onload = resolve));
      document.body.append(frame);
      await framed;
      return {
        json: await tryTo(fetch(ours + "/api/call/app.ready", { ...post, headers: { "content-type": "application/json" } })),
        form: await tryTo(fetch(ours + "/api/call/app.ready", { ...post, mode: "no-cors" })),
        page: await tryTo(fetch(ours + "/", { credentials: "include", mode: "no-cors" })),
        events: await new Promise((resolve) => {
          const source = new EventSource(ours + "/api/events", { withCredentials: true });
          source.onopen = () => resolve("open");
          source.onerror = () => resolve("refused");
        }),
        frame: frame.contentDocument === null ? "refused" : "open",
      };
    })()`);
    expect(got).toEqual({ json: "refused", form: "refused", page: "refused", events: "refused", frame: "refused" });
    await serving.stop();
    const log = await readFile(join(serving.dataFolder, "logs", "web.log"), "utf8");
    expect(log.match(/ warn Refused .*/g)).toHaveLength(5);
    expect(log).toContain(`Refused POST /api/call/ with 403: foreign page http://127.0.0.1:${otherPort}.`);
  });
});
