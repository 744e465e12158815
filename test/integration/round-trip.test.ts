/** The main promise: what was on the site before a wipe is on it again after a restore, bit for bit. */
import { readFile } from "node:fs/promises";
import { ChromaClient } from "chromadb";
import { describe, expect, inject, it } from "vitest";
import { recordHash } from "../../electron/engine/account.ts";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { canonicalJson, parseLossless, type JsonObject, isJsonObject } from "../../electron/engine/json/text.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { chooseBackup, restoreSite } from "../../electron/engine/operations/restore-site.ts";
import { planRestore } from "../../electron/engine/restore/plan-restore.ts";
import type { RestoreReport } from "../../electron/engine/restore/apply-restore.ts";
import { isSameVector } from "../../electron/engine/restore/vectors.ts";
import { oddAccounts } from "../support/odd-accounts.ts";
import { createTestSite, type TestSite } from "../support/site.ts";

async function restoreNewest(site: TestSite): Promise<RestoreReport> {
  const { backup } = await chooseBackup({ kind: "vault", folder: site.folder });
  const request = { ...site, backup, policy: "add_missing" as const };
  const plan = await planRestore(request);
  return await restoreSite({ ...request, plan, safetyFolder: site.folder });
}

function configuration(text: string): JsonObject {
  const value = parseLossless(text);
  if (!isJsonObject(value)) throw new Error("not an object");
  return value;
}

const SPACES = ["l2", "ip", "cosine"] as const;

describe("backup, wipe, restore", () => {
  it.each(SPACES)("brings every odd record back exactly (%s)", async (space) => {
    const site = await createTestSite();
    const settings = configuration(`{"hnsw":{"space":"${space}","ef_construction":123,"ef_search":77,"max_neighbors":9,"resize_factor":1.5,"sync_threshold":500}}`);
    await site.create({ configuration: settings, metadata: configuration('{"made":"by hand","ratio":1.0,"big":9007199254740993}') });
    await site.add(oddAccounts);
    const before = await site.read();
    const collectionBefore = await site.collection();
    expect(before.size).toBe(oddAccounts.length);

    const backedUp = await backupSite(site);
    expect(backedUp).toMatchObject({ outcome: "written", records: oddAccounts.length, problemCount: 5, fewerThan: null });
    await site.wipe();
    const report = await restoreNewest(site);
    expect(report).toMatchObject({ added: oddAccounts.length, collectionCreated: true, problems: [], standInVectors: 0, safetyBackup: null });

    const after = await site.read();
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    for (const [id, record] of before) {
      const restored = after.get(id);
      expect(restored?.document, id).toBe(record.document);
      expect(restored?.uri, id).toBe(record.uri);
      expect(restored?.metadata === null ? null : canonicalJson(restored?.metadata ?? "0"), id).toBe(record.metadata === null ? null : canonicalJson(record.metadata));
      if (restored === undefined || restored.embedding === null || record.embedding === null) throw new Error(`no vector: ${id}`);
      expect(isSameVector(record.embedding, restored.embedding), id).toBe(true);
    }
    const collectionAfter = await site.collection();
    expect(collectionAfter.id).not.toBe(collectionBefore.id);
    expect(canonicalJson(JSON.stringify(collectionAfter.configuration))).toBe(canonicalJson(JSON.stringify(collectionBefore.configuration)));
    expect(collectionAfter.metadata).toEqual(collectionBefore.metadata);
    expect(collectionAfter.dimension).toBe(collectionBefore.dimension);
  });

  it("lets nobody stay away because of a vector that Chroma itself makes unreadable", async () => {
    const site = await createTestSite();
    await site.create({ configuration: configuration('{"hnsw":{"space":"cosine"}}') });
    // Too long to be squared and summed in 32 bits: Chroma gives null for each of its numbers.
    const embedding = Float32Array.from({ length: 384 }, () => 1e19);
    await site.add(sampleAccounts(3).map((account, index) => (index === 1 ? { ...account, embedding } : account)));
    const [, { id }] = sampleAccounts(2) as [unknown, { id: string }];

    expect(await backupSite(site)).toMatchObject({ accounts: 3, problemCount: 1, problems: [{ code: "WITHOUT_VECTOR", id }] });
    await site.wipe();
    expect(await restoreNewest(site)).toMatchObject({ added: 3, standInVectors: 1, problems: [] });
    expect(await backupSite(site)).toMatchObject({ accounts: 3, problemCount: 0 });
  });

  it("keeps whole numbers and floats apart, so that the site's own filters find what they found before", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(oddAccounts);
    const find = async (where: string): Promise<string[]> => {
      const answer = await site.connection.post((await site.collection()).id, "get", `{"where":${where},"include":[]}`);
      return (JSON.parse(answer.toString()) as { ids: string[] }).ids.sort();
    };
    const filters = ['{"score":{"$eq":1.0}}', '{"score":{"$gte":0.5}}', '{"big":{"$eq":9007199254740993}}', '{"one":{"$eq":1}}', '{"negative":{"$lt":-1.5}}', '{"max":{"$gt":9223372036854775806}}'];
    const before = await Promise.all(filters.map(find));
    expect(before).toEqual([["floats"], ["floats"], ["int64"], ["int64"], ["floats"], ["int64"]]);
    await backupSite(site);
    await site.wipe();
    await restoreNewest(site);
    expect(await Promise.all(filters.map(find))).toEqual(before);
  });

  it("is seen as equal by the official client, which shares no code with us", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(sampleAccounts(12));
    const { hostname, port } = new URL(inject("chromaUrl"));
    const client = new ChromaClient({ host: hostname, port: Number(port) });
    const look = async (): Promise<unknown> => {
      const collection = await client.getCollection({ name: site.collectionName });
      const { ids, documents, metadatas, embeddings } = await collection.get({ include: ["documents", "metadatas", "embeddings"] });
      return ids.map((id, index) => ({ id, document: documents[index], metadata: metadatas[index], embedding: embeddings[index] }));
    };
    const before = await look();
    await backupSite(site);
    await site.wipe();
    await restoreNewest(site);
    expect(await look()).toEqual(before);
  });

  it("writes a file that the old site's own code can read", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(oddAccounts);
    const { path, name } = await backupSite(site);
    expect(name).toMatch(/^user_backup_\d{8}\.json$/);
    const file = JSON.parse(await readFile(path, "utf8")) as { backup_timestamp: string; user_count: number; users: { user_id: string; email: string }[] };
    expect(Date.parse(file.backup_timestamp)).not.toBeNaN();
    expect(file.user_count).toBe(file.users.length);
    expect(file.users.map((user) => user.user_id)).toContain("floats");
    // The accounts' own text, with 1.0 still a float.
    expect(await readFile(path, "utf8")).toContain('"balance":1.0,"tiny":1e-7,"long":0.10}');
  });

  it("makes no second file for the same content, whatever order the server gives metadata in", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(oddAccounts);
    const first = await backupSite(site);
    const second = await backupSite(site);
    expect(second).toMatchObject({ outcome: "unchanged", name: first.name, records: first.records });
    await site.add(sampleAccounts(1).map((account) => ({ ...account, embedding: account.embedding.slice(0, 8) })));
    expect((await backupSite(site)).outcome).toBe("written");
  });

  it("reads the same records from the backup as from the site", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(oddAccounts);
    const { path } = await backupSite(site);
    const live = await site.read();
    let seen = 0;
    for await (const page of (await openBackup({ path })).records()) {
      for (const record of page) {
        seen += 1;
        const onSite = live.get(record.id);
        if (onSite === undefined) throw new Error(`not on the site: ${record.id}`);
        expect(recordHash(record), record.id).toBe(recordHash(onSite));
      }
    }
    expect(seen).toBe(oddAccounts.length);
  });
});
