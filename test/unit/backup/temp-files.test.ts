import { spawnSync } from "node:child_process";
import { utimes, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { sweepTempFiles, tempPath } from "../../../electron/engine/backup/temp-files.ts";
import { namesIn, tempFolder } from "./make-backup.ts";

/** The number of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

function nameOf(folder: string, pid: number): string {
  return basename(tempPath(folder)).replace(`-${process.pid}-`, `-${pid}-`);
}

describe("sweeping", () => {
  it("removes what a dead process left, and nothing else", async () => {
    const folder = await tempFolder();
    const kept = [basename(tempPath(folder)), nameOf(folder, process.ppid), "user_backup_20261123.json", ".account-keeper-notes.part", "holiday.part"];
    const swept = [nameOf(folder, deadPid()), nameOf(folder, deadPid())];
    for (const name of [...kept, ...swept]) await writeFile(join(folder, name), "x");
    await sweepTempFiles(folder);
    expect(await namesIn(folder)).toStrictEqual(kept.toSorted());
  });

  it("leaves another machine's files alone until they are days old", async () => {
    const folder = await tempFolder();
    const fresh = nameOf(folder, deadPid()).replace(/-[0-9a-f]{8}-/, "-00000000-");
    const old = nameOf(folder, deadPid()).replace(/-[0-9a-f]{8}-/, "-11111111-");
    for (const name of [fresh, old]) await writeFile(join(folder, name), "x");
    const threeDaysAgo = new Date(Date.now() - 3 * 24 * 60 * 60 * 1000);
    await utimes(join(folder, old), threeDaysAgo, threeDaysAgo);
    await sweepTempFiles(folder);
    expect(await namesIn(folder)).toStrictEqual([fresh]);
  });

  it("takes a file with our own number for an earlier process's when it is older than we are", async () => {
    const folder = await tempFolder();
    const path = tempPath(folder);
    await writeFile(path, "x");
    const beforeUs = new Date(performance.timeOrigin - 60_000);
    await utimes(path, beforeUs, beforeUs);
    await sweepTempFiles(folder);
    expect(await namesIn(folder)).toStrictEqual([]);
  });

  it("never fails, not even where there is no folder", async () => {
    await expect(sweepTempFiles(join(await tempFolder(), "missing"))).resolves.toBeUndefined();
  });
});
