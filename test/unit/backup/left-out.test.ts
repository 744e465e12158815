/** Where only some accounts are asked for, the others are counted: once each, whatever kind of backup it is. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { completeFrom } from "../../../electron/engine/backup/complete.ts";
import { openBackup, type OpenBackup } from "../../../electron/engine/backup/read-backup.ts";
import { account, FIXTURES, makeBackup, readRecords, tempFolder } from "./make-backup.ts";

/** Three accounts, as the fixtures hold them. */
async function ours(): Promise<OpenBackup> {
  const { tempPath } = await makeBackup(await tempFolder(), ["u-001", "u-002", "u-003"].map((id) => account(id)));
  return await openBackup({ path: tempPath });
}

const fixture = async (name: string): Promise<OpenBackup> => await openBackup({ path: join(FIXTURES, name) });

it.each<[string, () => Promise<OpenBackup>]>([
  ["ours", ours],
  ["the old site's own file", async () => await fixture("reference-utf8.json")],
  ["a bare list", async () => await fixture("bare-array.json")],
  ["the variable", async () => await fixture("reference-variable.txt")],
  ["another program's, completed by ours", async () => completeFrom(await fixture("reference-utf8.json"), await ours())],
])("%s", async (_name, open) => {
  const backup = await open();
  let leftOut = 0;
  const onLeftOut = (): void => {
    leftOut += 1;
  };
  expect(await readRecords(backup, { only: new Set(["u-002"]), onLeftOut })).toHaveLength(1);
  expect(leftOut).toBe(2);
  leftOut = 0;
  expect(await readRecords(backup, { onLeftOut })).toHaveLength(3);
  expect(leftOut).toBe(0);
});
