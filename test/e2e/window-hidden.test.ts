/** A tab that nobody looks at: a browser keeps six connections to one address over all its tabs, so it gives its own back, and catches up afterwards. */
import { expect, test } from "vitest";
import { siteOf, startWindow, type WindowStage } from "../support/window-stage.ts";

/** The browser of the tests never hides a page by itself. */
async function beSeen({ page }: WindowStage, visibility: "visible" | "hidden"): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, "visibilityState", { value: "${visibility}", configurable: true }); document.dispatchEvent(new Event("visibilitychange"))`);
}

/** What happened to each stream of events since. */
function streamsOf({ page }: WindowStage): { readonly opened: string[]; readonly ended: string[] } {
  const streams = { opened: new Array<string>(), ended: new Array<string>() };
  page.on("request", (request) => request.url().endsWith("/api/events") && streams.opened.push(request.url()));
  page.on("requestfailed", (request) => request.url().endsWith("/api/events") && streams.ended.push(request.failure()?.errorText ?? ""));
  return streams;
}

test("the stream of events ends after a minute, and what was missed is there when the tab is seen again", async () => {
  const site = await siteOf(3);
  const window = await startWindow();
  const { page, says } = window;
  const siteId = await window.keep(site, { backup: false });
  await page.clock.install();
  const { opened, ended } = streamsOf(window);
  await page.reload();
  await says("3 accounts, no backup yet.");
  await expect.poll(() => opened, { timeout: 60_000 }).toHaveLength(1);
  // The page that was left by the reload had one too.
  ended.length = 0;

  await beSeen(window, "hidden");
  await page.clock.fastForward(59_000);
  await beSeen(window, "visible");
  await page.clock.fastForward(59_000);
  // A glance at another tab: it stays.
  expect(ended).toEqual([]);

  await beSeen(window, "hidden");
  await page.clock.fastForward(61_000);
  await expect.poll(() => ended, { timeout: 60_000 }).toHaveLength(1);
  const { accounts } = await window.run("backup", { siteId });
  expect(accounts).toBe(3);
  await says("3 accounts, no backup yet.");
  expect(opened).toHaveLength(1);

  await beSeen(window, "visible");
  await says("All 3 accounts are safe.");
  expect(opened).toHaveLength(2);
});

test("a tab that was opened in the background gives its connection back too", async () => {
  const window = await startWindow();
  const { page, says } = window;
  await page.clock.install();
  await page.addInitScript('Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true })');
  const { opened, ended } = streamsOf(window);
  await page.reload();
  await says("Where does your site keep its accounts?");
  await expect.poll(() => opened, { timeout: 60_000 }).toHaveLength(1);
  ended.length = 0;
  await page.clock.fastForward(61_000);
  await expect.poll(() => ended, { timeout: 60_000 }).toHaveLength(1);
});
