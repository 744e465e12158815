/** Another passphrase, or none: the newest backup stays readable, and nothing is written where it is already. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { relockNewest } from "../../../electron/engine/operations/relock-newest.ts";
import { openVault, type Vault } from "../../../electron/engine/vault/vault.ts";
import { useQuickLocks } from "../../support/quick-lock.ts";
import { accounts, errorOf, makeBackup, namesIn, tempFolder } from "../backup/make-backup.ts";

useQuickLocks();
const [old, other] = ["three little words", "four other little words"];
const SLOW = 60_000;

async function lockedVault(passphrase: string | undefined): Promise<Vault> {
  const vault = await openVault(await tempFolder());
  await vault.place(await makeBackup(vault.folder, accounts(3), { timestamp: new Date(2026, 10, 23, 9), ...(passphrase === undefined ? {} : { passphrase }) }), { kind: "normal" });
  return vault;
}

it.each([["another passphrase", other, true], ["no passphrase any more", undefined, false]])("writes it once more for %s", { timeout: SLOW }, async (_name, passphrase, encrypted) => {
  const vault = await lockedVault(old);
  const before = (await vault.newestGood({ passphrase: old })).newest?.verified;
  expect(await relockNewest({ folder: vault.folder, before: old, passphrase })).not.toBeNull();
  const { newest, passedOver } = await vault.newestGood({ passphrase });
  expect(passedOver).toEqual([]);
  expect(newest?.verified).toMatchObject({ encrypted, accountCount: 3, site: before?.site, chroma: before?.chroma, digest: { content: before?.digest?.content } });
  expect(await namesIn(vault.folder)).toHaveLength(2);
});

it("leaves what was kept apart since then later than it: a restore of everyone asks only those for who signed up", { timeout: SLOW }, async () => {
  const vault = await lockedVault(old);
  await vault.place(await makeBackup(vault.folder, accounts(4), { timestamp: new Date(2026, 10, 23, 9, 0, 1), passphrase: old }), { kind: "short" });
  expect(await relockNewest({ folder: vault.folder, before: old, passphrase: undefined })).not.toBeNull();
  const [first, ...others] = await vault.list({ passphrase: old });
  expect(first).toMatchObject({ shelf: "short", accounts: 4 });
  expect(others).toMatchObject([{ encrypted: false }, { encrypted: true }]);
});

it("writes nothing where the new one opens it, where it is open, where there is none, and where there is no folder", { timeout: SLOW }, async () => {
  const locked = await lockedVault(other);
  expect(await relockNewest({ folder: locked.folder, before: undefined, passphrase: other })).toBeNull();
  const open = await lockedVault(undefined);
  expect(await relockNewest({ folder: open.folder, before: undefined, passphrase: other })).toBeNull();
  const empty = await tempFolder();
  expect(await relockNewest({ folder: empty, before: old, passphrase: other })).toBeNull();
  expect(await relockNewest({ folder: join(empty, "missing"), before: old, passphrase: other })).toBeNull();
});

it("refuses when neither opens it, and leaves everything as it was", { timeout: SLOW }, async () => {
  const vault = await lockedVault("a third one");
  const names = await namesIn(vault.folder);
  expect((await errorOf(() => relockNewest({ folder: vault.folder, before: old, passphrase: other }))).code).toBe("PASSPHRASE_WRONG");
  expect((await errorOf(() => relockNewest({ folder: vault.folder, before: undefined, passphrase: undefined }))).code).toBe("PASSPHRASE_NEEDED");
  expect(await namesIn(vault.folder)).toEqual(names);
});

it("carries everybody over where another program wrote the newest file", { timeout: SLOW }, async () => {
  const vault = await lockedVault(old);
  const users = accounts(4).map((account) => JSON.parse(account.document ?? "") as unknown);
  await writeFile(join(vault.folder, "user_backup_20261124.json"), JSON.stringify({ backup_timestamp: "2026-11-24T20:00:00", user_count: 4, users }));
  expect(await relockNewest({ folder: vault.folder, before: old, passphrase: undefined })).not.toBeNull();
  const { newest, passedOver } = await vault.newestGood();
  expect(passedOver).toEqual([]);
  expect(newest?.verified).toMatchObject({ kind: "format_1", encrypted: false, accountCount: 4 });
});
