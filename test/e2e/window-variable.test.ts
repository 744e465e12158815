/** The variable: copied with one click and exactly the accounts, hidden until asked, cleared again, checked, and off from the 11th account on. */
import { expect, test } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { decodeVariable } from "../../electron/engine/variable/decode.ts";
import { people, withFields } from "../support/lost-in-variable.ts";
import { siteOf, startWindow, type WindowStage } from "../support/window-stage.ts";

const everybody = sampleAccounts(12);
/** What the site's own code finds in the value: the accounts' documents, in any order. */
const inVariable = (text: string): unknown[] => decodeVariable(text).accounts.map((json) => JSON.parse(json) as unknown);
const documentsOf = (count: number): unknown[] => everybody.slice(0, count).map(({ document }) => JSON.parse(document ?? "") as unknown);
const sorted = (accounts: readonly unknown[]): string[] => accounts.map((account) => JSON.stringify(account, Object.keys(account as object).toSorted())).toSorted();

async function keepSeven(): Promise<WindowStage> {
  const site = await siteOf(7);
  const window = await startWindow();
  await window.keep(site);
  await window.says("All 7 accounts are safe.");
  return window;
}

test("one click copies exactly the seven accounts, says so, and clears the clipboard again", async () => {
  const window = await keepSeven();
  const { page, button } = window;
  await page.clock.install();
  const card = page.getByRole("region", { name: "Variable" });
  expect(await card.getByRole("meter").getAttribute("aria-valuetext")).toBe("7 of 10 accounts");
  await button("Copy USER_BACKUP_DATA", card).click();
  const said = (await card.getByText(/^Copied\./).locator("..").textContent()) ?? "";
  const value = await window.clipboard();
  expect(sorted(inVariable(value))).toEqual(sorted(documentsOf(7)));
  expect(said).toContain(`Copied. ${value.length.toLocaleString("en-US")} characters, checksum `);
  expect(said).toMatch(/checksum [0-9A-F]{4} [0-9A-F]{4}/);
  await card.getByText(/^Clears in /).waitFor();

  await page.clock.fastForward("01:01");
  await card.getByText("Cleared from the clipboard.").waitFor();
  expect(await window.clipboard()).toBe("");
});

test("what somebody else has put on the clipboard meanwhile stays there", async () => {
  const window = await keepSeven();
  const { page, button } = window;
  await page.clock.install();
  await button("Copy USER_BACKUP_DATA").click();
  await page.getByText(/^Clears in /).waitFor();
  await page.evaluate("navigator.clipboard.writeText('a shopping list')");
  await page.clock.fastForward("01:01");
  await page.getByText("The clipboard holds something else now; we left it.").first().waitFor();
  expect(await window.clipboard()).toBe("a shopping list");
});

test("hidden until asked, in three forms, and what the dashboard holds is compared", async () => {
  const window = await keepSeven();
  const { page, button } = window;
  await window.go("Variable");
  const card = page.getByRole("region", { name: "USER_BACKUP_DATA" });
  const shown = card.getByRole("region", { name: "Value, hides again after 30 seconds" });
  const secret = everybody[0]?.document ?? "";
  const forms = { Value: /^[A-Za-z0-9+/=]+$/, "NAME=value": /^USER_BACKUP_DATA=[A-Za-z0-9+/=]+$/, ".env line": /^USER_BACKUP_DATA=[A-Za-z0-9+/=]+\r?\n$/ };
  let value = "";
  for (const [form, shape] of Object.entries(forms)) {
    await card.getByText(form, { exact: true }).click();
    await button("Copy USER_BACKUP_DATA", card).click();
    await expect.poll(async () => await window.clipboard(), { timeout: 60_000 }).toMatch(shape);
    const copied = await window.clipboard();
    expect(sorted(inVariable(copied))).toEqual(sorted(documentsOf(7)));
    if (form === "Value") value = copied;
  }

  const holdsValue = async (): Promise<boolean> => (await page.content()).includes(value.slice(0, 200));
  expect(await holdsValue()).toBe(false);
  await button("Show value", card).click();
  expect(await shown.textContent()).toContain(value);
  await button("Hide value", card).click();
  await shown.waitFor({ state: "detached" });
  expect(await holdsValue()).toBe(false);
  expect(await page.content()).not.toContain(secret);

  const check = page.getByRole("region", { name: "What is in your dashboard now?" });
  const dashboard = check.getByRole("textbox", { name: "What your dashboard holds" });
  await dashboard.fill(value);
  await check.getByText("The same 7 accounts as your site.").waitFor();
  await dashboard.fill(value.slice(0, 1_001));
  await check.getByText(/^This value is cut off after 1,001 characters\./).waitFor();
  await dashboard.fill("a shopping list");
  await check.getByText("This is not a backup variable.").waitFor();
});

test("the tenth account is the last that fits; with the eleventh the variable is off and says what to do instead", async () => {
  const site = await siteOf(10);
  const window = await startWindow();
  const { page, says, button } = window;
  const siteId = await window.keep(site);
  await says("All 10 accounts are safe.");
  await page.getByText("The next account turns the variable off.").waitFor();
  expect(await button("Copy USER_BACKUP_DATA").count()).toBe(1);

  await site.add(everybody.slice(10, 11));
  await window.run("look", { siteId });
  await says("1 of 11 accounts is not backed up yet.");
  await page.getByRole("region", { name: "Variable" }).getByText("Not for this site").waitFor();
  // The eleventh is in no backup yet.
  await page.getByText("Nothing is lost by that once everyone is backed up: this app brings them back after a wipe.").waitFor();
  expect(await button("Copy USER_BACKUP_DATA").count()).toBe(0);
  await button("What to do instead").click();
  await says("Variable");
  await page.getByRole("heading", { name: "11 accounts are one too many for the variable." }).waitFor();
  await page.getByText("Let this app bring them back").waitFor();

  await site.deleteAccounts(everybody.slice(10, 11).map(({ id }) => id));
  await window.run("look", { siteId });
  await button("Copy USER_BACKUP_DATA").waitFor();
});

test("a site it would bring nobody back to is not offered it, and the window says why and what to do instead", async () => {
  const site = await siteOf(3);
  const { email: emailOfFirst } = JSON.parse(people[0]?.document ?? "") as { email: string };
  await site.add([withFields(people[2], { email: emailOfFirst })]);
  const window = await startWindow();
  const { page, says, button } = window;
  const siteId = await window.keep(site);
  await says("All 3 accounts are safe.");
  const card = page.getByRole("region", { name: "Variable" });
  const why = "Two accounts share an e-mail address: the variable could not bring them back.";
  await card.getByText("Not for this site").waitFor();
  await card.getByText(why).waitFor();
  expect(await button("Copy USER_BACKUP_DATA").count()).toBe(0);
  await button("What to do instead").click();
  await page.getByRole("heading", { name: why }).waitFor();
  await page.getByText("Your backups hold everyone. After a redeploy, bring the accounts back from a backup file instead.").waitFor();
  await page.getByText("As soon as that is put right on your site, the variable is offered again.").waitFor();

  await button("Before a redeploy…").click();
  await button("Back up now").click();
  await page.getByText(`${why} So nothing is copied, and this app brings them back.`).waitFor();
  expect(await button("Copy USER_BACKUP_DATA").count()).toBe(0);

  await site.add(people);
  await window.run("look", { siteId });
  await button("Copy USER_BACKUP_DATA").waitFor();
});

test("a site without accounts has no value: nothing to show, nothing said to be the same", async () => {
  const site = await siteOf(1);
  await site.deleteAccounts(everybody.slice(0, 1).map(({ id }) => id));
  const window = await startWindow();
  const { page, go, button } = window;
  await window.keep(site, { backup: false });
  await window.says("No accounts yet.");
  await go("Variable");
  const card = page.getByRole("region", { name: "USER_BACKUP_DATA" });
  await card.waitFor();
  expect(await button("Show value", card).count()).toBe(0);
  expect(await card.getByText("The same as your site").count()).toBe(0);
  expect(await button("Copy USER_BACKUP_DATA", card).getAttribute("aria-disabled")).toBe("true");
});
