/**
 * Render from inside the window, against the real program, a fake Render, and a real ChromaDB that its deploys wipe: linking a service,
 * the redeploy from here, the variable as Render holds it.
 */
import { expect, test } from "vitest";
import { VARIABLE_NAME } from "../../shared/eligibility.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { decodeVariable } from "../../electron/engine/variable/decode.ts";
import { startBundledSite, type BundledSite } from "../support/fake-render/bundled-site.ts";
import { startFakeRender, type FakeRender } from "../support/fake-render/fake-render.ts";
import type { FakeService, FakeServiceOptions } from "../support/fake-render/service.ts";
import { expectFocus, tabTo } from "../support/window-focus.ts";
import { HARD, look, SCHEMES, USUAL } from "../support/window-looks.ts";
import { startWindow, type WindowStage } from "../support/window-stage.ts";

const DEPLOYS = 120_000;

interface Stage {
  readonly render: FakeRender;
  readonly service: FakeService;
  readonly site: BundledSite;
  readonly window: WindowStage;
  readonly siteId: string;
}

async function startStage(options: FakeServiceOptions & { linked: boolean }): Promise<Stage> {
  const { linked, ...service } = options;
  const render = await startFakeRender();
  const site = await startBundledSite();
  await site.signUp(...sampleAccounts(7));
  const found = render.addService({ name: "marlow-bakery", plan: "starter", ...service, site: site.hooks });
  const window = await startWindow({ env: { RENDER_API_URL: render.url } });
  const siteId = await window.keep({ site: site.url, collectionName: site.collectionName });
  if (linked) {
    await window.run("link_service", { siteId, serviceId: found.id, apiKey: render.apiKey });
    await window.page.reload();
  }
  await window.says("All 7 accounts are safe.");
  return { render, service: found, site, window, siteId };
}

const deploysOf = (render: FakeRender): number => render.lines().filter((line) => /^POST .*\/deploys$/.test(line)).length;
const writesOf = (render: FakeRender): string[] => render.lines().filter((line) => !line.startsWith("GET "));

test("a wrong key, the right one, a service found and linked, and unlinked again; all of it without a mouse", { timeout: 240_000 }, async () => {
  const { render, service, window, siteId } = await startStage({ linked: false });
  for (let other = 1; other <= 8; other += 1) render.addService({ name: `another-site-${other}`, plan: "free" });
  const { page, button } = window;
  await window.go("Settings");
  const group = page.getByRole("region", { name: "Render", exact: true });
  await group.getByText("Redeploy from here, and nobody who signs up meanwhile is lost.").waitFor();
  await tabTo(window, "button Test the connection");
  const key = page.getByLabel("Render key", { exact: true });
  const enterKey = async (text: string): Promise<void> => {
    await key.fill("");
    await key.focus();
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
  };

  await enterKey("rnd_wrong");
  await page.getByRole("alert").filter({ hasText: "Render does not accept this key." }).waitFor();
  await look(window, "render-wrong-key", { at: SCHEMES });
  expect((await window.ask("site.list", {})).sites[0]?.render).toBeNull();

  await enterKey(render.apiKey);
  const services = page.getByRole("radiogroup", { name: "Your services at Render" });
  await services.getByRole("radio", { name: /^marlow-bakery/ }).waitFor();
  expect(await services.getByRole("radio").count()).toBe(9);
  await look(window, "render-services", { at: USUAL });
  await page.getByRole("searchbox", { name: "Search services" }).focus();
  await page.keyboard.type("marlow");
  await expect.poll(async () => await services.getByRole("radio").count()).toBe(1);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await tabTo(window, "button Link marlow-bakery");
  await page.keyboard.press("Enter");

  await group.getByText("marlow-bakery.onrender.com · starter plan").waitFor();
  await expectFocus(window, "h2 Render");
  await group.getByText("You can make the wipe go away: your plan allows a disk.").waitFor();
  expect(await key.count()).toBe(0);
  expect(await page.content()).not.toContain(render.apiKey);
  await look(window, "render-linked", { at: [...USUAL, ...HARD] });

  const keep = group.getByRole("switch", { name: "Keep the variable at Render up to date" });
  await keep.focus();
  await page.keyboard.press("Space");
  await expect.poll(() => service.variables.has(VARIABLE_NAME)).toBe(true);
  expect(deploysOf(render)).toBe(0);

  await button("Unlink…").focus();
  await page.keyboard.press("Enter");
  const asked = window.dialog("Unlink marlow-bakery?");
  await asked.getByText("Nothing changes at Render.").waitFor();
  await expectFocus(window, "button Cancel");
  await look(window, "render-unlink", { at: SCHEMES });
  const writes = writesOf(render).length;
  await button("Unlink", asked).click();
  await group.getByText("Redeploy from here, and nobody who signs up meanwhile is lost.").waitFor();
  expect((await window.ask("site.list", {})).sites.find(({ id }) => id === siteId)?.render).toBeNull();
  expect(writesOf(render)).toHaveLength(writes);
});

test("stopped before the deploy; then redeployed, loaded anew in the middle, and everyone is there again", { timeout: 400_000 }, async () => {
  const { render, service, site, window } = await startStage({ linked: true });
  const { page, says, button } = window;
  const line = (text: string) => page.getByRole("listitem").filter({ hasText: new RegExp(`^${text}$`) });
  const everyone = await site.accountIds();
  await window.go("Before a redeploy");
  await look(window, "render-redeploy", { at: [...USUAL, "light-zoomed", "dark-contrast", "light-forced"] });

  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  render.beforeCall(/^PUT .*\/env-vars\/USER_BACKUP_DATA$/, async () => await held);
  const putting = render.nextCall(/^PUT /);
  await tabTo(window, "button Redeploy now");
  await page.keyboard.press("Enter");
  await putting;
  await page.getByText("A stop is possible until Render deploys.").waitFor();
  await page.reload();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Before a redeploy 2/5" }).click();
  await line("Now: Put the variable at Render").waitFor();
  await look(window, "render-before-deploy", { at: SCHEMES });
  await tabTo(window, "button Stop");
  await page.keyboard.press("Enter");
  await page.getByText("Stopped. Nothing was deployed.").waitFor();
  goOn();
  expect(deploysOf(render)).toBe(0);
  await look(window, "render-stopped", { at: SCHEMES });

  service.planDeploys({ manual: true, downFrom: "update_in_progress" });
  await button("Redeploy now").click();
  await page.getByText("The deploy goes on at Render; we watch.").waitFor();
  await expectFocus(window, "h1 Before a redeploy");
  expect(await button("Stop").count()).toBe(0);
  const newcomer = await site.signUpSomeone();
  await look(window, "render-deploying", { at: [...USUAL, "dark-forced"] });
  await expect.poll(async () => (await window.ask("backup.list", { siteId: (await window.ask("site.list", {})).sites[0]?.id ?? "" })).backups[0]?.accounts, { timeout: DEPLOYS }).toBe(8);

  await page.reload();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Before a redeploy 4/5" }).click();
  await line("Now: Deploy at Render").waitFor();
  await service.advance();
  await service.advance();
  await page.getByRole("heading", { level: 2, name: "Done: All 8 accounts are there again.", exact: true }).waitFor({ timeout: DEPLOYS });
  await page.getByText("1 person signed up meanwhile and is among them.").waitFor();
  await page.getByText("The variable at Render holds all 8 accounts.").waitFor();
  await look(window, "render-done", { at: [...USUAL, "light-contrast"] });
  expect(service.wipes).toBe(1);
  expect(await site.accountIds()).toEqual([...everyone, newcomer].toSorted());
  expect(deploysOf(render)).toBe(1);
  await button("Done").click();
  await says("All 8 accounts are safe.");
  await window.go("Activity");
  await page.getByText("Your site was redeployed. All 8 accounts are there again.").waitFor();
});

test("a deploy that fails says that everyone is safe; the way by hand is still there", { timeout: 240_000 }, async () => {
  const { render, service, site, window } = await startStage({ linked: true });
  const { page, button } = window;
  service.planDeploys({ statuses: ["update_in_progress", "update_failed"] });
  await window.go("Before a redeploy");
  await button("Redeploy now").click();
  await page.getByRole("alert").filter({ hasText: "Render could not deploy your site. Your 7 accounts are safe in the newest backup." }).waitFor({ timeout: DEPLOYS });
  await button("Start again").waitFor();
  await look(window, "render-failed", { at: SCHEMES });
  await button("Start again").click();
  await page.getByRole("heading", { level: 2, name: "Done: All 7 accounts are there again.", exact: true }).waitFor({ timeout: DEPLOYS });
  expect(await site.accountIds()).toHaveLength(7);
  expect(deploysOf(render)).toBe(2);
  await button("I redeploy in Render’s dashboard myself").click();
  await page.getByRole("heading", { level: 2, name: "Back up 7 accounts", exact: true }).waitFor();
  await button("Redeploy from here").click();
  await page.getByRole("heading", { level: 2, name: "Done: All 7 accounts are there again.", exact: true }).waitFor();
});

test("an old variable at Render is seen and brought up to date, and nothing is deployed", { timeout: 240_000 }, async () => {
  const { render, service, site, window, siteId } = await startStage({ linked: true });
  const { page, button } = window;
  service.variables.set(VARIABLE_NAME, (await window.ask("variable.reveal", { siteId })).value);
  await site.signUpSomeone();
  await window.run("backup", { siteId });
  await window.run("check_variable", { siteId });
  await page.reload();
  await window.says("All 8 accounts are safe.");
  const card = page.getByRole("region", { name: "Variable", exact: true });
  await card.getByText("Out of date at Render: 1 missing.").waitFor();
  await button("Update at Render", card).waitFor();
  await look(window, "render-overview-stale", { at: [...USUAL, "dark-forced"] });

  await window.go("Variable");
  const held = page.getByRole("region", { name: "At Render", exact: true });
  await held.getByText("Out of date at Render: 1 missing.").waitFor();
  await look(window, "render-variable-stale", { at: USUAL });
  await button("Update at Render", held).focus();
  await page.keyboard.press("Enter");
  await held.getByText(/^Set and read back: 8 accounts, [\d,]+ characters, checksum /).waitFor();
  await held.getByText("At Render: the same 8 accounts as your site.").waitFor();
  expect(decodeVariable(service.variables.get(VARIABLE_NAME) ?? "").accounts).toHaveLength(8);

  service.variables.delete(VARIABLE_NAME);
  await button("Check now", held).click();
  await held.getByText("The variable is not set at Render.").waitFor();
  render.inject(/^GET .*\/env-vars\//, { kind: "status", status: 401 });
  await button("Check now", held).click();
  await held.getByRole("alert").filter({ hasText: "Render does not accept this key." }).waitFor();
  await look(window, "render-variable-trouble", { at: SCHEMES });
  await button("Open Settings", held).click();
  await window.says("Settings");
  expect(deploysOf(render)).toBe(0);
});
