/** Reading backups where owners have Windows. */
import fs, { type BigIntStats } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { verifyBackup } from "../../../electron/engine/backup/verify-backup.ts";
import { openVault } from "../../../electron/engine/vault/vault.ts";
import { windowsDisk } from "../../support/windows-disk.ts";
import { accounts, makeBackup, tempFolder } from "./make-backup.ts";

async function placed(count: number): Promise<{ folder: string; path: string }> {
  const folder = await tempFolder();
  return { folder, path: (await (await openVault(folder)).place(await makeBackup(folder, accounts(count)), { kind: "normal" })).path };
}

it("a file is known again by the volume's number of a path and of an open file, which differ in length", async () => {
  const { path } = await placed(3_000);
  const { stat, readdir } = fs.promises;
  let listings = 0;
  Object.assign(fs.promises, {
    stat: async (...args: Parameters<typeof stat>) => {
      const found = (await stat(...args)) as unknown as BigIntStats;
      if (typeof found.dev === "bigint") found.dev += 0x7a3c_0000_0000n;
      return found;
    },
    readdir: async (...args: Parameters<typeof readdir>) => {
      listings += 1;
      return await readdir(...args);
    },
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    Object.assign(fs.promises, { stat, readdir });
    syncBuiltinESMExports();
  });
  expect(await verifyBackup({ path })).toMatchObject({ accountCount: 3_000 });
  // Looking for it under all the other names, once for each backup in a list of hundreds, takes minutes.
  expect(listings).toBe(0);
});

it("one that another program has to itself for a moment is read a moment later", async () => {
  const { folder, path } = await placed(3);
  const disk = windowsDisk(folder);
  disk.fail("open", "EBUSY", { on: /^user_backup_/, times: 2 });
  expect(await verifyBackup({ path })).toMatchObject({ accountCount: 3 });
  disk.fail("open", "EBUSY", { on: /^user_backup_/ });
  await expect(verifyBackup({ path: join(folder, "user_backup_20991231.json") })).rejects.toMatchObject({ code: "BACKUP_NOT_FOUND" });
  await expect(verifyBackup({ path })).rejects.toMatchObject({ code: "FILE_UNREADABLE", message: "Another program has this file open." });
});
