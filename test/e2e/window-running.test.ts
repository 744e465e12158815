/** What is under way or went wrong: a backup that outlives the page, one that is stopped, a server that fails, details to copy. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { startFrontProxy, type FrontProxy } from "../support/front-proxy.ts";
import type { TestSite } from "../support/site.ts";
import { siteOf, startBehindProxy, startWindow } from "../support/window-stage.ts";

const READS = /^POST .*\/get$/;

async function proxyFor(site: TestSite, guard?: { kind: "bearer"; token: string }): Promise<FrontProxy> {
  const proxy = await startFrontProxy({ target: site.site, ...(guard === undefined ? {} : { guard }) });
  onTestFinished(async () => await proxy.close());
  return proxy;
}

test("the page is loaded again in the middle of a backup, which goes on; another one is stopped and changes nothing", async () => {
  const site = await siteOf(7);
  const proxy = await proxyFor(site);
  const window = await startWindow();
  const { page, says, button } = window;
  const siteId = await window.keep(site, { url: proxy.url, backup: false });
  const list = async () => (await window.ask("backup.list", { siteId, offset: 0, limit: 10 })).backups;
  await says("7 accounts, no backup yet.");

  const held = proxy.pause(READS, 0);
  await button("Back up now").click();
  await held.reached;
  await says("Backing up 7 accounts.");
  await page.reload();
  await says("Backing up 7 accounts.");
  await page.getByRole("progressbar").waitFor();
  expect(await list()).toEqual([]);
  held.release();
  await says("All 7 accounts are safe.");
  const made = await list();
  expect(made).toMatchObject([{ accounts: 7, state: "good" }]);

  const again = proxy.pause(READS, 0);
  await button("Back up now").click();
  await again.reached;
  await says("Backing up 7 accounts.");
  await button("Cancel").click();
  await page.getByRole("status").getByText("Stopped. Nothing was changed.").waitFor();
  again.release();
  await says("All 7 accounts are safe.");
  expect(await list()).toEqual(made);
  await button("Dismiss").click();
  await page.getByText("Stopped. Nothing was changed.").waitFor({ state: "detached" });
});

test("a refused key: its sentence, the details to copy without the key, and the new key goes on", async () => {
  const site = await siteOf(7);
  const token = "a-key-that-nobody-may-see";
  const proxy = await proxyFor(site, { kind: "bearer", token });
  const window = await startWindow();
  const { page, says, button, dialog } = window;
  const { site: added } = await window.ask("site.add", { name: "Marlow Bakery", source: { kind: "server", url: proxy.url, auth: { kind: "bearer", token } }, collectionName: site.collectionName, settings: { watch: false, rehearse: false } });
  await window.run("backup", { siteId: added.id });
  await page.reload();
  await says("All 7 accounts are safe.");

  await window.ask("site.update", { siteId: added.id, auth: { kind: "bearer", token: "an-old-key-from-before" } });
  await page.reload();
  await says("Your site does not accept our key any more.");
  await page.getByText(/Your 7 accounts are safe in today’s \d\d:\d\d backup\./).waitFor();
  await button("Copy details").click();
  await expect.poll(async () => await window.clipboard(), { timeout: 60_000 }).toMatch(/^What: KEY_REFUSED$/m);
  const details = await window.clipboard();
  expect(details).toMatch(/^Said: .+$/m);
  expect(details).toMatch(/^Hint: .+$/m);
  expect(details).toMatch(/^Version: \d/m);
  for (const secret of [token, "an-old-key-from-before", "example.com", "password"]) expect(details).not.toContain(secret);

  await button("Enter the new key").click();
  const asks = dialog("Enter the new key");
  await asks.getByLabel("Key", { exact: true }).fill(token);
  await button("Save the key", asks).click();
  await says("All 7 accounts are safe.");
});

test("a backup that fails: what, why and again; the reference in the details is in the log", async () => {
  const site = await siteOf(7);
  const proxy = await proxyFor(site);
  const window = await startWindow();
  const { page, says, button } = window;
  await window.keep(site, { url: proxy.url, backup: false });
  await says("7 accounts, no backup yet.");
  // Whatever is asked next waits until the click has come: a look that fails takes the sentence and its button with it.
  const held = proxy.pause(/./, 0);
  await button("Back up now").click();
  await held.reached;
  proxy.injectAlways(/./, { kind: "status", status: 500, json: { error: "InternalError" } });
  held.release();
  const alert = page.getByRole("alert");
  await button("Copy details", alert).click();
  await button("Details copied.", alert).waitFor();
  const details = await window.clipboard();
  const said = /^Said: (.+)$/m.exec(details)?.[1] ?? "nothing";
  await alert.getByText(said, { exact: true }).waitFor();
  expect(details).toMatch(/^What: [A-Z_]+$/m);
  const reference = /^Reference: (\S+)$/m.exec(details)?.[1] ?? "none";
  const logs = join(window.dataFolder, "logs");
  const log = await Promise.all((await readdir(logs)).map(async (name) => await readFile(join(logs, name), "utf8")));
  expect(log.join("")).toContain(reference);
  await button("Try again", alert).waitFor();
});

test("a site whose host answers in its place: said while it is being woken, and after nobody waits for it any more", async () => {
  const { proxy, window } = await startBehindProxy();
  const { page, says, button } = window;
  proxy.injectAlways(/./, { kind: "status", status: 502, html: "<h1>Bad Gateway</h1>" });
  await page.reload();
  await says("Your site is asleep. We are waking it.");
  await page.getByText(/^This can take a minute on a free plan\. Your 7 accounts are safe in today’s \d\d:\d\d backup\.$/).waitFor();
  const tally = page.getByRole("list", { name: /^Accounts on your site/ }).getByRole("listitem");
  expect(await tally.first().textContent()).toMatch(/^On your site: \?No answer since \d\d:\d\d/);
  await page.getByRole("button", { name: /^Site: .*Asleep/ }).waitFor();

  await button("Stop waiting").click();
  await says("Your site is asleep.");
  await button("Wake it").click();
  await button("Wake it").waitFor();
});

test("a site that only fails: said as soon as the look has failed", async () => {
  const { proxy, window } = await startBehindProxy();
  const { page, says, button } = window;
  proxy.injectAlways(/./, { kind: "status", status: 500, json: { error: "InternalError" } });
  await page.reload();
  await says("We cannot reach your site.");
  await button("Try now").waitFor();
});

test("the variable that was copied is out of date once somebody has signed up, and no longer when it is copied again", async () => {
  const site = await siteOf(7);
  const window = await startWindow();
  const { page, says, button } = window;
  await window.keep(site);
  await says("All 7 accounts are safe.");
  const card = page.getByRole("region", { name: "Variable" });
  await card.getByText("Fits", { exact: true }).waitFor();
  await button("Copy USER_BACKUP_DATA", card).click();
  await card.getByText(/^Clears in /).waitFor();

  await site.add(sampleAccounts(8).slice(7));
  await page.reload();
  await says("1 of 8 accounts is not backed up yet.");
  await card.getByText("Out of date", { exact: true }).waitFor();
  await card.getByText("What you copied last is older than your accounts. Copy it again.").waitFor();
  await button("Copy USER_BACKUP_DATA", card).click();
  await card.getByText("Fits", { exact: true }).waitFor();
});
