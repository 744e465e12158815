import { defineConfig } from "vitest/config";

/** Apart from the tests: measurements take minutes and prove nothing that could fail. */
export default defineConfig({
  test: { include: ["test/bench/*.ts"], exclude: ["test/bench/*.config.ts"], testTimeout: 900_000, disableConsoleIntercept: true, reporters: ["dot"] },
});
