/** How a scene of the window looks: axe finds nothing, and nothing scrolls sideways. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "vitest";
import type { WindowStage } from "./window-stage.ts";

const LARGE = { width: 1280, height: 800 };
const SMALL = { width: 900, height: 600 };
/** What is left of the large one at 200 % zoom. */
const ZOOMED = { width: 640, height: 400 };
const PHONE = { width: 320, height: 640 };

interface Look {
  readonly colorScheme: "light" | "dark";
  readonly size: { readonly width: number; readonly height: number };
  readonly reducedMotion?: "reduce";
  /** As in the settings. */
  readonly contrast?: "more";
  /** The system's own colours, as Windows' contrast themes have them. */
  readonly forcedColors?: "active";
}

const looks = {
  "light-1280x800": { colorScheme: "light", size: LARGE },
  "dark-1280x800": { colorScheme: "dark", size: LARGE },
  "light-900x600": { colorScheme: "light", size: SMALL },
  "dark-900x600": { colorScheme: "dark", size: SMALL },
  "light-320": { colorScheme: "light", size: PHONE, reducedMotion: "reduce" },
  "dark-320": { colorScheme: "dark", size: PHONE },
  "light-zoomed": { colorScheme: "light", size: ZOOMED },
  "light-contrast": { colorScheme: "light", size: LARGE, contrast: "more" },
  "dark-contrast": { colorScheme: "dark", size: LARGE, contrast: "more" },
  "light-forced": { colorScheme: "light", size: LARGE, forcedColors: "active" },
  "dark-forced": { colorScheme: "dark", size: LARGE, forcedColors: "active" },
} as const satisfies Record<string, Look>;
export type LookName = keyof typeof looks;

/** Both schemes, and all sizes. */
export const USUAL = ["light-1280x800", "dark-900x600", "light-320"] as const satisfies readonly LookName[];
/** Both schemes, for what has the same lines in every size. */
export const SCHEMES = ["light-1280x800", "dark-1280x800"] as const satisfies readonly LookName[];
/** What owners with other eyes, or with little room, have. */
export const HARD = ["dark-320", "light-zoomed", "light-contrast", "dark-contrast", "light-forced", "dark-forced"] as const satisfies readonly LookName[];

/** Two frames, so that what is going to move moves, then until nothing does. What moves for ever, such as the live dot, is no reason to wait. */
const SETTLED = `(async () => {
  const moving = () => document.getAnimations().filter((each) => each.effect.getComputedTiming().iterations !== Infinity);
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  do {
    await Promise.all(moving().map((each) => each.finished.catch(() => undefined)));
    await frame();
    await frame();
  } while (moving().length > 0);
})()`;

interface LookOptions {
  readonly at?: readonly LookName[];
}

/** Whatever is found is told when the test ends, so that one scene does not hide the next. The window is large and light again after it. */
export async function look(window: WindowStage, scene: string, { at = USUAL }: LookOptions = {}): Promise<void> {
  const { page } = window;
  const found: string[] = [];
  const wear = async ({ size, colorScheme, reducedMotion, forcedColors, contrast }: Look): Promise<void> => {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: reducedMotion ?? "no-preference", forcedColors: forcedColors ?? "none" });
    const hasMore = (await page.locator("html[data-contrast=more]").count()) > 0;
    if (hasMore !== (contrast === "more")) await window.ask("settings.update", { contrast: contrast ?? "system" });
    // The page hears of the new look a moment later, and its colours move there.
    await page.locator(`html[data-theme=${colorScheme}]${contrast === "more" ? "[data-contrast=more]" : ":not([data-contrast])"}`).waitFor({ state: "attached" });
    await page.evaluate(SETTLED);
  };
  for (const name of at) {
    await wear(looks[name]);
    // It stays in the page until that is loaded anew: bringing it in costs as much as a look.
    const isThere = await page.evaluate<boolean>("'axe' in globalThis");
    // Legacy mode: no second page, which the host would not let in. Nobody reads what it liked.
    const { violations } = await new AxeBuilder({ page, ...(isThere ? { axeSource: ";" } : {}) }).setLegacyMode().options({ resultTypes: ["violations"] }).analyze();
    found.push(...violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${scene} ${name}: ${id}: ${html.slice(0, 200)} ${failureSummary ?? ""}`)));
    const sideways = await page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    if (sideways > 0) found.push(`${scene} ${name}: scrolls ${sideways} pixels sideways`);
  }
  await wear(looks["light-1280x800"]);
  expect.soft(found).toEqual([]);
}
