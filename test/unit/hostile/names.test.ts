/** Names of backups that come from a window or lie in a vault: never a path, never a reason to show nothing at all. */
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contract } from "../../../shared/contract.ts";
import { backupNameSchema } from "../../../shared/model.ts";
import { plainName, timedName } from "../../../electron/engine/vault/names.ts";
import { startTestApp } from "../../support/test-app.ts";
import { accounts, makeBackup, tempFolder } from "../backup/make-backup.ts";

const isName = (name: string): boolean => backupNameSchema.safeParse(name).success;
const siteId = "0b8f4a7e-aaaa-4bbb-8ccc-000000000001";

describe("the name of a backup", () => {
  it.each([
    "user_backup_20261123.json",
    "short/user_backup_20261123_101500_2.json.age",
    "safety/user_backup_20261123_101500.json",
    "user_backup_20261124 (1).json",
    "user_backup_20261124 – Kopie.json",
    "user_backup_顧客.json",
    "from-my-laptop.age",
    "user_backup_...json",
  ])("may be %s", (name) => expect(isName(name)).toBe(true));

  it.each([
    ["a path up", "../user_backup_20261123.json"],
    ["a path up inside", "user_backup_x/../../user_backup_20261123.json"],
    ["a path up on Windows", "user_backup_x\\..\\..\\user_backup_20261123.json"],
    ["a full path", "/etc/user_backup_20261123.json"],
    ["a drive", "C:user_backup_20261123.json"],
    ["a network share", "\\\\host\\share\\user_backup_20261123.json"],
    ["another folder", "other/user_backup_20261123.json"],
    ["a shelf twice", "short/short/user_backup_20261123.json"],
    ["a shelf that only looks like one", "short\u2215user_backup_20261123.age/"],
    ["a name that ends at a NUL", "user_backup_20261123.json\0.age"],
    ["a stream beside a file", "user_backup_20261123.json:hidden.age"],
    ["a device", "NUL"],
    ["a device with an extension", "CON.json"],
    ["a dot behind it, which Windows drops", "user_backup_20261123.json."],
    ["a space behind it, which Windows drops", "user_backup_20261123.json "],
    ["a line break behind it", "user_backup_20261123.json\n"],
    ["a turned direction", "user_backup_\u202enosj.json"],
    ["something unseen", "user_backup_\u200b20261123.json"],
    ["letters that only look alike", "us\u0435r_backup_20261123.json"],
    ["a hidden file", ".hidden.age"],
    ["another file of ours", "account-keeper-notes.json"],
    ["a lock", ".account-keeper.lock"],
    ["nothing", ""],
    ["only a shelf", "short/"],
    ["a name longer than any file system takes", `user_backup_${"x".repeat(300)}.json`],
  ])("is never %s", (_, name) => {
    expect(isName(name)).toBe(false);
    // What a handler gets has passed the same gate.
    expect(contract["backup.delete"].request.safeParse({ siteId, name }).success).toBe(false);
    expect(contract["host.show"].request.safeParse({ siteId, name }).success).toBe(false);
  });

  it("stays in its vault, whatever passes", () => {
    const text = fc.string({ unit: fc.constantFrom("user_backup_", "short/", "safety/", "..", ".", "/", "\\", "x", ".json", ".age", ":", "\0", " ", "\u202e"), maxLength: 8 });
    fc.assert(
      fc.property(text, (name) => {
        if (isName(name)) expect(join("/vault", name)).toMatch(/^\/vault\/(?:(?:short|safety)\/)?[^/]+$/);
      }),
      { numRuns: 5_000 },
    );
  });

  it("is one that we make ourselves", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(2000, 0, 1), max: new Date(2090, 0, 1), noInvalidDate: true }), fc.boolean(), fc.integer({ min: 1, max: 10_000 }), (time, encrypted, attempt) => {
        for (const shelf of ["", "short/", "safety/"]) expect([plainName(time, encrypted), timedName(time, encrypted, attempt)].every((name) => isName(shelf + name))).toBe(true);
      }),
    );
  });
});

// Elsewhere such names cannot be made.
describe.skipIf(process.platform === "win32")("a vault with odd names in it", () => {
  it("is listed for the window: all that can be shown, whatever lies beside them", async () => {
    const [dataFolder, vault] = [await tempFolder(), await tempFolder()];
    const site = { id: siteId, name: "A site", source: { kind: "server", url: "http://127.0.0.1:1", auth: "none" }, collectionName: "users", vault, encrypted: false, settings: { watch: false, restoreAfterWipe: false, rehearse: false } };
    await writeFile(join(dataFolder, "sites.json"), JSON.stringify({ version: 1, settings: { theme: "system", contrast: "system", notifications: true, startAtLogin: false, closeToTray: true, automaticUpdates: true }, sites: [site] }));
    const shown = ["user_backup_20261124 (1).json", "user_backup_20261124 – Kopie.json", "from-my-laptop.age"];
    for (const name of [...shown, "user_backup_\x1b[2J.json", "user_backup_\u202enosj.json", "user_backup_a\nb.json"]) {
      const { tempPath } = await makeBackup(vault, accounts(1));
      await rename(tempPath, join(vault, name));
    }
    const test = await startTestApp({ dataFolder });
    const { total, backups } = await test.ask("backup.list", { siteId, offset: 0, limit: 100 });
    expect(backups.map(({ name }) => name).sort()).toEqual(shown.sort());
    expect(total).toBe(shown.length);
  });
});
