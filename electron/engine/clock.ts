/** Time, for whatever waits: tests bring their own. */
import { setTimeout as wait } from "node:timers/promises";

export interface Clock {
  now(): Date;
  /** Returns early, without failing, when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * A computer that is put to sleep stops its timers: after eight hours the rest of a minute would still be waited for.
 * So a long sleep is made of short ones, and the clock on the wall is asked after each.
 */
const SLICE_MS = 5_000;

/** `wallClock` and `timer` are the system's own but in tests. */
export function createSystemClock(wallClock: () => number = Date.now, timer: (ms: number, signal: AbortSignal) => Promise<void> = systemTimer): Clock {
  return {
    now: () => new Date(wallClock()),
    async sleep(ms, signal) {
      const wakeAt = wallClock() + ms;
      // Counted as well: somebody may put the clock back.
      for (let left = ms; left > 0 && wallClock() < wakeAt && !signal.aborted; left -= SLICE_MS) await timer(Math.min(left, SLICE_MS), signal);
    },
  };
}

async function systemTimer(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}

export const systemClock: Clock = createSystemClock();
