/**
 * The disk below the vault fails at every step of a backup, a restore and a redeploy in turn: full, read-only, broken, gone. Earlier
 * backups stay whole, no half file gets a final name, what fails says so; and when the disk is well again, so is everything, in the same
 * process: a watcher does not end because a drive hiccupped.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { verifyBackup } from "../../electron/engine/backup/verify-backup.ts";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { restoreEveryone } from "../../electron/engine/operations/restore-everyone.ts";
import { redeploySite } from "../../electron/engine/redeploy/redeploy-site.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { watchDisk, type DiskFault, type FailingDisk } from "../support/failing-disk.ts";
import { createFaultyRedeploys } from "../support/fault-redeploy.ts";
import { type FaultyMoment, momentsOf, type Outcome, outcomeOf, SWEEP_TIMEOUT_MS } from "../support/fault-sweep.ts";
import { snapshotSite } from "../support/snapshots.ts";
import { createTestSite } from "../support/site.ts";

const DISK_FAULTS = new Map<string, DiskFault>([
  ["a full disk", { code: "ENOSPC", lasts: "from_here_on" }],
  ["no room once", { code: "ENOSPC", lasts: "once" }],
  ["a full quota", { code: "EDQUOT", lasts: "from_here_on" }],
  ["read-only from here on", { code: "EROFS", lasts: "from_here_on" }],
  ["no rights once", { code: "EACCES", lasts: "once" }],
  ["a bad sector", { code: "EIO", lasts: "once" }],
  ["broken from here on", { code: "EIO", lasts: "from_here_on" }],
  ["an unplugged drive", { code: "ENOENT", lasts: "from_here_on" }],
]);
const CODES = ["DISK_FULL", "FOLDER_NOT_WRITABLE", "FOLDER_NOT_FOUND", "VERIFICATION_FAILED", "BUSY"];
/** So much of each that not all of it waits in memory. */
const notes = `{"notes":"${"x".repeat(30_000)}",`;
const people = sampleAccounts(6).map((account) => ({ ...account, document: (account.document ?? "").replace("{", notes), embedding: account.embedding.slice(0, 4) }));

/** On a full disk there is still no reason to leave anything behind. */
function isFull({ code }: DiskFault): boolean {
  return code === "ENOSPC" || code === "EDQUOT";
}

async function withDiskFault<T>(disk: FailingDisk, { what, nth, fault }: FaultyMoment<DiskFault>, work: () => Promise<T>): Promise<Outcome<T>> {
  disk.failAt(nth, fault);
  const at = (): string => `${what}, ${disk.steps[nth] ?? "never"}`;
  try {
    const outcome = await outcomeOf(what, work);
    if (outcome.error !== undefined) expect(CODES, at()).toContain(outcome.error.code);
    if (outcome.error !== undefined && isFull(fault)) expect(outcome.error.code, at()).toBe("DISK_FULL");
    return outcome;
  } finally {
    disk.heal();
  }
}

/** Every backup in it is whole; the contents of them. */
async function contentsOf(what: string, folder: string): Promise<Set<string>> {
  const names = await readdir(folder);
  const contents = new Set<string>();
  for (const name of names.filter((each) => each.startsWith("user_backup_"))) {
    const { digest, kind } = await verifyBackup({ path: join(folder, name) });
    expect(kind, `${what}: ${name}`).toBe("format_1");
    contents.add(digest?.content ?? "");
  }
  return contents;
}

async function otherFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith("user_backup_")).sort();
}

async function newestContent(folder: string): Promise<string | undefined> {
  return (await (await openVault(folder)).newestGood()).newest?.verified.digest?.content;
}

it("a backup", { timeout: SWEEP_TIMEOUT_MS }, async () => {
  const site = await createTestSite();
  await site.create();
  await site.add(people.slice(0, 4));
  await backupSite(site);
  const disk = watchDisk(site.folder);
  await site.add(people.slice(0, 5));
  await backupSite(site);
  const steps = disk.steps.length;
  const words = new Set(disk.steps.map((step) => step.split(" ")[0]));
  expect(words).toEqual(new Set(["mkdir", "open", "rename", "write", "sync", "utimes", "link", "rm", "unlink", "rmdir"]));
  disk.heal();
  const ends = { finished: 0, failed: 0 };
  let turn = 0;
  for (const moment of momentsOf(DISK_FAULTS, steps, 1, 11)) {
    // Each time somebody else is on the site.
    turn += 1;
    const newcomer = people.slice(5).map((person) => ({ ...person, id: `newcomer-${turn}`, document: JSON.stringify({ user_id: `newcomer-${turn}`, email: `${turn}@example.com` }) }));
    const before = await newestContent(site.folder);
    const others = await otherFiles(site.folder);
    await site.add(newcomer);
    const { ended, error } = await withDiskFault(disk, moment, async () => await backupSite(site));
    expect(await contentsOf(moment.what, site.folder), moment.what).toContain(before);
    // Where removing fails too, as on a drive that is gone, our own temporary files stay until the next start sweeps them.
    if (isFull(moment.fault)) expect(await otherFiles(site.folder), moment.what).toEqual(others);
    if (ended !== undefined) {
      ends.finished += 1;
      expect(ended, moment.what).toMatchObject({ outcome: "written", accounts: 5 + turn });
      expect(await newestContent(site.folder), moment.what).not.toBe(before);
    } else {
      ends.failed += 1;
      expect(error.hint, moment.what).toMatch(/untouched|folder/i);
    }
    expect(await backupSite(site), moment.what).toMatchObject({ accounts: 5 + turn, passedOver: [] });
    expect(await newestContent(site.folder), moment.what).not.toBe(before);
    expect((await readdir(site.folder)).filter((name) => name.endsWith(".lock")), moment.what).toEqual([]);
  }
  expect(Math.min(ends.finished, ends.failed), JSON.stringify(ends)).toBeGreaterThan(0);
});

it("everybody coming back after a wipe, beside somebody who signed up since", { timeout: SWEEP_TIMEOUT_MS }, async () => {
  const site = await createTestSite();
  await site.create();
  await site.add(people.slice(0, 5));
  const wanted = people.slice(0, 6).map(({ id }) => id).sort();
  const backup = await openBackup({ path: (await backupSite(site)).path });
  const wipe = async (): Promise<void> => {
    await site.wipe();
    await site.create();
    await site.add(people.slice(5));
  };
  const disk = watchDisk(site.folder);
  await wipe();
  await restoreEveryone({ ...site, backup });
  const steps = disk.steps.length;
  disk.heal();
  const ends = { finished: 0, failed: 0 };
  for (const moment of momentsOf(DISK_FAULTS, steps, 1, 12)) {
    await wipe();
    const before = await snapshotSite(site);
    const { ended } = await withDiskFault(disk, moment, async () => await restoreEveryone({ ...site, backup }));
    if (ended !== undefined) {
      ends.finished += 1;
      expect(ended, moment.what).toMatchObject({ added: 5, accountsOnSite: 6, problems: [] });
    } else {
      ends.failed += 1;
      // Without a copy of who is there nothing is written.
      expect(await snapshotSite(site), moment.what).toEqual(before);
    }
    expect(await restoreEveryone({ ...site, backup }), moment.what).toMatchObject({ accountsOnSite: 6, problems: [] });
    expect([...(await site.read()).keys()].sort(), moment.what).toEqual(wanted);
  }
  expect(Math.min(ends.finished, ends.failed), JSON.stringify(ends)).toBeGreaterThan(0);
});

it("a redeploy", { timeout: SWEEP_TIMEOUT_MS }, async () => {
  const stage = await createFaultyRedeploys(5);
  const first = await stage.begin();
  const counting = watchDisk(first.folder);
  await redeploySite(first);
  const steps = counting.steps.length;
  const ends = { finished: 0, failed: 0 };
  // Every second: the backups in it have had their turn above.
  for (const moment of momentsOf(DISK_FAULTS, steps, 1, 13).filter(({ nth }) => nth % 2 === 0)) {
    const { what } = moment;
    const request = await stage.begin();
    const disk = watchDisk(request.folder);
    const deploysBefore = stage.service.deploys.length;
    const { ended } = await withDiskFault(disk, moment, async () => await redeploySite(request));
    const begun = stage.service.deploys.length - deploysBefore;
    ends[ended === undefined ? "failed" : "finished"] += 1;
    expect(begun, what).toBeLessThanOrEqual(1);
    if (ended !== undefined) expect([ended.accountsOnSite, await stage.onSite()], what).toEqual([5, stage.everybody]);
    const somewhere = new Set([...(await stage.onSite()).keys(), ...(await stage.inNewestBackup(request.folder))]);
    expect([...somewhere].sort(), what).toEqual([...stage.everybody.keys()]);
    await redeploySite({ ...request, resumeOnly: true });
    expect(await stage.onSite(), what).toEqual(stage.everybody);
    expect(stage.service.deploys.length - deploysBefore, what).toBe(begun);
  }
  expect(Math.min(ends.finished, ends.failed), JSON.stringify(ends)).toBeGreaterThan(0);
});
