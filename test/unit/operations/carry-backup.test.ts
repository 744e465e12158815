/** A backup made elsewhere, taken into a vault: on which shelf it stands, and that it is not thinned away with somebody only in it. */
import { statSync } from "node:fs";
import { chmod, rename } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exportBackup, importBackup } from "../../../electron/engine/operations/carry-backup.ts";
import type { AccountRecord } from "../../../electron/engine/record.ts";
import { pruneVault } from "../../../electron/engine/vault/prune.ts";
import { openVault } from "../../../electron/engine/vault/vault.ts";
import { windowsDisk } from "../../support/windows-disk.ts";
import { account, accounts, makeBackup, namesIn, tempFolder } from "../backup/make-backup.ts";

const NOW = new Date(2026, 10, 23, 13);
const options = { now: () => NOW };

function noon(daysAgo: number): Date {
  return new Date(2026, 10, 23 - daysAgo, 12);
}

async function keep(folder: string, daysAgo: number, held: readonly AccountRecord[]): Promise<void> {
  await (await openVault(folder)).place(await makeBackup(folder, held, { timestamp: noon(daysAgo) }), { kind: "normal" });
}

/** Made elsewhere, taken in; returns the folder in the vault where it stands now. */
async function takeIn(folder: string, daysAgo: number, held: readonly AccountRecord[]): Promise<string> {
  const elsewhere = await tempFolder();
  const path = join(elsewhere, "handed-out.json");
  await rename((await makeBackup(elsewhere, held, { timestamp: noon(daysAgo) })).tempPath, path);
  const { path: placed, name } = await importBackup(path, folder);
  return placed === join(folder, name) ? "normal" : placed === join(folder, "short", name) ? "short" : placed;
}

describe("an imported backup", () => {
  it.each([
    ["older, of people who are all in the newest", 400, accounts(2), "normal"],
    ["older, with somebody whom the newest lacks", 400, [...accounts(2), account("only-there")], "short"],
    ["of the same moment, with somebody whom the newest lacks", 1, [...accounts(2), account("only-there")], "short"],
    ["newer, with everybody", 0, [...accounts(4), account("new")], "normal"],
    ["newer, lacking somebody", 0, [...accounts(3), account("new")], "short"],
  ])("%s", async (_, daysAgo, held, shelf) => {
    const folder = await tempFolder();
    await keep(folder, 1, accounts(4));
    expect(await takeIn(folder, daysAgo, held)).toBe(shelf);
  });

  it("stands among the others where there is nothing to compare it with", async () => {
    expect(await takeIn(await tempFolder(), 400, accounts(2))).toBe("normal");
  });

  it("is not thinned away while it alone holds somebody, and is once they are in the newest one", async () => {
    const folder = await tempFolder();
    await keep(folder, 1, accounts(4));
    await takeIn(folder, 500, [account("only-there")]);
    await takeIn(folder, 400, [account("only-there-too")]);
    const first = await pruneVault(folder, options);
    expect(first.removed).toEqual([]);
    expect(first.heldBack.map(({ timestamp }) => timestamp)).toEqual([noon(500)]);
    await keep(folder, 0, [...accounts(4), account("only-there")]);
    expect((await pruneVault(folder, options)).removed.map(({ timestamp }) => timestamp)).toEqual([noon(500)]);
    expect(await namesIn(join(folder, "short"))).toHaveLength(1);
  });

  it("does not keep ordinary ones for ever whose people were deleted with the owner's word", async () => {
    const folder = await tempFolder();
    await keep(folder, 501, [...accounts(2), account("deleted-since")]);
    await keep(folder, 500, accounts(3));
    await keep(folder, 1, accounts(4));
    await takeIn(folder, 450, [account("only-there")]);
    expect((await pruneVault(folder, options)).removed.map(({ timestamp }) => timestamp)).toEqual([noon(501), noon(500)]);
  });

  it("takes the place of none of the vault's own: neither as the fullest nor as the one of its week", async () => {
    const folder = await tempFolder();
    await keep(folder, 501, accounts(3));
    await keep(folder, 60, accounts(2));
    await keep(folder, 1, accounts(2));
    await takeIn(folder, 59, Array.from({ length: 9 }, (__, index) => account(`only-there-${index}`)));
    expect((await pruneVault(folder, options)).removed).toEqual([]);
  });
});

/** From a CD, or with "Read-only" ticked: Windows copies that along (CopyFile), as other systems copy the mode. Root, who may write all the same, is refused here too. */
it("a backup that may only be read is taken in and handed out all the same", async () => {
  const elsewhere = await tempFolder();
  const path = join(elsewhere, "handed-out.json");
  await rename((await makeBackup(elsewhere, accounts(2), { timestamp: noon(1) })).tempPath, path);
  await chmod(path, 0o444);
  const [folder, target] = [await tempFolder(), join(await tempFolder(), "copy.json")];
  const isReadOnly = (at: string): boolean => ((statSync(at, { throwIfNoEntry: false })?.mode ?? 0o600) & 0o200) === 0;
  for (const place of [folder, join(target, "..")]) windowsDisk(place).fail("open", "EPERM", { on: /\.part$/, when: isReadOnly });
  expect(await importBackup(path, folder)).toMatchObject({ accounts: 2 });
  expect(await exportBackup(path, target)).toMatchObject({ accounts: 2 });
});
