/** From nothing to kept accounts: the demo site, and a site of one's own by its address, however the address is wrong at first. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { connect } from "../../electron/engine/chroma/connect.ts";
import { startBundledServer } from "../../electron/engine/server/bundled-server.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { findFreePort, startV1Server, startWebsite } from "../support/loopback.ts";
import { siteOf, startWindow, type WindowStage } from "../support/window-stage.ts";

const enterAddress = async ({ page }: WindowStage, address: string): Promise<void> => await page.getByRole("textbox", { name: "Address" }).fill(address);

test("the demo site: backed up, wiped, seen, and everybody back without a click", async () => {
  const window = await startWindow();
  const { page, says, button } = window;
  await says("Where does your site keep its accounts?");
  await page.getByRole("radio", { name: /Try it with a demo site/ }).check();
  await button("Start the demo").click();
  await says("Your first backup");
  await says("All 12 accounts are safe.");
  expect(await page.title()).toBe("Overview · Demo site · Account Keeper");

  await button("Wipe it").click();
  const asked = window.dialog("Wipe the demo site?");
  await button("Wipe it", asked).click();
  await says("Your site was wiped. 12 accounts can come back.");
  // Nobody presses anything from here on.
  const [demo] = (await window.ask("site.list", {})).sites;
  await window.hurryWatcher(demo?.id ?? "");
  await says("Your site was wiped. All 12 accounts are back.");
  await page.getByRole("list", { name: "What happened" }).getByText("12 accounts read back").waitFor();
  await button("Got it").click();
  await says("All 12 accounts are safe.");
});

test("of two collections that look like accounts the owner chooses", async () => {
  const server = await startBundledServer();
  onTestFinished(() => server.stop());
  await siteOf(3, server.url);
  const customers = await siteOf(7, server.url);
  const window = await startWindow();
  const { page, button } = window;
  await enterAddress(window, server.url);
  const which = page.getByRole("combobox", { name: "Which of these are your customers?" });
  await which.waitFor();
  expect(await button("Continue").getAttribute("aria-disabled")).toBe("true");
  await which.selectOption(customers.collectionName);
  await page.getByText(`The collection ${customers.collectionName} holds 7, and they look like people who sign in.`).waitFor();
  expect(await button("Continue").getAttribute("aria-disabled")).toBeNull();
});

test("a site by its address: tried while it is typed, the accounts found by themselves, the folder chosen in the browser of folders", async () => {
  // A server of its own: on the shared one other tests' accounts would be found as well.
  const server = await startBundledServer();
  onTestFinished(() => server.stop());
  const site = await siteOf(7, server.url);
  const connection = await connect({ kind: "server", url: server.url });
  for (const name of ["recipes", "embeddings"]) await connection.createCollection({ name, metadata: null, configuration: null, schema: null });
  await connection.close();
  const window = await startWindow();
  await mkdir(join(window.home, "Documents", "Bakery backups"));
  const { page, says, button } = window;

  await enterAddress(window, server.url);
  const found = page.getByRole("status").filter({ hasText: "Connected. We found your accounts." });
  await found.getByText(`The collection ${site.collectionName} holds 7, and they look like people who sign in.`).waitFor();
  await button("Not this one?").click();
  const others = page.getByLabel("Which of these are your customers?");
  expect((await others.getByRole("option").allTextContents()).toSorted()).toEqual(["embeddings (0)", "recipes (0)", `${site.collectionName} (7)`].toSorted());
  await button("Continue").click();

  await says("Where shall the backups go?");
  await page.getByLabel("Name of the site").fill("Marlow Bakery");
  await button("Choose another…").click();
  const folders = window.dialog("Choose a folder");
  for (const name of ["Documents", "Bakery backups"]) await button(name, folders).click();
  await folders.getByText("This folder is empty.").waitFor();
  await button("Use this folder", folders).click();
  await page.getByText(join("Documents", "Bakery backups")).waitFor();
  // Its words belong to it: nothing lies over them.
  const watch = page.getByRole("switch", { name: "Look after it by itself" });
  await page.getByText("Look after it by itself", { exact: true }).click();
  expect(await watch.isChecked()).toBe(false);
  await watch.click();
  expect(await watch.isChecked()).toBe(true);
  await watch.uncheck();
  await button("Continue").click();

  await says("All 7 accounts are safe.");
  const { sites } = await window.ask("site.list", {});
  expect(sites).toMatchObject([{ name: "Marlow Bakery", vault: join(window.home, "Documents", "Bakery backups"), settings: { watch: false } }]);
  const tally = page.getByRole("list", { name: "Accounts on your site and in your newest backup" });
  expect(await tally.getByRole("listitem").allTextContents()).toEqual([expect.stringMatching(/^On your site: 7/), expect.stringMatching(/^In your backups: 7.*Verified/)]);
});

test("a wrong address gets its sentence and hint, and the right one goes on from there", async () => {
  const window = await startWindow();
  const { page, button } = window;
  const server = await startBundledServer();
  onTestFinished(() => server.stop());
  const site = await siteOf(3, server.url);
  const website = await startWebsite();
  onTestFinished(() => website.close());
  const old = await startV1Server();
  onTestFinished(() => old.close());
  const proxy = await startFrontProxy({ target: site.site, guard: { kind: "bearer", token: "right-key" } });
  onTestFinished(() => proxy.close());
  const alert = page.getByRole("alert");
  const nextStep = button("Continue");

  const wrong = [
    [`http://127.0.0.1:${await findFreePort()}`, "Nobody answers at this address.", "Check the address, or ask whoever built your site."],
    [website.url, "Something answers here, but it is not ChromaDB.", "You may have the address of the website. The database has its own."],
    [old.url, "The ChromaDB at this address is too old.", "Ask whoever built your site to update it to 0.5.16 or newer, or choose its data folder instead."],
    [proxy.url, "The server wants a key.", "Enter the key your site uses for its database."],
  ] as const;
  for (const [address, sentence, hint] of wrong) {
    await enterAddress(window, address);
    await alert.getByText(sentence, { exact: true }).waitFor();
    await alert.getByText(hint, { exact: true }).waitFor();
    expect(await nextStep.getAttribute("aria-disabled")).toBe("true");
  }
  const key = page.getByLabel("Key, if there is one");
  expect(await button("Try again", alert).count()).toBe(0);
  await button("Enter the key", alert).click();
  expect(await page.evaluate("document.activeElement.labels[0].textContent")).toBe("Key, if there is one");
  const refused = proxy.nextRequest(/heartbeat|identity|version/);
  await key.fill("wrong-key");
  expect((await refused).headers["authorization"]).toBe("Bearer wrong-key");
  await alert.getByText("The server wants another key.", { exact: true }).waitFor();

  await key.fill("right-key");
  await page.getByText(`The collection ${site.collectionName} holds 3, and they look like people who sign in.`).waitFor();
  await nextStep.click();
  await window.says("Where shall the backups go?");
  await page.getByText("Your key is kept until the program ends, never on disk.").waitFor();
});
