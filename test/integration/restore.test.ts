/** What a restore does to a site where things are not as they were: whom it leaves, what it puts back, and what it refuses. */
import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import { connect } from "../../electron/engine/chroma/connect.ts";
import type { ChromaConnection } from "../../electron/engine/chroma/connection.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { canonicalJson, isJsonObject, parseLossless, type JsonObject } from "../../electron/engine/json/text.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { restoreSite } from "../../electron/engine/operations/restore-site.ts";
import { applyRestore } from "../../electron/engine/restore/apply-restore.ts";
import { isSameVector, standInVector } from "../../electron/engine/restore/vectors.ts";
import { applyOn, backupOf, planOn, restoreOn } from "../support/restore.ts";
import { snapshotSite } from "../support/snapshots.ts";
import { createTestSite, type TestSite } from "../support/site.ts";

const DIMENSION = 6;

function account(id: string, rest: Partial<WritableRecord> = {}): WritableRecord {
  return {
    id,
    document: `{"user_id":"${id}","email":"${id}@example.com","password_hash":"$2b$12$secret","balance":1.0}`,
    metadata: `{"user_id":"${id}","email":"${id}@example.com","score":1.0,"big":9007199254740993,"is_verified":true}`,
    uri: null,
    embedding: standInVector(id, DIMENSION),
    ...rest,
  };
}

const ann = account("ann");
const bob = account("bob");
const cleo = account("cleo");
/** Bob a year later, by the site's own hand. */
const laterBob = account("bob", {
  document: '{"user_id":"bob","email":"bob@example.com","password_hash":"$2b$12$changed"}',
  metadata: '{"user_id":"bob","email":"bob@example.com","score":1,"stale":"x","another":2.5}',
  embedding: standInVector("later", DIMENSION),
});

async function siteWith(records: readonly WritableRecord[]): Promise<TestSite> {
  const site = await createTestSite();
  await site.create();
  if (records.length > 0) await site.add(records);
  return site;
}

/** The reference site's own file: no vectors, no metadata. */
async function referenceFile(ids: readonly string[]): Promise<Awaited<ReturnType<typeof openBackup>>> {
  const users = ids.map((id) => account(id).document).join(", ");
  return await openBackup({ text: `{"backup_timestamp": "2026-11-20T08:30:00.000123", "user_count": ${ids.length}, "users": [${users}]}` });
}

function object(text: string): JsonObject {
  const value = parseLossless(text);
  if (!isJsonObject(value)) throw new Error("no object");
  return value;
}

const OWN_FUNCTION = object('{"embedding_function":{"type":"known","name":"openai","config":{"api_key_env_var":"KEY","model_name":"text-embedding-3-small"}}}');

describe("add missing", () => {
  it("adds who is missing and leaves everyone who is there", async () => {
    const backup = await backupOf([ann, bob, cleo]);
    const site = await siteWith([laterBob, account("dan")]);
    const before = await snapshotSite(site);
    const report = await restoreOn(site, backup);
    expect(report).toMatchObject({ added: 2, overwritten: 0, leftAsTheyAre: 1, accountsOnSite: 4, problems: [] });
    expect(await snapshotSite(site)).toMatchObject(before ?? {});
  });

  it("takes the same e-mail address under another id for the same person", async () => {
    const backup = await backupOf([ann, bob]);
    const site = await siteWith([account("new-ann", { document: '{"user_id":"new-ann","email":"ann@example.com"}' })]);
    const report = await restoreOn(site, backup);
    expect(report).toMatchObject({ added: 1, leftAsTheyAre: 1, problems: [{ code: "SAME_EMAIL_OTHER_ID", id: "ann" }] });
    expect([...(await site.read()).keys()].sort()).toEqual(["bob", "new-ann"]);
  });

  it("brings back two accounts that share an e-mail address, also when it was interrupted between them", async () => {
    const twins = ["twin-1", "twin-2"].map((id) => account(id, { document: `{"user_id":"${id}","email":"both@example.com"}`, metadata: null }));
    const backup = await backupOf(twins);
    const site = await siteWith([]);
    expect(await restoreOn(site, backup)).toMatchObject({ added: 2, problems: [] });
    await site.deleteAccounts(["twin-1"]);
    expect(await restoreOn(site, backup)).toMatchObject({ added: 1, leftAsTheyAre: 1, problems: [] });
    expect((await site.read()).size).toBe(2);
  });

  it("brings one of them back while the other is there", async () => {
    const twins = ["twin-1", "twin-2"].map((id) => account(id, { document: `{"user_id":"${id}","email":"both@example.com"}`, metadata: null }));
    const backup = await backupOf([...twins, ann]);
    const site = await siteWith(twins.slice(1));
    expect(await restoreOn(site, backup, { only: ["twin-1", "ann"] })).toMatchObject({ added: 2, problems: [] });
    expect([...(await site.read()).keys()].sort()).toEqual(["ann", "twin-1", "twin-2"]);
  });

  it("leaves whoever came back by themselves while it was under way", async () => {
    const backup = await backupOf([ann, bob]);
    const site = await siteWith([cleo]);
    const whileCopied = async (): Promise<null> => {
      await site.add([laterBob]);
      return null;
    };
    const report = await applyRestore({ ...site, backup, policy: "add_missing", plan: null, makeSafetyBackup: whileCopied });
    expect(report).toMatchObject({ problems: [{ code: "KEPT_OLDER_VALUE", id: "bob" }], accountsOnSite: 3 });
    expect((await site.read()).get("bob")).toMatchObject({ document: laterBob.document });
    expect((await site.read()).get("ann")).toMatchObject({ document: ann.document });
  });

  it("says who signed up again while it was under way: two accounts have their address then", async () => {
    const twins = ["twin-1", "twin-2"].map((id) => account(id, { document: `{"user_id":"${id}","email":"both@example.com"}`, metadata: null }));
    const backup = await backupOf([ann, bob, ...twins]);
    const site = await siteWith(twins.slice(1));
    const whileCopied = async (): Promise<null> => {
      await site.add([account("new-ann", { document: '{"user_id":"new-ann","email":"ann@example.com"}' }), cleo]);
      return null;
    };
    const report = await applyRestore({ ...site, backup, policy: "add_missing", plan: null, makeSafetyBackup: whileCopied });
    expect(report).toMatchObject({ added: 3, problems: [{ code: "SIGNED_UP_MEANWHILE", id: "ann" }], accountsOnSite: 6 });
  });

  it("writes nothing the second time", async () => {
    const backup = await backupOf([ann, bob]);
    const site = await siteWith([]);
    await restoreOn(site, backup);
    const again = await restoreOn(site, backup);
    expect(again).toMatchObject({ added: 0, overwritten: 0, safetyBackup: null, accountsOnSite: 2 });
    expect(await readdir(site.folder)).toEqual([]);
  });

  it("brings back only those who were named, and refuses a name nobody has", async () => {
    const backup = await backupOf([ann, bob, cleo]);
    const site = await siteWith([]);
    await expect(planOn(site, backup, { only: ["bob", "nobody"] })).rejects.toMatchObject({ code: "ACCOUNT_NOT_IN_BACKUP" });
    expect(await restoreOn(site, backup, { only: ["bob"] })).toMatchObject({ added: 1 });
    expect([...(await site.read()).keys()]).toEqual(["bob"]);
  });
});

describe("overwrite", () => {
  it("puts back exactly what the backup holds: numbers as they were, no key left over", async () => {
    const backup = await backupOf([ann, bob]);
    const site = await siteWith([ann, laterBob, cleo]);
    const report = await restoreOn(site, backup, { policy: "overwrite" });
    expect(report).toMatchObject({ added: 0, overwritten: 1, leftAsTheyAre: 1, problems: [], accountsOnSite: 3 });
    const restored = (await site.read()).get("bob");
    expect(restored?.document).toBe(bob.document);
    expect(canonicalJson(restored?.metadata ?? "")).toBe(canonicalJson(bob.metadata ?? ""));
    // Told apart from the whole numbers 1 and …992 by their very text.
    expect(restored?.metadata).toMatch(/"score":\s*1\.0/);
    expect(restored?.metadata).toContain("9007199254740993");
    expect(isSameVector(restored?.embedding ?? new Float32Array(), bob.embedding)).toBe(true);
  });

  it("leaves the site's own vector and further keys where the backup has none to put back", async () => {
    const site = await siteWith([laterBob]);
    expect(await restoreOn(site, await referenceFile(["bob"]), { policy: "overwrite" })).toMatchObject({ overwritten: 1, standInVectors: 0, problems: [] });
    const restored = (await site.read()).get("bob");
    expect(canonicalJson(restored?.document ?? "")).toBe(canonicalJson(bob.document ?? ""));
    expect(isSameVector(restored?.embedding ?? new Float32Array(), laterBob.embedding)).toBe(true);
    expect(object(restored?.metadata ?? "")).toMatchObject({ stale: "x", type: "user" });
  });
});

describe("overwrite, while the site goes on working", () => {
  it.each(["format_1", "reference"])("leaves whoever changes their account, and does not bring back who deletes it (%s)", async (kind) => {
    const backup = kind === "format_1" ? await backupOf([ann, bob, cleo]) : await referenceFile(["ann", "bob", "cleo"]);
    const older = (id: string): WritableRecord => account(id, { document: `{"user_id":"${id}","email":"${id}@example.com"}` });
    const site = await siteWith(["ann", "bob", "cleo"].map(older));
    const whileCopied = async (): Promise<null> => {
      await site.add([laterBob]);
      await site.deleteAccounts(["cleo"]);
      return null;
    };
    const report = await applyRestore({ ...site, backup, policy: "overwrite", plan: null, makeSafetyBackup: whileCopied });
    expect(report).toMatchObject({ added: 0, overwritten: 1, leftAsTheyAre: 2, accountsOnSite: 2 });
    expect(report.problems.map(({ code, id }) => [code, id]).sort()).toEqual([["CHANGED_MEANWHILE", "bob"], ["CHANGED_MEANWHILE", "cleo"]]);
    const after = await site.read();
    expect([after.get("bob")?.document, object(after.get("ann")?.document ?? "")]).toEqual([laterBob.document, object(ann.document ?? "")]);
  });
});

describe("overwrite, where somebody else holds the address by now", () => {
  const movedAnn = account("ann", { document: '{"user_id":"ann","email":"ann@new.example.com"}' });
  const newcomer = account("newcomer", { document: '{"user_id":"newcomer","email":"ann@example.com"}' });

  it("leaves both as they are: nobody is to share an e-mail address after it", async () => {
    const backup = await backupOf([ann, bob]);
    const site = await siteWith([movedAnn, newcomer, laterBob]);
    const report = await restoreOn(site, backup, { policy: "overwrite" });
    expect(report).toMatchObject({ added: 0, overwritten: 1, leftAsTheyAre: 1, problems: [{ code: "SAME_EMAIL_OTHER_ID", id: "ann" }] });
    expect((await site.read()).get("ann")).toMatchObject({ document: movedAnn.document });
  });

  it("puts both back who have changed addresses with each other", async () => {
    const swapped = [account("ann", { document: '{"user_id":"ann","email":"bob@example.com"}' }), account("bob", { document: '{"user_id":"bob","email":"ann@example.com"}' })];
    const site = await siteWith(swapped);
    expect(await restoreOn(site, await backupOf([ann, bob]), { policy: "overwrite" })).toMatchObject({ overwritten: 2, problems: [] });
  });
});

describe("who is gone again before they are read back", () => {
  it("counts as neither added nor put back", async () => {
    const backup = await backupOf([ann, bob, cleo]);
    const site = await siteWith([laterBob]);
    const posts: string[] = [];
    const post: ChromaConnection["post"] = async (id, action, ...rest) => {
      if (action === "get" && posts.includes("add")) await site.deleteAccounts(["bob", "cleo"]);
      posts.push(action);
      return await site.connection.post(id, action, ...rest);
    };
    const report = await restoreSite({ ...site, connection: { ...site.connection, post }, backup, policy: "overwrite", plan: null, safetyFolder: site.folder });
    expect(report).toMatchObject({ added: 1, overwritten: 0, accountsOnSite: 1 });
    expect(report.problems).toEqual([expect.objectContaining({ code: "NOT_RESTORED", id: "bob" }), expect.objectContaining({ code: "NOT_RESTORED", id: "cleo" })]);
  });
});

describe("before the first write", () => {
  it("what is there is backed up, and restoring that brings the former state back", async () => {
    const backup = await backupOf([ann, bob]);
    const site = await siteWith([laterBob, cleo]);
    const before = await snapshotSite(site);
    const { safetyBackup } = await restoreOn(site, backup, { policy: "overwrite" });
    expect(safetyBackup?.startsWith(join(site.folder, "safety"))).toBe(true);
    const former = await openBackup({ path: safetyBackup ?? "" });
    expect(await restoreOn(site, former, { policy: "overwrite" })).toMatchObject({ overwritten: 1, problems: [] });
    expect(await snapshotSite(site)).toMatchObject(before ?? {});
  });

  it("nothing is written when that backup fails", async () => {
    const backup = await backupOf([ann]);
    const site = await siteWith([bob]);
    const before = await snapshotSite(site);
    const plan = await planOn(site, backup);
    await expect(applyOn({ ...site, folder: join(site.folder, "\0") }, backup, plan)).rejects.toThrow();
    expect(await snapshotSite(site)).toEqual(before);
  });

  it("a plan for a site that has changed since is refused", async () => {
    const backup = await backupOf([ann, bob]);
    const site = await siteWith([cleo]);
    const plan = await planOn(site, backup);
    await site.add([laterBob]);
    const before = await snapshotSite(site);
    await expect(applyOn(site, backup, plan)).rejects.toMatchObject({ code: "PLAN_STALE" });
    expect(await snapshotSite(site)).toEqual(before);
    expect(await readdir(site.folder)).toEqual([]);
  });

  it("a metadata key that would overwrite the document is refused", async () => {
    // No Chroma hands such a record out; a backup may come from anywhere.
    const evil = { ...(await referenceFile(["ann"])), records: () => pages([{ ...ann, metadata: '{"chroma:document":"{}"}' }]) };
    const site = await siteWith([]);
    await expect(planOn(site, evil)).rejects.toMatchObject({ code: "RESERVED_METADATA_KEY" });
    expect((await site.read()).size).toBe(0);
  });
});

async function* pages<T>(records: T[]): AsyncGenerator<T[]> {
  await Promise.resolve();
  yield records;
}

describe("the length of vectors", () => {
  it("is the site's: a backup of another length is refused and nothing is written", async () => {
    const backup = await backupOf([account("ann", { embedding: standInVector("ann", 4) })]);
    const site = await siteWith([bob]);
    const before = await snapshotSite(site);
    await expect(restoreOn(site, backup)).rejects.toMatchObject({ code: "VECTOR_DIMENSION_MISMATCH" });
    expect(await snapshotSite(site)).toEqual(before);
  });

  it("comes from the site for accounts that have no vector", async () => {
    const site = await siteWith([bob]);
    expect(await restoreOn(site, await referenceFile(["ann"]))).toMatchObject({ added: 1, standInVectors: 1, dimension: DIMENSION });
    expect((await site.read()).get("ann")?.embedding).toHaveLength(DIMENSION);
  });

  it("comes from the backup when the site has none yet", async () => {
    const site = await siteWith([]);
    expect((await restoreOn(site, await backupOf([ann]))).dimension).toBe(DIMENSION);
    expect((await site.collection()).dimension).toBe(DIMENSION);
  });

  it("must be told when the site makes its own vectors and nothing says how long", async () => {
    const site = await createTestSite();
    await site.create({ configuration: OWN_FUNCTION });
    const backup = await referenceFile(["ann"]);
    await expect(restoreOn(site, backup)).rejects.toMatchObject({ code: "VECTOR_DIMENSION_UNKNOWN" });
    expect((await site.collection()).dimension).toBeNull();
    expect(await restoreOn(site, backup, { dimension: 12 })).toMatchObject({ added: 1, dimension: 12 });
    expect((await site.collection()).dimension).toBe(12);
  });

  it("is the usual 384 when nothing speaks against it", async () => {
    const site = await siteWith([]);
    const backup = await referenceFile(["ann"]);
    expect((await planOn(site, backup)).dimension).toEqual({ dimension: 384, source: "assumed" });
    await restoreOn(site, backup);
    expect((await site.collection()).dimension).toBe(384);
  });
});

describe("a server that has forgotten everything", () => {
  it("gets its tenant, database and collection back", async () => {
    const names = { tenant: `tenant-${randomUUID()}`, database: `database-${randomUUID()}` };
    const connection = await connect({ kind: "server", url: inject("chromaUrl"), ...names }, { allowMissingDatabase: true });
    onTestFinished(async () => await connection.close());
    const backup = await backupOf([ann, bob]);
    const site = { ...(await createTestSite()), connection };
    const plan = await planOn(site, backup);
    expect(plan).toMatchObject({ collection: null, databaseMissing: true });
    expect(await applyOn(site, backup, plan)).toMatchObject({ added: 2, collectionCreated: true, problems: [], accountsOnSite: 2 });
    const again = await connect({ kind: "server", url: inject("chromaUrl"), ...names });
    onTestFinished(async () => await again.close());
    const made = await again.findCollection(site.collectionName);
    expect(made).toMatchObject({ ...names, dimension: DIMENSION });
    expect(await backupSite({ ...site, connection: again })).toMatchObject({ accounts: 2 });
  });
});
