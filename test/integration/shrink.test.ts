/** A site that has lost accounts never takes the place of the backup that still holds them, until its owner says so. Through the built command. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { createCliStage, type CliStage } from "../support/cli-stage.ts";
import { runCliJson, type CliEnd } from "../support/cli-process.ts";
import { createTestSite } from "../support/site.ts";
import { snapshotFolder } from "../support/snapshots.ts";

const everybody = sampleAccounts(8).map((account) => ({ ...account, embedding: account.embedding.slice(0, 4) }));
const full = everybody.slice(0, 7);
const newcomer = everybody.slice(7);

type Answer = CliEnd & { answer: Record<string, unknown> };

interface Stage extends CliStage {
  readonly json: (...args: string[]) => Promise<Answer>;
  readonly backup: (...more: string[]) => Promise<Answer>;
  /** What a restore from the vault would take: how many accounts. */
  readonly inRestore: () => Promise<unknown>;
  readonly fill: (records: readonly WritableRecord[]) => Promise<void>;
}

/** A site with seven accounts and a backup of them. */
async function stageWithBackup(): Promise<Stage> {
  const stage = await createCliStage(full);
  const json = async (...args: string[]): Promise<Answer> => await runCliJson(args, { temporary: stage.temporary, env: stage.env });
  const backup = async (...more: string[]): Promise<Answer> => await json("backup", ...stage.source, "--out", stage.vault, ...more);
  const inRestore = async (): Promise<unknown> => {
    const { answer } = await json("restore", ...stage.source, "--from", stage.vault, "--dry-run");
    return (answer["plan"] as { accounts_in_backup: number }).accounts_in_backup;
  };
  expect(await backup()).toMatchObject({ code: 0, answer: { outcome: "written", accounts: 7, fewer_than: null } });
  return { ...stage, json, backup, inRestore, fill: async (records) => await stage.site.add(records) };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith("user_backup_")).sort();
}

describe("a backup of a site that has lost accounts", () => {
  it("is kept apart and flagged; the fuller one stays what a restore takes", async () => {
    const { site, vault, backup, inRestore } = await stageWithBackup();
    const [fuller] = filesIn(vault);
    await site.deleteAccounts(full.slice(0, 2).map(({ id }) => id));
    const short = await backup();
    expect(short).toMatchObject({ code: 3, answer: { outcome: "written", accounts: 5, fewer_than: { backup: fuller, accounts: 7 } } });
    expect(filesIn(vault)).toEqual([fuller]);
    expect(filesIn(join(vault, "short"))).toEqual([short.answer["name"]]);
    expect(await inRestore()).toBe(7);
  });

  it("is counted against another program's file that does not tell how many it holds", async () => {
    const { source, vault, temporary, env } = await createCliStage(full.slice(0, 5));
    mkdirSync(vault, { recursive: true });
    writeFileSync(join(vault, "user_backup_20260101.json"), `[${full.map(({ document }) => document).join(",")}]`);
    const short = await runCliJson(["backup", ...source, "--out", vault], { temporary, env });
    expect(short).toMatchObject({ code: 3, answer: { accounts: 5, fewer_than: { backup: "user_backup_20260101.json", accounts: 7, missing: 2 }, missing: full.slice(5).map(({ id }) => id) } });
  });

  it("is named after a restore by hand, when somebody is in it alone", async () => {
    const { site, vault, backup, fill, json, source } = await stageWithBackup();
    await site.deleteAccounts(full.slice(0, 2).map(({ id }) => id));
    await fill(newcomer);
    const short = await backup();
    await site.wipe();
    const restored = await json("restore", ...source, "--from", vault, "--yes");
    expect(restored).toMatchObject({ code: 3, answer: { report: { added: 7 }, left_out: [{ path: short.answer["path"], missing: 1 }] } });
    // Asked again there is nothing to do, and they are still not there.
    expect(await json("restore", ...source, "--from", vault, "--yes")).toMatchObject({ code: 3, answer: { outcome: "nothing_to_do", left_out: [{ path: short.answer["path"], missing: 1 }] } });
    const rest = await json("restore", ...source, "--from", String(short.answer["path"]), "--yes");
    expect(rest).toMatchObject({ code: 0, answer: { report: { added: 1, safety_backup: expect.stringContaining(join(vault, "safety", "user_backup_")) as string }, left_out: [] } });
    expect(await json("restore", ...source, "--from", vault, "--yes")).toMatchObject({ code: 0, answer: { outcome: "nothing_to_do", left_out: [] } });
    expect((await site.read()).size).toBe(8);
  });

  it("also where the one who is gone is in a backup kept apart alone, until its owner accepts that", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(full);
    await backupSite(site);
    const [first] = full;
    if (first === undefined) throw new Error("nobody");
    await site.deleteAccounts([first.id]);
    await site.add(newcomer);
    const apart = await backupSite(site);
    expect(apart).toMatchObject({ fewerThan: { accounts: 7 }, missing: [first.id] });

    // As after a wipe whose owner restored by hand: everybody of the newest backup is there again.
    await site.add([first]);
    await site.deleteAccounts(newcomer.map(({ id }) => id));
    await site.add([{ ...first, uri: "https://example.com" }]);
    expect(await backupSite(site)).toMatchObject({ outcome: "written", fewerThan: { backup: apart.name, accounts: 7, missing: 1 }, missing: newcomer.map(({ id }) => id) });
    expect(await backupSite({ ...site, acceptFewer: true })).toMatchObject({ outcome: "written", fewerThan: null });
    expect(await backupSite(site)).toMatchObject({ outcome: "unchanged", fewerThan: null });
  });

  it("makes no further file while nothing changes", async () => {
    const { site, vault, backup } = await stageWithBackup();
    await site.deleteAccounts(full.slice(0, 2).map(({ id }) => id));
    await backup();
    const before = snapshotFolder(vault);
    expect(await backup()).toMatchObject({ code: 3, answer: { outcome: "unchanged", accounts: 5, fewer_than: { accounts: 7 } } });
    expect(await backup()).toMatchObject({ code: 3, answer: { outcome: "unchanged" } });
    expect(snapshotFolder(vault)).toEqual(before);
  });

  it("becomes the newest when its owner accepts it, and the fuller one is kept", async () => {
    const { site, vault, backup, inRestore } = await stageWithBackup();
    await site.deleteAccounts(full.slice(0, 2).map(({ id }) => id));
    await backup();
    expect(await backup("--accept-fewer")).toMatchObject({ code: 0, answer: { outcome: "written", accounts: 5, fewer_than: null } });
    expect(await inRestore()).toBe(5);
    expect(filesIn(vault)).toHaveLength(2);
    // From now on five are what is normal.
    expect(await backup()).toMatchObject({ code: 0, answer: { outcome: "unchanged", accounts: 5 } });
  });
});

describe("a wiped site", () => {
  it.each([
    ["whose collection is there, empty", true, { code: 1, error: "SITE_EMPTY" }],
    ["whose collection is gone", false, { code: 10, error: "COLLECTION_NOT_FOUND" }],
  ])("%s is not backed up, and nothing is written", async (_, exists, expected) => {
    const { site, vault, backup, inRestore } = await stageWithBackup();
    await site.wipe();
    if (exists) await site.create();
    const before = snapshotFolder(vault);
    expect(await backup()).toMatchObject({ code: expected.code, answer: { ok: false, error: { code: expected.error } } });
    expect(snapshotFolder(vault)).toEqual(before);
    expect(await inRestore()).toBe(7);
  });

  it("with one sign-up since then keeps the full backup, and everybody comes back beside the newcomer", async () => {
    const { site, source, vault, backup, inRestore, fill, json } = await stageWithBackup();
    await site.wipe();
    await site.create();
    await fill(newcomer);
    expect(await backup()).toMatchObject({ code: 3, answer: { accounts: 1, fewer_than: { accounts: 7 } } });
    expect(await inRestore()).toBe(7);
    expect(await json("restore", ...source, "--from", vault, "--yes")).toMatchObject({ code: 0, answer: { report: { added: 7, accounts_on_site: 8, problems: [] } } });
    expect(await backup()).toMatchObject({ code: 0, answer: { outcome: "written", accounts: 8, fewer_than: null } });
    expect(await inRestore()).toBe(8);
  });
});
