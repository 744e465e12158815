/** Without a mouse: the whole first run and a backup, where the focus goes, and the keys of the browser host. */
import { expect, test } from "vitest";
import { expectFocus, tabTo } from "../support/window-focus.ts";
import { siteOf, startWindow } from "../support/window-stage.ts";

test("the whole first run and a backup", async () => {
  const window = await startWindow();
  const { page, says } = window;
  await says("Where does your site keep its accounts?");
  await expectFocus(window, "h1 Where does your site keep its accounts?");
  await page.keyboard.press("Tab");
  for (let row = 1; row < 5; row += 1) await page.keyboard.press("ArrowDown");
  expect(await page.getByRole("radio", { name: /Try it with a demo site/ }).isChecked()).toBe(true);
  await tabTo(window, "button Start the demo");
  await page.keyboard.press("Enter");
  await says("All 12 accounts are safe.");
  await tabTo(window, "button Back up now");
  await page.keyboard.press("Space");
  const done = async (): Promise<number> => (await window.ask("operation.list", {})).operations.filter(({ kind, state }) => kind === "backup" && state === "done").length;
  await expect.poll(done, { timeout: 60_000 }).toBe(2);
});

test("the end of the first run: the focus goes to the sentence of the Overview", async () => {
  const window = await startWindow();
  await window.page.getByRole("radio", { name: /Try it with a demo site/ }).check();
  await window.button("Start the demo").click();
  await expectFocus(window, "h1 Your first backup");
  await expectFocus(window, "h1 All 12 accounts are safe.");
});

test("F6 goes from the sidebar to the content to the detail, and round again", async () => {
  const window = await startWindow();
  const { page, says } = window;
  await window.keep(await siteOf(7));
  await says("All 7 accounts are safe.");
  await window.go("Backups");
  const row = page.getByRole("row", { name: /^Today, / });
  await row.press("Enter");
  await page.getByRole("complementary", { name: /^Backup of Today, / }).waitFor();
  await row.focus();
  for (const wanted of [/^h2 Today, /, /^button Site: /, "h1 Backups", /^h2 Today, /]) {
    await page.keyboard.press("F6");
    await expectFocus(window, wanted);
  }
});

test("the order of Tab, the skip link, and the focus on the name of each place", async () => {
  const window = await startWindow();
  const { page, says } = window;
  await window.keep(await siteOf(7));
  await says("All 7 accounts are safe.");
  const way = await tabTo(window, "button Restore…");
  expect(way).toEqual([
    "a To the content",
    expect.stringMatching(/^button Site: /),
    ...["Overview", "Before a redeploy", "Backups", "Variable", "Activity", "Settings"].map((place) => `a ${place}`),
    "button Back up now",
    "button Before a redeploy…",
    "button Restore…",
  ]);

  await page.reload();
  await says("All 7 accounts are safe.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expectFocus(window, "h1 All 7 accounts are safe.");

  for (const [index, place] of ["Before a redeploy", "Backups", "Variable", "Activity"].entries()) {
    await page.keyboard.press(`Alt+${index + 2}`);
    await expectFocus(window, `h1 ${place}`);
  }
  await page.keyboard.press("Control+Comma");
  await expectFocus(window, "h1 Settings");
  await page.keyboard.press("Alt+1");
  await expectFocus(window, "h1 All 7 accounts are safe.");
});

test("a dialog: the focus on Cancel, kept inside, back to where it came from", async () => {
  const window = await startWindow();
  const { page, says, dialog } = window;
  await window.keep(await siteOf(7));
  await says("All 7 accounts are safe.");
  await window.go("Settings");
  await tabTo(window, "button Stop keeping Marlow Bakery…");
  await page.keyboard.press("Enter");
  const asked = dialog("Stop keeping Marlow Bakery?");
  await asked.waitFor();
  await expectFocus(window, "button Cancel");
  const isInside = async (): Promise<boolean> => await page.evaluate<boolean>("document.activeElement === document.body || document.activeElement.closest('dialog') !== null");
  for (let presses = 0; presses < 6; presses += 1) {
    await page.keyboard.press("Tab");
    expect(await isInside()).toBe(true);
  }
  await page.keyboard.press("Escape");
  await asked.waitFor({ state: "detached" });
  await expectFocus(window, "button Stop keeping Marlow Bakery…");
  expect((await window.ask("site.list", {})).sites).toHaveLength(1);
});

test("the keys of the browser host", async () => {
  const window = await startWindow();
  const { page, says, dialog, button } = window;
  const site = await siteOf(7);
  await window.keep(site, { backup: false });
  await says("7 accounts, no backup yet.");
  await page.keyboard.press("Alt+Shift+KeyB");
  await says("All 7 accounts are safe.");
  await page.keyboard.press("Control+Shift+KeyC");
  await page.getByText(/^Clears in /).waitFor();
  expect(await window.clipboard()).toMatch(/^[A-Za-z0-9+/=]{200,}$/);

  await page.keyboard.press("Alt+Shift+KeyR");
  await dialog("Where shall the accounts come from?").waitFor();
  // A dialog keeps the keys of the window to itself.
  await page.keyboard.press("Alt+Shift+KeyD");
  await dialog("Where shall the accounts come from?").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Alt+Shift+KeyD");
  await says("Before a redeploy");
  await page.keyboard.press("?");
  const keys = dialog("Keys");
  expect(await keys.getByRole("definition").allTextContents()).toEqual(["Alt Shift B", "Ctrl Shift C", "Alt Shift R", "Alt Shift D", "Ctrl F", "Alt Shift 1–9", "Alt 1–5", "Ctrl ,", "F6", "Esc", "?"]);
  await button("Close", keys).last().click();

  await window.go("Backups");
  await page.keyboard.press("Control+KeyF");
  const search = page.getByRole("searchbox", { name: "Search" });
  await expectFocus(window, "input");
  // Typing is typing: no list of keys opens.
  await page.keyboard.type("?nothing like this");
  await page.getByText("No backup matches “?nothing like this”.").waitFor();
  expect(await keys.count()).toBe(0);
  await search.fill("");
});

test("a site that gets another name in the settings: it says so, and the focus stays where it was", async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, go } = window;
  await window.keep(site);
  await window.says("All 7 accounts are safe.");
  await go("Settings");
  const name = page.getByRole("textbox", { name: "Name" });
  await name.fill(" Tidewater Yoga ");
  await name.press("Enter");
  await page.getByRole("button", { name: /^Site: Tidewater Yoga/ }).waitFor();
  await page.getByText("Saved", { exact: true }).first().waitFor();
  expect(await name.inputValue()).toBe("Tidewater Yoga");
  expect(await page.evaluate("document.activeElement.value")).toBe("Tidewater Yoga");
});
