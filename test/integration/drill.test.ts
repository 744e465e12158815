/** The rehearsal: who would come back and could sign in, told by a real ChromaDB that leaves nothing behind. */
import { readdirSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../../electron/cli/commands/index.ts";
import { describeProgress } from "../../electron/cli/progress-bar.ts";
import { openBackup, type OpenBackup } from "../../electron/engine/backup/read-backup.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { drillBackup } from "../../electron/engine/drill/drill.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { variableOfBackup } from "../../electron/engine/operations/make-variable.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import { readNotes } from "../../electron/engine/vault/notes.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import type { Progress } from "../../shared/progress.ts";
import { oddAccounts } from "../support/odd-accounts.ts";
import { createTestSite, temporaryFolder } from "../support/site.ts";
import { snapshotFolder } from "../support/snapshots.ts";
import { createFakeHost, run, type CliRun } from "../unit/cli/fake-host.ts";
import { errorOf, FIXTURES, makeBackup } from "../unit/backup/make-backup.ts";

const HASH = "$2b$12$Q/ukLYex2.GQSJ07jARWjOS39n8xJClzWUTcxXMA1LSOrkjz9f4fa";

/** Folders of servers of this process, and, where there is /proc, the processes that serve them. */
function running(): { folders: string[]; processes: number[] } {
  const mark = new RegExp(`account-keeper-server-[0-9a-f]{8}-${process.pid}-`);
  const processes = process.platform !== "linux" ? [] : readdirSync("/proc").filter((name) => /^\d+$/.test(name) && mark.test(commandLine(name))).map(Number);
  return { folders: readdirSync(tmpdir()).filter((name) => mark.test(name)), processes };
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return "";
  }
}

function expectNothingLeft(): void {
  expect(running()).toEqual({ folders: [], processes: [] });
}

/** Places a backup of these records in a vault; returns its path. */
async function keep(folder: string, records: readonly AccountRecord[], options: { passphrase?: string; timestamp?: Date } = {}): Promise<string> {
  return (await (await openVault(folder)).place(await makeBackup(folder, records, options), { kind: "normal" })).path;
}

async function drill(...args: readonly string[]): Promise<CliRun> {
  return await run(["drill", ...args], commands, createFakeHost());
}

function answer({ out }: CliRun): Record<string, unknown> {
  return { ...(JSON.parse(out) as object) };
}

function account(id: string, change: Record<string, unknown> = {}, metadata: Record<string, unknown> | null = {}): AccountRecord {
  const own = { user_id: id, email: `${id}@example.com`, password_hash: HASH, ...change };
  return { id, document: JSON.stringify(own), metadata: metadata === null ? null : JSON.stringify({ user_id: id, email: own.email, ...metadata }), uri: null, embedding: new Float32Array([1, 2, 3]) };
}

const broken: readonly (readonly [AccountRecord, string])[] = [
  [{ ...account("diary"), document: "Dear diary" }, "UNREADABLE"],
  [{ ...account("nothing"), document: null }, "UNREADABLE"],
  [account("other-id", { user_id: "somebody" }), "OTHER_ID"],
  [account("no-email", { email: null }, null), "NO_EMAIL"],
  [account("twin-a", { email: "twin@example.com" }), "SAME_EMAIL"],
  [account("twin-b", { email: "twin@example.com" }), "SAME_EMAIL"],
  [account("no-password", { password_hash: "" }), "NO_PASSWORD"],
  [account("plain-password", { password_hash: "hunter2-s3cret" }), "UNKNOWN_PASSWORD"],
  [account("cut-password", { password_hash: HASH.slice(0, -1) }), "UNKNOWN_PASSWORD"],
  [account("moved", {}, { email: "old-s3cret@example.com" }), "EMAIL_DIFFERS"],
  [account("no-metadata", {}, null), "EMAIL_NOT_IN_METADATA"],
];
const mixed = [account("ann"), ...broken.map(([record]) => record), account("zoe")];

describe("a rehearsal", () => {
  it("brings every account of a real site back and finds that all can sign in", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(sampleAccounts(36));
    const { path } = await backupSite(site);
    const seen: Progress[] = [];
    let during = { folders: 0, processes: 0 };
    const onProgress = (progress: Progress): void => {
      seen.push(progress);
      if (progress.phase === "rehearsing" && progress.done > 18 && progress.done < 36) during = { folders: running().folders.length, processes: running().processes.length };
    };
    const report = await drillBackup({ backup: await openBackup({ path }) }, { onProgress });
    expect(report).toEqual({ records: 36, restored: 36, couldNotSignIn: [], couldNotSignInCount: 0, problems: [], problemCount: 0, durationMs: expect.any(Number) as number, ok: true });
    // What looks for leftovers does find a server while there is one.
    expect(during).toEqual({ folders: 1, processes: process.platform === "linux" ? 1 : 0 });
    expectNothingLeft();

    const rehearsing = seen.filter(({ phase }) => phase === "rehearsing");
    expect(new Set(seen.map(({ phase }) => phase))).toEqual(new Set(["starting_server", "rehearsing"]));
    expect(rehearsing.map(({ done }) => done)).toEqual(rehearsing.map(({ done }) => done).sort((a, b) => a - b));
    expect(rehearsing.at(-1)).toEqual({ phase: "rehearsing", done: 36, total: 36, unit: "accounts", canCancel: true, problems: 0 });
    for (const progress of rehearsing) expect(describeProgress(progress)).toMatch(/^Rehearsing: \d+ of 36$/);
    // The site was not part of it.
    expect((await site.read()).size).toBe(36);
  });

  it("names everybody who could not sign in, and why, without a secret", async () => {
    const path = await keep(await temporaryFolder(), mixed);
    const report = await drillBackup({ backup: await openBackup({ path }) });
    expect(report).toMatchObject({ records: mixed.length, restored: mixed.length, problems: [], couldNotSignInCount: broken.length, ok: false });
    expect(Object.fromEntries(report.couldNotSignIn.map(({ id, reasons }) => [id, reasons.map(({ code }) => code)]))).toEqual(Object.fromEntries(broken.map(([{ id }, code]) => [id, [code]])));
    expect(JSON.stringify(report)).not.toMatch(/@|s3cret|\$2b/);
    expectNothingLeft();
  });

  it("lists the first hundred and counts all", async () => {
    const path = await keep(await temporaryFolder(), Array.from({ length: 130 }, (_, index) => account(`u-${index}`, { password_hash: null })));
    const { couldNotSignIn, couldNotSignInCount } = await drillBackup({ backup: await openBackup({ path }) });
    expect([couldNotSignIn.length, couldNotSignInCount]).toEqual([100, 130]);
  });

  it("tells what a server gives back otherwise than the backup holds it", async () => {
    // Chroma keeps no null in metadata.
    const changed = { ...account("changed"), metadata: '{"email":"changed@example.com","plan":null}' };
    const path = await keep(await temporaryFolder(), [account("ann"), changed]);
    expect(await drillBackup({ backup: await openBackup({ path }) })).toMatchObject({
      records: 2,
      restored: 1,
      problemCount: 1,
      problems: [{ code: "KEPT_OLDER_VALUE", id: "changed", message: "This account came back, but not just as the backup holds it." }],
      couldNotSignInCount: 0,
      ok: false,
    });
  });

  it("restores odd records and settings of a collection as a restore does", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(oddAccounts);
    const { path } = await backupSite(site);
    expect(await drillBackup({ backup: await openBackup({ path }) })).toMatchObject({ records: oddAccounts.length, restored: oddAccounts.length, problemCount: 0 });
  });

  it.each(["reference-utf8.json", "reference-ascii.json", "bare-array.json", "reference-variable.txt"])("takes what another program wrote: %s", async (name) => {
    const backup = await openBackup({ path: join(FIXTURES, name) });
    const seen: Progress[] = [];
    const report = await drillBackup({ backup }, { onProgress: (progress) => seen.push(progress) });
    expect(report.records).toBeGreaterThan(0);
    expect(report).toMatchObject({ restored: report.records, problemCount: 0 });
    expect(seen.at(-1)).toMatchObject({ phase: "rehearsing", done: report.records, total: report.records });
  });

  it("does not ask how long vectors are: its server is thrown away", async () => {
    const folder = await temporaryFolder();
    const collection = { id: "c", name: "users", metadata: null, configuration: { embedding_function: { type: "known", name: "openai", config: {} } }, schema: null, dimension: null };
    const records = [{ ...account("ann"), embedding: null }];
    const finished = await makeBackup(folder, records, { chroma: { tenant: "t", database: "d", collection } });
    const { path } = await (await openVault(folder)).place(finished, { kind: "normal" });
    expect(await drillBackup({ backup: await openBackup({ path }) })).toMatchObject({ records: 1, restored: 1, ok: true });
  });

  it("has nobody to bring back from an empty backup", async () => {
    const path = await keep(await temporaryFolder(), []);
    expect(await drillBackup({ backup: await openBackup({ path }) })).toMatchObject({ records: 0, restored: 0, ok: true });
    expect((await drill(path)).out).toContain("There is nobody in this backup.");
  });
});

describe("a rehearsal that cannot be", () => {
  it("refuses a damaged backup", async () => {
    const path = await keep(await temporaryFolder(), mixed);
    await writeFile(path, (await readFile(path, "utf8")).replace('"id":"zoe"', '"id":"zoo"'));
    expect((await errorOf(async () => await drillBackup({ backup: await openBackup({ path }) }))).code).toBe("BACKUP_DAMAGED");
    expectNothingLeft();
  });

  it.each(["before it begins", "while accounts are written", "while they are read back", "at its last step"])("is stopped %s", async (when) => {
    const path = await keep(await temporaryFolder(), Array.from({ length: 500 }, (_, index) => account(`u-${index}`)));
    const backup = await openBackup({ path });
    const controller = new AbortController();
    const limit = { "before it begins": -1, "while accounts are written": 200, "while they are read back": 300, "at its last step": 400 }[when] ?? 0;
    if (limit < 0) controller.abort();
    let stoppedAt = -1;
    const onProgress = ({ phase, done }: Progress): void => {
      if (phase !== "rehearsing" || done < limit || stoppedAt >= 0) return;
      stoppedAt = done;
      controller.abort();
    };
    expect((await errorOf(async () => await drillBackup({ backup }, { signal: controller.signal, onProgress }))).code).toBe("CANCELLED");
    expect(stoppedAt).toBe(limit);
    expectNothingLeft();
  });

  it.runIf(process.platform === "linux")("says so when its server dies, and leaves nothing", async () => {
    const path = await keep(await temporaryFolder(), mixed);
    const backup = await openBackup({ path });
    const onProgress = ({ phase, done }: Progress): void => {
      if (phase === "rehearsing" && done > 0) for (const pid of running().processes) process.kill(pid, "SIGKILL");
    };
    expect(await errorOf(async () => await drillBackup({ backup }, { onProgress }))).toMatchObject({ code: "BUNDLED_SERVER_FAILED", message: "The ChromaDB of the rehearsal stopped by itself." });
    expectNothingLeft();
  });
});

describe("account-keeper drill", () => {
  it("rehearses a folder's newest good backup and notes it there", async () => {
    const folder = await temporaryFolder();
    await keep(folder, sampleAccounts(2), { timestamp: new Date(2026, 10, 22, 9) });
    const path = await keep(folder, sampleAccounts(36), { timestamp: new Date(2026, 10, 23, 9) });
    await keep(folder, [], { timestamp: new Date(2026, 10, 24, 9) });
    await writeFile(join(folder, "user_backup_20261124.json"), '{"backup_timestamp":"2026');
    expect(await drill(folder)).toEqual({
      exitCode: 0,
      out: expect.stringMatching(/^All 36 came back and can sign in\.\nuser_backup_20261123\.json, made 23 Nov 2026, 09:00, was rehearsed on a ChromaDB of its own, now thrown away\. Your site was not touched\.\n$/) as string,
      err: expect.stringMatching(/^user_backup_20261124\.json is not used: .+\n$/) as string,
    });
    const digest = (await openBackup({ path })).head?.account_keeper.digest.head ?? "";
    expect((await readNotes(folder)).get(digest)).toEqual({ rehearsedAt: expect.any(Date) as Date, rehearsedOk: true, couldNotSignIn: 0 });
    const { out } = await run(["list", folder], commands, createFakeHost());
    expect(out.split("\n").map((line) => [/user_backup_\d+/.exec(line)?.[0], line.endsWith("  rehearsed")]).slice(0, 3)).toEqual([
      ["user_backup_20261124", false],
      ["user_backup_20261123", true],
      ["user_backup_20261122", false],
    ]);
    expectNothingLeft();
  });

  it("lists who could not sign in, ten by name, with exit code 3", async () => {
    const folder = await temporaryFolder();
    const path = await keep(folder, mixed);
    const { exitCode, out, err } = await drill(path);
    expect({ exitCode, err }).toEqual({ exitCode: 3, err: "" });
    const lines = out.split("\n");
    expect(lines[0]).toBe("11 of 13 could not sign in.");
    expect(lines).toContain("  no-password: No password is stored for this account.");
    expect(lines.slice(1, 11).every((line) => /^ {2}[a-z-]+: [A-Z].*\.$/.test(line))).toBe(true);
    expect(lines[11]).toBe("  and 1 more");
    expect(out).not.toMatch(/@|s3cret|\$2b/);
    const machines = await drill(path, "--json");
    expect(machines.exitCode).toBe(3);
    expect(answer(machines)).toMatchObject({ ok: true, passed: false, records: 13, restored: 13, could_not_sign_in_count: 11, problem_count: 0, noted: true });
    expect(`${machines.out}${await readFile(join(folder, "account-keeper-notes.json"), "utf8")}`).not.toMatch(/@|s3cret|\$2b/);
    const list = await run(["list", folder, "--json"], commands, createFakeHost());
    expect(answer(list)["backups"]).toMatchObject([{ rehearsed: { ok: false, could_not_sign_in: 11 } }]);
    expect((await run(["list", folder], commands, createFakeHost())).out).toContain("  rehearsed: 11 could not sign in\n");
  });

  it("opens a locked backup, and asks nobody without a terminal", async () => {
    const folder = await temporaryFolder();
    const path = await keep(folder, sampleAccounts(3), { passphrase: "a long passphrase" });
    const file = join(await temporaryFolder(), "passphrase");
    await writeFile(file, "a long passphrase\n");
    expect((await drill(path, "--json")).exitCode).toBe(12);
    const opened = await drill(folder, "--passphrase-file", file, "--json");
    expect([opened.exitCode, answer(opened)]).toMatchObject([0, { passed: true, records: 3, noted: true }]);
    expect((await run(["list", folder, "--passphrase-file", file], commands, createFakeHost())).out).toMatch(/ {2}rehearsed\n$/);
    expect((await run(["list", folder], commands, createFakeHost())).out).toMatch(/ {2}has a passphrase\n$/);
    expectNothingLeft();
  });

  it("notes nothing of a damaged backup, and fails", async () => {
    const folder = await temporaryFolder();
    const path = await keep(folder, mixed);
    await writeFile(path, (await readFile(path, "utf8")).replace('"id":"zoe"', '"id":"zoo"'));
    const before = snapshotFolder(folder);
    for (const target of [path, folder]) {
      const { exitCode, out } = await drill(target, "--json");
      expect([exitCode, JSON.parse(out)]).toMatchObject([1, { ok: false, error: { code: "BACKUP_DAMAGED" } }]);
    }
    expect(snapshotFolder(folder)).toEqual(before);
    expectNothingLeft();
  });

  it("rehearses another program's file and the variable, without a note", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "user_backup_20261120.json");
    await writeFile(path, await readFile(join(FIXTURES, "reference-ascii.json")));
    const before = snapshotFolder(folder);
    const file = await drill(path, "--json");
    expect(answer(file)).toMatchObject({ ok: true, kind: "reference", records: 3, restored: 3, noted: false });

    const own = await keep(await temporaryFolder(), sampleAccounts(3));
    const backup: OpenBackup = await openBackup({ path: own });
    const host = createFakeHost({ env: { USER_BACKUP_DATA: (await variableOfBackup(backup)).value } });
    expect(answer(await run(["drill", "variable", "--json"], commands, host))).toMatchObject({ kind: "variable", name: null, passed: true, records: 3, noted: false });
    // Only what happened stands there besides.
    expect(snapshotFolder(folder)).toEqual({ ...before, "account-keeper-activity.jsonl": expect.stringContaining('"kind":"rehearsed"') as string });
  });

  it("does not note for ours what another program's newer one was rehearsed with", async () => {
    const folder = await temporaryFolder();
    await keep(folder, sampleAccounts(2), { timestamp: new Date("2026-11-20T12:00:00Z") });
    const users = sampleAccounts(3).map(({ document }) => JSON.parse(document ?? "") as unknown);
    await writeFile(join(folder, "user_backup_20261121.json"), JSON.stringify({ backup_timestamp: "2026-11-21T12:00:00Z", user_count: 3, users }));
    expect(answer(await drill(folder, "--json"))).toMatchObject({ kind: "reference", records: 3, passed: true, noted: false });
    expect((await readNotes(folder)).size).toBe(0);
  });

  it("says what it found although it could not be noted", async () => {
    const folder = await temporaryFolder();
    await keep(folder, sampleAccounts(2));
    await writeFile(join(folder, "account-keeper-notes.json"), '{"version":2}');
    const { exitCode, out, err } = await drill(folder);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^All 2 came back and can sign in\.\n/);
    expect(err).toBe("This was not noted in the backup folder: a newer Account Keeper keeps its notes there.\n");
  });

  it("stamps a short backup in the vault it belongs to, and no folder for a file of another name", async () => {
    const folder = await temporaryFolder();
    const short = (await (await openVault(folder)).place(await makeBackup(folder, sampleAccounts(2)), { kind: "short" })).path;
    expect(answer(await drill(short, "--json"))).toMatchObject({ noted: true });
    expect((await readNotes(folder)).size).toBe(1);
    const elsewhere = await temporaryFolder();
    await writeFile(join(elsewhere, "copy.json"), await readFile(short));
    expect(answer(await drill(join(elsewhere, "copy.json"), "--json"))).toMatchObject({ passed: true, noted: false });
    expect(readdirSync(elsewhere)).toEqual(["copy.json"]);
  });

  it("finds nothing in an empty folder", async () => {
    expect((await drill(await temporaryFolder(), "--json")).exitCode).toBe(10);
  });
});
