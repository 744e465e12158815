/** What is different in a browser's tab: the program under it may go, pages outside open beside it, and no folder can be shown. */
import { expect, test } from "vitest";
import { siteOf, startBehindProxy, startWindow } from "../support/window-stage.ts";

test("the program ends in the middle of a backup: the page says so by itself, and that the backup was cut short", async () => {
  const { proxy, window } = await startBehindProxy();
  const { page, says, button } = window;

  const held = proxy.pause(/^POST .*\/get$/, 0);
  await button("Back up now").click();
  await held.reached;
  await says("Backing up 7 accounts.");
  window.allow(/Failed to load resource/);
  await window.kill();
  held.release();
  await page.getByRole("alert").getByText("This was cut short before it was done.").waitFor();
  await says("Account Keeper has stopped.");
  expect(await page.getByRole("progressbar").count()).toBe(0);
  await page.getByText("Start it again. Your backups are untouched, and whatever was running can be run again.").first().waitFor();
});

test("a page outside opens in a tab of its own; nothing offers to show a folder", async () => {
  const site = await siteOf(11);
  const window = await startWindow();
  const { page, says, button, go } = window;
  await window.keep(site);
  await says("All 11 accounts are safe.");
  const asked: string[] = [];
  await page.context().route(/^https:/, async (route) => {
    asked.push(`${route.request().url()} ${route.request().headers()["referer"] ?? "from nobody"}`);
    await route.fulfill({ contentType: "text/html", body: "<title>Disks</title>" });
  });

  await go("Variable");
  expect(await button("Show the file").count()).toBe(0);
  const opened = page.waitForEvent("popup");
  await button("Show me how").click();
  const tab = await opened;
  await tab.waitForLoadState();
  expect(await tab.evaluate("window.opener === null")).toBe(true);
  expect(asked).toEqual(["https://render.com/docs/disks from nobody"]);

  await go("Settings");
  await button("Choose another folder…").waitFor();
  expect(await button("Show in folder").count()).toBe(0);
  // The browser's own ways lead where the owner was.
  await page.reload();
  await says("Settings");
  await page.goBack();
  await says("Variable");
  await page.goBack();
  await says("All 11 accounts are safe.");
  await go("Backups");
  await button("More").click();
  await page.getByRole("menuitem", { name: "Look inside a file…" }).waitFor();
  expect(await page.getByRole("menuitem", { name: "Show in folder" }).count()).toBe(0);
});

test("backups with a passphrase that nobody knows here any more: it is asked for, tried, and the site is looked at again", async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  const draft = { name: "Marlow Bakery", source: { kind: "server", url: site.site }, collectionName: site.collectionName, settings: { watch: false, rehearse: false } } as const;
  const { site: before } = await window.ask("site.add", { ...draft, passphrase: "correct horse" });
  await window.run("backup", { siteId: before.id });
  // The same folder again, as after a start: passphrases are not kept where there is no keychain.
  await window.ask("site.remove", { siteId: before.id });
  const { site: again } = await window.ask("site.add", draft);
  expect(again.vault).toBe(before.vault);
  await page.reload();
  await says("The newest backup in this folder has a passphrase.");

  await button("Enter the passphrase").click();
  const asks = dialog("Enter the passphrase");
  const field = asks.getByLabel("Passphrase", { exact: true });
  await field.waitFor();
  // Typed blindly: the field has the focus.
  await page.keyboard.type("wrong horse");
  await page.keyboard.press("Enter");
  await button("Trying it…", asks).waitFor();
  await asks.getByText("That passphrase does not open the newest backup in this folder.").waitFor();
  await field.fill("correct horse");
  await button("Use this passphrase", asks).click();
  await asks.waitFor({ state: "detached" });
  await says("All 7 accounts are safe.");
  const { sites } = await window.ask("site.list", {});
  expect(sites).toMatchObject([{ encrypted: true }]);
});
