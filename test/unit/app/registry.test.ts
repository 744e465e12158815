import { expect, test } from "vitest";
import { createOperationRegistry, type Runners } from "../../../electron/app/operations/registry.ts";
import type { Operation } from "../../../shared/operations.ts";
import type { Progress } from "../../../shared/progress.ts";

const log = { info: () => undefined, warn: () => undefined, error: () => "ref" };

test("progress is told sparingly, but another phase and whether a stop is possible at once", async () => {
  const told: Operation[] = [];
  const step = (phase: Progress["phase"], done: number, canCancel: boolean): Progress => ({ phase, done, total: 50, unit: "accounts", canCancel, problems: 0 });
  const runners = new Proxy({} as Runners, {
    get: () => (_request: unknown, { onProgress }: { onProgress: (progress: Progress) => void }) => {
      for (let done = 0; done <= 50; done += 1) onProgress(step("reading", done, true));
      onProgress(step("setting_variable", 0, true));
      onProgress(step("deploying", 0, true));
      onProgress(step("deploying", 0, false));
      return Promise.resolve({ result: { wiped: true } });
    },
  });
  const registry = createOperationRegistry({ runners, log, now: () => new Date(), onChange: (operation) => told.push(operation) });
  await registry.ended(registry.start("wipe_demo", { siteId: "site-0001" }));
  const seen = told.filter(({ progress }) => progress !== null).map(({ progress }) => `${progress?.phase ?? ""} ${String(progress?.canCancel)}`);
  expect([...new Set(seen)]).toEqual(["reading true", "setting_variable true", "deploying true", "deploying false"]);
  expect(seen.filter((line) => line.startsWith("reading")).length).toBeLessThan(10);
});

test("what ended last is remembered, however long ago it began", async () => {
  let finish = (): void => undefined;
  const long = new Promise<void>((resolve) => (finish = resolve));
  const runners = new Proxy({} as Runners, {
    get: (_, kind) => async () => {
      if (kind === "wipe_demo") await long;
      return { result: kind === "wipe_demo" ? { wiped: true } : { removed: [], kept: 0, heldBack: [] } };
    },
  });
  const registry = createOperationRegistry({ runners, log, now: () => new Date(), onChange: () => undefined });
  const first = registry.start("wipe_demo", { siteId: "site-0001" });
  const others: string[] = [];
  for (let nth = 0; nth < 60; nth += 1) {
    others.push(registry.start("prune", { siteId: "site-0002" }));
    await registry.ended(others.at(-1) ?? "");
  }
  finish();
  await registry.ended(first);
  const kept = registry.list().map(({ id }) => id);
  expect(kept).toContain(first);
  expect(kept).toHaveLength(50);
  expect(kept).toEqual(expect.arrayContaining(others.slice(-49)));
});

test("nothing writes to a site while it is changed, and nothing changes while it is written to", async () => {
  let finish = (): void => undefined;
  const written = new Promise<void>((resolve) => (finish = resolve));
  const runners = new Proxy({} as Runners, { get: () => async () => await written.then(() => ({ result: { wiped: true } })) });
  const registry = createOperationRegistry({ runners, log, now: () => new Date(), onChange: () => undefined });
  const write = (siteId: string): string => registry.start("wipe_demo", { siteId });
  const change = async (): Promise<unknown> => await registry.withoutWriters("site-0001", () => Promise.reject(new Error("the change failed"))).catch((error: unknown) => error);

  await registry.withoutWriters("site-0001", () => {
    expect(() => write("site-0001")).toThrow(expect.objectContaining({ code: "BUSY" }));
    write("site-0002");
    return Promise.resolve();
  });
  const running = write("site-0001");
  expect(await change()).toMatchObject({ code: "BUSY" });
  finish();
  await registry.ended(running);
  expect(await change()).toMatchObject({ message: "the change failed" });
  await registry.ended(write("site-0001"));
});
