/**
 * The connection to the site fails at every request of a backup and of a restore in turn: never a success that is none, nobody lost,
 * always a failure with a next step; and run again, it finishes.
 */
import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, it, onTestFinished } from "vitest";
import { recordHash } from "../../electron/engine/account.ts";
import { openBackup, type OpenBackup } from "../../electron/engine/backup/read-backup.ts";
import { verifyBackup } from "../../electron/engine/backup/verify-backup.ts";
import { connect, type ConnectOptions } from "../../electron/engine/chroma/connect.ts";
import type { ChromaConnection } from "../../electron/engine/chroma/connection.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite, type BackupReport } from "../../electron/engine/operations/backup-site.ts";
import { restoreSite } from "../../electron/engine/operations/restore-site.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import type { RestoreReport } from "../../electron/engine/restore/apply-restore.ts";
import { planRestore } from "../../electron/engine/restore/plan-restore.ts";
import { isSameVector } from "../../electron/engine/restore/vectors.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { FAULTS, momentsOf, ONE_TRY, outcomeOf, requestsOf, SWEEP_TIMEOUT_MS, TWO_TRIES, withFault } from "../support/fault-sweep.ts";
import { startFrontProxy, type FrontProxy } from "../support/front-proxy.ts";
import { createTestSite, temporaryFolder, type TestSite } from "../support/site.ts";

/** More than come in one request. */
const people = sampleAccounts(72).map((account) => ({ ...account, embedding: account.embedding.slice(0, 4) }));
const before = people.slice(0, 70);
const now = people.slice(0, 71);
const newcomer = people.slice(71);
const large = { before, now };
const small = { before: people.slice(0, 4), now: people.slice(0, 5) };

/** Ends with the test, and then nothing announced may be left. */
async function startProxy(): Promise<FrontProxy> {
  const proxy = await startFrontProxy({ target: inject("chromaUrl") });
  onTestFinished(async () => await proxy.close());
  return proxy;
}

async function over<T>(proxy: FrontProxy, options: ConnectOptions, work: (connection: ChromaConnection) => Promise<T>): Promise<T> {
  const connection = await connect({ kind: "server", url: proxy.url }, options);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

async function recordsOf(backup: OpenBackup): Promise<Map<string, AccountRecord>> {
  const found = new Map<string, AccountRecord>();
  for await (const page of backup.records()) for (const record of page) found.set(record.id, record);
  return found;
}

function contentOf(records: ReadonlyMap<string, AccountRecord>): Map<string, string> {
  return new Map([...records].map(([id, record]): [string, string] => [id, recordHash(record)]).sort());
}

function of(records: readonly AccountRecord[]): Map<string, AccountRecord> {
  return new Map(records.map((record) => [record.id, record]));
}

function expectVectors(what: string, found: ReadonlyMap<string, AccountRecord>, wanted: readonly WritableRecord[]): void {
  for (const { id, embedding } of wanted) expect(isSameVector(embedding, found.get(id)?.embedding ?? new Float32Array()), `${what}: vector of ${id}`).toBe(true);
}

async function newestOf(folder: string): Promise<Map<string, AccountRecord>> {
  const { newest } = await (await openVault(folder)).newestGood();
  return newest === null ? new Map<string, AccountRecord>() : await recordsOf(await openBackup({ path: newest.entry.path }));
}

/** Nothing but whole backups, and the one with `kept` among them. */
async function expectWholeVault(what: string, folder: string, kept: readonly AccountRecord[]): Promise<void> {
  const names = await readdir(folder);
  expect(names.filter((name) => !/^user_backup_\d{8}(?:_\d{6})?\.json$/.test(name)), what).toEqual([]);
  const contents = await Promise.all(names.map(async (name) => {
    await verifyBackup({ path: join(folder, name) });
    return contentOf(await recordsOf(await openBackup({ path: join(folder, name) })));
  }));
  expect(contents, what).toContainEqual(contentOf(of(kept)));
}

it.each([
  ["one try", ONE_TRY, 1, large],
  ["a second try", TWO_TRIES, 2, large],
  ["of a small site, one try", ONE_TRY, 14, small],
] as const)("a backup, %s", { timeout: SWEEP_TIMEOUT_MS }, async (_, options, sweep, { before, now }) => {
  const site = await createTestSite();
  await site.create();
  await site.add(before);
  await backupSite(site);
  await site.add(now);
  const proxy = await startProxy();
  const backUp = async (folder: string): Promise<BackupReport> => await over(proxy, options, async (connection) => await backupSite({ ...site, connection, folder }));
  const vaultBehind = async (): Promise<string> => {
    const folder = await temporaryFolder();
    await cp(site.folder, folder, { recursive: true });
    return folder;
  };

  const unharmed = await vaultBehind();
  const requests = await requestsOf(proxy, async () => await backUp(unharmed));
  expect(requests).toBeGreaterThan(now.length > 64 ? 8 : 5);
  const ends = { finished: 0, failed: 0 };
  for (const moment of momentsOf(FAULTS, requests, 2, sweep)) {
    const { what } = moment;
    const folder = await vaultBehind();
    const { ended, error } = await withFault(proxy, moment, async () => await backUp(folder));
    await expectWholeVault(what, folder, before);
    const newest = await newestOf(folder);
    if (ended === undefined) {
      ends.failed += 1;
      expect(contentOf(newest), `${what}: ${error.code}`).toEqual(contentOf(of(before)));
    } else {
      ends.finished += 1;
      expect(ended, what).toMatchObject({ outcome: "written", accounts: now.length, problemCount: 0, fewerThan: null });
      expect(contentOf(newest), what).toEqual(contentOf(of(now)));
      expectVectors(what, newest, now);
    }
    const again = await backupSite({ ...site, folder });
    expect(again, what).toMatchObject({ outcome: ended === undefined ? "written" : "unchanged", accounts: now.length, problemCount: 0 });
    expect(contentOf(await newestOf(folder)), what).toEqual(contentOf(of(now)));
    await expectWholeVault(what, folder, before);
  }
  // Both ends are met: faults that never bite prove nothing.
  expect(Math.min(ends.finished, ends.failed), JSON.stringify(ends)).toBeGreaterThan(1);
});

it.each([
  ["of a wiped site, one try", [], "add_missing", ONE_TRY, 3],
  ["of a wiped site, a second try", [], "add_missing", TWO_TRIES, 4],
  ["that puts older versions back beside a newcomer, one try", changed(before), "overwrite", ONE_TRY, 5],
  ["that puts older versions back beside a newcomer, a second try", changed(before), "overwrite", TWO_TRIES, 6],
] as const)("a restore %s", { timeout: SWEEP_TIMEOUT_MS }, async (_, onSite, policy, options, sweep) => {
  const site = await createTestSite();
  await site.create();
  await site.add(now);
  const { path } = await backupSite(site);
  const backup = await openBackup({ path });
  const proxy = await startProxy();
  // Several writes.
  proxy.injectAlways(/GET .*\/pre-flight-checks$/, { kind: "status", status: 200, json: { max_batch_size: 24, supports_base64_encoding: true } });
  const restore = async (connection: ChromaConnection): Promise<RestoreReport> => {
    const target = { connection, collectionName: site.collectionName, site: site.site, backup, policy };
    return await restoreSite({ ...target, plan: await planRestore(target), safetyFolder: await temporaryFolder() });
  };
  const others = onSite.length === 0 ? [] : newcomer;
  const reset = async (): Promise<void> => {
    await wipe(site);
    if (onSite.length === 0) return;
    await site.create();
    await site.add([...onSite, ...others]);
  };
  const wanted = contentOf(of([...now, ...others]));
  const allowed = new Map([...now, ...onSite, ...others].map((record) => [record.id, new Set<string>()]));
  for (const record of [...now, ...onSite, ...others]) allowed.get(record.id)?.add(recordHash(record));

  await reset();
  const requests = await requestsOf(proxy, async () => await over(proxy, options, restore));
  const ends = { finished: 0, failed: 0 };
  // Every second where there is a second try: the first tries are those of the sweep before.
  for (const moment of momentsOf(FAULTS, requests, 1, sweep).filter(({ nth }) => options === ONE_TRY || nth % 2 === 0)) {
    const { what } = moment;
    await reset();
    const { ended, error } = await withFault(proxy, moment, async () => await over(proxy, options, restore));
    const found = (await site.connection.findCollection(site.collectionName)) === null ? new Map<string, AccountRecord>() : await site.read();
    if (ended === undefined) {
      ends.failed += 1;
      // Whoever was there is there, everybody in a version that somebody made.
      for (const { id } of [...onSite, ...others]) expect([...found.keys()], `${what}: ${error.code}`).toContain(id);
      for (const [id, hash] of contentOf(found)) expect([...(allowed.get(id) ?? [])], `${what}: ${error.code} ${id}`).toContain(hash);
    } else {
      ends.finished += 1;
      expect(ended, what).toMatchObject({ problems: [], accountsOnSite: wanted.size });
      expect(contentOf(found), what).toEqual(wanted);
      expectVectors(what, found, [...now, ...others]);
    }
    expect(await restore(site.connection), what).toMatchObject({ problems: [], accountsOnSite: wanted.size });
    const afterwards = await site.read();
    expect(contentOf(afterwards), what).toEqual(wanted);
    expectVectors(what, afterwards, [...now, ...others]);
  }
  expect(Math.min(ends.finished, ends.failed), JSON.stringify(ends)).toBeGreaterThan(1);
});

/** As they were before the site changed them, which the backup puts back. */
function changed(records: readonly WritableRecord[]): WritableRecord[] {
  return records.map((record) => ({ ...record, document: (record.document ?? "").replace('"is_verified":', '"changed":1.0,"is_verified":') }));
}

async function wipe(site: TestSite): Promise<void> {
  if ((await site.connection.findCollection(site.collectionName)) !== null) await site.wipe();
}

it("a server that stumbles once over a page takes nobody's vector", async () => {
  const site = await createTestSite();
  await site.create();
  await site.add(now);
  const proxy = await startProxy();
  const backUp = async (): Promise<BackupReport> => await over(proxy, ONE_TRY, async (connection) => await backupSite({ ...site, connection, folder: await temporaryFolder() }));
  await backUp();
  // The first asks whether all of it comes at once, the second lists the ids.
  const [, , page = -1] = proxy.requests.flatMap(({ path }, nth) => (path.endsWith("/get") ? [nth] : []));
  proxy.injectNth(page, { kind: "status", status: 500, json: { error: "InternalError", message: "disk I/O error" } });
  const { path, problemCount } = await backUp();
  expect(problemCount).toBe(0);
  expectVectors("after a stumble", await recordsOf(await openBackup({ path })), now);
});

it("a failure says so, whatever it is about", async () => {
  expect((await outcomeOf("refused", async () => await connect({ kind: "server", url: "http://127.0.0.1:9" }, ONE_TRY))).error?.code).toBe("SERVER_UNREACHABLE");
});
