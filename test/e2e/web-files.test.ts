/** A file that a real browser hands to `account-keeper serve`: its own headers, its own way of sending, and what it reads of a refusal. */
import { existsSync } from "node:fs";
import { readdir, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { chromiumPath } from "../support/electron-stand-in/chromium-path.ts";
import { temporaryFolder } from "../support/site.ts";
import { startServing, type Serving } from "../unit/web/serving.ts";

async function openPage(serving: Serving): Promise<Page> {
  const browser = await chromium.launch({ executablePath: await chromiumPath(), args: ["--no-sandbox", "--headless=new"] });
  onTestFinished(async () => await browser.close());
  const page = await browser.newPage();
  await page.goto(serving.link);
  // The link leads there by itself.
  await page.waitForURL((there) => there.pathname === "/");
  await page.waitForLoadState();
  await page.evaluate("document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'dropped' }))");
  return page;
}

/** As the window's bridge does it. */
async function upload(page: Page, path: string): Promise<unknown> {
  await page.setInputFiles("#dropped", path);
  return await page.evaluate(`(async () => {
    const [file] = document.querySelector("#dropped").files;
    const answer = await fetch("/api/file?name=" + encodeURIComponent(file.name), { method: "POST", headers: { "content-type": "application/octet-stream" }, body: file });
    return { status: answer.status, json: await answer.json() };
  })()`);
}

/** What `inspect_backup` ends with. */
async function inspected(page: Page, token: string): Promise<unknown> {
  return await page.evaluate(`(async () => {
    const call = (command, request) => fetch("/api/call/" + command, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request) }).then((answer) => answer.json());
    const started = await call("operation.start", { kind: "inspect_backup", input: { from: { kind: "file", file: ${JSON.stringify(token)} } } });
    for (;;) {
      const { value } = await call("operation.list", {});
      const operation = value.operations.find(({ id }) => id === started.value.operationId);
      if (operation.endedAt !== null) return operation.result ?? operation.error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })()`);
}

test("its bytes arrive, too many are refused in words that the page can read, and nothing stays", async () => {
  const serving = await startServing();
  const page = await openPage(serving);
  const folder = await temporaryFolder();
  const [small, large] = [join(folder, "Backup ä.json"), join(folder, "large.json")];
  await writeFile(small, JSON.stringify([{ user_id: "u-1", email: "anna@example.com" }]));
  await writeFile(large, "");
  await truncate(large, 200 * 1024 * 1024);

  const taken = await upload(page, small);
  expect(taken).toMatchObject({ status: 200, json: { ok: true, value: { shown: "Backup ä.json" } } });
  // We keep it under a name of ours; whoever looks into it reads the owner's.
  const { token } = (taken as { json: { value: { token: string } } }).json.value;
  expect(await inspected(page, token)).toMatchObject({ name: "Backup ä.json", accounts: 1 });
  const [kept = ""] = (await readdir(serving.temporary)).filter((name) => name.startsWith("account-keeper-server-"));
  const files = join(serving.temporary, kept);
  const [name = ""] = await readdir(files);
  expect((await stat(join(files, name))).mode & 0o777).toBe(0o600);
  expect(await upload(page, large)).toMatchObject({ status: 413, json: { ok: false, error: { code: "REQUEST_TOO_LARGE" } } });
  expect(await readdir(files)).toEqual([name]);

  await serving.stop();
  expect(existsSync(files)).toBe(false);
});
