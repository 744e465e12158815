/** Folders that are read-only, full, somebody else's turn, or not what they are called: by name, with a next step, and nothing written. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { chown } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { answerOf, createCliStage, type CliStage } from "../support/cli-stage.ts";
import { expectFailure, expectFailures } from "../support/failures.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { ownTemporary } from "../support/cli-process.ts";
import { runModule } from "../support/processes.ts";
import { snapshotFolder } from "../support/snapshots.ts";
import { chownForNobody, plainUser } from "../support/unprivileged.ts";

async function stageWithBackup(): Promise<CliStage & { readonly path: string }> {
  const stage = await createCliStage();
  const path = await stage.backUp();
  await stage.site.deleteAccounts([sampleAccounts(1)[0]?.id ?? ""]);
  return { ...stage, path };
}

/** The vault belongs to a plain user who may not write to it, as on a drive that is mounted read-only. */
async function readOnlyVault(stage: CliStage & { readonly path: string }): Promise<void> {
  for (const path of [stage.folder, stage.temporary, stage.vault, stage.path]) await chownForNobody(path);
  chmodSync(stage.vault, 0o500);
  onTestFinished(async () => {
    chmodSync(stage.vault, 0o700);
    if (plainUser !== undefined) await chown(stage.vault, 0, 0);
  });
}

it("a new backup folder is not left behind empty", async () => {
  const stage = await createCliStage([]);
  const out = join(stage.folder, "new");
  const backup = async (): Promise<number | null> => (await stage.run(["backup", ...stage.source, "--out", out])).code;
  expect([await backup(), existsSync(out)]).toEqual([10, false]);
  await stage.site.add(sampleAccounts(1));
  expect([await backup(), existsSync(out)]).toEqual([0, true]);
  await stage.site.wipe();
  expect([await backup(), existsSync(out)]).toEqual([10, true]);
});

describe("a backup folder that cannot be written to", () => {
  it("is said to be so, and keeps what it has", async () => {
    const stage = await stageWithBackup();
    await readOnlyVault(stage);
    const options = { uid: plainUser };
    const notWritable = { code: "FOLDER_NOT_WRITABLE", exitCode: 1, message: "We cannot write to your backup folder.", hint: /read-only or belong to someone else/ } as const;
    await expectFailure(stage, ["backup", ...stage.source, "--out", stage.vault], notWritable, options);
    await expectFailure(stage, ["backup", ...stage.source, "--out", join(stage.vault, "new", "er")], notWritable, options);
  });

  it("can still be restored from: the safety copy goes to a folder of the user's own", async () => {
    const stage = await stageWithBackup();
    await readOnlyVault(stage);
    const before = snapshotFolder(stage.vault);
    const { report } = answerOf(await stage.run(["restore", ...stage.source, "--from", stage.vault, "--yes", "--json"], { uid: plainUser })) as { report: { added: number; safety_backup: string } };
    expect(report.added).toBe(1);
    expect(report.safety_backup.startsWith(join(stage.folder, "data"))).toBe(true);
    expect(snapshotFolder(stage.vault)).toEqual(before);
    expect((await stage.site.read()).size).toBe(3);
  });

  it("tells whoever restores from it also who is only in a later copy", async () => {
    const stage = await createCliStage(sampleAccounts(3));
    const path = await stage.backUp();
    // One is gone and one signed up, which nobody has decided: that backup is kept apart, and then the site is wiped.
    await stage.site.deleteAccounts([sampleAccounts(1)[0]?.id ?? ""]);
    await stage.site.add(sampleAccounts(4).slice(3));
    await stage.backUp();
    await stage.site.wipe();
    const short = join(stage.vault, "short");
    for (const place of [short, ...readdirSync(short).map((name) => join(short, name))]) await chownForNobody(place);
    await readOnlyVault({ ...stage, path });
    const end = await stage.run(["restore", ...stage.source, "--from", stage.vault, "--yes"], { uid: plainUser });
    expect(end).toMatchObject({ code: 3, stdout: expect.stringContaining("1 account more is only in a later copy") as string });
  });

  it("tells all the same by which addresses the site is known", async () => {
    const stage = await createCliStage();
    const path = await stage.backUp();
    const proxy = await startFrontProxy({ target: inject("chromaUrl") });
    onTestFinished(async () => await proxy.close());
    const atProxy = ["--url", proxy.url, "--collection", stage.site.collectionName];
    expect(await stage.run(["backup", ...atProxy, "--out", stage.vault])).toMatchObject({ code: 0 });
    await stage.site.wipe();
    const restore = ["restore", ...atProxy, "--from", stage.vault, "--dry-run"];
    expect((await stage.run(restore)).stdout).not.toContain("is that the same site?");
    for (const name of readdirSync(stage.vault)) await chownForNobody(join(stage.vault, name));
    await readOnlyVault({ ...stage, path });
    const { code, stdout } = await stage.run(restore, { uid: plainUser });
    expect(code).toBe(0);
    expect(stdout).not.toContain("is that the same site?");
  });

  it.skipIf(process.platform !== "linux")("that takes no folders at all ends, and is said to be so", async () => {
    const stage = await createCliStage();
    const notWritable = { code: "FOLDER_NOT_WRITABLE", exitCode: 1, message: "We cannot write to your backup folder.", hint: /read-only or belong to someone else/ } as const;
    await expectFailures(stage, [["backup", ...stage.source, "--out", "/proc/account-keeper"], ["backup", ...stage.source, "--out", "/proc/account-keeper/backups"]], notWritable);
    await expectFailure(stage, ["backup", ...stage.source, "--out", stage.vault], { code: "FOLDER_NOT_WRITABLE", exitCode: 1, message: "We cannot write to this computer's temporary folder.", hint: /TMPDIR/ }, { temporary: "/proc/account-keeper" });
    await expectFailure(stage, ["serve", "--data-dir", "/proc/account-keeper", "--no-open"], { code: "FOLDER_NOT_WRITABLE", exitCode: 1, message: /cannot write/ });
  });

  it("a file in the place of the folder", async () => {
    const stage = await stageWithBackup();
    const file = await stage.file("backups", "I am a file");
    await expectFailure(stage, ["backup", ...stage.source, "--out", join(file, "inside")], { code: "FOLDER_NOT_FOUND", exitCode: 1, message: "This is a file, not a folder." });
    await expectFailure(stage, ["list", file], { code: "FOLDER_NOT_FOUND", exitCode: 1, message: "This is a file, not a folder." });
  });
});

/** A file system of its own that holds `kilobytes`; null where this process may not mount one. */
function smallDisk(kilobytes: number): string | null {
  const folder = ownTemporary();
  if (spawnSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder]).status !== 0) return null;
  onTestFinished(() => void spawnSync("umount", [folder]));
  return folder;
}

describe("a full disk", () => {
  it("is said to be so; earlier backups stay, and no half file", async ({ skip }) => {
    const disk = smallDisk(256);
    if (disk === null) {
      console.warn("SKIPPED: the test of a full disk needs the right to mount a small one.");
      skip();
      return;
    }
    const stage = await createCliStage();
    const vault = join(disk, "backups");
    expect(await stage.run(["backup", ...stage.source, "--out", vault])).toMatchObject({ code: 0 });
    await stage.site.add(sampleAccounts(1).map((record) => ({ ...record, id: "big", document: JSON.stringify({ user_id: "big", email: "big@example.com", note: "x".repeat(300_000) }) })));
    const before = snapshotFolder(vault);
    const full = { code: "DISK_FULL", exitCode: 1, message: "Your disk is full.", hint: /Free some space, or choose another backup folder/ } as const;
    await expectFailure(stage, ["backup", ...stage.source, "--out", vault], full);
    expect(snapshotFolder(vault)).toEqual(before);
    // A restore that cannot make its safety copy writes nothing at all.
    await stage.site.deleteAccounts([sampleAccounts(1)[0]?.id ?? ""]);
    await expectFailure(stage, ["restore", ...stage.source, "--from", vault, "--yes"], full);
    expect(snapshotFolder(vault)).toEqual(before);
  });
});

describe("somebody else at work", () => {
  it("BUSY, after some patience", async () => {
    const stage = await stageWithBackup();
    const lock = new URL("../../dist/electron/engine/vault/lock.js", import.meta.url).href;
    // Another process that takes the lock and keeps it fresh.
    const holder = runModule(
      `const { withVaultLock } = await import(${JSON.stringify(lock)});
      await withVaultLock(${JSON.stringify(stage.vault)}, () => { console.log("locked"); return new Promise((end) => { process.once("SIGTERM", end); setInterval(() => {}, 1000); }).then(() => process.exit()); });`,
    );
    onTestFinished(() => void holder.kill("SIGKILL"));
    expect(await holder.firstLine()).toBe("locked");
    // Two sites, one vault: otherwise the two would wait for each other too. The restore needs the vault for its safety copy.
    const other = await createCliStage(sampleAccounts(1));
    // The holder writes into its lock to keep it fresh; everything else stays.
    const state = async (): Promise<unknown> => {
      const { site, vault } = await stage.state();
      return [site, Object.entries(vault ?? {}).filter(([name]) => !name.startsWith(".account-keeper.lock")), await other.state()];
    };
    const before = await state();
    const [backup, restore] = await Promise.all([
      stage.run(["backup", ...stage.source, "--out", stage.vault, "--json"]),
      other.run(["restore", ...other.source, "--from", stage.vault, "--yes"]),
    ]);
    expect(backup.code).toBe(11);
    const hint = "Wait until it is done, then try again.";
    expect(answerOf(backup)).toEqual({ ok: false, error: { code: "BUSY", message: "Another Account Keeper is backing up this site.", hint, retryable: true } });
    expect(restore).toMatchObject({ code: 11, stderr: `❌ Failed to restore users from backup: Another Account Keeper is backing up this site.\n${hint}\n` });
    expect(await state()).toEqual(before);
  });
});

describe("a data folder", () => {
  it("that is none of ChromaDB's, or not there", async () => {
    const stage = await stageWithBackup();
    const other = join(stage.folder, "site");
    mkdirSync(other);
    writeFileSync(join(other, "index.html"), "<h1>Marlow Bakery</h1>");
    const before = snapshotFolder(other);
    const wrong = { code: "NOT_A_CHROMA_FOLDER", exitCode: 1, message: /ChromaDB/ } as const;
    await expectFailures(stage, [["backup", "--folder", other, "--out", stage.vault], ["restore", "--folder", other, "--from", stage.vault, "--yes"], ["status", "--folder", other], ["variable", "--folder", other]], wrong);
    expect(snapshotFolder(other)).toEqual(before);
    await expectFailures(stage, [["backup", "--folder", join(other, "missing"), "--out", stage.vault], ["status", "--folder", join(other, "missing")]], { code: "FOLDER_NOT_FOUND", exitCode: 1, message: /folder/ });
    expect(readdirSync(other)).toEqual(["index.html"]);
  });
});
