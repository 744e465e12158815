/** What is repeated, how often, and how the waiting ends. */
import { describe, expect, it } from "vitest";
import { fromAnswer, type Asked, type RequestFailure } from "../../../electron/engine/chroma/classify.ts";
import { withRetries } from "../../../electron/engine/chroma/retry.ts";

const asked: Asked = { method: "GET", path: "/", redact: (text) => text };
const budget = { retries: 3, firstPauseMs: 1 };

function failure(status: number, retryAfter?: string): RequestFailure {
  return fromAnswer({ status, contentType: "text/html", retryAfter, location: undefined, body: Buffer.from("") }, asked);
}

function failing(times: number, error: Error): { task: () => Promise<string>; tries: () => number } {
  let tries = 0;
  return {
    task: async () => {
      tries += 1;
      return await (tries <= times ? Promise.reject(error) : Promise.resolve("done"));
    },
    tries: () => tries,
  };
}

describe("withRetries", () => {
  it("repeats what may pass, and gives back the success", async () => {
    const { task, tries } = failing(3, failure(503));
    await expect(withRetries(task, { budget })).resolves.toBe("done");
    expect(tries()).toBe(4);
  });

  it("ends with the failure when the budget is used up", async () => {
    const { task, tries } = failing(9, failure(503));
    await expect(withRetries(task, { budget })).rejects.toMatchObject({ code: "SITE_ASLEEP" });
    expect(tries()).toBe(4);
  });

  it.each([failure(400), failure(401), failure(500), new TypeError("a defect")])("does not repeat %s", async (error) => {
    const { task, tries } = failing(1, error);
    await expect(withRetries(task, { budget })).rejects.toBe(error);
    expect(tries()).toBe(1);
  });

  it("does not wait for minutes", async () => {
    const { task, tries } = failing(1, failure(429, "3600"));
    await expect(withRetries(task, { budget })).rejects.toMatchObject({ code: "RATE_LIMITED", retryAfterMs: 3_600_000 });
    expect(tries()).toBe(1);
  });

  it.each([
    ["in a pause of the backoff", failure(503), { retries: 3, firstPauseMs: 60_000 }],
    ["in the pause the server asked for", failure(429, "50"), budget],
  ])("is cancelled %s", async (_where, error, slow) => {
    const controller = new AbortController();
    const { task, tries } = failing(9, error);
    const done = withRetries(task, { budget: slow, signal: controller.signal });
    // The first try fails in this turn; the pause has begun by the next.
    setImmediate(() => controller.abort());
    await expect(done).rejects.toMatchObject({ code: "CANCELLED" });
    expect(tries()).toBe(1);
  });
});
