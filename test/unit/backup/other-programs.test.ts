import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import { verifyBackup } from "../../../electron/engine/backup/verify-backup.ts";
import { canonicalJson } from "../../../electron/engine/json/text.ts";
import type { AccountRecord } from "../../../electron/engine/record.ts";
import { errorOf, FIXTURES, readRecords, tempFolder } from "./make-backup.ts";

/** What the old site's restore makes of the accounts in the fixtures, written out by hand. */
const expected = [
  {
    id: "u-001",
    document:
      '{"user_id":"u-001","email":"ann@example.com","password_hash":"$2b$12$KIXQJ8Yk0hFakeFakeFakeuFakeFakeFakeFakeFakeFakeFakeFake1","full_name":"Ann Lindqvist","is_verified":true,"created_at":"2026-03-01T09:15:00.123456","updated_at":"2026-03-01T09:15:00.123456"}',
    metadata: '{"user_id":"u-001","email":"ann@example.com","is_verified":true,"type":"user","created_at":"2026-03-01T09:15:00.123456"}',
    uri: null,
    embedding: null,
  },
  {
    id: "u-002",
    document:
      '{"user_id":"u-002","email":"zo\\u00eb@example.com","password_hash":"$2b$12$KIXQJ8Yk0hFakeFakeFakeuFakeFakeFakeFakeFakeFakeFakeFake2","full_name":"Zo\\u00eb \\u82b1\\u5b50 \\ud83e\\udd8a \\"Z\\"","is_verified":false,"created_at":"2026-03-02T10:00:00","updated_at":null}',
    metadata: '{"user_id":"u-002","email":"zo\\u00eb@example.com","is_verified":false,"type":"user","created_at":"2026-03-02T10:00:00"}',
    uri: null,
    embedding: null,
  },
  {
    id: "u-003",
    document:
      '{"user_id":"u-003","email":"no-extras@example.com","password_hash":"$2b$12$KIXQJ8Yk0hFakeFakeFakeuFakeFakeFakeFakeFakeFakeFakeFake3","full_name":"","credit":1.0,"points":9007199254740993}',
    metadata: '{"user_id":"u-003","email":"no-extras@example.com","type":"user"}',
    uri: null,
    embedding: null,
  },
];

const ACCOUNT = '{"user_id":"a","email":"a@example.com","password_hash":"$2b$12$secret"}';

/** The old site's file with these accounts. */
function reference(accounts: readonly string[], count = accounts.length): string {
  return `{"backup_timestamp": "2026-11-20T08:30:00.000123", "user_count": ${count}, "users": [${accounts.join(", ")}]}`;
}

async function errorOfReading(text: string, only?: ReadonlySet<string>): Promise<{ code: string; message: string; hint: string | undefined }> {
  return await errorOf(async () => await readRecords(await openBackup({ text }), { only }));
}

describe("the old site's own file", () => {
  it("gives the records its own restore would have made", async () => {
    const backup = await openBackup({ path: join(FIXTURES, "reference-ascii.json") });
    expect(backup).toMatchObject({ kind: "reference", encrypted: false, head: null, accountCount: 3 });
    expect(backup.timestamp?.getTime()).toBe(new Date(2026, 10, 20, 8, 30, 0, 0).getTime());
    expect(await readRecords(backup)).toStrictEqual(expected);
  });

  it("gives the same accounts when it was written without escapes", async () => {
    const backup = await openBackup({ path: join(FIXTURES, "reference-utf8.json") });
    const records = await readRecords(backup);
    expect(records[1]?.document).toContain('"full_name":"Zoë 花子 🦊 \\"Z\\""');
    const values = (record: Pick<AccountRecord, "document" | "metadata">): unknown => [canonicalJson(record.document ?? ""), canonicalJson(record.metadata ?? "")];
    expect(records.map(values)).toStrictEqual(expected.map(values));
  });

  it("reads the same as a bare list and as the variable, each twice over", async () => {
    const list = await openBackup({ path: join(FIXTURES, "bare-array.json") });
    expect(list).toMatchObject({ kind: "array", timestamp: null, accountCount: null });
    expect(await readRecords(list)).toStrictEqual(expected);
    expect(await readRecords(list)).toStrictEqual(expected);
    const variable = await openBackup({ path: join(FIXTURES, "reference-variable.txt") });
    expect(variable).toMatchObject({ kind: "variable", timestamp: null, accountCount: 3 });
    expect(await readRecords(variable)).toStrictEqual(expected);
    expect(await readRecords(variable)).toStrictEqual(expected);
  });

  it("is verified with what it tells", async () => {
    expect(await verifyBackup({ path: join(FIXTURES, "reference-ascii.json") })).toMatchObject({ kind: "reference", accountCount: 3, recordCount: 3, digest: null, site: null });
  });

  it("reads from text as from a file, also with a byte order mark, as an .env line and quoted", async () => {
    const text = await readFile(join(FIXTURES, "reference-ascii.json"), "utf8");
    expect(await readRecords(await openBackup({ text: `\ufeff${text}` }))).toStrictEqual(expected);
    const value = await readFile(join(FIXTURES, "reference-variable.txt"), "utf8");
    expect(await readRecords(await openBackup({ text: `USER_BACKUP_DATA="${value}"\n` }))).toStrictEqual(expected);
  });

  it("may hold no accounts", async () => {
    const backup = await openBackup({ text: reference([]) });
    expect(backup).toMatchObject({ kind: "reference", accountCount: 0 });
    expect(await readRecords(backup)).toStrictEqual([]);
  });

  it("keeps numbers of metadata as they are written, and leaves out what metadata cannot hold", async () => {
    const [record] = await readRecords(await openBackup({ text: '[{"user_id":"a","email":"a@x","is_verified":1.0,"created_at":{"$date":1}}]' }));
    expect(record?.metadata).toBe('{"user_id":"a","email":"a@x","is_verified":1.0,"type":"user"}');
    expect(record?.document).toContain('{"$date":1}');
  });

  it("keeps what Python writes and JSON does not know, and gives none of it to metadata", async () => {
    const account = '{"user_id":"a","email":"a@x","full_name":"\\"NaN","created_at":NaN,"score":-Infinity,"rates":[NaN,Infinity]}';
    const [record] = await readRecords(await openBackup({ text: reference([account]) }));
    expect(record).toMatchObject({ document: account, metadata: '{"user_id":"a","email":"a@x","type":"user"}' });
    expect(await errorOfReading(reference(['{"user_id":NaN,"email":"a@x"}']))).toMatchObject({ code: "ACCOUNT_WITHOUT_ID" });
    for (const broken of ["xNaN", "-NaN", "NaNs", "+Infinity", "Infinity1"]) expect(await errorOfReading(reference([`{"user_id":"a","email":"a@x","score":${broken}}`]))).toMatchObject({ code: "BACKUP_DAMAGED" });
  });

  it("finds it behind texts of any length", async () => {
    const account = `{"user_id":"a","email":"a@x","full_name":"${"\\n".repeat(6_000_000)}","score":NaN}`;
    const [record] = await readRecords(await openBackup({ text: reference([account]) }));
    expect(record?.document).toHaveLength(account.length);
  });

  it("takes the last of a key that appears twice, as the old site does", async () => {
    const [record] = await readRecords(await openBackup({ text: '[{"user_id":"a","email":["x"],"email":"b@x","created_at":"x","created_at":["y"]}]' }));
    expect(record?.metadata).toBe('{"user_id":"a","email":"b@x","type":"user"}');
  });
});

describe("accounts that cannot come back", () => {
  it.each([
    ["no id", [ACCOUNT, '{"email":"b@example.com"}'], "ACCOUNT_WITHOUT_ID", "Account 2 in this file has no id."],
    ["an empty id", ['{"user_id":"","email":"b@example.com"}'], "ACCOUNT_WITHOUT_ID", "Account 1 in this file has no id."],
    ["a number as id", ['{"user_id":7,"email":"b@example.com"}'], "ACCOUNT_WITHOUT_ID", "Account 1 in this file has no id."],
    ["no e-mail address", [ACCOUNT, '{"user_id":"b"}'], "ACCOUNT_WITHOUT_EMAIL", "Account 2 in this file (b) has no e-mail address."],
    ["an id twice", [ACCOUNT, '{"user_id":"b","email":"b@x"}', '{"user_id":"a","email":"c@x"}'], "DUPLICATE_ID", "Accounts 1 and 3 in this file have the same id (a)."],
    ["an e-mail address twice", [ACCOUNT, '{"user_id":"b","email":"a@example.com"}'], "DUPLICATE_EMAIL", "Accounts 1 and 2 in this file have the same e-mail address."],
  ])("%s", async (_, accounts, code, message) => {
    const error = await errorOfReading(reference(accounts));
    expect(error).toMatchObject({ code, message });
    expect(error.hint).toBeTruthy();
    expect(`${error.message}${error.hint ?? ""}`).not.toMatch(/example\.com|secret/);
  });

  it("do not keep others from coming back when those are chosen", async () => {
    const text = reference(['{"email":"nameless@x"}', ACCOUNT, '{"user_id":"b"}', '{"user_id":"c","email":"a@example.com"}']);
    const records = await readRecords(await openBackup({ text }), { only: new Set(["a"]) });
    expect(records.map((record) => record.id)).toStrictEqual(["a"]);
    expect((await errorOfReading(text, new Set(["a", "b"]))).code).toBe("ACCOUNT_WITHOUT_EMAIL");
  });

  it("are told from two people whose addresses differ by case", async () => {
    expect(await readRecords(await openBackup({ text: reference([ACCOUNT, '{"user_id":"b","email":"A@example.com"}']) }))).toHaveLength(2);
  });
});

describe("a damaged file of another program", () => {
  it.each([
    ["holds fewer accounts than it says", reference([ACCOUNT], 2), "it should hold 2 accounts and holds 1"],
    ["holds more accounts than it says", reference([ACCOUNT], 0), "it should hold 0 accounts and holds 1"],
    ["is cut off", reference([ACCOUNT]).slice(0, -20), "it is cut off"],
    ["holds something that is no account", reference([ACCOUNT, '"b"'], 2), "account 2 in it is no account"],
    ["holds broken JSON", reference(["{user_id: 1}"]), "account 1 in it is broken"],
    ["goes on behind its end", `${reference([ACCOUNT])}{}`, "its text is broken"],
  ])("%s", async (_, text, what) => {
    expect(await errorOfReading(text)).toMatchObject({ code: "BACKUP_DAMAGED", message: `This backup is damaged: ${what}.` });
  });

  it("is not mended in silence where its letters are broken", async () => {
    const path = join(await tempFolder(), "latin1.json");
    await writeFile(path, reference([ACCOUNT.replace("secret", "s\u00e9cret")]), "latin1");
    expect((await errorOf(async () => await readRecords(await openBackup({ path })))).message).toContain("account 1 in it is broken");
  });

  it("keeps the variable's own words for its damage", async () => {
    const value = await readFile(join(FIXTURES, "reference-variable.txt"), "utf8");
    expect((await errorOf(() => openBackup({ text: value.slice(0, 500) }))).code).toBe("VARIABLE_CUT");
    expect((await errorOf(() => openBackup({ text: `${value.slice(0, 500)}*${value.slice(501)}` }))).code).toBe("VARIABLE_DAMAGED");
  });
});
