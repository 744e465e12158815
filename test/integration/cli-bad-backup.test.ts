/** Backups and variables that are damaged, foreign, locked, or not there: each by name, with a next step, and nothing written. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createBackupWriter } from "../../electron/engine/backup/backup-writer.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { variableOfSite } from "../../electron/engine/operations/make-variable.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import { standInVector } from "../../electron/engine/restore/vectors.ts";
import { answerOf, createCliStage, type CliStage } from "../support/cli-stage.ts";
import { expectFailure, expectFailures, type ExpectedFailure } from "../support/failures.ts";

/** A site that lacks one account of its newest backup, so that a restore has something to do. */
async function stageWithBackup(): Promise<CliStage & { readonly path: string }> {
  const stage = await createCliStage();
  const path = await stage.backUp();
  await stage.site.deleteAccounts([sampleAccounts(1)[0]?.id ?? ""]);
  return { ...stage, path };
}

/** Must replace exactly something: a case that changes nothing would prove nothing. */
function changed(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, to);
  if (result === text) throw new Error(`nothing to change: ${String(from)}`);
  return result;
}

const account = (id: string, rest: Record<string, unknown> = {}): Record<string, unknown> => ({ user_id: id, email: `${id}@example.com`, password_hash: "$2b$12$made.up", ...rest });
const reference = (users: readonly unknown[], count = users.length): string => JSON.stringify({ backup_timestamp: "2026-11-20T08:00:00.000000", user_count: count, users });
const damagedAs = (what: string): ExpectedFailure => ({ code: "BACKUP_DAMAGED", exitCode: 1, message: `This backup is damaged: ${what}.`, hint: "It will not be used. Take an older backup; none is changed." });
const withoutId: ExpectedFailure = { code: "ACCOUNT_WITHOUT_ID", exitCode: 1, message: "Account 2 in this file has no id.", hint: /Mend the file/ };
const withoutEmail: ExpectedFailure = { code: "ACCOUNT_WITHOUT_EMAIL", exitCode: 1, message: "Account 2 in this file (u-2) has no e-mail address.", hint: /Mend the file/ };

/** From the text of a good backup of ours to the file that is given. */
const files: readonly [string, (good: string) => string, ExpectedFailure][] = [
  ["an account was changed", (good) => changed(good, '"is_verified":true', '"is_verified":null'), damagedAs("an account in it was changed")],
  ["a vector was changed", (good) => changed(good, /"embedding":"..../, '"embedding":"AAAA'), damagedAs("an account in it was changed")],
  ["the head was changed", (good) => changed(good, '"format":1', '"format":1,"format_note":"x"'), damagedAs("its head was changed")],
  ["the count was changed", (good) => changed(good, '"user_count": 3', '"user_count": 4'), damagedAs("its head was changed")],
  ["an account is gone", (good) => changed(good, /^\{"user_id".*,\n/m, ""), damagedAs("it should hold 3 accounts and holds 2")],
  ["cut in the middle", (good) => good.slice(0, good.length / 2), damagedAs("it is cut off")],
  ["cut before its last bracket", (good) => changed(good, /\}\s*$/, ""), damagedAs("it is cut off")],
  ["empty", () => "", damagedAs("it is empty")],
  ["a newer format", (good) => changed(good, '"format":1', '"format":2'), { code: "BACKUP_NEWER_FORMAT", exitCode: 1, message: "A newer Account Keeper made this file.", hint: "Update Account Keeper, then open it again." }],
  ["other JSON", () => '{"name":"package","version":"1.0.0"}', { code: "NOT_A_BACKUP", exitCode: 1, message: "This file is not a backup.", hint: /holds no accounts/ }],
  ["a picture", () => "\u0089PNG\r\n\u001a\n\u0000\u0000", { code: "NOT_A_BACKUP", exitCode: 1, message: "This file is not a backup.", hint: /user_backup_….json/ }],
  ["the old site's, count wrong", () => reference([account("u-1"), account("u-2")], 5), damagedAs("it should hold 5 accounts and holds 2")],
  ["the old site's, without an id", () => reference([account("u-1"), account("u-2", { user_id: undefined })]), withoutId],
  ["the old site's, empty id", () => reference([account("u-1"), account("")]), withoutId],
  ["the old site's, without e-mail", () => reference([account("u-1"), account("u-2", { email: null })]), withoutEmail],
  ["a list, without an id", () => JSON.stringify([account("u-1"), account("u-2", { user_id: 7 })]), withoutId],
  ["the same id twice", () => reference([account("u-1"), account("u-1", { email: "other@example.com" })]), { code: "DUPLICATE_ID", exitCode: 1, message: "Accounts 1 and 2 in this file have the same id (u-1).", hint: /only one of them/ }],
  ["the same e-mail twice", () => JSON.stringify([account("u-1"), account("u-2", { email: "u-1@example.com" })]), { code: "DUPLICATE_EMAIL", exitCode: 1, message: "Accounts 1 and 2 in this file have the same e-mail address.", hint: /--only/ }],
];

describe("a backup file that cannot be used", () => {
  it.each(files)("%s: restore, verify and inspect say the same", async (_name, make, expected) => {
    const stage = await stageWithBackup();
    const file = await stage.file("user_backup_20261119.json", make(await readFile(stage.path, "utf8")));
    await expectFailures(stage, [["restore", ...stage.source, "--from", file, "--yes"], ["verify", file], ["inspect", file]], expected);
  });

  it("is passed over in a folder, aloud, and the older good one is used", async () => {
    const stage = await stageWithBackup();
    const damaged = changed(await readFile(stage.path, "utf8"), '"is_verified":true', '"is_verified":null');
    // Dated after the good one, so that it would come first.
    await writeFile(join(stage.vault, "user_backup_20991231.json"), damaged);
    const people = await stage.run(["restore", ...stage.source, "--from", stage.vault, "--dry-run"]);
    expect(people.code).toBe(0);
    expect(people.stdout).toContain("Adds 1 ");
    expect(people.stderr).toBe("user_backup_20991231.json is not used: This backup is damaged: an account in it was changed.\n");
    const listed = answerOf(await stage.run(["verify", stage.vault, "--json"]));
    expect(listed).toMatchObject({ backups: expect.arrayContaining([expect.objectContaining({ ok: false }), expect.objectContaining({ ok: true })]) as unknown });
  });
});

/** A backup of ours with one record as no site of ours would have written it. */
async function ownBackup(stage: CliStage, record: AccountRecord): Promise<string> {
  const { id, name, metadata, configuration, schema } = await stage.site.collection();
  const writer = await createBackupWriter(stage.folder);
  await writer.add([record]);
  const chroma = { tenant: "default_tenant", database: "default_database", collection: { id, name, metadata, configuration, schema, dimension: record.embedding?.length ?? null } };
  return (await writer.finish({ site: stage.site.site, chroma, fewerThan: null, timestamp: new Date(), madeBy: "a test" })).tempPath;
}

describe("a whole backup that the site cannot take", () => {
  it("a metadata key that would overwrite the document", async () => {
    const stage = await stageWithBackup();
    const file = await ownBackup(stage, { id: "u-1", document: JSON.stringify(account("u-1")), metadata: '{"chroma:document":"gone"}', uri: null, embedding: standInVector("u-1", 384) });
    await expectFailure(stage, ["restore", ...stage.source, "--from", file, "--yes"], { code: "RESERVED_METADATA_KEY", exitCode: 1, message: 'The account "u-1" carries a key that would overwrite its own data.', hint: /--only/ });
  });

  it("a vector of the wrong length, also one asked for", async () => {
    const stage = await stageWithBackup();
    const file = await ownBackup(stage, { id: "u-1", document: JSON.stringify(account("u-1")), metadata: null, uri: null, embedding: standInVector("u-1", 8) });
    await expectFailure(stage, ["restore", ...stage.source, "--from", file, "--yes"], { code: "VECTOR_DIMENSION_MISMATCH", exitCode: 1, message: 'The account "u-1" has a vector of length 8; the site takes 384.', hint: /another site/ });
    const list = await stage.file("list.json", JSON.stringify([account("u-1")]));
    await expectFailure(stage, ["restore", ...stage.source, "--from", list, "--yes", "--dimension", "8"], { code: "VECTOR_DIMENSION_MISMATCH", exitCode: 1, message: "You asked for vectors of length 8; this site takes 384.", hint: "Leave --dimension out." });
  });

  it("an id that it does not hold", async () => {
    const stage = await stageWithBackup();
    await expectFailure(stage, ["restore", ...stage.source, "--from", stage.vault, "--yes", "--only", "nobody"], { code: "ACCOUNT_NOT_IN_BACKUP", exitCode: 1, message: /nobody/ });
  });
});

describe("a backup that is locked, or not there", () => {
  it("wrong passphrase, none, an empty file", async () => {
    const stage = await createCliStage();
    const path = await stage.backUp("three little words");
    const lines = [["verify", path], ["inspect", path], ["restore", ...stage.source, "--from", path, "--yes"]];
    await expectFailures(stage, lines, { code: "PASSPHRASE_NEEDED", exitCode: 12, message: "This backup has a passphrase.", hint: /ACCOUNT_KEEPER_PASSPHRASE.*--passphrase-file/ });
    const wrong: ExpectedFailure = { code: "PASSPHRASE_WRONG", exitCode: 12, message: "That passphrase does not open it.", hint: /capital letters/ };
    await expectFailure(stage, ["verify", path], wrong, { env: { ACCOUNT_KEEPER_PASSPHRASE: "three wrong words" } });
    await expectFailure(stage, ["restore", ...stage.source, "--from", stage.vault, "--yes"], wrong, { env: { ACCOUNT_KEEPER_PASSPHRASE: "three wrong words" } });
    await expectFailure(stage, ["inspect", path, "--passphrase-file", await stage.file("empty", "\n")], { code: "USAGE", exitCode: 2, message: /empty line/ });
    await expectFailure(stage, ["backup", ...stage.source, "--out", stage.vault, "--encrypt"], { code: "PASSPHRASE_NEEDED", exitCode: 12, message: "A locked backup needs a passphrase.", hint: /--passphrase-file/ });
  });

  it("the newest backup of a folder, which a new one has to be compared with", async () => {
    const stage = await createCliStage();
    await stage.backUp("three little words");
    const line = ["backup", ...stage.source, "--out", stage.vault];
    await expectFailure(stage, line, { code: "PASSPHRASE_NEEDED", exitCode: 12, message: "The newest backup in this folder has a passphrase.", hint: /ACCOUNT_KEEPER_PASSPHRASE.*--passphrase-file/ });
    const wrong: ExpectedFailure = { code: "PASSPHRASE_WRONG", exitCode: 12, message: "That passphrase does not open the newest backup in this folder.", hint: /capital letters.*Nothing was written\.$/ };
    await expectFailures(stage, [line, [...line, "--encrypt"]], wrong, { env: { ACCOUNT_KEEPER_PASSPHRASE: "three wrong words" } });
  });

  it("no such file, no such folder, no backup in it, no variable", async () => {
    const stage = await createCliStage();
    const nowhere = join(stage.folder, "nowhere");
    const noFile: ExpectedFailure = { code: "BACKUP_NOT_FOUND", exitCode: 10, message: "There is no such backup file.", hint: "Check its name and folder." };
    await expectFailures(stage, [["verify", nowhere], ["inspect", nowhere], ["variable", "--from", nowhere], ["restore", ...stage.source, "--from", nowhere, "--yes"]], noFile);
    await expectFailure(stage, ["list", nowhere], { code: "FOLDER_NOT_FOUND", exitCode: 1, message: "The backup folder is not there.", hint: /drive may be unplugged/ });
    const none: ExpectedFailure = { code: "BACKUP_NOT_FOUND", exitCode: 10, message: "There is no backup in this folder." };
    await expectFailures(stage, [["list", stage.vault], ["verify", stage.vault], ["variable", "--from", stage.vault], ["restore", ...stage.source, "--from", stage.vault, "--yes"]], none);
    for (const env of [{}, { USER_BACKUP_DATA: "  " }]) {
      await expectFailure(stage, ["restore", ...stage.source, "--from", "variable", "--yes"], { code: "VARIABLE_NOT_SET", exitCode: 10, message: "USER_BACKUP_DATA is not set.", hint: /dashboard.*a folder of backups instead/ }, { env });
    }
    await expectFailure(stage, ["inspect", "-"], { code: "NOT_A_VARIABLE", exitCode: 1, message: "Nothing came in.", hint: /not set/ });
  });
});

describe("a variable that cannot be used", () => {
  it.each<[string, (value: string) => string, ExpectedFailure]>([
    ["cut by a terminal", (value) => value.slice(0, 4_095), { code: "VARIABLE_CUT", exitCode: 1, message: "This value is cut off after 4,095 characters.", hint: /^A terminal did that\. Paste it in the dashboard instead\. \d whole accounts come before the cut\.$/ }],
    ["cut elsewhere", (value) => value.slice(0, 1_000), { code: "VARIABLE_CUT", exitCode: 1, message: "This value is cut off after 1,000 characters.", hint: /^Copy it again/ }],
    ["one character lost in the middle", (value) => value.slice(0, 500) + value.slice(501), { code: "VARIABLE_DAMAGED", exitCode: 1, message: "This value is damaged.", hint: /^Copy it again/ }],
    ["a foreign character", (value) => `${value.slice(0, 500)}!${value.slice(501)}`, { code: "VARIABLE_DAMAGED", exitCode: 1, message: "This value is damaged.", hint: /^Copy it again/ }],
    ["its beginning lost", (value) => value.slice(9), { code: "VARIABLE_DAMAGED", exitCode: 1, message: "The beginning of this value is missing.", hint: /^Copy it again/ }],
  ])("%s: from the environment, from a pipe, and from a file", async (_name, spoil, expected) => {
    const stage = await createCliStage(sampleAccounts(10).map((record) => ({ ...record, document: changed(record.document ?? "", "{", `{"note":"${"n".repeat(100)}",`) })));
    const { value } = await variableOfSite(stage.site);
    const text = spoil(value);
    await stage.site.deleteAccounts([sampleAccounts(1)[0]?.id ?? ""]);
    await expectFailure(stage, ["restore", ...stage.source, "--from", "variable", "--yes"], expected, { env: { USER_BACKUP_DATA: text } });
    await expectFailures(stage, [["restore", ...stage.source, "--from", "-", "--yes"], ["inspect", "-"]], expected, { stdin: text });
    const file = await stage.file("value.txt", text);
    await expectFailures(stage, [["restore", ...stage.source, "--from", file, "--yes"], ["inspect", file]], expected);
  });

  it.each(["not set yet", "<html>"])("%s, which is none: from the environment and from a pipe it is no file, and not told as one", async (text) => {
    const stage = await createCliStage();
    const expected = { code: "NOT_A_VARIABLE", exitCode: 1, message: "This is not a backup variable.", hint: /W3si/ } as const;
    await expectFailures(stage, [["restore", ...stage.source, "--from", "variable", "--yes"], ["restore", ...stage.source, "--from", "-", "--yes"], ["drill", "-"]], expected, { env: { USER_BACKUP_DATA: text }, stdin: text });
  });
});
