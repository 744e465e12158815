/** Repeats what is worth repeating. Owns how often, and how long to wait in between. */
import { setTimeout as wait } from "node:timers/promises";
import pRetry from "p-retry";
import { cancelled, RequestFailure } from "./classify.ts";

export interface RetryBudget {
  /** Further tries after the first. */
  readonly retries: number;
  /** Pause before the first retry; doubles each time, times a random factor between 1 and 2. */
  readonly firstPauseMs: number;
  /** Longest pause. Default 10 s. */
  readonly maxPauseMs?: number | undefined;
  /** No further try after this long. Default: as long as it takes. */
  readonly maxTimeMs?: number | undefined;
}

export const DEFAULT_RETRIES: RetryBudget = { retries: 3, firstPauseMs: 300 };

const MAX_PAUSE_MS = 10_000;
/** A server that wants to be left alone for longer gets its wish, and the owner the error. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Runs `task` until it succeeds, fails for good, or the budget is used up; then throws the last failure. `signal` also
 * ends the waiting: CANCELLED. Only for requests that do no harm when they arrive twice.
 */
export async function withRetries<T>(
  task: () => Promise<T>,
  options: {
    budget: RetryBudget;
    signal?: AbortSignal | undefined;
    /** Which failures are worth it; default: the transient ones. */
    isWorthIt?: ((failure: RequestFailure) => boolean) | undefined;
    /** Told before each time the server asked to be left alone for. */
    onWait?: ((ms: number) => void) | undefined;
    /** Waits as long as the server asked for; ends early when `signal` is aborted. Default: a timer of the system. */
    sleep?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
  },
): Promise<T> {
  const startMs = performance.now();
  const { budget, signal, onWait, sleep = systemSleep, isWorthIt = (failure: RequestFailure) => failure.transient } = options;
  try {
    return await pRetry(task, {
      retries: budget.retries,
      minTimeout: budget.firstPauseMs,
      maxTimeout: budget.maxPauseMs ?? MAX_PAUSE_MS,
      maxRetryTime: budget.maxTimeMs ?? Number.POSITIVE_INFINITY,
      randomize: true,
      ...(signal === undefined ? {} : { signal }),
      shouldRetry: async ({ error, retriesLeft }) => {
        if (!(error instanceof RequestFailure) || retriesLeft === 0 || !isWorthIt(error)) return false;
        const { retryAfterMs = 0 } = error;
        const leftMs = (budget.maxTimeMs ?? Number.POSITIVE_INFINITY) - (performance.now() - startMs);
        if (retryAfterMs > Math.min(MAX_RETRY_AFTER_MS, leftMs)) return false;
        // Comes on top of the backoff, which keeps several waiting clients from returning in the same instant.
        if (retryAfterMs > 0) {
          onWait?.(retryAfterMs);
          await sleep(retryAfterMs, signal);
        }
        return true;
      },
    });
  } catch (error) {
    throw signal?.aborted === true ? cancelled() : error;
  }
}

async function systemSleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(ms, undefined, signal === undefined ? {} : { signal });
}
