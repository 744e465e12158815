/** What an app that died has left in its data folder. */
import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../support/site.ts";
import { startTestApp } from "../support/test-app.ts";

it("takes away what somebody left who died while writing the settings", async () => {
  const dataFolder = await temporaryFolder();
  const leftover = join(dataFolder, ".account-keeper-00000000-1-000000000000.part");
  await writeFile(leftover, "half of the settings");
  await utimes(leftover, 1, 1);
  await startTestApp({ dataFolder });
  expect((await readdir(dataFolder)).filter((name) => name.endsWith(".part"))).toEqual([]);
});
