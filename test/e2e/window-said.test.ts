/** What the window says of itself: once to whoever does not look, where it can be seen to whoever does, and before anything goes that cannot come back. */
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { startFrontProxy } from "../support/front-proxy.ts";
import { writeBackups } from "../support/many-backups.ts";
import { siteOf, startBehindProxy, startWindow } from "../support/window-stage.ts";

const DAY_MS = 86_400_000;

/** From now on every change of the live region is written down. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(`(() => {
    const region = document.querySelector("[aria-live=polite]");
    globalThis.heard = [];
    new MutationObserver(() => globalThis.heard.push(region.textContent)).observe(region, { childList: true, subtree: true, characterData: true });
  })()`);
  return async () => await page.evaluate<string[]>("globalThis.heard");
}

test("the same words are told again when they are news again; the sentence of a place not a second time by whoever takes the focus there", async () => {
  const window = await startWindow();
  const { page, says } = window;
  await window.keep(await siteOf(7));
  await says("All 7 accounts are safe.");
  await window.go("Settings");
  const heard = await listen(page);
  const rehearse = page.getByRole("switch", { name: "Rehearse a restore every week" });
  for (let turn = 1; turn <= 2; turn += 1) {
    await rehearse.click();
    await expect.poll(async () => (await heard()).filter((text) => text === "Saved").length).toBe(turn);
  }
  await page.keyboard.press("Alt+1");
  await says("All 7 accounts are safe.");
  await page.keyboard.press("Alt+6");
  await page.keyboard.press("Control+Comma");
  await says("Settings");
  await rehearse.click();
  await expect.poll(async () => (await heard()).length).toBe(3);
  expect(await heard()).toEqual(["Saved", "Saved", "Saved"]);
});

test("an alert is told by itself alone", async () => {
  const site = await siteOf(3);
  const window = await startWindow();
  const { page, says } = window;
  const siteId = await window.keep(site);
  await says("All 3 accounts are safe.");
  await site.wipe();
  const heard = await listen(page);
  // What is told waits for its turn: by this clock each has its own.
  await page.evaluate("(() => { const now = Date.now; globalThis.ahead = 0; Date.now = () => now() + globalThis.ahead; })()");
  await page.evaluate("globalThis.ahead = 10_000");
  await window.run("look", { siteId });
  await page.getByRole("alert").getByText("Your site was wiped. 3 accounts can come back.").waitFor();
  await window.go("Settings");
  await page.evaluate("globalThis.ahead = 20_000");
  await page.getByRole("switch", { name: "Rehearse a restore every week" }).click();
  await expect.poll(async () => (await heard()).at(-1)).toBe("Saved");
  expect(await heard()).not.toContain("Your site was wiped. 3 accounts can come back.");
});

test("whoever presses Cancel sees that it was heard", async () => {
  const { proxy, window } = await startBehindProxy();
  const { page, says, button } = window;
  const held = proxy.pause(/^POST .*\/get$/, 0);
  await button("Back up now").click();
  await held.reached;
  await says("Backing up 7 accounts.");
  let hear = (): void => undefined;
  const isHeard = new Promise<void>((resolve) => {
    hear = resolve;
  });
  await page.route("**/api/call/operation.cancel", async (route) => {
    await isHeard;
    await route.continue();
  });
  await button("Cancel").click();
  await page.getByText("Stopping…", { exact: true }).first().waitFor();
  hear();
  await page.getByText("Stopped. Nothing was changed.").waitFor();
  held.release();
});

test("the key that copies the variable goes to where its copy is told of, or why there is none", async () => {
  const window = await startWindow();
  const { page, says } = window;
  await window.keep(await siteOf(7));
  await window.keep(await siteOf(11), { name: "Tidewater Yoga" });
  await says("All 7 accounts are safe.");
  await window.go("Activity");
  await page.keyboard.press("Control+Shift+KeyC");
  await says("Variable");
  await page.getByText(/^Clears in /).waitFor();
  await page.keyboard.press("Alt+Shift+Digit2");
  await window.go("Overview");
  await says("All 11 accounts are safe.");
  await page.keyboard.press("Control+Shift+KeyC");
  await says("Variable");
  await page.getByRole("heading", { name: "11 accounts are one too many for the variable." }).waitFor();
});

test("a backup that finds nothing new says so; old ones go only after their number was told", async () => {
  const site = await siteOf(3);
  const window = await startWindow();
  const { page, says, button, dialog, ask } = window;
  const siteId = await window.keep(site);
  await says("All 3 accounts are safe.");
  const vault = (await ask("site.list", {})).sites[0]?.vault ?? "";
  // Of one week long ago one is kept.
  const then = Date.now() - 100 * DAY_MS;
  const monday = then - ((new Date(then).getDay() + 6) % 7) * DAY_MS;
  await writeBackups(vault, site, [...(await site.read()).values()].slice(0, 2), [0, 1, 2].map((day) => new Date(monday + day * DAY_MS)));
  const count = async (): Promise<number> => (await ask("backup.list", { siteId })).total;

  await window.go("Backups");
  await page.getByText(/^4 backups, /).waitFor();
  await button("Back up now").click();
  await page.getByText("Nothing has changed since the newest backup.").first().waitFor();
  await button("More").first().click();
  await page.getByRole("menuitem", { name: "Remove old backups…" }).click();
  const asked = dialog("Remove 2 old backups?");
  await asked.waitFor();
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Cancel");
  expect(await count()).toBe(4);
  await button("Remove 2 backups", asked).click();
  await asked.waitFor({ state: "detached" });
  await page.getByText(/^2 backups, /).waitFor();
  expect(await count()).toBe(2);

  await window.go("Settings");
  await button("Remove what has had its time…").click();
  await dialog("No backup has had its time.").waitFor();
});

test("Cancel while the plan is made closes the dialog that was not asked for a choice, and goes back to the choice in the other", async () => {
  const site = await siteOf(7);
  const proxy = await startFrontProxy({ target: site.site });
  onTestFinished(async () => await proxy.close());
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  await window.keep(site, { url: proxy.url });
  await site.deleteAccounts([[...(await site.read()).keys()][0] ?? ""]);
  await page.reload();
  await says("1 account is gone from your site, the rest is there.");
  const open = page.getByRole("dialog");
  const stopPlanning = async (): Promise<void> => {
    await open.getByRole("progressbar").waitFor();
    await button("Cancel", open).click();
  };

  let held = proxy.pause(/^POST .*\/get$/, 0);
  await button("Bring back 1 account").click();
  await held.reached;
  await stopPlanning();
  await open.waitFor({ state: "detached" });
  held.release();
  await page.keyboard.press("Alt+Shift+KeyR");
  held = proxy.pause(/^POST .*\/get$/, 0);
  await button("Show the plan", open).click();
  await held.reached;
  await stopPlanning();
  await dialog("Where shall the accounts come from?").waitFor();
  held.release();
});
