import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The second reporter prints one plain line of totals for machines that read no colours.
    reporters: ["default", "./test/support/totals-reporter.ts"],
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], restoreMocks: true, testTimeout: 30_000, maxWorkers: 2 } },
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
