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
