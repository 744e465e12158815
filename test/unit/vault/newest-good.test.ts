/** Which backup is trusted where some are locked, another program's, damaged, or named in another time zone. */
import { rename, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openVault, type Vault } from "../../../electron/engine/vault/vault.ts";
import { accounts, makeBackup, tempFolder } from "../backup/make-backup.ts";

const passphrase = "three little words";
const SLOW = 60_000;

const newVault = async (): Promise<Vault> => await openVault(await tempFolder());

async function keep(vault: Vault, count: number, timestamp: Date, options: { passphrase?: string } = {}): Promise<string> {
  return (await vault.place(await makeBackup(vault.folder, accounts(count), { timestamp, ...options }), { kind: "normal" })).path;
}

/** What the old site writes, on 24 November. */
async function keepForeign(vault: Vault, count: number): Promise<void> {
  const users = accounts(count).map((account) => JSON.parse(account.document ?? "") as unknown);
  await writeFile(join(vault.folder, "user_backup_20261124.json"), JSON.stringify({ backup_timestamp: "2026-11-24T20:00:00", user_count: count, users }));
}

const on = (day: number, hours = 9): Date => new Date(2026, 10, day, hours);

describe("another program's file", () => {
  it("does not beat ours because ours is locked", { timeout: SLOW }, async () => {
    const vault = await newVault();
    await keep(vault, 3, on(22), { passphrase });
    await keepForeign(vault, 1);
    const { newest, passedOver } = await vault.newestGood({ passphrase });
    expect(newest?.verified.accountCount).toBe(3);
    expect(passedOver).toMatchObject([{ state: "foreign", error: { code: "CONFIRMATION_NEEDED" } }]);

    // Nobody can tell what is in ours.
    const blind = await vault.newestGood();
    expect(blind.newest).toBeNull();
    expect(blind.passedOver.map(({ state, error }) => [state, error?.code])).toEqual([["foreign", "PASSPHRASE_NEEDED"], ["locked", "PASSPHRASE_NEEDED"]]);
    expect((await vault.newestGood({ passphrase: "another one" })).passedOver.map(({ state, error }) => [state, error?.code])).toEqual([["foreign", "PASSPHRASE_WRONG"], ["locked", "PASSPHRASE_WRONG"]]);
  });

  it("is seen also on the day of a locked one, whose name stands for the end of it", { timeout: SLOW }, async () => {
    const vault = await newVault();
    await keep(vault, 2, on(24), { passphrase });
    await keepForeign(vault, 3);
    expect((await vault.newestGood({ passphrase })).newest).toMatchObject({ verified: { kind: "reference", accountCount: 3 }, ours: { accountCount: 2 } });

    // Nobody can tell what is in ours, which was there before.
    const blind = await vault.newestGood();
    expect(blind.newest).toBeNull();
    expect(blind.passedOver.map(({ state, error }) => [state, error?.code])).toEqual([["locked", "PASSPHRASE_NEEDED"], ["foreign", "PASSPHRASE_NEEDED"]]);
  });

  it("is compared with the newest of ours that can be read, and not called damaged because one cannot", async () => {
    const vault = await newVault();
    await keep(vault, 3, on(21));
    await keepForeign(vault, 2);
    const damaged = await keep(vault, 3, on(22));
    await truncate(damaged, 600);
    const { newest, passedOver } = await vault.newestGood();
    expect(newest?.verified.accountCount).toBe(3);
    expect(passedOver.map(({ state, error }) => [state, error?.code])).toEqual([["foreign", "CONFIRMATION_NEEDED"], ["damaged", "BACKUP_DAMAGED"]]);
  });

  it("is what there is where none of ours can be read", async () => {
    const vault = await newVault();
    await keepForeign(vault, 2);
    await truncate(await keep(vault, 3, on(22)), 600);
    expect((await vault.newestGood()).newest).toMatchObject({ verified: { kind: "reference", accountCount: 2 }, ours: null });
  });

  it("comes with ours before it, which knows more", async () => {
    const vault = await newVault();
    await keep(vault, 2, on(22));
    await keepForeign(vault, 3);
    expect((await vault.newestGood()).newest?.ours?.head?.user_count).toBe(2);
  });
});

describe("locked backups", () => {
  it("go by the time inside, not by the date that it was where they were made", { timeout: SLOW }, async () => {
    const vault = await newVault();
    const earlier = await keep(vault, 2, on(23, 10), { passphrase });
    await rename(earlier, join(vault.folder, "user_backup_20261124.json.age"));
    await keep(vault, 3, on(23, 12), { passphrase });
    expect((await vault.newestGood({ passphrase })).newest?.verified.accountCount).toBe(3);
  });

  it("come before an open one of an hour earlier, though their name has the date of another time zone", { timeout: SLOW }, async () => {
    const vault = await newVault();
    await keep(vault, 2, on(24, 1));
    const later = await keep(vault, 3, on(24, 2), { passphrase });
    await rename(later, join(vault.folder, "user_backup_20261123.json.age"));
    expect((await vault.newestGood({ passphrase })).newest?.verified.accountCount).toBe(3);
  });

  it("are not opened for the time of their files where that cannot be right, nor without a passphrase where the newest is open", async () => {
    const vault = await newVault();
    await keep(vault, 2, on(23, 10), { passphrase });
    await keep(vault, 3, on(23, 12));
    // As after a copy: later than the one that is newer. The day's plain name is that one's by now.
    await utimes(join(vault.folder, "user_backup_20261123_100000.json.age"), on(24), on(24));
    expect(await vault.newestGood()).toMatchObject({ newest: { verified: { accountCount: 3 } }, passedOver: [] });
  });
});
