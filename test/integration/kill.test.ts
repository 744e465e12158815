/** `kill -9` at every step of a backup and of a restore: nothing is lost, nothing is half, and running it again finishes. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { verifyBackup } from "../../electron/engine/backup/verify-backup.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { letLocksAge, ownTemporary, runCliJson, startCli, type CliOptions } from "../support/cli-process.ts";
import { fileSteps, stepsIn } from "../support/file-steps.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { snapshotSite } from "../support/snapshots.ts";
import { createTestSite, temporaryFolder, type TestSite } from "../support/site.ts";

/** More than come in one request, and than wait in memory. */
const ALL = 70;
const AT_FIRST = 66;

function accounts(count: number): WritableRecord[] {
  return sampleAccounts(count).map((account) => ({ ...account, embedding: account.embedding.slice(0, 200) }));
}

function backupArgs(site: TestSite, folder: string, url = site.site): string[] {
  return ["backup", "--url", url, "--collection", site.collectionName, "--out", folder];
}

/** A vault that holds one backup, of the first `AT_FIRST` accounts of a site that has `ALL` by now. */
async function vaultBehind(site: TestSite, full: readonly WritableRecord[]): Promise<string> {
  const folder = await temporaryFolder();
  await site.add(full.slice(0, AT_FIRST));
  await backupSite({ ...site, folder });
  await site.add(full);
  return folder;
}

async function contentOf(folder: string): Promise<string> {
  const { newest } = await (await openVault(folder)).newestGood();
  return newest?.verified.digest?.content ?? "none";
}

/** What must be true of a vault at any moment. */
async function expectWhole(folder: string, previous: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith("user_backup_"));
  for (const name of names) expect(await verifyBackup({ path: join(folder, name) }), name).toMatchObject({ kind: "format_1" });
  const entries = await (await openVault(folder)).list();
  expect(entries.map(({ state }) => state)).toEqual(entries.map(() => "good"));
  expect(entries.filter(({ content }) => content === previous)).toHaveLength(1);
}

/** The next backup succeeds, the earlier one stays beside it, and nothing else is in the folder. */
async function expectNextBackupWorks(site: TestSite, folder: string, previous: string): Promise<void> {
  letLocksAge(folder);
  const report = await backupSite({ ...site, folder });
  expect(report).toMatchObject({ accounts: ALL, passedOver: [] });
  await expectWhole(folder, previous);
  expect(await contentOf(folder)).not.toBe(previous);
  expect((await readdir(folder)).filter((name) => !/^(?:account-keeper-activity\.jsonl|user_backup_\d{8}(?:_\d{6})?\.json)$/.test(name))).toEqual([]);
}

/** Starts a command and kills it when it sends the request with this number, which then never arrives. */
async function killAtRequest(pattern: RegExp, passing: number, args: (url: string) => readonly string[], options: CliOptions, smallBatches = false): Promise<{ killed: boolean }> {
  const proxy = await startFrontProxy({ target: inject("chromaUrl") });
  try {
    if (smallBatches) proxy.inject(/GET .*\/pre-flight-checks$/, { kind: "status", status: 200, json: { max_batch_size: 2, supports_base64_encoding: true } });
    const held = proxy.pause(pattern, passing);
    const { child, ended } = startCli(args(proxy.url), options);
    const reached = await Promise.race([held.reached.then(() => true), ended.then(() => false)]);
    child.kill("SIGKILL");
    const { code } = await ended;
    expect(code).toBe(reached ? null : 0);
    return { killed: reached };
  } finally {
    await proxy.close();
  }
}

describe("a backup that is killed", () => {
  it("before any step on the disk leaves every file whole, and the next one works", async () => {
    const site = await createTestSite();
    await site.create();
    const full = accounts(ALL);
    // How many steps there are depends on the time it takes: locks are kept fresh. The run that is never killed is the last.
    for (let step = 1; ; step += 1) {
      await site.deleteAccounts(full.slice(AT_FIRST).map(({ id }) => id));
      const folder = await vaultBehind(site, full);
      const [before] = await (await openVault(folder)).list();
      const previous = before?.content ?? "";
      const end = await startCli(backupArgs(site, folder), { preload: fileSteps(step), temporary: ownTemporary() }).ended;
      const steps = stepsIn(end.stderr);
      if (end.code === 0) {
        // Spools, the assembled file, its sync, the second name of the day's first backup, the new name: if these words change, look again.
        expect(steps.map((words) => words.split(" ")[0])).toEqual(expect.arrayContaining(["open", "write", "sync", "link", "rename", "rm", "utimes"]));
        expect(steps).toHaveLength(step - 1);
        break;
      }
      expect([end.code, steps.length], `killed after step ${step - 1}, ${steps.at(-1) ?? ""}`).toEqual([null, step - 1]);
      await expectWhole(folder, previous);
      await expectNextBackupWorks(site, folder, previous);
    }
  });

  it.each([
    ["looks for the collection", /GET .*\/collections\/[^/]+$/, 0],
    ["asks whether all of it comes at once", /\/get$/, 0],
    ["lists the ids", /\/get$/, 1],
    ["reads a page", /\/get$/, 2],
    ["lists the ids again", /\/get$/, 4],
  ])("while it %s", async (_, pattern, passing) => {
    const site = await createTestSite();
    await site.create();
    const folder = await vaultBehind(site, accounts(ALL));
    const previous = await contentOf(folder);
    const { killed } = await killAtRequest(pattern, passing, (url) => backupArgs(site, folder, url), { temporary: ownTemporary() });
    expect(killed).toBe(true);
    await expectWhole(folder, previous);
    expect(await contentOf(folder)).toBe(previous);
    await expectNextBackupWorks(site, folder, previous);
  });

  it("keeps nobody out for long: the next command takes over its locks", async () => {
    const site = await createTestSite();
    await site.create();
    const folder = await vaultBehind(site, accounts(ALL));
    const temporary = ownTemporary();
    await killAtRequest(/\/get$/, 1, (url) => backupArgs(site, folder, url), { temporary });
    expect(await readdir(folder)).toContain(".account-keeper.lock");
    // The real wait of some ten seconds, with the locks of vault and site both left behind.
    const next = await runCliJson(backupArgs(site, folder), { temporary });
    expect(next).toMatchObject({ code: 0, answer: { outcome: "written", accounts: ALL } });
    expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
  });
});

describe("a restore that is killed", () => {
  const full = accounts(9);
  const older = full.map((account) => ({ ...account, document: (account.document ?? "").replace('"is_verified":', '"changed":1.0,"is_verified":') }));

  it.each([
    ["of a wiped site", "add-missing", [] as readonly WritableRecord[]],
    ["of a site where some are left", "add-missing", full.slice(3, 6)],
    ["that puts older versions back", "overwrite", older],
  ] as const)("%s is finished by running it again", async (_, policy, onSite) => {
    const site = await createTestSite();
    await site.create();
    await site.add(full);
    const wanted = await snapshotSite(site);
    const { path } = await backupSite(site);

    // From the first request that changes something, one moment after the other, until it comes to its end unharmed.
    let moments = 0;
    for (let killed = true; killed; moments += 1) {
      await site.wipe();
      if (onSite.length > 0) {
        await site.create();
        await site.add(onSite);
      }
      const temporary = ownTemporary();
      const args = (url: string): string[] => ["restore", "--url", url, "--collection", site.collectionName, "--from", path, "--policy", policy, "--yes"];
      const sinceFirstWrite = createSinceFirst(/POST .*\/(?:collections|add|upsert)$/);
      ({ killed } = await killAtRequest(sinceFirstWrite, moments, args, { temporary }, true));
      letLocksAge(temporary, site.folder);
      const again = await runCliJson(args(site.site), { temporary });
      expect(again.code, JSON.stringify(again.answer)).toBe(0);
      expect(await snapshotSite(site), `killed at moment ${moments}`).toEqual(wanted);
    }
    // The writes alone are several.
    expect(moments).toBeGreaterThan(4);
  });
});

/** Matches nothing until it has met `first`, and everything from then on. */
function createSinceFirst(first: RegExp): RegExp {
  let met = false;
  return Object.assign(/(?:)/, {
    test(line: string): boolean {
      met ||= first.test(line);
      return met;
    },
  });
}
