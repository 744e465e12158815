/** Waiting as people mean it: by the clock on the wall, whatever becomes of the computer meanwhile. */
import { describe, expect, it } from "vitest";
import { createSystemClock } from "../../electron/engine/clock.ts";

const MINUTE = 60_000;

/** A computer whose timers and clock a test moves: `asleepFor` is put on top of the n-th wait. */
function computer(asleepFor: Readonly<Record<number, number>> = {}): { clock: ReturnType<typeof createSystemClock>; waits: number[] } {
  let nowMs = Date.parse("2026-03-02T09:00:00Z");
  const waits: number[] = [];
  const clock = createSystemClock(
    () => nowMs,
    (ms) => {
      waits.push(ms);
      nowMs += ms + (asleepFor[waits.length] ?? 0);
      return Promise.resolve();
    },
  );
  return { clock, waits };
}

const total = (waits: readonly number[]): number => waits.reduce((sum, ms) => sum + ms, 0);

describe("a sleep", () => {
  it("takes as long as was asked for", async () => {
    const { clock, waits } = computer();
    await clock.sleep(10 * MINUTE + 1, new AbortController().signal);
    expect(total(waits)).toBe(10 * MINUTE + 1);
  });

  it("is over at once when the computer slept through it", async () => {
    const { clock, waits } = computer({ 3: 8 * 60 * MINUTE });
    await clock.sleep(10 * MINUTE, new AbortController().signal);
    expect(total(waits)).toBe(15_000);
  });

  it("is no longer when somebody puts the clock back", async () => {
    const { clock, waits } = computer({ 1: -365 * 24 * 60 * MINUTE });
    await clock.sleep(MINUTE, new AbortController().signal);
    expect(total(waits)).toBe(MINUTE);
  });

  it("ends when it is told to, on the real clock too", async () => {
    const stop = new AbortController();
    const sleeping = createSystemClock().sleep(10 * MINUTE, stop.signal);
    stop.abort();
    await sleeping;
    await createSystemClock().sleep(10 * MINUTE, AbortSignal.abort());
    expect(stop.signal.aborted).toBe(true);
  });
});
