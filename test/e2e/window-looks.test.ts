/**
 * Every place, the main dialogs and the main states as they look, in light and dark, at both sizes, and at 320 pixels with
 * reduced motion.
 */
import { onTestFinished, test } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { findFreePort } from "../support/loopback.ts";
import { look } from "../support/window-looks.ts";
import { siteOf, startWindow } from "../support/window-stage.ts";

const people = sampleAccounts(12);

test("the first run", { timeout: 240_000 }, async () => {
  const window = await startWindow();
  const { page, says, button } = window;
  await says("Where does your site keep its accounts?");
  await look(window, "first-run-empty");
  await page.getByRole("textbox", { name: "Address" }).fill(`http://127.0.0.1:${await findFreePort()}`);
  await page.getByText("Nobody answers at this address.").waitFor();
  await look(window, "first-run-nobody-answers");
  for (const kind of ["Chroma Cloud", "Data folder", "Backup file or pasted variable", "Try it with a demo site"]) {
    await page.getByRole("radio", { name: new RegExp(kind) }).check();
    await look(window, `first-run-${kind.slice(0, 6)}`);
  }
  const site = await siteOf(7);
  await page.getByRole("radio", { name: /Server address/ }).check();
  await page.getByRole("textbox", { name: "Address" }).fill(site.site);
  // Other tests' accounts are on this server too.
  await page.getByRole("status").getByText(/^Which of these are your customers\?|^Connected\. We found/).first().waitFor();
  if ((await page.getByRole("combobox").count()) === 0) await button("Not this one?").click();
  await page.getByRole("combobox").selectOption(site.collectionName);
  await look(window, "first-run");
  await button("Continue").click();
  await says("Where shall the backups go?");
  await look(window, "first-run-folder");
  await button("Choose another…").click();
  await window.dialog("Choose a folder").getByRole("listitem").first().waitFor();
  await look(window, "choose-a-folder");
});

test("every place and the dialogs", { timeout: 300_000 }, async () => {
  const site = await siteOf(6);
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  const siteId = await window.keep(site);
  await site.add(people.slice(6, 7));
  await window.run("backup", { siteId });
  await window.run("look", { siteId });
  await says("All 7 accounts are safe.");
  await look(window, "overview");
  await button("Show as table").click();
  await look(window, "overview-table");

  await button("Restore…").click();
  await dialog("Where shall the accounts come from?").waitFor();
  await look(window, "restore-from");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await dialog("Keys").waitFor();
  await look(window, "keys");
  await page.keyboard.press("Escape");

  await window.go("Before a redeploy");
  await look(window, "redeploy-first-step");
  await button("Back up now").first().click();
  await page.getByRole("heading", { name: "Done: 7 accounts backed up" }).waitFor();
  await button("Copy USER_BACKUP_DATA").click();
  await page.getByText("Now redeploy your site").waitFor();
  await look(window, "redeploy");
  await window.go("Variable");
  await look(window, "variable");
  await button("Show value").click();
  await button("Hide value").waitFor();
  await look(window, "variable-shown");
  await window.go("Activity");
  await look(window, "activity");
  await window.go("Settings");
  await look(window, "settings");
  await button("Stop keeping Marlow Bakery…").click();
  await dialog("Stop keeping Marlow Bakery?").waitFor();
  await look(window, "stop-keeping");
  await page.keyboard.press("Escape");

  await site.deleteAccounts(people.slice(0, 2).map(({ id }) => id));
  await window.go("Backups");
  await look(window, "backups-list");
  await page.getByRole("row", { name: /Today/ }).first().click();
  await button("Bring back 2 accounts").waitFor();
  await look(window, "backups");
  await button("Bring back 2 accounts").click();
  await dialog("Bring back 2 accounts to Marlow Bakery?").waitFor();
  await look(window, "plan");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Site: / }).click();
  await page.getByRole("listbox", { name: "Sites" }).waitFor();
  await look(window, "switcher");
});

test("the main states of a site", { timeout: 300_000 }, async () => {
  const site = await siteOf(7);
  const proxy = await startFrontProxy({ target: site.site });
  onTestFinished(async () => await proxy.close());
  const window = await startWindow();
  const { says, button } = window;
  const siteId = await window.keep(site, { url: proxy.url, backup: false });
  const see = async (sentence: string): Promise<void> => {
    await window.start("look", { siteId });
    await says(sentence);
  };
  await says("7 accounts, no backup yet.");
  await look(window, "never");
  const held = proxy.pause(/^POST .*\/get$/, 0);
  await button("Back up now").click();
  await held.reached;
  await says("Backing up 7 accounts.");
  await look(window, "busy");
  held.release();
  await says("All 7 accounts are safe.");
  await site.add(people.slice(7, 11));
  await see("4 of 11 accounts are not backed up yet.");
  await look(window, "at-risk");
  await window.run("backup", { siteId });
  await see("All 11 accounts are safe.");
  await window.go("Variable");
  await look(window, "variable-too-many");
  await window.go("Overview");
  await site.deleteAccounts(people.slice(0, 2).map(({ id }) => id));
  await see("2 accounts are gone from your site, the rest is there.");
  await look(window, "deletions");
  await site.wipe();
  await see("Your site was wiped. 11 accounts can come back.");
  await look(window, "wiped");
  await proxy.close();
  await see("We cannot reach your site.");
  await look(window, "unreachable");
});
