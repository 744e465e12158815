/** The states that only some days bring, as they look; a few of them also with more contrast, forced colours, zoomed, and dark at 320 pixels. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { noteActivity } from "../../electron/engine/activity/activity-log.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import type { ErrorCode } from "../../shared/errors.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { HARD, look, SCHEMES } from "../support/window-looks.ts";
import { siteOf, startWindow, type WindowStage } from "../support/window-stage.ts";

const people = sampleAccounts(12);
const wiped = { kind: "wiped", level: "problem", message: "Your site was wiped." } as const;
const vaultOf = async (window: WindowStage): Promise<string> => (await window.ask("site.list", {})).sites[0]?.vault ?? "";

/** The next look at the site ends like this. Nobody unplugs a drive in a test: that the app says so is what its own tests are for. */
async function seeTrouble(window: WindowStage, code: ErrorCode, sentence: string): Promise<void> {
  const { page } = window;
  const isLook = /\/api\/call\/operation\.start$/;
  await page.route(isLook, async (route) => await route.fulfill({ json: { ok: false, error: { code, message: "As the app says it.", hint: "And what helps.", retryable: false } } }));
  await page.reload();
  await window.says(sentence);
  await page.unroute(isLook);
}

test("wiped and brought back, half-way and whole; backed up with a problem", { timeout: 240_000 }, async () => {
  const site = await siteOf(7);
  const proxy = await startFrontProxy({ target: site.site });
  onTestFinished(async () => await proxy.close());
  // So small that a restore has a middle.
  proxy.injectAlways(/pre-flight-checks$/, { kind: "status", status: 200, json: { max_batch_size: 4, supports_base64_encoding: true } });
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  await window.keep(site, { url: proxy.url });
  await says("All 7 accounts are safe.");
  await noteActivity(await vaultOf(window), site.collectionName, wiped);
  await site.wipe();
  await page.reload();
  await says("Your site was wiped. 7 accounts can come back.");

  await button("Bring back 7 accounts").click();
  const asked = dialog("Bring back 7 accounts to Marlow Bakery?");
  await asked.waitFor();
  const writing = proxy.nextRequest(/\/(?:add|upsert)$/);
  await button("Bring back 7 accounts", asked).click();
  await writing;
  proxy.inject(/\/(?:add|upsert)$/, { kind: "status", status: 500, json: { error: "InternalError" } });
  await page.getByRole("alert").last().waitFor();
  await look(window, "restore-failed", { at: SCHEMES });
  await page.keyboard.press("Escape");
  await says("4 of 7 accounts are back.");
  await look(window, "half-way", { at: [...SCHEMES, ...HARD] });

  await button("Bring back 3 accounts").click();
  await button("Bring back 3 accounts", dialog("Bring back 3 accounts to Marlow Bakery?")).click();
  await button("Done", dialog("3 accounts are back.")).click();
  await says(/^Your site was wiped\. All \d accounts are back\.$/);
  await look(window, "restored", { at: [...SCHEMES, "light-zoomed", "dark-320", "light-contrast", "dark-forced"] });
  await button("Got it").click();

  await site.add(people.slice(7, 8).map((person) => ({ ...person, document: "Dear diary, this is no account" })));
  await page.reload();
  await button("Back up now").click();
  await says("7 of 8 accounts backed up.");
  await look(window, "done-with-problems", { at: SCHEMES });
});

test("a backup that is locked, one that is damaged, and nothing to bring back", { timeout: 240_000 }, async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, button } = window;
  const siteId = await window.keep(site);
  for (const person of people.slice(7, 9)) {
    await site.add([person]);
    await window.run("backup", { siteId });
  }
  const { backups } = await window.ask("backup.list", { siteId });
  const path = join(await vaultOf(window), backups[0]?.name ?? "");
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, Math.floor(bytes.length / 2)));
  await window.ask("site.update", { siteId, passphrase: "plum jam" });
  await window.run("backup", { siteId });
  await window.ask("site.update", { siteId, passphrase: null });
  await page.reload();

  await window.go("Backups");
  await page.getByRole("row", { name: /Locked/ }).click();
  const detail = page.getByRole("complementary", { name: /^Backup of / });
  await detail.getByText("This backup has a passphrase.").waitFor();
  await look(window, "backup-locked", { at: [...SCHEMES, "dark-320", "light-contrast"] });
  await detail.getByLabel("Passphrase").fill("quince jelly");
  await button("Unlock", detail).click();
  await detail.getByText("That passphrase does not open it.").waitFor();
  await look(window, "backup-wrong-passphrase", { at: SCHEMES });
  await page.getByRole("row", { name: /Damaged/ }).click();
  await detail.getByText("This backup is damaged and will not be used.").waitFor();
  await look(window, "backup-damaged", { at: [...SCHEMES, "light-zoomed", "dark-forced"] });
  await page.getByRole("row", { name: /8 1 more Verified/ }).click();
  await detail.getByText("Everyone in this backup is on your site.").first().waitFor();
  expect(await button("Bring back…", detail).getAttribute("aria-disabled")).toBe("true");
  await look(window, "backup-nothing-to-do", { at: SCHEMES });
  await page.getByRole("searchbox", { name: "Search" }).fill("March");
  await page.getByText("No backup matches “March”.").waitFor();
  await look(window, "backup-search-empty", { at: SCHEMES });
});

test("a site that does not answer", { timeout: 240_000 }, async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, says, button } = window;
  const proxy = await startFrontProxy({ target: site.site });
  onTestFinished(async () => await proxy.close());
  await window.keep(site, { url: proxy.url });
  await says("All 7 accounts are safe.");
  proxy.injectAlways(/heartbeat$/, { kind: "status", status: 503, html: "Service waking up" });
  await page.reload();
  await says("Your site is asleep. We are waking it.");
  await look(window, "waking", { at: SCHEMES });
  await button("Stop waiting").click();
  await says("Your site is asleep.");
  await look(window, "asleep", { at: [...SCHEMES, "dark-320", "light-forced"] });
  await seeTrouble(window, "FOLDER_NOT_WRITABLE", "We cannot write to your backup folder.");
  await look(window, "folder-gone", { at: SCHEMES });
  // Only a site somewhere else needs a network. The page hears of it while it is loaded anew for the next trouble.
  await window.ask("site.add", { name: "Tidewater Yoga", source: { kind: "server", url: "http://database.invalid" }, collectionName: "users", settings: { watch: false, rehearse: false } });
  await seeTrouble(window, "DISK_FULL", "Your disk is full.");
  await look(window, "disk-full", { at: SCHEMES });

  await page.keyboard.press("Alt+Shift+Digit2");
  await says("We cannot reach your site.");
  await look(window, "unreachable-never-seen", { at: SCHEMES });
  await page.evaluate("Object.defineProperty(navigator, 'onLine', { value: false }); dispatchEvent(new Event('offline'))");
  await says("This computer is offline.");
  await look(window, "offline", { at: [...SCHEMES, "dark-contrast"] });
});

test("on macOS the window's own buttons stand in the sidebar's corner, and nothing of ours under them", async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, says } = window;
  await window.keep(site);
  await says("All 7 accounts are safe.");
  await page.getByText("Account Keeper", { exact: true }).waitFor();
  await page.route("**/api/call/app.info", async (route) => {
    const response = await route.fetch();
    const { ok, value } = (await response.json()) as { ok: true; value: object };
    await route.fulfill({ response, json: { ok, value: { ...value, host: "desktop", platform: "darwin" } } });
  });
  await page.reload();
  await says("All 7 accounts are safe.");
  expect(await page.getByText("Account Keeper", { exact: true }).isVisible()).toBe(false);
  const switcher = page.locator(".side-head .switch");
  const corner = async (): Promise<boolean> => {
    const { x, y } = (await switcher.boundingBox()) ?? { x: 0, y: 0 };
    return x >= 72 || y >= 34;
  };
  expect(await corner()).toBe(true);
  // As a window at 200 % is.
  await page.setViewportSize({ width: 640, height: 400 });
  expect(await corner()).toBe(true);
});
