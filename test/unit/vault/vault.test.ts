import fs from "node:fs";
import { chmod, link, mkdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import { openVault, type Shelf, type Vault } from "../../../electron/engine/vault/vault.ts";
import { accounts, errorOf, FIXTURES, makeBackup, namesIn, readRecords, tempFolder } from "../backup/make-backup.ts";

const SLOW = 120_000;

/** Local time on one day. */
function at(hours: number, minutes = 0, seconds = 0): Date {
  return new Date(2026, 10, 23, hours, minutes, seconds, 123);
}

interface KeepOptions {
  kind?: Shelf;
  passphrase?: string;
  fewerThan?: { backup: string; accounts: number; missing: number };
}

async function keep(vault: Vault, count: number, timestamp: Date, { kind = "normal", ...rest }: KeepOptions = {}): Promise<string> {
  return (await vault.place(await makeBackup(vault.folder, accounts(count), { timestamp, ...rest }), { kind })).name;
}

async function newVault(): Promise<Vault> {
  return await openVault(join(await tempFolder(), "backups"), { create: true });
}

async function holds(path: string): Promise<number> {
  return (await readRecords(await openBackup({ path }))).length;
}

describe("a vault", () => {
  it("is made for its owner only, also below folders that are missing", async () => {
    const folder = join(await tempFolder(), "a", "b");
    await openVault(folder, { create: true });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await chmod(folder, 0o755);
    await openVault(folder, { create: true });
    expect((await stat(folder)).mode & 0o777).toBe(0o755);
  });

  it("must be a folder that is there", async () => {
    const folder = await tempFolder();
    expect((await errorOf(() => openVault(join(folder, "missing")))).code).toBe("FOLDER_NOT_FOUND");
    await writeFile(join(folder, "file"), "x");
    expect((await errorOf(() => openVault(join(folder, "file")))).code).toBe("FOLDER_NOT_FOUND");
    const vault = await newVault();
    await rm(vault.folder, { recursive: true });
    expect((await errorOf(() => vault.list())).code).toBe("FOLDER_NOT_FOUND");
    expect((await errorOf(() => keep(vault, 1, at(9)))).code).toBe("FOLDER_NOT_FOUND");
  });

  it("holds nothing at first", async () => {
    const vault = await newVault();
    expect(await vault.list()).toStrictEqual([]);
    expect(await vault.newestGood()).toStrictEqual({ newest: null, passedOver: [] });
  });
});

describe("placing", () => {
  it("gives the newest of a day the plain name, and earlier ones their time", async () => {
    const vault = await newVault();
    expect(await keep(vault, 1, at(9))).toBe("user_backup_20261123.json");
    expect(await keep(vault, 2, at(9, 30))).toBe("user_backup_20261123.json");
    expect(await keep(vault, 3, at(18))).toBe("user_backup_20261123.json");
    expect(await keep(vault, 4, new Date(2026, 10, 24, 0, 0, 1))).toBe("user_backup_20261124.json");
    expect(await namesIn(vault.folder)).toStrictEqual(["user_backup_20261123.json", "user_backup_20261123_090000.json", "user_backup_20261123_093000.json", "user_backup_20261124.json"]);
    const counts = await Promise.all((await namesIn(vault.folder)).map((name) => holds(join(vault.folder, name))));
    expect(counts).toStrictEqual([3, 1, 2, 4]);
  });

  it("never uses a name twice, also for two backups of one second", async () => {
    const vault = await newVault();
    for (const count of [1, 2, 3, 4]) await keep(vault, count, at(9));
    expect(await namesIn(vault.folder)).toStrictEqual(["user_backup_20261123.json", "user_backup_20261123_090000.json", "user_backup_20261123_090000_2.json", "user_backup_20261123_090000_3.json"]);
    expect(await holds(join(vault.folder, "user_backup_20261123_090000_2.json"))).toBe(2);
  });

  it("carries the backup's own time, by which the old site chooses", async () => {
    const vault = await newVault();
    const name = await keep(vault, 1, at(9));
    expect((await stat(join(vault.folder, name))).mtime).toStrictEqual(at(9));
  });

  it("keeps short and safety backups out of the way of every restore", async () => {
    const vault = await newVault();
    await keep(vault, 5, at(9));
    expect(await keep(vault, 1, at(10), { kind: "short" })).toBe("user_backup_20261123_100000.json");
    expect(await keep(vault, 2, at(10), { kind: "short" })).toBe("user_backup_20261123_100000_2.json");
    await keep(vault, 4, at(11), { kind: "safety" });
    expect(await namesIn(vault.folder)).toStrictEqual(["safety", "short", "user_backup_20261123.json"]);
    expect((await stat(join(vault.folder, "short"))).mode & 0o777).toBe(0o700);
    expect((await vault.list()).map(({ shelf, accounts }) => [shelf, accounts])).toStrictEqual([
      ["safety", 4],
      ["short", 2],
      ["short", 1],
      ["normal", 5],
    ]);
    expect((await vault.newestGood()).newest?.verified.accountCount).toBe(5);
  });

  it.each([
    ["the old site's file", '{"backup_timestamp": "2026-11-23T08:00:00.5", "user_count": 0, "users": []}', "user_backup_20261123_080000.json"],
    ["a damaged one", '{"backup_timestamp": "2026', "user_backup_20261123_070000.json"],
  ])("keeps %s that has today's plain name", async (_, text, keptName) => {
    const vault = await newVault();
    const path = join(vault.folder, "user_backup_20261123.json");
    await writeFile(path, text);
    await utimes(path, at(7), at(7));
    await keep(vault, 2, at(9));
    expect(await namesIn(vault.folder)).toStrictEqual(["user_backup_20261123.json", keptName]);
    expect(await readFile(join(vault.folder, keptName), "utf8")).toBe(text);
    expect(await holds(path)).toBe(2);
  });

  it("goes on after dying between its two steps, without a third copy", async () => {
    const vault = await newVault();
    await keep(vault, 3, at(9));
    const plain = join(vault.folder, "user_backup_20261123.json");
    // What is on disk when the process dies after the first step.
    await link(plain, join(vault.folder, "user_backup_20261123_090000.json"));
    const entries = await vault.list();
    expect(entries.map((entry) => entry.name)).toStrictEqual(["user_backup_20261123.json"]);
    expect((await vault.newestGood()).newest?.verified.accountCount).toBe(3);

    await keep(vault, 4, at(10));
    expect(await namesIn(vault.folder)).toStrictEqual(["user_backup_20261123.json", "user_backup_20261123_090000.json"]);
    expect(await holds(plain)).toBe(4);
    expect(await holds(join(vault.folder, "user_backup_20261123_090000.json"))).toBe(3);
  });

  it("goes on where a file system without links died between its two steps", async () => {
    const vault = await newVault();
    await keep(vault, 3, at(9));
    await rename(join(vault.folder, "user_backup_20261123.json"), join(vault.folder, "user_backup_20261123_090000.json"));
    expect((await vault.newestGood()).newest?.verified.accountCount).toBe(3);
    await keep(vault, 4, at(10));
    expect(await namesIn(vault.folder)).toStrictEqual(["user_backup_20261123.json", "user_backup_20261123_090000.json"]);
  });

  it("lets one plain name a day stand when the passphrase is set or dropped", async () => {
    const vault = await newVault();
    await keep(vault, 1, at(9));
    expect(await keep(vault, 2, at(10), { passphrase: "four random words here" })).toBe("user_backup_20261123.json.age");
    expect(await namesIn(vault.folder)).toStrictEqual(["user_backup_20261123.json.age", "user_backup_20261123_090000.json"]);
    await keep(vault, 3, at(11));
    expect(await namesIn(vault.folder)).toStrictEqual(["user_backup_20261123.json", "user_backup_20261123_090000.json", "user_backup_20261123_100000.json.age"]);
    expect((await vault.list()).map((entry) => [entry.state, entry.timestamp?.getHours()])).toStrictEqual([
      ["good", 11],
      ["locked", 10],
      ["good", 9],
    ]);
  }, SLOW);
});

describe("listing", () => {
  it("tells good, damaged, foreign, newer and short ones apart, newest first, by their own time", async () => {
    const vault = await newVault();
    await keep(vault, 3, new Date(2026, 10, 20, 9));
    await keep(vault, 5, at(9));
    await keep(vault, 4, at(12), { fewerThan: { backup: "user_backup_20261123_090000.json", accounts: 5, missing: 1 } });
    const write = async (name: string, text: string | Buffer): Promise<void> => await writeFile(join(vault.folder, name), text);
    const whole = await readFile(join(vault.folder, "user_backup_20261120.json"));
    await write("user_backup_20261122.json", whole.subarray(0, whole.length - 30));
    await write("user_backup_20261121.json", '{"backup_timestamp": "2026-11-21T09:00:00.123456", "user_count": 7, "users": []}');
    await write("user_backup_20261119.json", '{"account_keeper":{"format":2}}');
    await write("user_backup_20261118.json", "<html>Not found</html>");
    await write("user_backup_20261117.json", "");
    await write("user_backup_mine.json", "[]");
    await write("notes.json", "{}");
    await mkdir(join(vault.folder, "user_backup_20261116.json"));
    await symlink(join(vault.folder, "nowhere"), join(vault.folder, "user_backup_20261115.json"));
    // Times of files lie after every copy and checkout.
    for (const [index, name] of (await namesIn(vault.folder)).entries()) await utimes(join(vault.folder, name), index, index).catch(() => undefined);

    const entries = await vault.list();
    expect(entries.map(({ name, state, accounts, kind, timestampFrom }) => [name, state, accounts, kind, timestampFrom])).toStrictEqual([
      ["user_backup_20261123.json", "good", 4, "format_1", "file"],
      ["user_backup_20261123_090000.json", "good", 5, "format_1", "file"],
      ["user_backup_20261121.json", "foreign", 7, "reference", "file"],
      ["user_backup_20261122.json", "damaged", 3, "format_1", "file"],
      ["user_backup_20261120.json", "good", 3, "format_1", "file"],
      ["user_backup_20261119.json", "newer", null, null, "name"],
      ["user_backup_20261118.json", "foreign", null, null, "name"],
      ["user_backup_20261117.json", "damaged", null, null, "name"],
      ["user_backup_mine.json", "foreign", null, null, null],
    ]);
    expect(entries[0]).toMatchObject({ fewerThan: { backup: "user_backup_20261123_090000.json", accounts: 5, missing: 1 }, records: 4, shelf: "normal", encrypted: false });
    expect(entries.map((entry) => entry.error?.code)).toStrictEqual([undefined, undefined, undefined, "BACKUP_DAMAGED", undefined, "BACKUP_NEWER_FORMAT", "NOT_A_BACKUP", "BACKUP_DAMAGED", "NOT_A_BACKUP"]);
    expect(entries[1]?.content).toMatch(/^[0-9a-f]{64}$/);
  });

  it("looks at heads only: what is behind them, verifying finds", async () => {
    const vault = await newVault();
    const big = accounts(4_000).map((account) => ({ ...account, embedding: new Float32Array(384) }));
    await vault.place(await makeBackup(vault.folder, big, { timestamp: at(9) }), { kind: "normal" });
    const [entry] = await vault.list();
    expect(entry?.sizeBytes).toBeGreaterThan(8_000_000);
    const path = entry?.path ?? "";
    await writeFile(path, (await readFile(path, "utf8")).replace("secret-of-u-3999", "secret-of-u-3998"));
    expect((await vault.list())[0]?.state).toBe("good");
    expect(await vault.newestGood()).toMatchObject({ newest: null, passedOver: [{ state: "damaged", error: { code: "BACKUP_DAMAGED" } }] });
  });

  it("looks into locked ones when it has the passphrase", async () => {
    const vault = await newVault();
    await keep(vault, 6, at(9), { passphrase: "four random words here" });
    const [locked] = await vault.list();
    expect(locked).toMatchObject({ state: "locked", encrypted: true, accounts: null, timestampFrom: "name", error: { code: "PASSPHRASE_NEEDED" } });
    expect(locked?.timestamp).toStrictEqual(new Date(2026, 10, 23, 23, 59, 59, 999));
    const [open] = await vault.list({ passphrase: "four random words here" });
    expect(open).toMatchObject({ state: "good", encrypted: true, accounts: 6, timestamp: at(9) });

    expect(await vault.newestGood()).toMatchObject({ newest: null, passedOver: [{ error: { code: "PASSPHRASE_NEEDED" } }] });
    expect(await vault.newestGood({ passphrase: "wrong" })).toMatchObject({ newest: null, passedOver: [{ error: { code: "PASSPHRASE_WRONG" } }] });
    expect(await vault.newestGood({ passphrase: "four random words here" })).toMatchObject({
      newest: { entry: { state: "good", accounts: 6, timestamp: at(9) }, verified: { accountCount: 6, encrypted: true } },
      passedOver: [],
    });
    expect(await vault.list({ shelf: "short" })).toStrictEqual([]);
  }, SLOW);

  it("stops when it is cancelled", async () => {
    const vault = await newVault();
    await keep(vault, 1, at(9));
    expect((await errorOf(() => vault.list({ signal: AbortSignal.abort() }))).code).toBe("CANCELLED");
    expect((await errorOf(() => vault.newestGood({ signal: AbortSignal.abort() }))).code).toBe("CANCELLED");
  });
});

describe("the newest good backup", () => {
  it("is not looked for all day with a passphrase that opens none", async () => {
    const vault = await newVault();
    await keep(vault, 1, at(9));
    const locked = await readFile(join(FIXTURES, "made-by-age.json.age"));
    for (let day = 1; day <= 6; day += 1) await writeFile(join(vault.folder, `user_backup_2026120${day}.json.age`), locked);
    const { newest, passedOver } = await vault.newestGood({ passphrase: "wrong" });
    expect(newest?.verified.accountCount).toBe(1);
    expect(passedOver.map((entry) => entry.error?.code)).toStrictEqual([...Array<string>(3).fill("PASSPHRASE_WRONG"), ...Array<string>(3).fill("PASSPHRASE_NEEDED")]);
  }, SLOW);

  it("is read to its end, and passes over damaged and short ones", async () => {
    const vault = await newVault();
    await keep(vault, 5, at(9));
    await keep(vault, 1, at(10), { fewerThan: { backup: "user_backup_20261123_090000.json", accounts: 5, missing: 1 } });
    await keep(vault, 6, at(11));
    const path = join(vault.folder, "user_backup_20261123.json");
    await writeFile(path, (await readFile(path, "utf8")).replace("u-6@example.com", "u-7@example.com"));
    const { newest, passedOver } = await vault.newestGood();
    expect(newest).toMatchObject({ entry: { name: "user_backup_20261123_090000.json" }, verified: { accountCount: 5, recordCount: 5, kind: "format_1" } });
    expect(passedOver.map(({ name, state, error }) => [name, state, error?.code])).toStrictEqual([["user_backup_20261123.json", "damaged", "BACKUP_DAMAGED"]]);
  });

  it("is found, and the others listed, while another process takes files away at whatever moment", async () => {
    const real = fs.promises.open;
    onTestFinished(() => {
      fs.promises.open = real;
      syncBuiltinESMExports();
    });
    for (let moment = 1; ; moment += 1) {
      const vault = await newVault();
      const lost = join(vault.folder, await keep(vault, 2, new Date(2026, 10, 21, 9)));
      await keep(vault, 3, new Date(2026, 10, 22, 9));
      let opened = 0;
      fs.promises.open = async (path, ...rest) => {
        if (path === lost && (opened += 1) === moment) await rm(lost);
        return await real(path, ...rest);
      };
      syncBuiltinESMExports();
      const entries = await vault.list();
      expect(entries.filter(({ path }) => path !== lost)).toMatchObject([{ accounts: 3, state: "good" }]);
      expect(entries.every(({ state }) => state === "good")).toBe(true);
      expect((await vault.newestGood()).newest?.verified.accountCount).toBe(3);
      fs.promises.open = real;
      syncBuiltinESMExports();
      if (opened < moment) break;
      expect(moment).toBeLessThan(20);
    }
  });

  it("may be another program's, but not one that lacks somebody of ours before it", async () => {
    const vault = await newVault();
    const foreign = (count: number): string =>
      JSON.stringify({ backup_timestamp: "2026-11-23T20:00:00", user_count: count, users: accounts(count).map((account) => JSON.parse(account.document ?? "") as unknown) });
    const path = join(vault.folder, "user_backup_20261123.json");
    await keep(vault, 3, new Date(2026, 10, 22, 9));
    await writeFile(path, foreign(3));
    expect((await vault.newestGood()).newest).toMatchObject({ entry: { state: "foreign" }, verified: { kind: "reference", accountCount: 3 } });
    // As many people, and others: they do not make up for those who are gone.
    await writeFile(path, foreign(3).replace(/u-(\d)/g, "new-$1"));
    expect((await vault.newestGood()).newest?.verified.kind).toBe("format_1");
    await writeFile(path, foreign(1));
    const { newest, passedOver } = await vault.newestGood();
    expect(newest?.verified.accountCount).toBe(3);
    expect(passedOver).toMatchObject([{ state: "foreign", error: { code: "CONFIRMATION_NEEDED", message: "This file of another program holds 1 account. Our backup before it holds 2 people who are not in it." } }]);
  });
});
