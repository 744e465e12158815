import { defineConfig } from "vitest/config";

const unit = { restoreMocks: true, testTimeout: 30_000, maxWorkers: 2 };
/** They put something in the place of a module, or load the window's, which keep their state and their timers as long as a page lives. */
const unitAlone = ["test/unit/renderer/**/*.test.ts", "test/unit/desktop/{notifications,server-processes}.test.ts", "test/unit/variable/offer.test.ts"];

export default defineConfig({
  test: {
    // The second reporter prints one plain line of totals for machines that read no colours.
    reporters: ["default", "./test/support/totals-reporter.ts"],
    projects: [
      // To start a process for each of a hundred small files takes longer than what is in them.
      { test: { ...unit, name: "unit", include: ["test/unit/**/*.test.ts", ...unitAlone.map((files) => `!${files}`)], isolate: false, unstubGlobals: true, unstubEnvs: true, setupFiles: ["test/support/shared-process.ts"] } },
      { test: { ...unit, name: "unit-alone", include: unitAlone } },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          globalSetup: ["test/support/bundled-chroma.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Two cores are what a small CI machine has; with a third worker, waits that are meant to be short enough end too late.
          maxWorkers: 2,
          expect: { poll: { timeout: 60_000 } },
          restoreMocks: true,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: ["test/support/bundled-chroma.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Each starts a browser, and a busy machine takes its time.
          expect: { poll: { timeout: 60_000 } },
          maxWorkers: 2,
        },
      },
    ],
  },
});
