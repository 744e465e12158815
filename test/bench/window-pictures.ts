/**
 * The pictures in test/e2e/screens, two dozen, some of which the README shows. Nothing is checked here: window-looks.test.ts does that.
 * Run it with `npm run pictures`. A bare machine has hardly a font, so the pictures come with one of their own.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { onTestFinished, test } from "vitest";
import { startBundledServer } from "../../electron/engine/server/bundled-server.ts";
import { customers, liveThroughAMonth, vaultOf } from "../support/picture-site.ts";
import { createTestSite } from "../support/site.ts";
import { smallPng } from "../support/small-png.ts";
import { startWindow, type WindowStage } from "../support/window-stage.ts";

const SCREENS = join(import.meta.dirname, "..", "e2e", "screens");
const FONT = "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2";
const NAME = "Marlow Bakery";
const LARGE = { width: 1280, height: 800 };
const SMALL = { width: 900, height: 600 };
const LOOKS = {
  "light-1280x800": { colorScheme: "light", size: LARGE },
  "dark-1280x800": { colorScheme: "dark", size: LARGE },
  "light-900x600": { colorScheme: "light", size: SMALL },
  "dark-900x600": { colorScheme: "dark", size: SMALL },
} as const;
/** The policy of the page lets no font in by address; as bytes it may come. Inter is among the fonts the window asks for. */
async function wear({ page }: WindowStage, font: Buffer): Promise<void> {
  await page.evaluate(`document.fonts.add(new FontFace("Inter", Uint8Array.fromBase64("${font.toString("base64")}"), { weight: "100 900" }))`);
  await page.evaluate("document.fonts.ready");
}

async function take({ page }: WindowStage, scene: string): Promise<void> {
  for (const [look, { colorScheme, size }] of Object.entries(LOOKS)) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.locator(`html[data-theme=${colorScheme}]`).waitFor({ state: "attached" });
    const picture = await page.screenshot({ animations: "disabled", caret: "hide" });
    await writeFile(join(SCREENS, `${scene}-${look}.png`), smallPng(picture));
  }
  await page.setViewportSize(LARGE);
}

test("the pictures", async () => {
  const font = await readFile(createRequire(import.meta.url).resolve(FONT));
  await rm(SCREENS, { recursive: true, force: true });
  await mkdir(SCREENS, { recursive: true });
  const server = await startBundledServer({ port: 8000 });
  onTestFinished(async () => await server.stop());
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  const site = { ...(await createTestSite(server.url, "users")), folder: vaultOf(window.home, NAME) };
  await site.create();
  await liveThroughAMonth(site);

  await wear(window, font);
  await page.getByRole("textbox", { name: "Address" }).fill(site.site);
  await page.getByText("Connected. We found your accounts.").waitFor();
  await take(window, "first-run");

  const siteId = await window.keep(site, { name: NAME, settings: { watch: true, rehearse: false, restoreAfterWipe: false } });
  await wear(window, font);
  await site.add(customers.slice(6, 7));
  await window.run("backup", { siteId });
  await window.run("drill", { siteId, from: { kind: "newest" } });
  await window.ask("site.update", { siteId, settings: { rehearse: true } });
  await window.run("look", { siteId });
  await says("All 7 accounts are safe.");
  await take(window, "overview");

  await window.go("Before a redeploy");
  await button("Back up now").first().click();
  await page.getByRole("heading", { name: "Done: 7 accounts backed up" }).waitFor();
  await button("Copy USER_BACKUP_DATA").click();
  await page.getByText("Now redeploy your site").waitFor();
  await take(window, "redeploy");
  await window.go("Variable");
  await take(window, "variable");
  await window.go("Activity");
  await take(window, "activity");
  await window.go("Settings");
  await take(window, "settings");

  await site.deleteAccounts(customers.slice(0, 2).map(({ id }) => id));
  await window.go("Backups");
  await page.getByRole("row", { name: /Today/ }).first().click();
  await button("Bring back 2 accounts").waitFor();
  await take(window, "backups");
  await button("Bring back 2 accounts").click();
  await dialog(`Bring back 2 accounts to ${NAME}?`).waitFor();
  await take(window, "plan");
  await page.keyboard.press("Escape");

  await site.add(customers.slice(0, 2));
  await site.add(customers.slice(7, 11));
  await window.run("backup", { siteId });
  await window.run("look", { siteId });
  await window.go("Variable");
  await page.getByText("11 accounts are one too many for the variable.").waitFor();
  await take(window, "variable-too-many");
  await window.go("Overview");
  await site.wipe();
  await window.start("look", { siteId });
  await says("Your site was wiped. 11 accounts can come back.");
  await take(window, "wiped");
});
