/** How long somebody has been waiting. Not the clock on the wall: that jumps when a computer sleeps, or somebody sets it. */
import type { Clock } from "../clock.ts";

/** More than this between two readings was not spent waiting. */
const MAX_GAP_MS = 60_000;

/** Milliseconds since it was made, read often; never less than before. */
export function createStopwatch(clock: Clock): () => number {
  let lastMs = clock.now().getTime();
  let waitedMs = 0;
  return () => {
    const nowMs = clock.now().getTime();
    waitedMs += Math.min(Math.max(nowMs - lastMs, 0), MAX_GAP_MS);
    lastMs = nowMs;
    return waitedMs;
  };
}
