/**
 * Two hundred who want to write to one vault at once, in ten processes. Two hundred processes take gigabytes, and three times as
 * long: `CONTENDING_PROCESSES=200` runs just that. Each finds nobody else in the vault while it is in there, everyone gets in, and nothing stays behind.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runModule } from "../support/processes.ts";
import { temporaryFolder } from "../support/site.ts";

const CONTENDERS = 200;
const PROCESSES = Number(process.env["CONTENDING_PROCESSES"] ?? 10);
const lock = new URL("../../dist/electron/engine/vault/lock.js", import.meta.url).href;

/** Each counts one up, in two steps between which anybody else would do harm. */
function contend(folder: string, work: string): ReturnType<typeof runModule> {
  return runModule(
    `import { readFile, writeFile, rm } from "node:fs/promises";
    import { withVaultLock } from ${JSON.stringify(lock)};
    const counter = ${JSON.stringify(join(work, "counter"))}, inside = ${JSON.stringify(join(work, "inside"))};
    await Promise.all(Array.from({ length: ${CONTENDERS / PROCESSES} }, () => withVaultLock(${JSON.stringify(folder)}, async () => {
      await writeFile(inside, "", { flag: "wx" });
      const count = Number(await readFile(counter, "utf8"));
      await writeFile(counter, String(count + 1));
      await rm(inside);
    }, { waitMs: 10 * 60_000 })));`,
  );
}

it("each alone, all of them in the end", { timeout: 600_000 }, async () => {
  const [folder, work] = [await temporaryFolder(), await temporaryFolder()];
  await writeFile(join(work, "counter"), "0");
  const children = Array.from({ length: PROCESSES }, () => contend(folder, work));
  onTestFinished(() => {
    for (const child of children) child.kill("SIGKILL");
  });
  const ends = await Promise.all(children.map(async (child) => await child.ended()));
  expect(ends).toEqual(ends.map(() => ({ code: 0, stderr: "" })));
  expect(Number(await readFile(join(work, "counter"), "utf8"))).toBe(CONTENDERS);
  expect(await readdir(folder)).toEqual([]);
});
