/** Removing old backups: real files, the plan carried out, and what happens when it is interrupted or the vault is damaged. */
import { mkdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { verifyBackup } from "../../../electron/engine/backup/verify-backup.ts";
import type { AccountRecord } from "../../../electron/engine/record.ts";
import { withVaultLock } from "../../../electron/engine/vault/lock.ts";
import { planPrune, pruneVault } from "../../../electron/engine/vault/prune.ts";
import { openVault, type Shelf } from "../../../electron/engine/vault/vault.ts";
import { snapshotFolder } from "../../support/snapshots.ts";
import { account, accounts, errorOf, makeBackup, namesIn, tempFolder } from "../backup/make-backup.ts";

const SLOW = 120_000;
const NOW = new Date(2026, 10, 23, 13);
const options = { now: () => NOW };

interface KeepOptions {
  readonly kind?: Shelf;
  readonly passphrase?: string;
}

/** Places a backup of so many accounts, or of these, made at noon so many days ago; returns its path. */
async function keep(folder: string, daysAgo: number, held: number | readonly AccountRecord[], { kind = "normal", ...rest }: KeepOptions = {}): Promise<string> {
  const vault = await openVault(folder, { create: true });
  const timestamp = new Date(2026, 10, 23 - daysAgo, 12);
  return (await vault.place(await makeBackup(folder, typeof held === "number" ? accounts(held) : held, { timestamp, ...rest }), { kind })).path;
}

/** Of a site that grew: the newest and fullest today, and two of one week that is long gone. */
async function agedVault(): Promise<{ folder: string; newest: string; gone: string }> {
  const folder = await tempFolder();
  // A Tuesday and a Wednesday.
  const gone = await keep(folder, 111, 1);
  await keep(folder, 110, 2);
  await keep(folder, 3, 3);
  return { folder, gone, newest: await keep(folder, 0, 4) };
}

/** One byte in the middle: the head still reads well. */
async function damage(path: string): Promise<void> {
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace("secret-of-u-1", "secret-of-x-1"));
}

const namesOf = (entries: readonly { name: string }[]): string[] => entries.map(({ name }) => name);

describe("pruning", () => {
  it("removes what the plan says and nothing else", async () => {
    const { folder, gone } = await agedVault();
    await writeFile(join(folder, "notes.txt"), "mine");
    const before = await namesIn(folder);
    const plan = await planPrune(folder, options);
    expect(plan.remove.map(({ path }) => path)).toEqual([gone]);
    expect(await namesIn(folder)).toEqual(before);
    const report = await pruneVault(folder, options);
    expect(namesOf(report.removed)).toEqual(namesOf(plan.remove));
    expect(report.heldBack).toEqual([]);
    expect(await namesIn(folder)).toEqual(before.filter((name) => !gone.endsWith(name)));
    expect(await pruneVault(folder, options)).toMatchObject({ removed: [] });
  });

  it("never touches what it cannot know: damaged, locked, newer or another program's", async () => {
    const { folder, gone } = await agedVault();
    const cut = await keep(folder, 112, 1);
    await truncate(cut, 400);
    const locked = await keep(folder, 113, 1, { passphrase: "four random words here" });
    await writeFile(join(folder, "user_backup_20250101.json"), '{"backup_timestamp": "2025-01-01T09:00:00", "user_count": 0, "users": []}');
    await writeFile(join(folder, "user_backup_20250102.json"), '{"account_keeper":{"format":2}}');
    const before = snapshotFolder(folder) ?? {};
    await pruneVault(folder, options);
    const after = snapshotFolder(folder) ?? {};
    expect(Object.entries(before).filter(([name]) => !(name in after)).map(([name]) => join(folder, name))).toEqual([gone]);
    for (const [name, what] of Object.entries(after)) expect(what).toBe(before[name]);
    expect(Object.keys(after).map((name) => join(folder, name))).toEqual(expect.arrayContaining([cut, locked]));
  }, SLOW);

  it("thins locked ones too when it has the passphrase", async () => {
    const folder = await tempFolder();
    const passphrase = "four random words here";
    const gone = await keep(folder, 111, 1, { passphrase });
    await keep(folder, 110, 1, { passphrase });
    await keep(folder, 0, 1, { passphrase });
    expect((await pruneVault(folder, options)).removed).toEqual([]);
    expect((await pruneVault(folder, { ...options, passphrase })).removed.map(({ path }) => path)).toEqual([gone]);
  }, SLOW);

  it("goes by the newest whole one when the newest is damaged", async () => {
    const { folder, newest, gone } = await agedVault();
    await damage(newest);
    const report = await pruneVault(folder, options);
    expect(report.removed.map(({ path }) => path)).toEqual([gone]);
    expect(report.keep.find(({ because }) => because === "newest")?.entry.accounts).toBe(3);
    expect(report.keep.find(({ entry }) => entry.path === newest)?.because).toBe("not_ours_to_remove");
  });

  it("keeps the fullest whole one when the fullest is damaged", async () => {
    const folder = await tempFolder();
    // Somebody was deleted on purpose since: what holds the most people is old.
    const fullest = await keep(folder, 500, 9);
    const next = await keep(folder, 499, 8);
    const gone = await keep(folder, 498, 7);
    await keep(folder, 0, 2);
    await damage(fullest);
    const report = await pruneVault(folder, options);
    expect(report.removed.map(({ path }) => path)).toEqual([gone]);
    expect(report.keep.find(({ because }) => because === "fullest")?.entry.path).toBe(next);
  });

  it("refuses when no good one is left, and touches nothing", async () => {
    const folder = await tempFolder();
    for (const daysAgo of [0, 110, 111]) await damage(await keep(folder, daysAgo, 2));
    const before = snapshotFolder(folder);
    expect(await errorOf(() => pruneVault(folder, options))).toMatchObject({ code: "BACKUP_NOT_FOUND", message: "There is no good backup in this folder, so nothing is removed." });
    expect((await errorOf(() => planPrune(folder, options))).code).toBe("BACKUP_NOT_FOUND");
    expect(snapshotFolder(folder)).toEqual(before);
  });

  it("refuses when only copies kept apart are left", async () => {
    const folder = await tempFolder();
    for (const daysAgo of [0, 498, 499]) await keep(folder, daysAgo, 2, { kind: "safety" });
    expect((await errorOf(() => pruneVault(folder, options))).code).toBe("BACKUP_NOT_FOUND");
    expect(await namesIn(join(folder, "safety"))).toHaveLength(3);
  });

  it("has nothing to say about a vault where nothing is old, good or empty", async () => {
    const folder = await tempFolder();
    expect(await pruneVault(folder, options)).toEqual({ removed: [], keep: [], heldBack: [] });
    await damage(await keep(folder, 0, 2));
    expect(await pruneVault(folder, options)).toMatchObject({ removed: [], heldBack: [] });
  });

  it.each(["short", "safety"] as const)("holds an old copy in %s/ back as long as it holds somebody the newest does not", async (kind) => {
    const folder = await tempFolder();
    const lonely = await keep(folder, 500, [account("gone-since")], { kind });
    const covered = await keep(folder, 499, 2, { kind });
    // The same person under another id: signed up again.
    const again = await keep(folder, 498, [account("old-id", { document: '{"email":"u-1@example.com"}' })], { kind });
    await keep(folder, 1, 1, { kind });
    await keep(folder, 0, 4);
    const report = await pruneVault(folder, options);
    expect(report.removed.map(({ path }) => path)).toEqual([covered, again]);
    expect(report.heldBack.map(({ path }) => path)).toEqual([lonely]);
    expect(await namesIn(join(folder, kind))).toHaveLength(2);
  });

  it("holds an old copy back that cannot be read to its end", async () => {
    const folder = await tempFolder();
    const torn = await keep(folder, 500, 2, { kind: "safety" });
    await damage(torn);
    await keep(folder, 1, 1, { kind: "safety" });
    await keep(folder, 0, 4);
    expect((await pruneVault(folder, options)).heldBack.map(({ path }) => path)).toEqual([torn]);
  });

  it("waits for nobody to write, and stops when told to", async () => {
    const { folder } = await agedVault();
    const before = await namesIn(folder);
    const controller = new AbortController();
    await withVaultLock(folder, async () => {
      const pruning = errorOf(() => pruneVault(folder, { ...options, signal: controller.signal }));
      controller.abort();
      expect((await pruning).code).toBe("CANCELLED");
    });
    expect(await namesIn(folder)).toEqual(before);
  });

  it("needs a folder", async () => {
    const folder = join(await tempFolder(), "missing");
    expect((await errorOf(() => pruneVault(folder, options))).code).toBe("FOLDER_NOT_FOUND");
    await mkdir(folder);
    await keep(folder, 0, 1);
    await rm(folder, { recursive: true });
    expect((await errorOf(() => planPrune(folder, options))).code).toBe("FOLDER_NOT_FOUND");
  });

  it("leaves every backup that stays as it was, byte for byte", async () => {
    const { folder, newest } = await agedVault();
    const bytes = await readFile(newest);
    await pruneVault(folder, options);
    expect(await readFile(newest)).toEqual(bytes);
    expect(await verifyBackup({ path: newest })).toMatchObject({ accountCount: 4 });
  });
});
