/** Texts made to hang, to crash or to fill the memory of whoever reads them. Work is counted, not timed: a test that hangs fails by its time limit. */
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { accountHash, recordHash } from "../../../electron/engine/account.ts";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import { parseRecordPage } from "../../../electron/engine/chroma/record-page.ts";
import { compareSides } from "../../../electron/engine/diff/compare.ts";
import { sideOfBackup } from "../../../electron/engine/diff/side.ts";
import { canonicalJson } from "../../../electron/engine/json/text.ts";
import { decodeVariable } from "../../../electron/engine/variable/decode.ts";
import { bundleChild } from "../../support/bundle-child.ts";
import { account, errorOf, makeBackup, readRecords, tempFolder } from "../backup/make-backup.ts";
import { keeperErrorOf } from "../variable/fixtures.ts";

const LEVELS = 100_000;
const deep = `${'{"a":'.repeat(LEVELS)}1${"}".repeat(LEVELS)}`;
const page = (metadata: string): Buffer => Buffer.from(`{"ids":["a"],"documents":["{}"],"metadatas":[${metadata}]}`);

describe("a variable", () => {
  // Each pair completes a base64 group, so the reader of the lines cannot tell early that it is done.
  it("of half a million lines is judged in time that grows with its length", () => {
    expect(keeperErrorOf(() => decodeVariable(`USER_BACKUP_DATA=${"BB\nA=\n".repeat(500_000)}`)).code).toBe("NOT_A_VARIABLE");
  });

  it.each([
    ["empty variables", `USER_BACKUP_DATA=W3si\n${"A=\n".repeat(1_000_000)}`],
    ["spaces", `USER_BACKUP_DATA=${" ".repeat(4_000_000)}W3si`],
    ["comments", `USER_BACKUP_DATA=W3si${" #".repeat(1_500_000)}`],
    ["names", "USER_BACKUP_DATA".repeat(200_000)],
    ["quotes", `USER_BACKUP_DATA=${'"'.repeat(4_000_000)}`],
    ["end signs", `W3si${"=".repeat(4_000_000)}`],
    ["brackets", "[".repeat(4_000_000)],
  ])("of %s", (_, text) => {
    expect(["VARIABLE_CUT", "VARIABLE_DAMAGED", "NOT_A_VARIABLE"]).toContain(keeperErrorOf(() => decodeVariable(text)).code);
  });
});

describe("a page of records", () => {
  it.each([
    ["broken metadata", '{"a":}'],
    ["broken metadata behind a good one", '{"a":1}x'],
    ["a number for metadata", "5"],
    ["a list for metadata", "[1]"],
    ["a text for metadata", '"{}"'],
  ])("with %s is a bad answer", (_, metadata) => {
    expect(keeperErrorOf(() => parseRecordPage(page(metadata))).code).toBe("BAD_ANSWER");
  });

  it("with more records than were asked for is a bad answer before they fill the memory", () => {
    const flood = Buffer.from(`{"ids":[${'"a",'.repeat(3_000_000)}"a"]}`);
    expect(keeperErrorOf(() => parseRecordPage(flood, 1_000)).code).toBe("BAD_ANSWER");
  });

  it("costs no memory for what nobody asked for", async () => {
    const child = await bundleChild(new URL("./child-flood.ts", import.meta.url));
    onTestFinished(async () => await rm(dirname(child), { recursive: true, force: true }));
    // So many slices at once would take three times as much.
    expect((await promisify(execFile)(process.execPath, ["--max-old-space-size=64", child])).stdout).toBe("2\n");
  }, 60_000);
});

describe("metadata", () => {
  const odd: readonly (readonly [string, string])[] = [
    ["that has a key twice", '{"a":1,"a":2}'],
    ["nested deeper than any stack", deep],
    ["of odd keys", '{"__proto__":{"admin":true},"constructor":{"prototype":1},"n":1.0}'],
  ];

  it.each(odd)("%s goes into a backup and out of it, and is compared", async (_, metadata) => {
    const [record] = parseRecordPage(page(metadata));
    expect(record?.metadata).toBe(metadata);
    const folder = await tempFolder();
    const backupOf = async (text: string): ReturnType<typeof openBackup> => await openBackup({ path: (await makeBackup(folder, [account("a", { metadata: text })])).tempPath });
    const backup = await backupOf(metadata);
    expect((await readRecords(backup)).map((read) => read.metadata)).toEqual([metadata]);
    expect((await compareSides(sideOfBackup(backup), sideOfBackup(backup))).counts).toMatchObject({ same: 1, changed: 0 });
    expect((await compareSides(sideOfBackup(backup), sideOfBackup(await backupOf('{"b":1}')))).counts).toMatchObject({ same: 0, changed: 1 });
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("admin");
  });

  it.each(odd)("%s has a digest of its own", (_, metadata) => {
    const hashes = [metadata, "{}", '{"a":1}'].map((text) => recordHash(account("a", { metadata: text })));
    expect(new Set(hashes).size).toBe(3);
    expect(accountHash({ id: "a", document: metadata })).not.toBe(accountHash({ id: "a", document: "{}" }));
  });

  it("with a whole number of millions of digits is compared in time that grows with its length", () => {
    const digits = "9".repeat(20_000_000);
    expect(canonicalJson(digits)).toBe(digits);
    expect(canonicalJson("-0")).toBe("0");
  });
});

describe("a backup file", () => {
  it.each<[string, string, string]>([
    ["brackets without end", "[".repeat(5_000_000), "BACKUP_DAMAGED"],
    ["a head nested deeper than any stack", `{"backup_timestamp":${deep},"users":[]}`, "BACKUP_DAMAGED"],
    ["an account nested deeper than any stack, without id", `[${deep}]`, "ACCOUNT_WITHOUT_ID"],
    ["a key of megabytes", `{"${"k".repeat(20_000_000)}":1}`, "NOT_A_BACKUP"],
    ["a count of a million digits", `{"user_count":1${"0".repeat(1_000_000)},"users":[{}]}`, "ACCOUNT_WITHOUT_ID"],
  ])("of %s", async (_, text, code) => {
    expect((await errorOf(async () => await readRecords(await openBackup({ text })))).code).toBe(code);
  });

  it("of an account nested deeper than any stack gives it back letter by letter", async () => {
    const text = `[{"user_id":"a","email":"a@example.com","more":${deep}}]`;
    expect((await readRecords(await openBackup({ text }))).map(({ document }) => document)).toEqual([text.slice(1, -1)]);
  });

  it.each([30, 63, 1_000_000_000])("that asks for 2^%d steps of work to be opened is refused before any is done", async (logN) => {
    // A head as age writes it, with a real salt and body; only the work factor is made up.
    const text = `age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA ${logN}\n${"A".repeat(43)}\n--- ${"A".repeat(43)}\n${"x".repeat(64)}`;
    expect((await errorOf(() => openBackup({ text }, { passphrase: "p" }))).code).toBe("NOT_A_BACKUP");
  });

  it("with a second lock that asks for more work is refused before any is done", async () => {
    const stanza = (logN: number): string => `-> scrypt AAAAAAAAAAAAAAAAAAAAAA ${logN}\n${"A".repeat(43)}\n`;
    const text = `age-encryption.org/v1\n${stanza(1)}${stanza(30)}--- ${"A".repeat(43)}\n${"x".repeat(64)}`;
    expect((await errorOf(() => openBackup({ text }, { passphrase: "p" }))).code).toMatch(/^(?:NOT_A_BACKUP|BACKUP_DAMAGED)$/);
  });
});
