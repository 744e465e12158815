/** A site far larger than what Chroma gives in one call, through the built command: whole, and in memory that does not grow with it. */
import { describe, expect, it } from "vitest";
import { createBackupWriter } from "../../electron/engine/backup/backup-writer.ts";
import { verifyBackup, type VerifiedBackup } from "../../electron/engine/backup/verify-backup.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { isJsonObject, parseLossless } from "../../electron/engine/json/text.ts";
import { standInVector } from "../../electron/engine/restore/vectors.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { ownTemporary, runCliJson, type CliEnd } from "../support/cli-process.ts";
import { createTestSite, temporaryFolder } from "../support/site.ts";

/** Chroma answers at most 32,766 records with metadata in one call. */
const MANY = 34_000;
const SOME = 5_000;
const DIMENSION = 8;
/** An index that is quick to build: how well it finds neighbours is not asked here. */
const QUICK_INDEX = '{"hnsw":{"space":"l2","ef_construction":4,"ef_search":4,"max_neighbors":2}}';

function account(index: number): WritableRecord {
  const id = `user_${String(index).padStart(12, "0")}`;
  const email = `person.${index}@example.com`;
  const times = '"created_at":"2026-03-01T09:15:00.123456","updated_at":"2026-03-01T09:15:00.123456"';
  return {
    id,
    document: `{"user_id":"${id}","email":"${email}","password_hash":"$2b$12$${"x".repeat(53)}","full_name":"Person ${index}","is_verified":true,${times}}`,
    metadata: `{"user_id":"${id}","email":"${email}","is_verified":true,"type":"user","created_at":"2026-03-01T09:15:00.123456"}`,
    uri: null,
    embedding: standInVector(id, DIMENSION),
  };
}

/** A vault with one backup of `count` accounts that live nowhere yet. */
async function vaultWith(count: number): Promise<{ folder: string; path: string }> {
  const folder = await temporaryFolder();
  const configuration = parseLossless(QUICK_INDEX);
  const writer = await createBackupWriter(folder);
  await writer.add(Array.from({ length: count }, (_, index) => account(index)));
  const collection = { id: "7d1f0a5e-0000-4000-8000-000000000001", name: "users", metadata: null, configuration: isJsonObject(configuration) ? configuration : null, schema: null, dimension: DIMENSION };
  const chroma = { tenant: "default_tenant", database: "default_database", collection };
  const finished = await writer.finish({ site: "https://bakery.example.com", chroma, fewerThan: null, timestamp: new Date(), madeBy: "a test" });
  return { folder, path: (await (await openVault(folder)).place(finished, { kind: "normal" })).path };
}

interface Trip {
  readonly restore: CliEnd & { answer: Record<string, unknown> };
  readonly backup: CliEnd & { answer: Record<string, unknown> };
  readonly before: VerifiedBackup;
  readonly after: VerifiedBackup;
}

/** From a backup onto a site, and from the site into another backup. */
async function roundTrip(count: number): Promise<Trip> {
  const site = await createTestSite();
  const options = { temporary: ownTemporary() };
  const kept = await vaultWith(count);
  const source = ["--url", site.site, "--collection", site.collectionName];
  const restore = await runCliJson(["restore", ...source, "--from", kept.folder, "--yes"], options);
  const backup = await runCliJson(["backup", ...source, "--out", site.folder], options);
  const trip = { restore, backup, before: await verifyBackup({ path: kept.path }), after: await verifyBackup({ path: String(backup.answer["path"]) }) };
  await site.wipe();
  return trip;
}

/** What seven times as many accounts may take more: their ids, and chance. Not a ratio: the less a command needs in the first place, the larger that gets. */
const MOST_MORE_KILOBYTES = 48 * 1024;

describe("a site of 34,000 accounts", () => {
  let some: Trip;
  let many: Trip;

  it("is restored and backed up whole", async () => {
    some = await roundTrip(SOME);
    many = await roundTrip(MANY);
    for (const { restore, backup, before, after, count } of [
      { ...some, count: SOME },
      { ...many, count: MANY },
    ]) {
      expect(restore).toMatchObject({ code: 0, answer: { outcome: "restored", report: { added: count, problems: [], accounts_on_site: count } } });
      expect(backup).toMatchObject({ code: 0, answer: { outcome: "written", accounts: count, records: count, problem_count: 0 } });
      // Every account, each once and equal.
      expect(after).toMatchObject({ accountCount: count, recordCount: count });
      expect(after.digest?.content).toBe(before.digest?.content);
    }
  }, 300_000);

  it.each(["backup", "restore"] as const)("needs hardly more memory for a %s than 5,000 do", async (operation) => {
    const more = (): number => many[operation].peakKilobytes - some[operation].peakKilobytes;
    expect(some[operation].peakKilobytes).toBeGreaterThan(20_000);
    // When the garbage is collected is chance; that it has to be kept is not.
    if (more() >= MOST_MORE_KILOBYTES) many = await roundTrip(MANY);
    expect(more()).toBeLessThan(MOST_MORE_KILOBYTES);
  }, 300_000);
});
