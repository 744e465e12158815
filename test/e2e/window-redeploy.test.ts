/** Before a redeploy, from the backup until everybody is there again: left in between, and the page loaded anew. */
import { expect, test } from "vitest";
import { decodeVariable } from "../../electron/engine/variable/decode.ts";
import { siteOf, startWindow } from "../support/window-stage.ts";

test("four steps tick themselves, also for an owner who leaves and comes back", async () => {
  const site = await siteOf(7);
  const ids = [...(await site.read()).keys()].toSorted();
  const window = await startWindow();
  const { page, says, button } = window;
  const siteId = await window.keep(site, { settings: { watch: true, restoreAfterWipe: true, rehearse: false } });
  await says("All 7 accounts are safe.");
  await button("Before a redeploy…").click();
  await says("Before a redeploy");
  const steps = page.getByRole("list").filter({ has: page.getByRole("heading", { name: /Back up 7 accounts|7 accounts backed up/ }) });
  const step = (title: string) => page.getByRole("heading", { level: 2, name: title, exact: true });
  const current = page.locator('[aria-current="step"]');

  await button("Back up now", current).click();
  await step("Done: 7 accounts backed up").waitFor();
  await button("Copy USER_BACKUP_DATA", current).click();
  await step("Done: Variable copied").waitFor();
  expect(decodeVariable(await window.clipboard()).accounts).toHaveLength(7);
  await current.getByText("Now redeploy your site").waitFor();

  await button("Leave for now").click();
  await says("All 7 accounts are safe.");
  await page.reload();
  await says("All 7 accounts are safe.");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Before a redeploy 3/4" }).click();
  await says("Before a redeploy");
  await current.getByText("Now redeploy your site").waitFor();
  expect(await steps.getByRole("heading", { level: 2 }).allTextContents()).toEqual(["Done: 7 accounts backed up", "Done: Variable copied", "Now redeploy your site", "We watch until all 7 are back"]);

  // What a redeploy does: the disk is new, and the site makes its collection again.
  await site.wipe();
  await site.create();
  await step("Done: Redeployed").waitFor();
  await current.getByText("Back, and empty").waitFor();
  await page.reload();
  await page.getByRole("link", { name: /^Before a redeploy/ }).first().click();
  await window.hurryWatcher(siteId);
  await page.getByRole("heading", { level: 2, name: "Done: All 7 accounts are there again.", exact: true }).waitFor();
  expect([...(await site.read()).keys()].toSorted()).toEqual(ids);
  await button("Done").click();
  await says("Your site was wiped. All 7 accounts are back.");
});
