/** Where the focus of the window is, as a person without a mouse follows it. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { WindowStage } from "./window-stage.ts";

/** Role and name of what has the focus, as far as a test has to tell things apart. */
const FOCUSED = String.raw`(({ tagName, innerText, ariaLabel }) => tagName.toLowerCase() + " " + (ariaLabel ?? innerText).replace(/\s+/g, " ").trim().slice(0, 80))(document.activeElement)`;
const focused = async (page: Page): Promise<string> => (await page.evaluate<string>(FOCUSED)).trim();

export async function expectFocus({ page }: WindowStage, wanted: string | RegExp): Promise<void> {
  const poll = expect.poll(async () => await focused(page), { timeout: 60_000 });
  await (typeof wanted === "string" ? poll.toBe(wanted) : poll.toMatch(wanted));
}

/** Presses Tab until it is there; the way is part of what comes back. */
export async function tabTo({ page }: WindowStage, wanted: string | RegExp): Promise<string[]> {
  const way: string[] = [];
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    const here = await focused(page);
    way.push(here);
    if (typeof wanted === "string" ? here === wanted : wanted.test(here)) return way;
  }
  throw new Error(`${String(wanted)} was not reached: ${way.join(" | ")}`);
}
