/** What went wrong is said where the owner is, and nowhere is anything said that does not hold: beside the sentence, in the switcher, in other places. */
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noteActivity } from "../../electron/engine/activity/activity-log.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { siteOf, startBehindProxy, startWindow, type WindowStage } from "../support/window-stage.ts";

const READS = /^POST .*\/get$/;
const vaultOf = async (window: WindowStage): Promise<string> => (await window.ask("site.list", {})).sites[0]?.vault ?? "";
const tallyOf = ({ page }: WindowStage) => page.getByRole("list", { name: /^Accounts on your site/ }).getByRole("listitem");

test("a backup folder that is gone: the site is not called silent, and nobody says that there never was a backup", async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, says, button } = window;
  await window.keep(site);
  await says("All 7 accounts are safe.");
  const vault = await vaultOf(window);
  await rename(vault, `${vault}-on-a-drive`);
  await page.reload();
  await says("We cannot write to your backup folder.");
  await page.getByRole("button", { name: /^Site: Marlow Bakery At risk$/ }).waitFor();
  expect(await tallyOf(window).allTextContents()).toEqual([expect.stringMatching(/^On your site: \?Last seen \d\d:\d\d: 7 accounts$/), expect.stringMatching(/^In your backups: 7Today, \d\d:\d\dThe folder is not there$/)]);
  await page.getByRole("complementary", { name: "Watching" }).getByText("Waiting for you", { exact: true }).waitFor();
  expect(await page.getByText("The chart begins with your first backup.").count()).toBe(0);
  // What the sentence says is not said once more when it is tried.
  await page.keyboard.press("Alt+Shift+KeyB");
  await expect.poll(async () => (await window.ask("operation.list", {})).operations.filter(({ kind, state }) => kind === "backup" && state === "failed").length).toBe(1);
  await says("We cannot write to your backup folder.");
  expect(await page.getByText("The backup folder is not there.", { exact: true }).count()).toBe(1);

  await window.go("Backups");
  await page.getByRole("alert").getByText("The backup folder is not there.").first().waitFor();
  expect(await page.getByText("No backups yet.").count()).toBe(0);
  await rename(`${vault}-on-a-drive`, vault);
  await button("Try again").first().click();
  await page.getByRole("row", { name: /7 Verified/ }).waitFor();
  await window.go("Overview");
  await says("All 7 accounts are safe.");
});

test("a backup that fails is said on the page where it was asked for, with the way on, and the keyboard stays there", async () => {
  const { proxy, window } = await startBehindProxy();
  const { page, button } = window;
  for (const place of ["Before a redeploy", "Backups"]) {
    await window.go(place);
    const held = proxy.pause(READS, 0);
    await button("Back up now").press("Enter");
    await held.reached;
    proxy.inject(READS, { kind: "status", status: 400, json: { error: "InvalidArgumentError", message: "no" } });
    held.release();
    const alert = page.getByRole("alert");
    await alert.waitFor();
    await button("Copy details", alert).waitFor();
    expect(await page.evaluate("document.activeElement.tagName")).not.toBe("BODY");
    await button("Dismiss", alert).click();
    await alert.waitFor({ state: "detached" });
  }
});

test("another site is wiped while this one is shown: the list of sites says it at once", async () => {
  const [shown, other] = [await siteOf(3), await siteOf(5)];
  const window = await startWindow();
  const { page, says } = window;
  await window.keep(shown);
  const otherId = await window.keep(other, { name: "Tidewater Yoga", settings: { watch: true, restoreAfterWipe: false, rehearse: false } });
  await says("All 3 accounts are safe.");
  const switcher = page.getByRole("button", { name: /^Site: Marlow Bakery/ });
  await switcher.click();
  await page.getByRole("option", { name: /Tidewater Yoga Safe/ }).waitFor();
  await other.wipe();
  await window.hurryWatcher(otherId);
  await page.getByRole("option", { name: /Tidewater Yoga Wiped · 0 of 5/ }).waitFor();
  await says("All 3 accounts are safe.");
});

test("details are said to be copied only when they are", async () => {
  const site = await siteOf(3);
  const window = await startWindow();
  const { page, says, button } = window;
  await window.keep(site);
  await says("All 3 accounts are safe.");
  await page.evaluate("Object.assign(navigator.clipboard, { write: () => Promise.reject(new Error('no')), writeText: () => Promise.reject(new Error('no')) })");
  await button("Copy USER_BACKUP_DATA").click();
  const alert = page.getByRole("alert");
  await alert.getByText("The browser did not let us copy.").waitFor();
  await button("Copy details", alert).click();
  await button("Not copied: the browser did not allow it.", alert).waitFor();
  await window.go("Activity");
  await page.getByRole("button", { name: /Backed up and verified/ }).click();
  await button("Copy details").click();
  await button("Not copied: the browser did not allow it.").waitFor();
  await page.reload();
  await page.getByRole("button", { name: /Backed up and verified/ }).click();
  await button("Copy details").click();
  await button("Details copied.").waitFor();
});

test("somebody whom the server did not take is not called deleted", async () => {
  const site = await siteOf(3);
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  await window.keep(site);
  await says("All 3 accounts are safe.");
  const users = [...sampleAccounts(3).map(({ document }) => document), '{"user_id":"odd","email":"odd@example.com","created_at":1e400}'];
  await writeFile(join(await vaultOf(window), "user_backup_20990101.json"), `{"backup_timestamp":"2099-01-01T00:00:00","user_count":4,"users":[${users.join(",")}]}`);
  await site.wipe();
  await page.reload();
  await says("Your site was wiped. 4 accounts can come back.");
  await button("Bring back 4 accounts").click();
  await button("Bring back 4 accounts", dialog("Bring back 4 accounts to Marlow Bakery?")).click();
  await button("Done", dialog("3 of 4 accounts are back.")).click();
  async function expectNobodyDeleted(): Promise<void> {
    await says("3 of 4 accounts are back.");
    await page.getByText("The server does not accept the other one. The backup keeps it; a restore by hand says why.").waitFor();
    expect(await page.getByText("That looks like someone deleted them.").count()).toBe(0);
    expect(await button("These were deleted on purpose").count()).toBe(0);
  }
  await expectNobodyDeleted();
  await page.reload();
  await expectNobodyDeleted();
});

test("after a wipe no other page speaks of a site without accounts", async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  await window.keep(site);
  await noteActivity(await vaultOf(window), site.collectionName, { kind: "wiped", level: "problem", message: "Your site was wiped." });
  await site.wipe();
  await page.reload();
  await says("Your site was wiped. 7 accounts can come back.");

  await window.go("Variable");
  await page.getByText("Nobody is on your site right now.").waitFor();
  expect(await page.getByText("There are no accounts yet.").count()).toBe(0);
  await window.go("Backups");
  await button("Back up now").click();
  await page.getByRole("alert").waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);
  await window.go("Before a redeploy");
  await page.getByText("We watch until all 7 are back").waitFor();
  await page.getByRole("main").getByText("Your site was wiped. 7 accounts can come back.").waitFor();
  expect(await button("Back up now").getAttribute("aria-disabled")).toBe("true");
  await button("Bring back 7 accounts").click();
  await dialog("Bring back 7 accounts to Marlow Bakery?").waitFor();
});
