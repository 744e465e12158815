/** Every reader of bytes that others wrote, and what has to hold of each whatever the bytes are. A reader may refuse with a typed error; anything else it throws is a finding. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openSiteStore } from "../../electron/app/sites/site-store.ts";
import { accountHash, createContentDigest, emailOf, recordHash } from "../../electron/engine/account.ts";
import { readActivity } from "../../electron/engine/activity/activity-log.ts";
import { createBackupWriter } from "../../electron/engine/backup/backup-writer.ts";
import { lineToRecord, recordToLine } from "../../electron/engine/backup/lines.ts";
import { openBackup, type OpenBackup } from "../../electron/engine/backup/read-backup.ts";
import { creationBodies, parseCollection } from "../../electron/engine/chroma/collection.ts";
import { parseIds, parseRecordPage } from "../../electron/engine/chroma/record-page.ts";
import { compareSides } from "../../electron/engine/diff/compare.ts";
import { createLoginCheck } from "../../electron/engine/drill/login-check.ts";
import { jsonKeys, parseLossless, type JsonValue } from "../../electron/engine/json/text.ts";
import { readRestoreMark } from "../../electron/engine/operations/restore-mark.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import { decodeVariable } from "../../electron/engine/variable/decode.ts";
import { encodeVariable } from "../../electron/engine/variable/encode.ts";
import { inspectVariable } from "../../electron/engine/variable/inspect.ts";
import { withVaultLock } from "../../electron/engine/vault/lock.ts";
import { readNotes } from "../../electron/engine/vault/notes.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { readJsonBody } from "../../electron/web/request-body.ts";
import { contract } from "../../shared/contract.ts";
import { shown } from "../../electron/engine/shown.ts";

/** Reads `bytes`, with a folder of its own that is empty before. */
export type Reader = (bytes: Buffer, folder: string) => Promise<void>;

/** Opens what a passphrase locks in the corpus. Its work is small on purpose. */
export const CORPUS_PASSPHRASE = "correct horse";
/** A second and more of work each, as the owner's own passphrase costs: told apart in a test of its own. */
const SLOW_LOCK = /-> scrypt \S+ (?:1[2-9]|20)\b/;

function claim(condition: boolean, what: string): void {
  if (!condition) throw new Error(`does not hold: ${what}`);
}

/** What is done with every record, wherever it came from. */
function useRecords(records: readonly AccountRecord[]): void {
  const login = createLoginCheck();
  for (const record of records) {
    emailOf(record);
    accountHash(record);
    if (record.metadata !== null) jsonKeys(record.metadata);
    login.add(record);
    const again = lineToRecord(Buffer.from(recordToLine(record)));
    claim(recordHash(again) === recordHash(record), "a record survives its line");
    claim(!/[\n\p{Cc}]/u.test(shown(record.id)), "an id is shown on one line");
  }
}

async function useBackup(backup: OpenBackup): Promise<void> {
  const content = createContentDigest();
  const all: AccountRecord[] = [];
  for await (const page of backup.records()) {
    useRecords(page);
    for (const record of page) content.add(recordHash(record));
    all.push(...page);
  }
  if (backup.head !== null) {
    claim(content.hex() === backup.head.account_keeper.digest.content, "format 1 holds what it was made with");
    claim(all.length === backup.head.account_keeper.record_count, "format 1 counts its records");
  }
  const side = { holdsEverything: true, pages: () => backup.records() };
  const { counts } = await compareSides(side, side);
  claim(counts.changed + counts.added + counts.missing + counts.signedUpAgain === 0, "a backup is the same as itself");
}

async function backupFile(bytes: Buffer, folder: string): Promise<void> {
  if (SLOW_LOCK.test(bytes.toString("latin1", 0, 4_096))) return;
  const path = join(folder, "user_backup_20261123.json");
  await writeFile(path, bytes);
  const entries = await (await openVault(folder)).list({ passphrase: CORPUS_PASSPHRASE });
  claim(entries.length === 1 && entries[0]?.error?.code !== "INTERNAL", "a vault lists what it holds");
  await useBackup(await openBackup({ path }, { passphrase: CORPUS_PASSPHRASE }));
}

async function backupText(bytes: Buffer): Promise<void> {
  if (SLOW_LOCK.test(bytes.toString("latin1", 0, 8_192))) return;
  await useBackup(await openBackup({ text: bytes.toString("utf8") }, { passphrase: CORPUS_PASSPHRASE }));
}

async function variable(bytes: Buffer): Promise<void> {
  const text = bytes.toString("utf8");
  const { accounts, json } = await Promise.resolve(text).then(decodeVariable);
  claim(Array.isArray(JSON.parse(json)), "a variable holds a list");
  claim(inspectVariable(text).accounts === accounts.length, "a variable is counted");
  claim(decodeVariable(encodeVariable(accounts)).accounts.length === accounts.length, "a variable can be made again");
}

async function recordPage(bytes: Buffer): Promise<void> {
  const records = await Promise.resolve(bytes).then((answer) => parseRecordPage(answer, 1_000));
  claim(parseIds(bytes).length === records.length, "ids are those of the records");
  useRecords(records);
}

/** What a server answers, through a backup and back: no wrong success on the way. */
async function recordPageBackedUp(bytes: Buffer, folder: string): Promise<void> {
  const records = await Promise.resolve(bytes).then((answer) => parseRecordPage(answer, 1_000));
  const writer = await createBackupWriter(folder);
  await writer.add(records);
  const collection = { id: "c", name: "users", metadata: null, configuration: null, schema: null, dimension: 3 };
  const { tempPath } = await writer.finish({ site: "s", madeBy: "m", fewerThan: null, timestamp: new Date(0), chroma: { tenant: "t", database: "d", collection } });
  const read: AccountRecord[] = [];
  for await (const page of (await openBackup({ path: tempPath })).records()) read.push(...page);
  claim(read.length === records.length && read.every((record, at) => record.id === records[at]?.id && recordHash(record) === recordHash(records[at])), "a backup gives back what the server said");
}

async function collectionAnswer(bytes: Buffer): Promise<void> {
  const value = await Promise.resolve(bytes).then(parsedAnswer);
  for (const one of Array.isArray(value) ? value : [value]) {
    const collection = parseCollection(one, { tenant: "t", database: "d" });
    if (collection !== undefined) for (const body of creationBodies(collection, true)) JSON.parse(body);
  }
}

/** As the connection does it: what does not parse is a bad answer. */
function parsedAnswer(bytes: Buffer): JsonValue | undefined {
  try {
    return parseLossless(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

async function stateFile(bytes: Buffer, folder: string): Promise<void> {
  await writeFile(join(folder, "sites.json"), bytes);
  const store = await openSiteStore(folder);
  claim(store.notice === null || store.value.sites.length === 0, "the list of sites is whole, or empty and says so");
}

async function activityLog(bytes: Buffer, folder: string): Promise<void> {
  await writeFile(join(folder, "account-keeper-activity.jsonl"), bytes);
  for (const { at, message } of await readActivity(folder, 50)) claim(!Number.isNaN(Date.parse(at)) && typeof message === "string", "an activity has a time and a sentence");
}

async function notes(bytes: Buffer, folder: string): Promise<void> {
  await writeFile(join(folder, "account-keeper-notes.json"), bytes);
  for (const [digest, { rehearsedAt }] of await readNotes(folder)) claim(/^[0-9a-f]{64}$/.test(digest) && !Number.isNaN(rehearsedAt.getTime()), "a note is of a backup and has a time");
  await writeFile(join(folder, "account-keeper-restoring.json"), bytes);
  await readRestoreMark(folder);
}

/** The bytes are the name of a claim in the lock's folder: all that a lock says stands in its name. */
async function lock(bytes: Buffer, folder: string): Promise<void> {
  const name = bytes.toString("utf8").replace(/[/\0]/g, "").slice(0, 80).toWellFormed();
  if (name === "" || name === "." || name === "..") return;
  await mkdir(join(folder, ".account-keeper.lock"));
  await writeFile(join(folder, ".account-keeper.lock", name), bytes);
  await withVaultLock(folder, () => Promise.resolve(), { waitMs: 0 });
}

/** A call from a page: whatever its body, it is refused or fits its command. */
async function webCall(bytes: Buffer): Promise<void> {
  const body = await readJsonBody(new Request("http://127.0.0.1/", { method: "POST", body: new Uint8Array(bytes), headers: { "content-type": "application/json" } }));
  if (body.ok) for (const { request } of Object.values(contract)) request.safeParse(body.value);
}

/** By the file in the corpus that each begins with. */
export const READERS: Readonly<Record<string, readonly Reader[]>> = {
  "format-1.json": [backupFile, backupText],
  "reference.json": [backupFile, backupText],
  "array.json": [backupFile, backupText],
  "locked.json.age": [backupFile],
  "locked-armored.txt": [backupText],
  "variable.txt": [variable, backupText],
  "variable.env": [variable, backupText],
  "page.json": [recordPage, recordPage, recordPage, recordPageBackedUp],
  "collections.json": [collectionAnswer],
  "sites.json": [stateFile],
  "activity.jsonl": [activityLog],
  "notes.json": [notes],
  "claim.txt": [lock],
  "call.json": [webCall],
};

/** Takes away what an input has left. */
export async function emptied(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}
