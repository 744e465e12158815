/** The dialogs that only some moments bring, as they look; a few of them also with more contrast, forced colours, zoomed, and dark at 320 pixels. */
import { basename, dirname } from "node:path";
import { onTestFinished, test } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { look, SCHEMES } from "../support/window-looks.ts";
import { siteOf, startWindow } from "../support/window-stage.ts";

const people = sampleAccounts(12);

test("about backups and restores", { timeout: 240_000 }, async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  const siteId = await window.keep(site);
  await says("All 7 accounts are safe.");

  await button("Restore…").click();
  await button("Show the plan", dialog("Where shall the accounts come from?")).click();
  await dialog("Nobody has to come back to Marlow Bakery.").waitFor();
  await look(window, "plan-for-nobody", { at: SCHEMES });
  await page.keyboard.press("Escape");

  await site.add(people.slice(0, 1).map((person) => ({ ...person, document: person.document?.replace("Ada Marlow", "Ada Newname") ?? null })));
  const { planId } = await window.run("plan_restore", { siteId, from: { kind: "newest" }, policy: "overwrite" });
  await window.run("restore", { siteId, planId });
  await says("Your 1 account is back.");
  await button("Undo this restore…").click();
  await dialog("Put 1 account back as before the restore?").waitFor();
  await look(window, "undo-restore", { at: [...SCHEMES, "light-contrast", "light-forced"] });
  await page.keyboard.press("Escape");

  await site.add(people.slice(7, 8));
  await window.run("backup", { siteId });
  await window.go("Backups");
  await page.getByRole("row", { name: /7 Verified Last 7 days/ }).click();
  const detail = page.getByRole("complementary", { name: /^Backup of / });
  await button("More", detail).click();
  await page.getByRole("menuitem", { name: "Delete…" }).waitFor();
  await look(window, "backup-menu", { at: SCHEMES });
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await dialog(/^Delete the backup of Today, \d\d:\d\d\?$/).waitFor();
  await look(window, "delete-backup", { at: [...SCHEMES, "dark-contrast", "dark-forced"] });
  await page.keyboard.press("Escape");

  await site.deleteAccounts(people.slice(0, 2).map(({ id }) => id));
  const { sites } = await window.ask("site.list", {});
  const vault = sites[0]?.vault ?? "";
  await button("More").first().click();
  await page.getByRole("menuitem", { name: "Look inside a file…" }).click();
  await button("Choose a file…", dialog("Look inside a backup")).click();
  const browser = dialog("Choose a file");
  for (const folder of ["Documents", basename(dirname(vault)), basename(vault)]) await button(folder, browser).click();
  await browser.getByRole("button", { name: /^user_backup_\d{8}\.json$/ }).click();
  const inside = dialog(/^user_backup_\d{8}\.json$/);
  await button("Bring back 2 accounts", inside).waitFor();
  await look(window, "inspect-file", { at: [...SCHEMES, "dark-320", "light-contrast", "dark-forced"] });
  await page.keyboard.press("Escape");

  await window.go("Overview");
  await window.run("look", { siteId });
  await says("2 accounts are gone from your site, the rest is there.");
  await button("These were deleted on purpose").click();
  const fewer = dialog("This backup would hold 6 accounts. The last one holds 8.");
  await button("Show who is missing", fewer).click();
  await fewer.getByRole("listitem").nth(1).waitFor();
  await look(window, "fewer-accounts", { at: [...SCHEMES, "dark-320", "light-zoomed"] });
  await button("They were deleted on purpose", fewer).click();
  await dialog("Were 2 accounts deleted on purpose?").waitFor();
  await look(window, "fewer-accounts-sure", { at: SCHEMES });
});

test("a new key, and the wipe of the demo", { timeout: 240_000 }, async () => {
  const site = await siteOf(3);
  const proxy = await startFrontProxy({ target: site.site, guard: { kind: "bearer", token: "right-key" } });
  onTestFinished(async () => await proxy.close());
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  await window.keep(site, { url: proxy.url, backup: false });
  await says("Your site does not accept our key any more.");
  await look(window, "key-refused", { at: [...SCHEMES, "light-forced", "dark-contrast"] });
  await button("Enter the new key").click();
  await dialog("Enter the new key").waitFor();
  await look(window, "new-key", { at: [...SCHEMES, "light-zoomed", "dark-320"] });
  await page.keyboard.press("Escape");

  await window.ask("site.add", { name: "Demo site", source: { kind: "demo" }, collectionName: "users", settings: { watch: false, rehearse: false } });
  // From here on the page knows it.
  await page.reload();
  await says("Your site does not accept our key any more.");
  await page.keyboard.press("Alt+Shift+Digit2");
  await says("12 accounts, no backup yet.");
  await button("Back up now").click();
  await says("All 12 accounts are safe.");
  await look(window, "demo", { at: SCHEMES });
  await button("Wipe it").click();
  await dialog("Wipe the demo site?").waitFor();
  await look(window, "wipe-demo", { at: SCHEMES });
});
