/** The data folder of a site as a source of the built command: never changed by reading, read even when parts are missing, restored into. */
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordHash } from "../../electron/engine/account.ts";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import { isSameVector } from "../../electron/engine/restore/vectors.ts";
import { ownTemporary, runCliJson } from "../support/cli-process.ts";
import { accountsIn, fingerprintOf, indexFolders, makeDataFolder } from "../support/folders.ts";
import { temporaryFolder } from "../support/site.ts";

/** Enough for Chroma to write vector index files. */
const accounts = sampleAccounts(1_500).map((account) => ({ ...account, embedding: account.embedding.slice(0, 8) }));

let scratch: string;
let original: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "account-keeper-test-"));
  original = join(scratch, "chroma_db");
  await makeDataFolder(original, accounts);
  expect(indexFolders(original)).toHaveLength(1);
});
afterAll(async () => await rm(scratch, { recursive: true, force: true }));

async function copyOfSite(): Promise<string> {
  const folder = join(await temporaryFolder(), "chroma_db");
  await cp(original, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

/** The command with folders of its own; nothing of it may be left there. */
async function run(args: readonly string[]): Promise<Awaited<ReturnType<typeof runCliJson>>> {
  const temporary = ownTemporary();
  const end = await runCliJson(args, { temporary });
  expect((await readdir(temporary)).filter((name) => name.startsWith("account-keeper-server-"))).toEqual([]);
  return end;
}

async function recordsOf(backup: unknown): Promise<Map<string, AccountRecord>> {
  const records = new Map<string, AccountRecord>();
  for await (const page of (await openBackup({ path: String(backup) })).records()) for (const record of page) records.set(record.id, record);
  return records;
}

function expectEverybody(found: ReadonlyMap<string, AccountRecord>, options: { vectors: boolean }): void {
  expect(found.size).toBe(accounts.length);
  for (const account of accounts) {
    const record = found.get(account.id);
    if (record === undefined) throw new Error(`${account.id} is missing`);
    expect(recordHash(record), account.id).toBe(recordHash(account));
    if (options.vectors) expect(record.embedding !== null && isSameVector(account.embedding, record.embedding), account.id).toBe(true);
  }
}

describe("reading from a data folder", () => {
  it("changes no byte, name or time of it", async () => {
    const folder = await copyOfSite();
    const before = fingerprintOf(folder);
    const vault = await temporaryFolder();
    const backup = await run(["backup", "--folder", folder, "--out", vault]);
    expect(backup).toMatchObject({ code: 0, answer: { outcome: "written", accounts: accounts.length, problem_count: 0 } });
    expectEverybody(await recordsOf(backup.answer["path"]), { vectors: true });
    expect(fingerprintOf(folder), "after a backup").toEqual(before);

    expect(await run(["status", "--folder", folder])).toMatchObject({ code: 0, answer: { accounts: accounts.length } });
    expect(fingerprintOf(folder), "after status").toEqual(before);

    expect(await run(["restore", "--folder", folder, "--from", vault, "--dry-run"])).toMatchObject({ code: 0, answer: { outcome: "planned", plan: { add: [], same: accounts.length } } });
    expect(fingerprintOf(folder), "after a rehearsal").toEqual(before);
    expect((await readdir(vault)).filter((name) => name.startsWith("safety"))).toEqual([]);
  });

  it.each([
    ["all of its index", null],
    ["header.bin", "header.bin"],
    ["data_level0.bin", "data_level0.bin"],
    ["length.bin", "length.bin"],
    ["link_lists.bin", "link_lists.bin"],
  ])("still yields every account when %s is gone", async (_, file) => {
    const folder = await copyOfSite();
    for (const index of indexFolders(folder)) await rm(file === null ? index : join(index, file), { recursive: true });
    const before = fingerprintOf(folder);
    const backup = await run(["backup", "--folder", folder, "--out", await temporaryFolder()]);
    // Done, and the missing vectors are told.
    expect(backup).toMatchObject({ code: 3, answer: { outcome: "written", accounts: accounts.length, records: accounts.length } });
    expectEverybody(await recordsOf(backup.answer["path"]), { vectors: false });
    expect(fingerprintOf(folder)).toEqual(before);
  });
});

describe("restoring into a data folder", () => {
  let full: string | undefined;

  /** A vault with a backup of everybody. One is made; each test has its own copy. */
  async function fullVault(): Promise<string> {
    const vault = await temporaryFolder();
    if (full === undefined) {
      expect((await run(["backup", "--folder", original, "--out", vault])).code).toBe(0);
      full = join(scratch, "vault");
      await cp(vault, full, { recursive: true, preserveTimestamps: true });
    } else {
      await cp(full, vault, { recursive: true, preserveTimestamps: true });
    }
    return vault;
  }

  it.each([
    ["an empty folder", async (folder: string) => await mkdir(folder)],
    ["a folder that is not there", null],
    ["a folder that a repository keeps", async (folder: string) => await mkdir(folder).then(async () => await writeFile(join(folder, ".gitkeep"), ""))],
    ["a new disk", async (folder: string) => await mkdir(join(folder, "lost+found"), { recursive: true })],
  ])("%s", async (_, make) => {
    const folder = join(await temporaryFolder(), "chroma_db");
    await make?.(folder);
    const restore = await run(["restore", "--folder", folder, "--from", await fullVault(), "--yes"]);
    expect(restore).toMatchObject({ code: 0, answer: { outcome: "restored", report: { added: accounts.length, problems: [] } } });
    expectEverybody(await accountsIn(folder), { vectors: true });
  });

  it("a folder with accounts, after a copy of all of it", async () => {
    const few = join(await temporaryFolder(), "few");
    await makeDataFolder(few, accounts.slice(0, 10));
    const before = fingerprintOf(few);
    const vault = await fullVault();
    const restore = await run(["restore", "--folder", few, "--from", vault, "--yes"]);
    expect(restore).toMatchObject({ code: 0, answer: { outcome: "restored", plan: { same: 10 }, report: { added: accounts.length - 10, problems: [] } } });
    expectEverybody(await accountsIn(few), { vectors: true });

    const copies = (await readdir(join(vault, "safety"))).filter((name) => name.startsWith("few_"));
    expect(copies).toHaveLength(1);
    const copy = join(vault, "safety", copies[0] ?? "");
    const contents = (lines: readonly string[]): string[] => lines.map((line) => `${line.split(" ")[0] ?? ""} ${line.split(" ").at(-1) ?? ""}`).filter((line) => !line.startsWith("."));
    expect(contents(fingerprintOf(copy))).toEqual(contents(before));
    expect((await accountsIn(copy)).size).toBe(10);
  });

  it("not into a folder that holds something else", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "holiday.jpg"), "no database");
    const before = fingerprintOf(folder);
    const restore = await run(["restore", "--folder", folder, "--from", await fullVault(), "--yes"]);
    expect(restore).toMatchObject({ code: 1, answer: { ok: false, error: { code: "NOT_A_CHROMA_FOLDER" } } });
    expect(fingerprintOf(folder)).toEqual(before);
  });
});
