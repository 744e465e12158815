/** `account-keeper restore --on-startup`, as a start command runs it: nobody can be asked, and what it ends with decides whether the site starts. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { variableOfSite } from "../../electron/engine/operations/make-variable.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { CLI_MAIN, type CliEnd, type CliOptions } from "../support/cli-process.ts";
import { answerOf, createCliStage, type CliStage } from "../support/cli-stage.ts";
import { accountsIn } from "../support/folders.ts";
import { hasTerminal, runInTerminal } from "../support/terminal.ts";

const FRESH = "📭 No user backup found - starting fresh\n";
const NEITHER = "There is neither a backup nor a variable.\nFor a new site that is right. Otherwise set USER_BACKUP_DATA, or name a backup with --from.\n";
/** It holds no vectors, and nothing tells their length: whoever reads the log is to know, for a wrong one stops new sign-ups. */
const FROM_VARIABLE =
  "✅ Restored 2 users from backup\n2 accounts come without search vectors and get stand-ins of length 384. Signing in does not need them.\nNothing here tells that length, so we take the usual one. If your site uses another, name it with --dimension: a wrong one stops new sign-ups.\n";
const allIds = (count: number): string[] => sampleAccounts(count).map(({ id }) => id).sort();

interface StartupStage extends CliStage {
  /** USER_BACKUP_DATA of the site as it was: its first two accounts only, so that one sees where somebody came from. */
  readonly variable: string;
  startUp(args?: readonly string[], options?: CliOptions): Promise<CliEnd>;
  idsOnSite(): Promise<string[]>;
}

/** A wiped site that had three accounts, with a backup of them all unless `backedUp` is false. */
async function wipedStage(backedUp = true): Promise<StartupStage> {
  const stage = await createCliStage(sampleAccounts(2));
  const variable = (await variableOfSite(stage.site)).value;
  await stage.site.add(sampleAccounts(3));
  if (backedUp) await stage.backUp();
  await stage.site.wipe();
  return {
    ...stage,
    variable,
    startUp: async (args = ["--from", stage.vault], options = {}) => await stage.run(["restore", "--on-startup", ...stage.source, ...args], options),
    idsOnSite: async () => [...(await stage.site.read()).keys()].sort(),
  };
}

const setTo = (USER_BACKUP_DATA: string): CliOptions => ({ env: { USER_BACKUP_DATA } });

describe("a site with accounts", () => {
  it("is left alone: exit code 0, nothing written, also where there is a backup with more", async () => {
    const stage = await createCliStage(sampleAccounts(3));
    await stage.backUp();
    await stage.site.deleteAccounts(allIds(3).slice(1));
    const before = await stage.state();
    const args = ["restore", "--on-startup", ...stage.source, "--from", stage.vault];
    expect(await stage.run(args)).toMatchObject({ code: 0, stdout: "1 account on your site. Nothing to do.\n", stderr: "" });
    const end = await stage.run([...args, "--json"]);
    expect(answerOf(end)).toEqual({ ok: true, outcome: "accounts_present", accounts: 1 });
    expect(end.code).toBe(0);
    expect(await stage.state()).toEqual(before);
  });

  it("starts also when its backups are damaged: nobody needs them", async () => {
    const stage = await createCliStage(sampleAccounts(1));
    writeFileSync(join(stage.vault, "user_backup_20261123.json"), '{"account_keeper":');
    expect(await stage.run(["restore", "--on-startup", ...stage.source, "--from", stage.vault])).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("a site without accounts", () => {
  it.each(["an empty folder", "no folder"])("and without a backup, with %s, starts fresh: exit code 10, no word of failure", async (place) => {
    const stage = await wipedStage(false);
    const args = ["--from", place === "no folder" ? join(stage.folder, "missing") : stage.vault];
    expect(await stage.startUp(args)).toMatchObject({ code: 10, stdout: FRESH, stderr: NEITHER });
    const end = await stage.startUp([...args, "--json"]);
    expect(end.code).toBe(10);
    expect(answerOf(end)).toMatchObject({ ok: false, error: { code: "BACKUP_NOT_FOUND", retryable: false } });
    // Not even an empty collection: the site makes its own.
    expect((await stage.state()).site).toBeNull();
  });

  it("takes the backup before the variable", async () => {
    const stage = await wipedStage();
    expect(await stage.startUp(undefined, setTo(stage.variable))).toMatchObject({ code: 0, stdout: "✅ Restored 3 users from backup\n", stderr: "" });
    expect(await stage.idsOnSite()).toEqual(allIds(3));
    expect(await stage.startUp(undefined, setTo(stage.variable))).toMatchObject({ code: 0, stdout: "3 accounts on your site. Nothing to do.\n" });
  });

  it("takes a backup file as well as a folder, and says what it did to machines", async () => {
    const stage = await wipedStage();
    const [entry] = await (await openVault(stage.vault)).list();
    const end = await stage.startUp(["--from", entry?.path ?? "", "--json"]);
    expect(end.code).toBe(0);
    expect(answerOf(end)).toMatchObject({ ok: true, outcome: "restored", from: "file", report: { added: 3, problems: [], collection_created: true, safety_backup: null, accounts_on_site: 3 } });
  });

  it("takes the newest good backup, not one that was kept apart", async () => {
    const stage = await createCliStage(sampleAccounts(3));
    await stage.backUp();
    await stage.site.deleteAccounts(allIds(3).slice(1));
    await backupSite(stage.site);
    await stage.site.wipe();
    expect(await stage.run(["restore", "--on-startup", ...stage.source, "--from", stage.vault])).toMatchObject({ code: 0, stdout: "✅ Restored 3 users from backup\n" });
  });

  it("starts although somebody signed up again: they are there, under another id", async () => {
    const stage = await wipedStage();
    const [first] = sampleAccounts(1);
    if (first === undefined) throw new Error("no account");
    await stage.site.create();
    await stage.site.add([{ ...first, id: "again", document: first.document?.replaceAll(first.id, "again") ?? null }]);
    // Before this restore they are copied to safety, and stand nowhere else.
    expect(await stage.run(["restore", ...stage.source, "--from", stage.vault, "--yes"])).toMatchObject({ code: 0 });
    await stage.site.wipe();
    const end = await stage.startUp(["--from", stage.vault, "--json"]);
    expect(answerOf(end)).toMatchObject({ report: { added: 3, problems: [{ code: "SAME_EMAIL_OTHER_ID", id: first.id }] } });
    expect(end.code).toBe(0);
    expect(await stage.idsOnSite()).toEqual([...allIds(3).filter((id) => id !== first.id), "again"].sort());
  });

  it.each([
    ["the folder is missing", async ({ folder }: CliStage) => await Promise.resolve(join(folder, "missing"))],
    ["the folder is empty", async ({ folder }: CliStage) => await Promise.resolve(mkEmpty(folder))],
    ["the file holds nobody", async (stage: CliStage) => await stage.file("user_backup_20261123.json", '{"backup_timestamp": "2026-11-23T09:00:00", "user_count": 0, "users": []}')],
  ])("takes the variable when %s", async (_, place) => {
    const stage = await wipedStage(false);
    const args = ["--from", await place(stage)];
    const end = await stage.startUp([...args, "--json"], setTo(stage.variable));
    expect(end.code).toBe(0);
    expect(answerOf(end)).toMatchObject({ outcome: "restored", from: "variable", report: { added: 2 } });
    expect(await stage.idsOnSite()).toEqual(allIds(2));
  });

  it("takes the variable when the backup is damaged, and says that it does", async () => {
    const stage = await wipedStage();
    for (const { path } of await (await openVault(stage.vault)).list()) writeFileSync(path, readFileSync(path).subarray(0, 500));
    const end = await stage.startUp(undefined, setTo(stage.variable));
    expect(end).toMatchObject({ code: 0, stdout: FROM_VARIABLE });
    expect(end.stderr).toMatch(/^The backup in .* is not used: None of the backups in this folder can be used\. We take USER_BACKUP_DATA instead\.\n$/);
    await stage.site.wipe();
    expect(answerOf(await stage.startUp(["--from", stage.vault, "--json"], setTo(stage.variable)))).toMatchObject({ ok: true, from: "variable", not_used: { code: "BACKUP_DAMAGED" } });
  });

  it("does not start fresh on a damaged backup alone: exit code 1, and the site is untouched", async () => {
    const stage = await wipedStage();
    for (const { path } of await (await openVault(stage.vault)).list()) writeFileSync(path, readFileSync(path).subarray(0, 500));
    const end = await stage.startUp();
    expect(end).toMatchObject({ code: 1, stdout: "" });
    expect(end.stderr).toMatch(/^❌ Failed to restore users from backup: None of the backups in this folder can be used\.\n/);
    expect(answerOf(await stage.startUp(["--from", stage.vault, "--json"]))).toMatchObject({ ok: false, error: { code: "BACKUP_DAMAGED" } });
    expect((await stage.state()).site).toBeNull();
  });

  it("nor on a variable that was cut, alone", async () => {
    const stage = await wipedStage(false);
    const end = await stage.startUp(undefined, setTo(stage.variable.slice(0, 101)));
    expect(end).toMatchObject({ code: 1, stdout: "" });
    expect(end.stderr).toContain("❌ Failed to restore users from backup: ");
    expect(end.stderr + end.stdout).not.toContain(stage.variable.slice(0, 40));
  });

  it("never asks, not even for a passphrase: exit code 12", async () => {
    const stage = await createCliStage(sampleAccounts(2));
    await stage.backUp("four random words here");
    await stage.site.wipe();
    const args = ["restore", "--on-startup", ...stage.source, "--from", stage.vault];
    expect(await stage.run(args)).toMatchObject({ code: 12 });
    expect(await stage.run(args, { env: { ACCOUNT_KEEPER_PASSPHRASE: "four random words here" } })).toMatchObject({ code: 0, stdout: "✅ Restored 2 users from backup\n" });
  });

  it.skipIf(!hasTerminal)("not on a terminal either", async () => {
    const stage = await createCliStage(sampleAccounts(1));
    await stage.backUp("four random words here");
    await stage.site.wipe();
    const run = runInTerminal(["restore", "--on-startup", ...stage.source, "--from", stage.vault], stage.env);
    expect(await run.ended).toBe(12);
    expect(run.output()).toContain("passphrase");
    expect(run.output()).not.toContain("✅");
  });

  it("fails when the database does not answer: exit code 1, not 10", async () => {
    const stage = await wipedStage();
    const end = await stage.run(["restore", "--on-startup", "--url", "http://127.0.0.1:9", "--from", stage.vault]);
    expect(end).toMatchObject({ code: 1, stdout: "" });
    expect(end.stderr).toContain("❌ Failed to restore users from backup: ");
  });
});

describe("the start command of the README", () => {
  /** Whether the site was started. */
  function startSite({ source, temporary, env }: CliStage, from: string): boolean {
    const recipe = '("$@" || [ $? -eq 10 ]) && echo "site started"';
    const { stdout } = spawnSync("sh", ["-c", recipe, "sh", process.execPath, CLI_MAIN, "restore", "--on-startup", ...source, "--from", from], {
      env: { PATH: process.env["PATH"], TMPDIR: temporary, ...env },
      encoding: "utf8",
    });
    return stdout.endsWith("site started\n");
  }

  it("starts a new site, a restored one and one with accounts, and none whose restore failed", async () => {
    const stage = await wipedStage();
    expect(startSite(stage, join(stage.folder, "missing"))).toBe(true);
    expect(startSite(stage, await stage.file("user_backup_20261123.json", "{"))).toBe(false);
    expect((await stage.state()).site).toBeNull();
    expect(startSite(stage, stage.vault)).toBe(true);
    expect(await stage.idsOnSite()).toEqual(allIds(3));
    expect(startSite(stage, stage.vault)).toBe(true);
  });
});

describe("without --from", () => {
  it("means the folder `backups` where the command was started", async () => {
    const stage = await wipedStage(false);
    const place = join(stage.folder, "app");
    mkdirSync(join(place, "backups"), { recursive: true });
    await stage.site.create();
    await stage.site.add(sampleAccounts(3));
    await backupSite({ ...stage.site, folder: join(place, "backups") });
    await stage.site.wipe();
    expect(await stage.run(["restore", "--on-startup", ...stage.source], { preload: startIn(place) })).toMatchObject({ code: 0, stdout: "✅ Restored 3 users from backup\n", stderr: "" });
  });

  it("is a mistake for any other restore", async () => {
    const stage = await wipedStage();
    expect(await stage.run(["restore", ...stage.source])).toMatchObject({ code: 2, stderr: "--from is missing.\nSee account-keeper restore --help.\n" });
  });

  it.each([["--undo"], ["--policy", "overwrite"], ["--only", "user_1"], ["--dry-run"]])("--on-startup does not go together with %s", async (...flags) => {
    const stage = await wipedStage();
    expect(await stage.startUp(flags)).toMatchObject({ code: 2, stderr: `--on-startup does not go together with ${flags[0]}.\nSee account-keeper restore --help.\n` });
  });
});

describe("a data folder that a redeploy has emptied", () => {
  it.each(["empty", "missing"])("%s: the variable alone brings everyone back, and the site finds them there", async (state) => {
    const stage = await wipedStage(false);
    const folder = state === "empty" ? mkEmpty(stage.folder) : join(stage.folder, "chroma_db");
    const start = async (...more: string[]): Promise<CliEnd> => await stage.run(["restore", "--on-startup", "--folder", folder, ...more], { ...setTo(stage.variable), preload: startIn(stage.folder) });
    expect(await start()).toMatchObject({ code: 0, stdout: FROM_VARIABLE, stderr: "" });
    expect([...(await accountsIn(folder)).keys()].sort()).toEqual(allIds(2));
    expect(await start()).toMatchObject({ code: 0, stdout: "2 accounts on your site. Nothing to do.\n" });
  });

  it("without a variable stays as it is, for the site to begin: exit code 10", async () => {
    const stage = await wipedStage(false);
    const folder = join(stage.folder, "chroma_db");
    expect(await stage.run(["restore", "--on-startup", "--folder", folder], { preload: startIn(stage.folder) })).toMatchObject({ code: 10, stdout: FRESH, stderr: NEITHER });
    expect(() => readFileSync(folder)).toThrow("ENOENT");
  });
});

/** The folder a command is started in, set before anything of it runs. */
function startIn(folder: string): string {
  return `process.chdir(${JSON.stringify(folder)});`;
}

function mkEmpty(folder: string): string {
  mkdirSync(join(folder, "empty"));
  return join(folder, "empty");
}
