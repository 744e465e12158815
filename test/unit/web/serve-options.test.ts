import { expect, it } from "vitest";
import { exitCodes } from "../../../electron/cli/exit-codes.ts";
import type { CommandBodies } from "../../../electron/cli/program.ts";
import { run } from "../cli/fake-host.ts";

function recording(): { bodies: CommandBodies; seen: unknown[] } {
  const seen: unknown[] = [];
  return {
    seen,
    bodies: {
      serve: (_context, options) => {
        seen.push(options);
        return Promise.resolve(exitCodes.done);
      },
    },
  };
}

it.each<[string, object]>([
  ["serve", { json: false }],
  ["serve --port 8321 --data-dir d --no-open --json", { port: 8321, dataDir: "d", open: false, json: true }],
  ["serve --open", { open: true, json: false }],
])("%s", async (line, options) => {
  const { bodies, seen } = recording();
  expect((await run(line.split(" "), bodies)).exitCode).toBe(0);
  expect(seen).toEqual([options]);
});

it.each(["serve --port 0", "serve --port 65536", "serve --port http", "serve --port -1", "serve --port 80.5", "serve --data-dir --json", "serve here"])("refuses %s", async (line) => {
  const { bodies, seen } = recording();
  const { exitCode, err } = await run(line.split(" "), bodies);
  expect(exitCode).toBe(2);
  expect(err === "" || err.includes("See account-keeper serve --help.")).toBe(true);
  expect(seen).toEqual([]);
});
