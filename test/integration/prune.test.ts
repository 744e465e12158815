/** `account-keeper prune` on real backups: what it shows, asks and answers, and what is left when it is killed. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { verifyBackup } from "../../electron/engine/backup/verify-backup.ts";
import { openVault, type Shelf } from "../../electron/engine/vault/vault.ts";
import { letLocksAge, ownTemporary, runCli, runCliJson, startCli } from "../support/cli-process.ts";
import { fileSteps, stepsIn } from "../support/file-steps.ts";
import { snapshotFolder } from "../support/snapshots.ts";
import { account, accounts, makeBackup } from "../unit/backup/make-backup.ts";

/** Noon of the Wednesday so many weeks ago. */
function wednesday(weeksAgo: number): Date {
  const today = new Date();
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() - ((today.getDay() + 4) % 7) - 7 * weeksAgo, 12);
}

function dayBefore(time: Date, days = 1): Date {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate() - days, 12);
}

async function keep(folder: string, timestamp: Date, held: number, kind: Shelf = "normal"): Promise<string> {
  return (await (await openVault(folder)).place(await makeBackup(folder, accounts(held), { timestamp }), { kind })).name;
}

interface AgedVault {
  readonly folder: string;
  /** Oldest first. */
  readonly old: readonly string[];
  readonly newest: string;
}

/** Three that have had their time, in weeks whose later backup stays, and the newest. */
async function agedVault(): Promise<AgedVault> {
  const folder = ownTemporary();
  const old: string[] = [];
  for (const weeksAgo of [30, 20, 10]) {
    old.push(await keep(folder, dayBefore(wednesday(weeksAgo)), 1));
    await keep(folder, wednesday(weeksAgo), 2);
  }
  return { folder, old, newest: await keep(folder, new Date(), 3) };
}

const backupsIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith("user_backup_")).sort();

describe("account-keeper prune", () => {
  it("--dry-run shows what would go and why the rest stays, and removes nothing", async () => {
    const { folder, old, newest } = await agedVault();
    const before = snapshotFolder(folder);
    const [people, machines] = await Promise.all([runCli(["prune", folder, "--dry-run"]), runCliJson(["prune", folder, "--dry-run"])]);
    expect(people).toMatchObject({ code: 0, stderr: "" });
    const lines = people.stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(7);
    expect(lines[0]).toMatch(new RegExp(`^keep {4}${newest} · .* · 3 accounts · the newest$`));
    expect(lines.filter((line) => line.endsWith("· the last of its week"))).toHaveLength(3);
    for (const name of old) expect(lines.filter((line) => line.startsWith(`remove  ${name} · `) && line.endsWith(" · 1 account"))).toHaveLength(1);
    expect(machines.code).toBe(0);
    expect(Object.keys(machines.answer)).toEqual(["ok", "outcome", "keep", "remove"]);
    expect(machines.answer).toMatchObject({ ok: true, outcome: "planned", remove: [...old].reverse().map((name) => ({ name, shelf: "normal" })) });
    expect(machines.answer["keep"]).toContainEqual({ name: newest, shelf: "normal", because: "newest" });
    expect(snapshotFolder(folder)).toEqual(before);
  });

  it("needs --yes where nobody can be asked: exit code 2, nothing removed", async () => {
    const { folder } = await agedVault();
    const before = snapshotFolder(folder);
    const [people, machines] = await Promise.all([runCli(["prune", folder]), runCliJson(["prune", folder])]);
    expect(people).toMatchObject({ code: 2, stderr: "This needs your yes: Remove 3 old backups?\nAdd --yes to go on without being asked. Nothing was changed.\n" });
    expect(machines).toMatchObject({ code: 2, answer: { ok: false, error: { code: "CONFIRMATION_NEEDED", retryable: false } } });
    expect(snapshotFolder(folder)).toEqual(before);
  });

  it("--yes removes them, and the second time there is nothing to do", async () => {
    const { folder, old } = await agedVault();
    const before = backupsIn(folder);
    const first = await runCliJson(["prune", folder, "--yes"]);
    expect(first).toMatchObject({ code: 0, answer: { outcome: "pruned", remove: old.map((name) => ({ name, shelf: "normal" })), held_back: [] } });
    expect(backupsIn(folder)).toEqual(before.filter((name) => !old.includes(name)));
    expect(await runCliJson(["prune", folder])).toMatchObject({ code: 0, answer: { ok: true, outcome: "nothing_to_do", remove: [] } });
    expect(await runCli(["prune", folder])).toMatchObject({ code: 0, stdout: "No backup is old enough to go.\n", stderr: "" });
  });

  it("says how many went, and which stays for the sake of somebody in it", async () => {
    const { folder } = await agedVault();
    const vault = await openVault(folder);
    const lonely = (await vault.place(await makeBackup(folder, [account("left-long-ago")], { timestamp: dayBefore(new Date(), 500) }), { kind: "short" })).name;
    await keep(folder, dayBefore(new Date()), 2, "short");
    const end = await runCli(["prune", folder, "--yes"]);
    expect(end).toMatchObject({ code: 0, stderr: "" });
    expect(end.stdout).toContain(`\n3 old backups were removed.\nshort/${lonely} stays: it holds somebody the newest backup does not.\n`);
    expect(backupsIn(join(folder, "short"))).toHaveLength(2);
  });

  it("refuses when no good backup is left: exit code 10, nothing removed", async () => {
    const { folder } = await agedVault();
    // Behind the head, where only reading it all finds it.
    for (const name of backupsIn(folder)) writeFileSync(join(folder, name), readFileSync(join(folder, name), "utf8").replace("secret-of-u-1", "secret-of-x-1"));
    const before = snapshotFolder(folder);
    expect(await runCliJson(["prune", folder, "--yes"])).toMatchObject({ code: 10, answer: { ok: false, error: { code: "BACKUP_NOT_FOUND" } } });
    expect(snapshotFolder(folder)).toEqual(before);
  });

  it("wants a folder that is there: 2 without one, 1 for a missing one", async () => {
    expect(await runCliJson(["prune"])).toMatchObject({ code: 2, answer: { error: { code: "USAGE" } } });
    expect(await runCliJson(["prune", join(ownTemporary(), "missing")])).toMatchObject({ code: 1, answer: { error: { code: "FOLDER_NOT_FOUND" } } });
  });

  it("killed before any step leaves every other backup whole, and the next run finishes", async () => {
    const calm = await agedVault();
    const end = await startCli(["prune", calm.folder, "--yes"], { preload: fileSteps(null), temporary: ownTemporary() }).ended;
    expect(stepsIn(end.stderr).filter((step) => step.startsWith("rm user_backup_"))).toEqual(calm.old.map((name) => `rm ${name}`));
    // How many steps there are depends on the time it takes: locks are kept fresh.
    for (let step = 1; ; step += 1) {
      const { folder, old, newest } = await agedVault();
      const before = backupsIn(folder);
      const killed = await startCli(["prune", folder, "--yes"], { preload: fileSteps(step), temporary: ownTemporary() }).ended;
      if (killed.code === 0) {
        expect(stepsIn(killed.stderr)).toHaveLength(step - 1);
        break;
      }
      expect(killed.code, `killed before step ${step}`).toBeNull();
      const left = backupsIn(folder);
      const gone = before.filter((name) => !left.includes(name));
      expect(gone).toEqual(old.slice(0, gone.length));
      for (const name of left) expect(await verifyBackup({ path: join(folder, name) })).toMatchObject({ kind: "format_1" });
      expect((await (await openVault(folder)).newestGood()).newest?.entry.name).toBe(newest);
      letLocksAge(folder);
      expect(await runCliJson(["prune", folder, "--yes"])).toMatchObject({ code: 0 });
      expect(backupsIn(folder)).toEqual(before.filter((name) => !old.includes(name)));
    }
  });
});
