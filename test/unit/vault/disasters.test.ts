/** What is left after the worst moments: killed, disk full, folder read-only. Each in a process of its own. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { verifyBackup } from "../../../electron/engine/backup/verify-backup.ts";
import { openVault } from "../../../electron/engine/vault/vault.ts";
import { bundleChild } from "../../support/bundle-child.ts";
import { accounts, makeBackup, namesIn, tempFolder } from "../backup/make-backup.ts";

const SLOW = 120_000;
const ACCOUNTS = 2_000;
const MOUNT = "mount";
const UNMOUNT = "umount";
const isRoot = process.getuid?.() === 0;

let child: string;
beforeAll(async () => {
  child = await bundleChild(new URL("./child-writer.ts", import.meta.url));
}, SLOW);
afterAll(async () => await rm(dirname(child), { recursive: true, force: true }));

const outcomeSchema = z.union([z.object({ name: z.string() }), z.object({ error: z.object({ code: z.string(), message: z.string(), hint: z.string() }) })]);

/** Backs up in a child process and returns what it printed. */
function backUpInChild(folder: string, count: number, mode: "once" | "as-nobody" = "once"): z.infer<typeof outcomeSchema> {
  const { stdout, stderr } = spawnSync(process.execPath, [child, mode, folder, String(count)], { encoding: "utf8" });
  if (stdout === "") throw new Error(stderr);
  return outcomeSchema.parse(JSON.parse(stdout));
}

function isFinalName(name: string): boolean {
  return name.startsWith("user_backup_");
}

describe("kill -9 while a backup is written", () => {
  it("leaves every backup whole, at whatever moment, and the next one clears up", async () => {
    const folder = await tempFolder();
    const vault = await openVault(folder);
    await vault.place(await makeBackup(folder, accounts(5), { timestamp: new Date(2026, 10, 1, 9) }), { kind: "normal" });
    for (let round = 0; round < 12; round += 1) {
      const writer = spawn(process.execPath, [child, "forever", folder, String(ACCOUNTS)], { stdio: ["ignore", "pipe", "inherit"] });
      onTestFinished(() => void writer.kill("SIGKILL"));
      await once(writer.stdout, "data");
      await sleep(20 + round * 37);
      writer.kill("SIGKILL");
      await once(writer, "exit");

      for (const name of (await readdir(folder)).filter(isFinalName)) {
        const { accountCount } = await verifyBackup({ path: join(folder, name) });
        expect([5, ACCOUNTS], name).toContain(accountCount);
      }
      const { newest, passedOver } = await vault.newestGood();
      expect(newest).not.toBeNull();
      expect(passedOver).toStrictEqual([]);
    }
    expect(backUpInChild(folder, 7)).toMatchObject({ name: expect.stringMatching(/^user_backup_\d{8}\.json$/) as string });
    expect((await namesIn(folder)).filter((name) => !isFinalName(name))).toStrictEqual([]);
    expect((await vault.newestGood()).newest?.verified.accountCount).toBe(7);
  }, SLOW);
});

/** A file system of this size, which a full disk needs; undefined where this machine does not let us have one. */
async function smallDisk(sizeKb: number): Promise<string | undefined> {
  const folder = join(await tempFolder(), "small-disk");
  await mkdir(folder);
  try {
    execFileSync(MOUNT, ["-t", "tmpfs", "-o", `size=${sizeKb}k,mode=777`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync(UNMOUNT, [folder]));
  return folder;
}

describe("a full disk", () => {
  // 2,000 accounts need 0.2 MB for one spool, up to 1 MB for the other and 1.2 MB for the file: each size fills at another step.
  it.for([200, 500, 700, 1_200, 1_500])("of %i KB is said aloud, and leaves the backup before it and nothing else", { timeout: SLOW }, async (sizeKb, { skip }) => {
    const folder = await smallDisk(sizeKb);
    if (folder === undefined) return skip("SKIPPED: a small disk cannot be mounted here, so a full one was not tested.");
    const vault = await openVault(folder);
    await vault.place(await makeBackup(folder, accounts(5)), { kind: "normal" });
    expect(backUpInChild(folder, ACCOUNTS)).toMatchObject({ error: { code: "DISK_FULL", message: "Your disk is full." } });
    expect(await namesIn(folder)).toStrictEqual(["user_backup_20261123.json"]);
    expect((await vault.newestGood()).newest?.verified.accountCount).toBe(5);
  });
});

describe("a folder that may not be written", () => {
  it("is said aloud and stays as it is", async () => {
    const folder = join(await tempFolder(), "read-only");
    const vault = await openVault(folder, { create: true });
    await vault.place(await makeBackup(folder, accounts(5)), { kind: "normal" });
    await chmod(folder, 0o555);
    // Root may write anywhere, so the child is somebody else; the folders above must let that somebody pass.
    if (isRoot) await chmod(join(folder, ".."), 0o755);
    const outcome = backUpInChild(folder, 1, isRoot ? "as-nobody" : "once");
    expect(outcome).toMatchObject({ error: { code: "FOLDER_NOT_WRITABLE", message: "We cannot write to your backup folder." } });
    expect(await namesIn(folder)).toStrictEqual(["user_backup_20261123.json"]);
    await chmod(folder, 0o755);
  }, SLOW);
});
