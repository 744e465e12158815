/** Accounts that are gone: a wipe put right by hand, chosen people, deletions, a damaged backup. Compared on the real ChromaDB. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { expect, test } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import type { TestSite } from "../support/site.ts";
import { siteOf, startWindow, type WindowStage } from "../support/window-stage.ts";

const everybody = sampleAccounts(12);
const idsOf = (count: number): string[] => everybody.slice(0, count).map(({ id }) => id);

/** The plan is shown first, the focus is on Cancel, and the button carries the count. */
async function bringBack({ page, button, dialog }: WindowStage, count: string, plan: string): Promise<void> {
  const asked = dialog(`Bring back ${count} to Marlow Bakery?`);
  await asked.getByText(plan).waitFor();
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Cancel");
  await button(`Bring back ${count}`, asked).click();
  const done = dialog(/^[\d,]+ accounts? (?:is|are) back\.$/);
  await done.getByText(/^Each one was read again and is as it was\./).waitFor();
  await button("Done", done).click();
  await done.waitFor({ state: "detached" });
}

/** Everybody on the site. ChromaDB gives metadata in another order each time. */
async function peopleOn(site: TestSite): Promise<Map<string, unknown>> {
  return new Map([...(await site.read())].map(([id, record]) => [id, { ...record, metadata: JSON.parse(record.metadata ?? "null") as unknown }]));
}

/** As the list shows them. */
const nameOf = (id: string): string => (JSON.parse(everybody.find((record) => record.id === id)?.document ?? "{}") as { full_name: string }).full_name;

/** Spoils one letter in the middle: its beginning, its end and its length stay as they were. */
async function spoil(path: string): Promise<void> {
  const text = await readFile(path, "utf8");
  expect(text).toContain("Chidi Okafor");
  await writeFile(path, text.replace("Chidi Okafor", "Chidi Okafur"));
}

type Styles = (element: unknown) => { readonly backgroundColor: string };
const backgroundOf = async (button: Locator): Promise<string> => await button.evaluate((element) => (globalThis as unknown as { getComputedStyle: Styles }).getComputedStyle(element).backgroundColor);

test("a wipe with automatic restore off: seen, planned, put right, and everybody is as before", async () => {
  const site = await siteOf(7);
  const before = await peopleOn(site);
  const window = await startWindow();
  const { page, says, button } = window;
  await window.keep(site);
  await says("All 7 accounts are safe.");

  await site.wipe();
  await page.reload();
  await says("Your site was wiped. 7 accounts can come back.");
  await page.getByText("We ask first because automatic restore is off.", { exact: false }).waitFor();
  const plan = page.getByRole("region", { name: "What will happen" });
  expect(await plan.getByRole("listitem").allTextContents()).toEqual([
    expect.stringMatching(/^7 accounts are added from today’s \d\d:\d\d backup$/),
    "Nobody is changed or deleted and new sign-ups stay",
    "Each account is read again before we say it worked",
  ]);
  await button("Bring back 7 accounts").click();
  await bringBack(window, "7 accounts", "Adds 7 · leaves 0 as they are · changes nobody.");

  await says("All 7 accounts are back.");
  expect(await peopleOn(site)).toEqual(before);
  const settling = page.getByRole("list", { name: /^Accounts on your site/ }).locator(".dot.settling");
  expect(await settling.count()).toBe(7);
  const motion = async (): Promise<string> => await settling.first().evaluate((dot) => (globalThis as unknown as { getComputedStyle: (element: unknown) => { animation: string } }).getComputedStyle(dot).animation);
  expect(await motion()).toMatch(/^0\.32s .*settle$/);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await expect.poll(motion).toBe("none");
  await button("Got it").click();
  await says("All 7 accounts are safe.");
});

test("somebody signed up after the wipe: stays, and there is nothing to take back", async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, says, button } = window;
  await window.keep(site);
  await site.wipe();
  await site.create();
  await site.add(everybody.slice(10, 11));
  await page.reload();
  await says("Your site was wiped. 7 accounts can come back.");
  await button("Bring back 7 accounts").click();
  await bringBack(window, "7 accounts", "Adds 7 · leaves 1 as they are · changes nobody · safety copy first.");
  expect(new Set((await site.read()).keys())).toEqual(new Set([...idsOf(7), ...idsOf(11).slice(10)]));

  // Nobody watches: the one who is in no backup comes before what is over.
  await says("1 of 8 accounts is not backed up yet.");
  await button("Back up now").click();
  // Whoever was added stays, and nobody was changed: there is nothing to put back.
  await button("Got it").waitFor();
  expect(await button("Undo this restore…").count()).toBe(0);
});

test("chosen people come back, the others stay away", async () => {
  const site = await siteOf(6);
  const [first, twin] = [everybody[0], everybody[6]];
  if (first === undefined || twin === undefined) throw new Error("nobody");
  // Another person of the same name: only the address tells the two apart.
  await site.add([{ ...twin, document: twin.document?.replace(nameOf(twin.id), nameOf(first.id)) ?? null }]);
  const before = await peopleOn(site);
  const window = await startWindow();
  const { page, says, button } = window;
  await window.keep(site);
  await site.wipe();
  await page.reload();
  await says("Your site was wiped. 7 accounts can come back.");
  await button("Choose people…").click();
  await says("Backups");
  const detail = page.getByRole("complementary", { name: /^Backup of Today, / });
  await button("Bring back 7 accounts", detail).waitFor();
  const chosen = [...before.keys()].toSorted().slice(2, 4);
  const shownAs = new Map([...before.keys()].map((id) => [id, nameOf(id)]));
  shownAs.set(first.id, "Ada Marlow, a, hidden, at example.com").set(twin.id, "Ada Marlow, g, hidden, at example.com");
  for (const id of before.keys()) if (!chosen.includes(id)) await detail.getByRole("checkbox", { name: `Bring back ${shownAs.get(id) ?? ""}`, exact: true }).uncheck();
  await detail.getByText("Adds 2 accounts, leaves 0 as they are.", { exact: false }).waitFor();
  await button("Bring back 2 accounts", detail).click();
  await bringBack(window, "2 accounts", "Adds 2 · leaves 0 as they are · changes nobody.");
  expect(await peopleOn(site)).toEqual(new Map([...before].filter(([id]) => chosen.includes(id))));
  expect([...(await site.read()).keys()].toSorted()).toEqual(chosen);
});

test("a changed account is put back as it was when that is wanted, and taken back again", async () => {
  const site = await siteOf(7);
  const before = await peopleOn(site);
  const [first] = everybody;
  if (first === undefined) throw new Error("nobody");
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  await window.keep(site);
  const changed = { ...first, document: first.document?.replace("Ada Marlow", "Ada Newname") ?? null };
  await site.add([changed]);
  const meanwhile = await peopleOn(site);
  await page.reload();
  await says("1 account changed since the last backup.");

  await button("Restore…").click();
  await button("Show the plan", dialog("Where shall the accounts come from?")).click();
  const nobody = dialog("Nobody has to come back to Marlow Bakery.");
  await nobody.getByText(/^Also put back older versions of/).click();
  await bringBack(window, "1 account", "Adds 0 · leaves 6 as they are · changes 1 · safety copy first.");
  expect(await peopleOn(site)).toEqual(before);

  await button("Undo this restore…").click();
  const undo = dialog("Put 1 account back as before the restore?");
  await button("Put back 1 account", undo).click();
  await button("Done", dialog("1 account is as before the restore.")).click();
  expect(await peopleOn(site)).toEqual(meanwhile);
});

test("an account that the server does not take: everybody else comes back, and the dialog says who did not, and why", async () => {
  const site = await siteOf(3);
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  await window.keep(site);
  await says("All 3 accounts are safe.");
  const users = [...everybody.slice(0, 3).map(({ document }) => document), '{"user_id":"odd","email":"odd@example.com","created_at":1e400}'];
  await writeFile(join((await window.ask("site.list", {})).sites[0]?.vault ?? "", "user_backup_20990101.json"), `{"backup_timestamp":"2099-01-01T00:00:00","user_count":4,"users":[${users.join(",")}]}`);
  await site.wipe();
  await page.reload();
  await says("Your site was wiped. 4 accounts can come back.");
  await button("Bring back 4 accounts").click();
  await button("Bring back 4 accounts", dialog("Bring back 4 accounts to Marlow Bakery?")).click();
  const done = dialog("3 of 4 accounts are back.");
  await done.getByText("Everyone else was read again and is as it was.").waitFor();
  await done.getByText(/^The server does not accept this account\. It says: .*number out of range/).waitFor();
  expect(await done.getByRole("listitem").allTextContents()).toEqual(["odd"]);
  await button("Done", done).click();
  expect((await site.read()).size).toBe(3);
});

test("deletions: two equal buttons; accepted, the next backup is made without them", async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  const siteId = await window.keep(site);
  await site.deleteAccounts(idsOf(2));
  await page.reload();
  await says("2 accounts are gone from your site, the rest is there.");
  const [onPurpose, back] = [button("These were deleted on purpose"), button("Bring back 2 accounts")];
  expect(await backgroundOf(onPurpose)).toMatch(/^rgb/);
  expect(await backgroundOf(back)).toBe(await backgroundOf(onPurpose));

  await onPurpose.click();
  await button("They were deleted on purpose", dialog("This backup would hold 5 accounts. The last one holds 7.")).click();
  await button("Yes, back up without them", dialog("Were 2 accounts deleted on purpose?")).click();
  await says("All 5 accounts are safe.");
  const { backups } = await window.ask("backup.list", { siteId, offset: 0, limit: 10 });
  expect(backups).toMatchObject([{ accounts: 5, shelf: "normal", state: "good" }, { accounts: 7, shelf: "normal", state: "good" }]);
});

test("deletions: both backups kept, and the two brought back", async () => {
  const site = await siteOf(7);
  const before = await peopleOn(site);
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  const siteId = await window.keep(site);
  await site.deleteAccounts(idsOf(2));
  await page.reload();
  await button("These were deleted on purpose").click();
  await button("Keep both", dialog("This backup would hold 5 accounts. The last one holds 7.")).click();
  await expect.poll(async () => (await window.ask("backup.list", { siteId, offset: 0, limit: 10 })).backups, { timeout: 60_000 }).toMatchObject([{ accounts: 5, shelf: "short" }, { accounts: 7, shelf: "normal" }]);
  await says("2 accounts are gone from your site, the rest is there.");
  await button("Bring back 2 accounts").click();
  await bringBack(window, "2 accounts", "Adds 2 · leaves 5 as they are · changes nobody · safety copy first.");
  expect(await peopleOn(site)).toEqual(before);
});

test("a damaged backup says so, is not used, and everybody comes back from the older whole one", async () => {
  const site = await siteOf(7);
  const before = await peopleOn(site);
  const window = await startWindow();
  const { page, says, button } = window;
  const siteId = await window.keep(site);
  await site.add(everybody.slice(7, 8));
  const { name } = await window.run("backup", { siteId });
  const { sites } = await window.ask("site.list", {});
  const path = join(sites[0]?.vault ?? "", name);
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, Math.floor(bytes.length / 2)));
  await page.reload();
  await says("1 of 8 accounts is not backed up yet.");

  await window.go("Backups");
  await page.getByRole("row", { name: /Damaged/ }).click();
  const detail = page.getByRole("complementary", { name: /^Backup of / });
  await detail.getByText("This backup is damaged and will not be used.").waitFor();
  await detail.getByText(/^The one of Today, \d\d:\d\d is whole and holds 7 accounts\.$/).waitFor();
  expect(await button("Rehearse", detail).count()).toBe(0);
  await button("Open that one", detail).click();
  await detail.getByText("7 accounts,", { exact: false }).waitFor();
  await detail.getByText("Everyone in this backup is on your site.").waitFor();

  await site.wipe();
  await window.go("Overview");
  await page.reload();
  await says("Your site was wiped. 7 accounts can come back.");
  await button("Bring back 7 accounts").click();
  await window.dialog("Bring back 7 accounts to Marlow Bakery?").getByText(`${name} was passed over: `, { exact: false }).waitFor();
  await bringBack(window, "7 accounts", "Adds 7 · leaves 0 as they are · changes nobody.");
  expect(await peopleOn(site)).toEqual(before);
});

test("a backup damaged in its middle: table, detail and tally say so, also when a newer one is there, or when it is found by opening it", async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, says } = window;
  const siteId = await window.keep(site);
  const [{ vault } = { vault: "" }] = (await window.ask("site.list", {})).sites;
  const list = async () => (await window.ask("backup.list", { siteId, offset: 0, limit: 10 })).backups;
  await site.add(everybody.slice(7, 8));
  await spoil(join(vault, (await window.run("backup", { siteId })).name));
  await page.reload();
  await says("1 of 8 accounts is not backed up yet.");
  await page.getByRole("list", { name: /^Accounts on your site/ }).getByText("A newer one is damaged").waitFor();

  await window.go("Backups");
  const row = (name: RegExp): Locator => page.getByRole("row", { name });
  await row(/\b8\b.*Damaged/).click();
  await row(/\b7\b.*Verified.*Newest, fullest/).waitFor();
  const detail = page.getByRole("complementary", { name: /^Backup of / });
  await detail.getByText("This backup is damaged and will not be used.").waitFor();
  await detail.getByText(/^The one of Today, \d\d:\d\d is whole and holds 7 accounts\.$/).waitFor();

  await site.add(everybody.slice(8, 9));
  await window.run("backup", { siteId });
  await row(/\b9\b.*Verified.*Newest, fullest/).waitFor();
  await says("Backups");
  await row(/\b8\b.*Damaged/).waitFor();
  // The list reads heads only: nothing has read this one since it was spoiled.
  await spoil(join(vault, (await list()).find(({ accounts }) => accounts === 7)?.name ?? ""));
  await row(/\b7\b.*Verified/).click();
  await detail.getByText("This backup is damaged and will not be used.").waitFor();
  await row(/\b7\b.*Damaged/).waitFor();
});

test("people who have gone since the last look: comparing finds it, and the sidebar says so without waiting for the next one", async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, says } = window;
  await window.keep(site);
  await says("All 7 accounts are safe.");
  await site.deleteAccounts(idsOf(2));
  await window.go("Backups");
  await page.getByRole("row", { name: /^Today, / }).click();
  await page.getByRole("button", { name: "Bring back 2 accounts", exact: true }).waitFor();
  // Well before the next regular look, a minute after the first.
  await page.getByRole("button", { name: /^Site: .*Accounts gone/ }).waitFor({ timeout: 20_000 });
});
