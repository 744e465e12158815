/** A clock that stands still until a test moves it. */
import type { Clock } from "../../electron/engine/clock.ts";

export interface ManualClock extends Clock {
  advance(ms: number): void;
  /** Resolves, with the time asked for, when somebody sleeps. */
  asleep(): Promise<number>;
  /** Lets the sleeper's time pass and wakes them. */
  wake(): Promise<void>;
}

export function createManualClock(start: string): ManualClock {
  let nowMs = Date.parse(start);
  let sleeper: { ms: number; wake: () => void } | null = null;
  let onAsleep: (() => void) | null = null;
  return {
    now: () => new Date(nowMs),
    async sleep(ms, signal) {
      if (signal.aborted) return;
      let wake = (): void => undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
        sleeper = { ms, wake };
        signal.addEventListener("abort", wake, { once: true });
        onAsleep?.();
      });
      // Somebody may sleep ten thousand times under one signal.
      signal.removeEventListener("abort", wake);
    },
    advance(ms) {
      nowMs += ms;
    },
    async asleep() {
      if (sleeper === null) await new Promise<void>((resolve) => (onAsleep = resolve));
      onAsleep = null;
      return sleeper?.ms ?? 0;
    },
    async wake() {
      const waking = sleeper;
      if (waking === null) throw new Error("nobody sleeps");
      sleeper = null;
      nowMs += waking.ms;
      waking.wake();
      await Promise.resolve();
    },
  };
}
