/** Five customers, what may happen to them, and the command line in this process: for comparing, and for undoing a restore. */
import { expect } from "vitest";
import { z } from "zod";
import { commands } from "../../electron/cli/commands/index.ts";
import { recordHash } from "../../electron/engine/account.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import { isSameVector } from "../../electron/engine/restore/vectors.ts";
import { createFakeHost, run, type CliRun } from "../unit/cli/fake-host.ts";
import { createTestSite, type TestSite } from "./site.ts";

export const people = sampleAccounts(5);
export const [ada, bjorn, chidi, dolores] = people.map(({ id }) => id);
export const NEW_HASH = "$2b$12$NewSecretHashThatNobodyMaySee";

/** The same account with another password. */
export function withPassword(record: WritableRecord | undefined, rest: Partial<WritableRecord> = {}): WritableRecord {
  if (typeof record?.document !== "string") throw new Error("no such account");
  return { ...record, document: record.document.replace(/"password_hash":"[^"]*"/, `"password_hash":"${NEW_HASH}"`), ...rest };
}

/** The same person under another id, and with `email` somebody new. */
export function asOf(record: WritableRecord | undefined, id: string, email?: string): WritableRecord {
  if (typeof record?.document !== "string") throw new Error("no such account");
  const account = z.record(z.string(), z.unknown()).parse(JSON.parse(record.document));
  return { ...record, id, document: JSON.stringify({ ...account, user_id: id, ...(email === undefined ? {} : { email }) }), metadata: null };
}

export async function newSite(records: readonly WritableRecord[] = people): Promise<TestSite> {
  const site = await createTestSite();
  await site.create();
  await site.add(records);
  return site;
}

export function sourceOf(site: TestSite): string[] {
  return ["--url", site.site, "--collection", site.collectionName];
}

/** One command line without a terminal; `json()` is what it answered to `--json`. */
export async function cli(argv: readonly string[], env: Record<string, string> = {}): Promise<CliRun & { json: () => unknown }> {
  const ended = await run(argv, commands, createFakeHost({ env }));
  return { ...ended, json: () => JSON.parse(ended.out) as unknown };
}

/** The site holds exactly these records, vectors too. */
export async function expectSame(site: TestSite, wanted: ReadonlyMap<string, AccountRecord>): Promise<void> {
  const found = await site.read();
  expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [id, record] of wanted) {
    const now = found.get(id);
    if (!now?.embedding || record.embedding === null) throw new Error(`no vector: ${id}`);
    expect(recordHash(now), id).toBe(recordHash(record));
    expect(isSameVector(record.embedding, now.embedding), id).toBe(true);
  }
}
