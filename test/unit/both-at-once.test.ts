/** Two readings at the same time: what is told of them, and what becomes of one when the other fails. */
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { bothAtOnce } from "../../electron/engine/both-at-once.ts";
import { KeeperError } from "../../shared/errors.ts";
import type { OperationOptions, Progress } from "../../shared/progress.ts";

function progress(phase: Progress["phase"], done: number): Progress {
  return { phase, done, total: null, unit: "accounts", canCancel: true, problems: 0 };
}

interface Step<T> {
  readonly reading: (options: OperationOptions) => Promise<T>;
  readonly given: () => OperationOptions;
  readonly end: (value: T) => void;
  readonly fail: (error: Error) => void;
}

/** A reading that ends when the test says so. */
function stepByStep<T>(): Step<T> {
  const { promise, resolve, reject } = (() => {
    let settle: { resolve: (value: T) => void; reject: (error: Error) => void } | undefined;
    const made = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
    if (settle === undefined) throw new Error("no promise");
    return { promise: made, ...settle };
  })();
  let given: OperationOptions = {};
  return {
    reading: async (options) => {
      given = options;
      return await promise;
    },
    given: () => given,
    end: resolve,
    fail: reject,
  };
}

const broken = new KeeperError("BACKUP_DAMAGED", "This backup is damaged.");
const away = new KeeperError("SERVER_UNREACHABLE", "Nobody answers.");

describe("two readings", () => {
  it("go on at the same time, and are told of as if one came after the other", async () => {
    const [first, second] = [stepByStep<string>(), stepByStep<number>()];
    const told: string[] = [];
    const both = bothAtOnce(first.reading, second.reading, { onProgress: ({ phase, done }) => told.push(`${phase} ${done}`) });
    second.given().onProgress?.(progress("reading", 1));
    first.given().onProgress?.(progress("planning", 1));
    second.given().onProgress?.(progress("reading", 2));
    first.end("a");
    await setImmediate();
    second.given().onProgress?.(progress("reading", 3));
    second.end(2);
    expect(await both).toEqual(["a", 2]);
    expect(told).toEqual(["planning 1", "reading 3"]);
  });

  it("when the first fails, the second is stopped, waited for, and not told of", async () => {
    const [first, second] = [stepByStep<string>(), stepByStep<number>()];
    const both = bothAtOnce(first.reading, second.reading, {});
    let isOver = false;
    const watched = both.catch((error: unknown) => error).finally(() => (isOver = true));
    first.fail(broken);
    await expect.poll(() => second.given().signal?.aborted).toBe(true);
    expect(isOver).toBe(false);
    second.fail(away);
    expect(await watched).toBe(broken);
  });

  it("when the second fails, the first still says what is wrong with it", async () => {
    const [first, second] = [stepByStep<string>(), stepByStep<number>()];
    const both = bothAtOnce(first.reading, second.reading, {});
    second.fail(away);
    first.fail(broken);
    await expect(both).rejects.toBe(broken);

    const [fine, gone] = [stepByStep<string>(), stepByStep<number>()];
    const again = bothAtOnce(fine.reading, gone.reading, {});
    gone.fail(away);
    fine.end("a");
    await expect(again).rejects.toBe(away);
  });

  it("both hear that they are to stop", async () => {
    const [first, second] = [stepByStep<string>(), stepByStep<number>()];
    const stop = new AbortController();
    const both = bothAtOnce(first.reading, second.reading, { signal: stop.signal });
    stop.abort();
    expect([first.given().signal?.aborted, second.given().signal?.aborted]).toEqual([true, true]);
    first.end("a");
    second.end(1);
    expect(await both).toEqual(["a", 1]);
  });
});
