/** How files of a folder are named and dated where several are told at once. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { commands } from "../../../electron/cli/commands/index.ts";
import { openVault, type Shelf } from "../../../electron/engine/vault/vault.ts";
import { lockQuickly } from "../../support/quick-lock.ts";
import { accounts, FIXTURES, makeBackup, tempFolder } from "../backup/make-backup.ts";
import { eventually } from "../../support/eventually.ts";
import { createFakeHost, run, type CliRun } from "./fake-host.ts";

/** Places a backup of so many accounts, made at noon of that day in 2026; returns its path. */
async function keep(folder: string, day: readonly [month: number, date: number], held: number, kind: Shelf = "normal"): Promise<string> {
  const vault = await openVault(folder, { create: true });
  const timestamp = new Date(2026, day[0] - 1, day[1], 12);
  return (await vault.place(await makeBackup(folder, accounts(held), { timestamp }), { kind })).path;
}

const cli = async (...argv: readonly string[]): Promise<CliRun> => await run(argv, commands);

describe("a file in short/ or safety/", () => {
  it("is named with its folder by verify", async () => {
    const folder = await tempFolder();
    await keep(folder, [11, 20], 3);
    await keep(folder, [11, 21], 2, "short");
    await keep(folder, [11, 22], 1, "safety");
    expect((await cli("verify", folder)).out.split("\n").slice(0, 3)).toEqual([
      "safety/user_backup_20261122_120000.json: whole, 1 account",
      "short/user_backup_20261121_120000.json: whole, 2 accounts",
      "user_backup_20261120.json: whole, 3 accounts",
    ]);
  });

  it("is named with its folder by prune", async () => {
    const folder = await tempFolder();
    // Two days of one week that is long gone.
    await keep(folder, [1, 20], 1, "safety");
    await keep(folder, [1, 21], 1, "safety");
    await keep(folder, [11, 20], 3);
    expect((await cli("prune", folder, "--dry-run")).out).toMatch(/^remove {2}safety\/user_backup_20260120_120000\.json · 20 Jan 2026, 12:00 · 1 account$/m);
  });
});

describe("a folder without backups", () => {
  it.each(["list", "verify", "prune"])("is told by %s: exit code 10", async (command) => {
    expect(await cli(command, await tempFolder())).toEqual({ exitCode: 10, out: "", err: "There is no backup in this folder.\nCheck the folder, or make one with account-keeper backup.\n" });
  });
});

describe("list", () => {
  it("invents no time for what only its name dates", async () => {
    const folder = await tempFolder();
    await copyFile(join(FIXTURES, "made-by-age.json.age"), join(folder, "user_backup_20261120.json.age"));
    await writeFile(join(folder, "user_backup_20261121.json"), '{"backup_timestamp":');
    await writeFile(join(folder, "user_backup_20261122_081500.json"), "{");
    await writeFile(join(folder, "user_backup_old.json"), "[]");
    await keep(folder, [11, 23], 3);
    const { out } = await cli("list", folder);
    expect(out.split("\n").map((line) => line.trim().split(/ {2}/)[0])).toEqual(["23 Nov 2026, 12:00", "22 Nov 2026, 08:15", "21 Nov 2026", "20 Nov 2026", "date unknown", ""]);
    const { backups } = JSON.parse((await cli("list", folder, "--json")).out) as { backups: { timestamp_from: string | null }[] };
    expect(backups.map((backup) => backup.timestamp_from)).toEqual(["file", "name", "name", "name", null]);
  });
});

describe("verify", () => {
  it("does not call a backup broken that it has no passphrase for", async () => {
    const folder = await tempFolder();
    await copyFile(join(FIXTURES, "made-by-age.json.age"), join(folder, "user_backup_20261120.json.age"));
    await keep(folder, [11, 23], 3);
    const { exitCode, out, err } = await cli("verify", folder);
    expect(exitCode).toBe(3);
    expect(err).toBe("Set ACCOUNT_KEEPER_PASSPHRASE, or name a file with --passphrase-file.\n");
    expect(out.split("\n").slice(-2)).toEqual(["1 of 2 backups is whole, 1 could not be opened without its passphrase.", ""]);
  });

  it("says no date of a bare list, which has none", async () => {
    const file = join(await tempFolder(), "users.json");
    await writeFile(file, `[${accounts(2).map(({ document }) => document).join(",")}]`);
    expect((await cli("verify", file)).out).toBe("This backup is whole. It holds 2 accounts.\n");
  });
});

describe("diff of two folders", () => {
  it("says so when the second is the older one: what is missing in it came later", async () => {
    const [older, newer] = [await tempFolder(), await tempFolder()];
    await keep(older, [11, 20], 2);
    await keep(newer, [11, 21], 3);
    const order = "The second one is the older. Change the two over to see what has happened since.";
    expect((await cli("diff", "--from", newer, "--with", older)).out.split("\n")).toContain(order);
    expect((await cli("diff", "--from", older, "--with", newer)).out).not.toContain(order);
  });

  it("tells backups of one name apart, by their places", async () => {
    const [one, other] = [join(await tempFolder(), "b1"), join(await tempFolder(), "b4")];
    const [first, second] = [await keep(one, [11, 20], 3), await keep(other, [11, 20], 3)];
    expect((await cli("diff", "--from", one, "--with", other)).out.split("\n")[0]).toBe(`From ${first}, 20 Nov 2026, 12:00, to ${second}, 20 Nov 2026, 12:00.`);
    const name = "user_backup_20261120.json";
    expect(JSON.parse((await cli("diff", "--from", one, "--with", other, "--json")).out)).toMatchObject({ from: { name, path: first }, with: { name, path: second } });
  });

  it.skipIf(process.platform === "win32")("takes one passphrase for both, also from a pipe, which gives it once", async () => {
    const folder = await tempFolder();
    const place = join(folder, "user_backup_20261120.json.age");
    await writeFile(place, await lockQuickly(await readFile(join(FIXTURES, "reference-ascii.json")), "correct horse battery"));
    const pipe = join(folder, "pipe");
    await once(spawn("mkfifo", [pipe]), "close");
    const writer = spawn("sh", ["-c", 'echo "correct horse battery" > "$1"', "sh", pipe], { stdio: "ignore" });
    onTestFinished(() => void writer.kill("SIGKILL"));
    expect(await cli("diff", "--from", place, "--with", place, "--passphrase-file", pipe)).toMatchObject({ exitCode: 0, err: "" });
  });

  it("says which of the two it asks the passphrase of", async () => {
    const places = await Promise.all(
      ["first", "second"].map(async (passphrase) => {
        const place = join(await tempFolder(), "user_backup_20261120.json.age");
        await writeFile(place, await lockQuickly(await readFile(join(FIXTURES, "reference-ascii.json")), passphrase));
        return place;
      }),
    );
    const [one = "", other = ""] = places;
    const host = createFakeHost({ terminal: true });
    const ended = run(["diff", "--from", one, "--with", other], commands, host);
    for (const [index, place] of places.entries()) {
      await eventually(() => expect(host.err()).toContain(`Passphrase of ${place}: `));
      host.stdin.write(index === 0 ? "first\r" : "second\r");
    }
    expect(await ended).toMatchObject({ exitCode: 0 });
  });

  it("names them by their names where these differ", async () => {
    const folder = await tempFolder();
    const path = await keep(folder, [11, 20], 3);
    await mkdir(join(folder, "older"));
    await copyFile(path, join(folder, "older", "user_backup_20261119.json"));
    await rename(path, join(folder, "user_backup_20261121.json"));
    expect((await cli("diff", "--from", join(folder, "older"), "--with", folder)).out.split("\n")[0]).toMatch(/^From user_backup_20261119\.json, .*, to user_backup_20261121\.json, /);
  });
});
