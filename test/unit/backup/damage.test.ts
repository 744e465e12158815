import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "lossless-json";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import { verifyBackup } from "../../../electron/engine/backup/verify-backup.ts";
import { parseLossless } from "../../../electron/engine/json/text.ts";
import type { AccountRecord } from "../../../electron/engine/record.ts";
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { account, accounts, errorOf, makeBackup, readRecords, tempFolder } from "./make-backup.ts";

const records: readonly AccountRecord[] = [
  account("plain"),
  account("numbers", { document: '{"user_id":"numbers","balance":1.0}', metadata: '{"score":1.0,"big":9007199254740993}', uri: "https://example.com/ü" }),
  account("no-account", { document: 'not "JSON", but 花子', embedding: null }),
];

/** Everything a caller can learn from a backup. */
async function contentsOf(bytes: Buffer | string): Promise<unknown> {
  const path = join(folder, "some-file");
  await writeFile(path, bytes);
  const backup = await openBackup({ path });
  return { head: backup.head, kind: backup.kind, records: await readRecords(backup) };
}

let folder: string;
let whole: Buffer;
let original: unknown;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "account-keeper-test-"));
  const { tempPath } = await makeBackup(folder, records, { fewerThan: { backup: "user_backup_20261122.json", accounts: 9, missing: 1 } });
  whole = await readFile(tempPath);
  original = await contentsOf(whole);
});

afterAll(async () => await rm(folder, { recursive: true, force: true }));

describe("a damaged backup", () => {
  it("is never taken for whole, whichever byte was changed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (position, difference) => {
        const changed = Buffer.from(whole);
        changed[position] = (changed[position] ?? 0) ^ difference;
        const outcome = await contentsOf(changed).catch((error: unknown) => error);
        // Only spaces between the parts may differ without harm.
        if (outcome instanceof Error) expect(isKeeperError(outcome)).toBe(true);
        else expect(outcome).toStrictEqual(original);
      }),
      { numRuns: 600 },
    );
  }, 60_000);

  it("is never taken for whole when a single bit of it was changed", async () => {
    let harmless = 0;
    for (let position = 0; position < whole.length; position += 1) {
      const changed = Buffer.from(whole);
      changed[position] = (changed[position] ?? 0) ^ 1;
      const outcome = await contentsOf(changed).catch((error: unknown) => error);
      if (!(outcome instanceof Error)) harmless += 1;
      else expect(isKeeperError(outcome), String(outcome)).toBe(true);
    }
    // A newline or space becomes 0x0b or "!" with this bit, which is no JSON anywhere.
    expect(harmless).toBe(0);
  }, 60_000);

  it("is known as cut off wherever it ends", async () => {
    for (let length = 0; length < whole.length - 1; length += 1) {
      const outcome = await errorOf(() => contentsOf(whole.subarray(0, length)));
      expect(outcome.code, `cut after ${length} bytes`).toBe("BACKUP_DAMAGED");
    }
    // Only the last newline is no part of it.
    expect(await contentsOf(whole.subarray(0, -1))).toStrictEqual(original);
  }, 60_000);

  it("says that it is cut off, in a sentence with a next step and without anything of an account", async () => {
    const error = await errorOf(() => contentsOf(whole.subarray(0, whole.length - 40)));
    expect(error.message).toBe("This backup is damaged: it is cut off.");
    expect(error.hint).toContain("older backup");
  });

  it("says when accounts are missing and when one was changed", async () => {
    const lines = whole.toString().split("\n");
    const line = lines.findIndex((text) => text.startsWith('{"user_id":"plain"'));
    expect((await errorOf(() => contentsOf(lines.toSpliced(line, 1).join("\n")))).message).toBe("This backup is damaged: it should hold 2 accounts and holds 1.");
    const changed = whole.toString().replace("secret-of-plain", "secret-of-plaim");
    const error = await errorOf(() => contentsOf(changed));
    expect(error.message).toBe("This backup is damaged: an account in it was changed.");
    expect(`${error.message}${error.hint ?? ""}`).not.toContain("secret");
  });

  it("is one whose parts stand twice, or are missing", async () => {
    const text = whole.toString();
    const twice = text.replace('"account_keeper_records"', '"users": [],\n"account_keeper_records"');
    expect((await errorOf(() => contentsOf(twice))).code).toBe("BACKUP_DAMAGED");
    const withoutRecords = `${text.slice(0, text.indexOf(',\n"account_keeper_records"'))}}`;
    expect((await errorOf(() => contentsOf(withoutRecords))).message).toContain("a part of it is missing");
    const headLast = text.replace('"account_keeper":', '"something_else":');
    expect(await errorOf(() => contentsOf(headLast))).toBeInstanceOf(KeeperError);
  });

  it("is noticed when it is replaced between opening and reading", async () => {
    const path = join(folder, "backup.json");
    const other = await readFile((await makeBackup(folder, accounts(2))).tempPath);
    // More than is read at once.
    await writeFile(path, await readFile((await makeBackup(folder, accounts(2_000))).tempPath));
    const backup = await openBackup({ path });
    await writeFile(path, other);
    expect((await errorOf(() => readRecords(backup))).hint).toBe("Try again.");
  });

  it("that is small is what it was when it was opened", async () => {
    const path = join(folder, "backup.json");
    await writeFile(path, whole);
    const backup = await openBackup({ path });
    await writeFile(path, "{}");
    expect(await readRecords(backup)).toStrictEqual(records);
  });

  it("is still whole when a program only laid it out differently", async () => {
    const value = parseLossless(whole.toString());
    for (const space of [0, 1, 2, "\t"]) expect(await contentsOf(stringify(value, undefined, space) ?? "")).toStrictEqual(original);
    const windows = whole.toString().replaceAll("\n", "\r\n").replaceAll('"user_id":', '"user_id" : ');
    expect(windows).toContain('{"user_id" : "plain"');
    expect(await contentsOf(windows)).toStrictEqual(original);
  });

  it("is damaged when that program rounded its numbers", async () => {
    expect((await errorOf(() => contentsOf(JSON.stringify(JSON.parse(whole.toString()), null, 2)))).code).toBe("BACKUP_DAMAGED");
  });

  it("is refused when a newer version made it, whatever else is in it", async () => {
    const error = await errorOf(() => contentsOf(whole.toString().replace('{"format":1,', '{"format":2,')));
    expect(error.code).toBe("BACKUP_NEWER_FORMAT");
    expect(error.message).toBe("A newer Account Keeper made this file.");
    expect((await errorOf(() => contentsOf('{"account_keeper":{"format":3,"layout":"unknown"}}'))).code).toBe("BACKUP_NEWER_FORMAT");
  });

  it("does not crash on deep nesting", async () => {
    const depth = 200_000;
    const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
    const head = whole.toString().replace('"metadata":null', `"metadata":{"a":${deep}}`);
    const document = `{"users":[{"user_id":"a","email":"a@x","nested":${deep}}]}`;
    expect((await errorOf(() => contentsOf(head))).code).toBe("BACKUP_DAMAGED");
    expect((await errorOf(() => contentsOf(`{"account_keeper":{"format":${deep}}}`))).code).toBe("BACKUP_DAMAGED");
    expect((await errorOf(() => contentsOf(deep))).code).toBe("NOT_A_BACKUP");
    expect(await contentsOf(document)).toMatchObject({ kind: "reference", records: [{ id: "a" }] });
    const { tempPath } = await makeBackup(await tempFolder(), [account("deep", { document: `{"nested":${deep}}` })]);
    expect((await verifyBackup({ path: tempPath })).accountCount).toBe(1);
  });

  it("keeps counts beyond what fits out of its head", async () => {
    for (const count of ["-1", "1.5", "1e400", '"3"']) {
      expect((await errorOf(() => contentsOf(whole.toString().replace('"user_count": 2', `"user_count": ${count}`)))).code).toBe("BACKUP_DAMAGED");
    }
  });
});

describe("a file that is no backup", () => {
  it.each([
    ["a web page", "<!doctype html><html><body>Not found</body></html>"],
    ["a picture", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
    ["an archive", Buffer.from("1f8b0800000000000003", "hex")],
    ["other JSON", '{"name":"some-package","version":"1.0.0"}'],
    ["JSON with other lists", '{"rows":[{"a":1},{"a":2}]}'],
    ["a list of numbers", "[1,2,3]"],
    ["an empty list", "[]"],
    ["a list of texts", '["a","b"]'],
    ["a number", "42"],
    ["prose", "Dear diary, nothing happened today."],
    ["spaces only", "   \n "],
  ])("%s", async (_, bytes) => {
    const error = await errorOf(() => contentsOf(bytes));
    expect(error.code).toBe("NOT_A_BACKUP");
    expect(error.hint).toBeTruthy();
  });

  it("is damaged when it is empty, and cut off when it is half of some JSON", async () => {
    expect((await errorOf(() => contentsOf(""))).message).toBe("This backup is damaged: it is empty.");
    expect((await errorOf(() => contentsOf('{"backup_times'))).code).toBe("BACKUP_DAMAGED");
  });

  it("is said to be missing, or to be a folder", async () => {
    const folder = await tempFolder();
    expect((await errorOf(() => openBackup({ path: join(folder, "nothing.json") }))).code).toBe("BACKUP_NOT_FOUND");
    expect((await errorOf(() => openBackup({ path: folder }))).code).toBe("FILE_UNREADABLE");
  });

  it("stops being read when it is cancelled", async () => {
    const controller = new AbortController();
    const { tempPath } = await makeBackup(await tempFolder(), records);
    const backup = await openBackup({ path: tempPath }, { signal: controller.signal });
    controller.abort();
    expect((await errorOf(() => readRecords(backup))).code).toBe("CANCELLED");
  });
});
