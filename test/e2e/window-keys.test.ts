/** Keys alone, after the first run: sites, regions, the table of backups, whom to bring back, what Esc closes and what it leaves alone. */
import { expect, test } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { writeBackups } from "../support/many-backups.ts";
import { expectFocus, tabTo } from "../support/window-focus.ts";
import { siteOf, startBehindProxy, startWindow } from "../support/window-stage.ts";

const DAY_MS = 24 * 3_600_000;

test("from site to site: by number, and in the list of them", async () => {
  const window = await startWindow();
  const { page, says } = window;
  const [bakery, yoga] = [await siteOf(7), await siteOf(3)];
  await window.keep(bakery);
  await window.keep(yoga, { name: "Tidewater Yoga", backup: false });
  await says("All 7 accounts are safe.");
  await page.keyboard.press("Alt+Shift+Digit2");
  await says("3 accounts, no backup yet.");
  await expectFocus(window, "h1 3 accounts, no backup yet.");
  expect(await page.title()).toBe("Overview · Tidewater Yoga · Account Keeper");
  // There is no third one.
  await page.keyboard.press("Alt+Shift+Digit3");
  await page.keyboard.press("Alt+3");
  await expectFocus(window, "h1 Backups");
  await page.keyboard.press("Alt+Shift+Digit1");
  await expectFocus(window, "h1 Backups");
  await page.keyboard.press("Alt+1");
  await expectFocus(window, "h1 All 7 accounts are safe.");

  // Sidebar, content, and round again.
  await page.keyboard.press("F6");
  await expectFocus(window, /^button Site: /);
  await page.keyboard.press("F6");
  await expectFocus(window, "h1 All 7 accounts are safe.");
  await page.keyboard.press("F6");

  const list = page.getByRole("listbox", { name: "Sites" });
  await page.keyboard.press("Enter");
  await list.waitFor();
  // Worst first: the one without a backup.
  expect(await list.getByRole("option").allInnerTexts()).toEqual([expect.stringMatching(/Tidewater Yoga/), expect.stringMatching(/Marlow Bakery/), expect.stringMatching(/Add a site…/)]);
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "hidden" });
  await expectFocus(window, /^button Site: .*Marlow Bakery/);
  await page.keyboard.press("Enter");
  await list.waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await says("3 accounts, no backup yet.");
  expect(await page.title()).toBe("Overview · Tidewater Yoga · Account Keeper");
});

test("the backups: one stop for Tab, arrows, ends, dates as they are typed; whom to bring back", async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  const siteId = await window.keep(site);
  await says("All 7 accounts are safe.");
  const { sites } = await window.ask("site.list", {});
  const everybody = [...(await site.read()).values()];
  const now = Date.now();
  await writeBackups(sites[0]?.vault ?? "", site, everybody, [20, 12, 11, 3].map((days) => new Date(now - days * DAY_MS)));
  await site.deleteAccounts(everybody.slice(0, 4).map(({ id }) => id));
  await window.run("look", { siteId });

  await page.keyboard.press("Alt+3");
  await expectFocus(window, "h1 Backups");
  await page.getByRole("row").nth(5).waitFor();
  const shown = await page.getByRole("row").evaluateAll((rows) => rows.slice(1).map((row) => (row as { firstElementChild?: { textContent?: string } }).firstElementChild?.textContent ?? ""));
  const [today = "", threeDays = "", elevenDays = "", twelveDays = "", twentyDays = ""] = shown;
  const onRow = async (date: string): Promise<void> => await expectFocus(window, new RegExp(`^div ${date} `));
  await tabTo(window, new RegExp(`^div ${today} `));
  for (const [key, row] of [["ArrowDown", threeDays], ["ArrowDown", elevenDays], ["End", twentyDays], ["ArrowUp", twelveDays], ["Home", today], ["PageDown", twentyDays], ["PageUp", today]] as const) {
    await page.keyboard.press(key);
    await onRow(row);
  }
  // As far as the day of the month: the weekday alone may be another row's too.
  await page.keyboard.type(twelveDays.split(" ").slice(0, 2).join(" ").toLowerCase());
  await onRow(twelveDays);
  expect(await page.getByRole("complementary", { name: /^Backup of / }).count()).toBe(0);
  await page.keyboard.press("?");
  await dialog("Keys").waitFor();
  await page.keyboard.press("Escape");
  await onRow(twelveDays);

  await page.keyboard.press("Enter");
  const detail = page.getByRole("complementary", { name: `Backup of ${twelveDays}` });
  await button("Bring back 4 accounts", detail).waitFor();
  await onRow(twelveDays);
  await page.keyboard.press("F6");
  await expectFocus(window, `h2 ${twelveDays}`);

  const people = detail.getByRole("grid", { name: "Accounts" });
  const ticked = async (): Promise<number> => await people.getByRole("checkbox", { checked: true }).count();
  await tabTo(window, /^div .*Not on your site$/);
  await page.keyboard.press("Space");
  await button("Bring back 3 accounts", detail).waitFor();
  expect(await ticked()).toBe(3);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await button("Bring back 2 accounts", detail).waitFor();
  // Back up to the first one, and all on the way.
  await page.keyboard.press("Shift+ArrowUp");
  await button("Bring back 4 accounts", detail).waitFor();
  await page.keyboard.press("End");
  await expectFocus(window, /^div (?!.*Not on your site)/);
  await page.keyboard.press("Home");
  await expectFocus(window, /^div .*Not on your site$/);
  await page.keyboard.press("Space");

  await tabTo(window, "button Bring back 3 accounts");
  await page.keyboard.press("Enter");
  const asked = dialog("Bring back 3 accounts to Marlow Bakery?");
  await asked.waitFor();
  await expectFocus(window, "button Cancel");
  await page.keyboard.press("Escape");
  await asked.waitFor({ state: "detached" });
  await expectFocus(window, "button Bring back 3 accounts");
  await page.keyboard.press("Enter");
  await asked.waitFor();
  await page.keyboard.press("Enter");
  await asked.waitFor({ state: "detached" });
  await expectFocus(window, "button Bring back 3 accounts");
  expect((await site.read()).size).toBe(3);

  await page.keyboard.press("Enter");
  await asked.waitFor();
  await tabTo(window, "button Bring back 3 accounts");
  await page.keyboard.press("Enter");
  await dialog("3 accounts are back.").waitFor();
  await expectFocus(window, "button Done");
  await page.keyboard.press("Enter");
  await dialog("3 accounts are back.").waitFor({ state: "detached" });
  expect((await site.read()).size).toBe(6);
  await expect.poll(async () => await page.evaluate<string>("document.activeElement.tagName"), { timeout: 60_000 }).not.toBe("BODY");
});

test("Esc closes what lies on top, one layer at a time, and never stops what runs", async () => {
  const { site, proxy, window } = await startBehindProxy();
  const { page, says, button, dialog } = window;
  const states = async (kind: string): Promise<string[]> => (await window.ask("operation.list", {})).operations.filter((operation) => operation.kind === kind).map(({ state }) => state);

  await page.keyboard.press("Alt+3");
  await expectFocus(window, "h1 Backups");
  await tabTo(window, "button More");
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Look inside a file…" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("menuitem", { name: "Look inside a file…" }).waitFor({ state: "hidden" });
  await expectFocus(window, "button More");
  await page.keyboard.press("Enter");
  await expectFocus(window, "button Look inside a file…");
  await page.keyboard.press("Enter");
  const inside = dialog("Look inside a backup");
  await inside.waitFor();
  await tabTo(window, "button Choose a file…");
  await page.keyboard.press("Enter");
  const files = dialog("Choose a file");
  await files.waitFor();
  await page.keyboard.press("Escape");
  await files.waitFor({ state: "detached" });
  await inside.waitFor();
  await expectFocus(window, "button Choose a file…");
  await page.keyboard.press("Escape");
  await inside.waitFor({ state: "detached" });
  await page.keyboard.press("Alt+1");
  await expectFocus(window, "h1 All 7 accounts are safe.");

  const backup = proxy.pause(/^POST .*\/get$/, 0);
  await page.keyboard.press("Alt+Shift+KeyB");
  await backup.reached;
  await says("Backing up 7 accounts.");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await dialog("Keys").waitFor();
  await page.keyboard.press("Escape");
  await dialog("Keys").waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  // Pressed again it does not start a second one.
  await page.keyboard.press("Alt+Shift+KeyB");
  backup.release();
  await says("All 7 accounts are safe.");
  expect(await states("backup")).toEqual(["done", "done"]);

  await site.wipe();
  await page.reload();
  await says("Your site was wiped. 7 accounts can come back.");
  await tabTo(window, "button Bring back 7 accounts");
  await page.keyboard.press("Enter");
  await dialog("Bring back 7 accounts to Marlow Bakery?").waitFor();
  await tabTo(window, "button Bring back 7 accounts");
  const restore = proxy.pause(/\/(?:add|upsert)$/, 0);
  await page.keyboard.press("Enter");
  await restore.reached;
  await dialog("Bringing accounts back").waitFor();
  await page.keyboard.press("Escape");
  await dialog("Bringing accounts back").waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await says("Bringing accounts back.");
  restore.release();
  await says("All 7 accounts are back.");
  expect(await states("restore")).toEqual(["done"]);
  expect(new Set((await site.read()).keys())).toEqual(new Set(sampleAccounts(7).map(({ id }) => id)));
  expect(await button("Bring back 7 accounts").count()).toBe(0);
});
