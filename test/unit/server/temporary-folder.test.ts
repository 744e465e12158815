/** Copies of data folders hold everybody's accounts: whose process is gone, goes. */
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createTemporaryFolder, sweepTemporaryFolders } from "../../../electron/engine/server/temporary-folder.ts";
import { tempFolder } from "../backup/make-backup.ts";

const beforeUs = new Date(performance.timeOrigin - 60_000);
let temporary: string;

beforeEach(async () => {
  temporary = await tempFolder();
  vi.stubEnv("TMPDIR", temporary);
  vi.stubEnv("TEMP", temporary);
  return () => vi.unstubAllEnvs();
});

/** As another process leaves it, with an account inside. */
async function leftBy(pid: number, changed?: Date): Promise<string> {
  const name = `${basename(await createTemporaryFolder()).replace(`-${process.pid}-`, `-${pid}-`)}x`;
  const path = join(temporary, name);
  await mkdir(path);
  await writeFile(join(path, "chroma.sqlite3"), "somebody");
  if (changed !== undefined) await utimes(path, changed, changed);
  return name;
}

describe("sweeping", () => {
  it("removes what a dead process left, and nothing of a living one", async () => {
    const dead = await leftBy(spawnSync(process.execPath, ["-e", ""]).pid);
    const living = await leftBy(process.ppid);
    const before = await readdir(temporary);
    await sweepTemporaryFolders();
    expect((await readdir(temporary)).sort()).toEqual(before.filter((name) => name !== dead).sort());
    expect(before).toContain(living);
  });

  it("takes a folder with our own number for an earlier process's when it is older than we are: in a container each has the same", async () => {
    const earlier = await leftBy(process.pid, beforeUs);
    const before = await readdir(temporary);
    await sweepTemporaryFolders();
    expect((await readdir(temporary)).sort()).toEqual(before.filter((name) => name !== earlier).sort());
  });

  it("leaves our own alone, also after the clock was set back", async () => {
    const own = await createTemporaryFolder();
    await utimes(own, beforeUs, beforeUs);
    await sweepTemporaryFolders();
    expect(await readdir(temporary)).toEqual([basename(own)]);
  });
});
