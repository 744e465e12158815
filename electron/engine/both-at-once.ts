/** Two readings at the same time: while one of them waits for a server, the other works. */
import type { OperationOptions } from "../../shared/progress.ts";

type Reading<T> = (options: OperationOptions) => Promise<T>;

/**
 * Runs both. Progress is told as if one came after the other: of the second only once the first has ended. When the first
 * fails, the second is stopped, and its failure told; when the second fails, the first still says whether it can be used,
 * and its own failure goes before.
 */
export async function bothAtOnce<A, B>(first: Reading<A>, second: Reading<B>, options: OperationOptions): Promise<[A, B]> {
  const { signal, onProgress } = options;
  const stop = new AbortController();
  let isSecondsTurn = false;
  const reading = second({
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    onProgress: (progress) => {
      if (isSecondsTurn) onProgress?.(progress);
    },
  });
  // Told when its turn comes.
  reading.catch(() => undefined);
  try {
    const done = await first(options);
    isSecondsTurn = true;
    return [done, await reading];
  } catch (error) {
    stop.abort();
    // Nothing of it goes on behind the back of whoever asked.
    await reading.catch(() => undefined);
    throw error;
  }
}
