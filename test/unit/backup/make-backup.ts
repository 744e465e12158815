/** Backups for tests: real files in temporary folders. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createBackupWriter, type BackupInfo, type FinishedBackup } from "../../../electron/engine/backup/backup-writer.ts";
import type { OpenBackup, ReadRecordsOptions } from "../../../electron/engine/backup/read-backup.ts";
import type { AccountRecord } from "../../../electron/engine/record.ts";
import { isKeeperError, type KeeperError } from "../../../shared/errors.ts";
import { lockQuickly } from "../../support/quick-lock.ts";

export const FIXTURES = join(import.meta.dirname, "../../fixtures/backup");

/** A folder that is gone after the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "account-keeper-test-"));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  return folder;
}

export function account(id: string, rest: Partial<AccountRecord> = {}): AccountRecord {
  return {
    id,
    document: `{"user_id":"${id}","email":"${id}@example.com","password_hash":"$2b$12$secret-of-${id}"}`,
    metadata: `{"user_id":"${id}","type":"user"}`,
    uri: null,
    embedding: new Float32Array([0.25, -1, 3.5]),
    ...rest,
  };
}

export function accounts(count: number): AccountRecord[] {
  return Array.from({ length: count }, (_, index) => account(`u-${index + 1}`));
}

export function info(rest: Partial<BackupInfo> = {}): BackupInfo {
  const collection = { id: "7d1f0a5e-0000-4000-8000-000000000001", name: "users", metadata: null, configuration: null, schema: null, dimension: 3 };
  return {
    site: "https://bakery.example.com",
    chroma: { tenant: "default_tenant", database: "default_database", collection },
    fewerThan: null,
    timestamp: new Date("2026-11-23T10:15:00.123Z"),
    madeBy: "account-keeper 0.1.0",
    ...rest,
  };
}

interface MakeOptions extends Partial<BackupInfo> {
  passphrase?: string;
}

/** A finished backup of these records, under its temporary name. A locked one is locked quickly. */
export async function makeBackup(folder: string, records: readonly AccountRecord[], { passphrase, ...rest }: MakeOptions = {}): Promise<FinishedBackup> {
  const writer = await createBackupWriter(folder);
  await writer.add(records);
  const finished = await writer.finish(info(rest));
  if (passphrase === undefined) return finished;
  const bytes = await lockQuickly(await readFile(finished.tempPath), passphrase);
  await writeFile(finished.tempPath, bytes);
  return { ...finished, encrypted: true, sizeBytes: bytes.length };
}

export async function readRecords(backup: OpenBackup, options: ReadRecordsOptions = {}): Promise<AccountRecord[]> {
  const records: AccountRecord[] = [];
  for await (const page of backup.records(options)) records.push(...page);
  return records;
}

/** What this throws, which must be one of the product's own errors. */
export async function errorOf(run: () => Promise<unknown>): Promise<KeeperError> {
  try {
    await run();
  } catch (error) {
    if (isKeeperError(error)) return error;
    throw error;
  }
  throw new Error("expected a KeeperError");
}

/** Names in a folder, sorted. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort();
}
