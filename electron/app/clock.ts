/** Time, as the watcher knows it: tests bring their own. */
import { setTimeout as wait } from "node:timers/promises";

export interface Clock {
  now(): Date;
  /** Returns early, without failing, when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms, signal) => await wait(ms, undefined, { signal }).catch(() => undefined),
};
