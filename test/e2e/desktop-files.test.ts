/** Files dropped on the window: what the system knows as a file becomes a token, what a page makes up does not. On the built app. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { TakenFile } from "../../shared/contract.ts";
import type { Result } from "../../shared/errors.ts";
import { MAIN_FILE, shareDesktop, type DesktopApp } from "../support/desktop-app.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryFolder } from "../support/site.ts";

const shared = shareDesktop();
// A page of its own for each test: some leave it changed.
beforeEach(async () => {
  await shared().page.reload();
});

/** A file of the system, as the page gets one: the path is Playwright's, the page sees a File. */
async function pick({ page }: DesktopApp, path: string): Promise<void> {
  await page.evaluate("document.querySelector('#dropped') ?? document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'dropped' }))");
  await page.setInputFiles("#dropped", path);
}

const PICKED = "document.querySelector('#dropped').files[0]";

const take = async ({ page }: DesktopApp, file: string): Promise<Result<TakenFile>> => await page.evaluate<Result<TakenFile>>(`keeper.takeFile(${file})`);

async function backupFile(): Promise<string> {
  const path = join(await temporaryFolder(), "user_backup_20261123.json");
  await writeFile(path, JSON.stringify({ backup_timestamp: "2026-11-23T10:15:00.123Z", user_count: 1, users: [{ user_id: "u-1", email: "anna@example.com" }] }));
  return path;
}

const refused = { ok: false, error: { code: "BAD_REQUEST", message: "This is no file of this computer.", retryable: false } };

test("a dropped file becomes a token that opens it as a backup, and nothing else; the page learns its name only", async () => {
  const desktop = shared();
  const path = await backupFile();
  await pick(desktop, path);
  const taken = await take(desktop, PICKED);
  expect(taken).toEqual({ ok: true, value: { token: expect.stringMatching(/^path_[\w-]{22}$/) as string, shown: "user_backup_20261123.json" } });
  expect(JSON.stringify(taken)).not.toContain(dirname(path));
  const file = taken.ok ? taken.value.token : "";
  expect(await desktop.run("inspect_backup", { from: { kind: "file", file } })).toMatchObject({ name: "user_backup_20261123.json", accounts: 1 });
  expect(await desktop.call("site.add", { name: "x", collectionName: "users", source: { kind: "folder", folder: file } })).toMatchObject({ ok: false, error: { code: "TOKEN_UNKNOWN" } });
});

describe("a page gone bad gets no token", () => {
  test("for what it has made up", async () => {
    const desktop = shared();
    await pick(desktop, await backupFile());
    for (const made of [
      "new File(['root'], '/etc/passwd')",
      "new File([], 'a.json')",
      // The bytes of a file, under a name of the page's own.
      `new File([${PICKED}], '/etc/passwd')`,
      `${PICKED}.slice()`,
      "new Blob(['x'])",
      "'/etc/passwd'",
      "'file:///etc/passwd'",
      "{ path: '/etc/passwd', name: 'passwd' }",
      "Object.assign(new File([], 'passwd'), { path: '/etc/passwd' })",
      "Object.create(File.prototype)",
      "['/etc/passwd']",
      "null",
      "",
    ]) {
      // The bridge itself may turn away what cannot cross it; what counts is that nothing comes of it.
      const result = await take(desktop, made).catch((error: unknown) => (/could not be cloned/.test(String(error)) ? refused : String(error)));
      expect([made, result]).toMatchObject([made, refused]);
    }
    await eventually(async () => expect(await desktop.log()).toMatch(/Refused: a dropped file that is none of this computer/));
  });

  test("by asking for the channel by its name", async () => {
    const desktop = shared();
    for (const channel of ["keeper.file", "keeper.takeFile", "takeFile", "giveToken", "give_token"]) {
      for (const request of ["/etc/passwd", { path: "/etc/passwd" }]) expect([channel, await desktop.call(channel, request)]).toMatchObject([channel, { ok: false, error: { code: "UNKNOWN_COMMAND" } }]);
    }
  });

  test("by changing what the app looks at", async () => {
    const desktop = shared();
    const result = await desktop.page.evaluate(`(() => {
      "use strict";
      const outcomes = [() => { keeper.takeFile = () => 1 }, () => { delete keeper.takeFile }].map((attempt) => { try { attempt(); return "done" } catch (error) { return error.name } });
      Object.defineProperty(File.prototype, "path", { get: () => "/etc/passwd" });
      return keeper.takeFile(new File([], "passwd")).then((result) => [...outcomes, result.ok]);
    })()`);
    expect(result).toEqual(["TypeError", "TypeError", false]);
  });

  test("in another window, even with our preload and our page", async () => {
    const desktop = shared();
    const opened = desktop.app.waitForEvent("window");
    await desktop.app.evaluate(async ({ BrowserWindow }, preload) => {
      await new BrowserWindow({ webPreferences: { preload, sandbox: true } }).loadURL("app://account-keeper/index.html");
    }, join(dirname(MAIN_FILE), "preload.cjs"));
    const other = { ...desktop, page: await opened };
    await other.page.waitForFunction("'keeper' in globalThis");
    await pick(other, await backupFile());
    expect(await take(other, PICKED)).toMatchObject({ ok: false, error: { code: "SENDER_REFUSED" } });
    await eventually(async () => expect(await desktop.log()).toMatch(/Refused: keeper\.file \[/));
  });
});

test("a file that is gone since, or a folder by now, is refused", async () => {
  const desktop = shared();
  const path = await backupFile();
  await pick(desktop, path);
  await rm(path);
  expect(await take(desktop, PICKED)).toMatchObject(refused);
  await mkdir(path);
  expect(await take(desktop, PICKED)).toMatchObject(refused);
});
