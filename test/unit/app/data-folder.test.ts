import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { holdDataFolder } from "../../../electron/app/data-folder.ts";
import { pretendPlatform } from "../../support/windows-disk.ts";
import { tempFolder } from "../backup/make-backup.ts";

/** As an app leaves it that crashed `agoMs` ago, on a system where nobody can prove that. */
async function heldByTheCrashed(agoMs: number): Promise<string> {
  const folder = await tempFolder();
  const lock = join(folder, ".account-keeper-app.lock");
  await mkdir(lock);
  await writeFile(join(lock, "0123456789ab-unknown"), ".");
  const at = new Date(Date.now() - agoMs);
  await utimes(join(lock, "0123456789ab-unknown"), at, at);
  return folder;
}

it.each(["win32", "darwin"] as const)("the engine gets its folder back after a crash on %s", async (platform) => {
  const folder = await heldByTheCrashed(6_000);
  pretendPlatform(platform);
  await (await holdDataFolder(folder)).release();
});

it("a window that is open is said to be so without a long wait where the system can tell", async () => {
  pretendPlatform("linux");
  await expect(holdDataFolder(await heldByTheCrashed(0))).rejects.toMatchObject({ code: "BUSY", message: "Account Keeper is open already." });
});
