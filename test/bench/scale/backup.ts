/** Backing up, against the same pages fetched raw and thrown away, and what else reads a whole site. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ChromaClient } from "chromadb";
import { createBackupWriter } from "../../../electron/engine/backup/backup-writer.ts";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import { verifyBackup } from "../../../electron/engine/backup/verify-backup.ts";
import { connect } from "../../../electron/engine/chroma/connect.ts";
import { readRecords } from "../../../electron/engine/chroma/read-records.ts";
import { compareSides } from "../../../electron/engine/diff/compare.ts";
import { sideOfBackup, sideOfSite } from "../../../electron/engine/diff/side.ts";
import { backupSite } from "../../../electron/engine/operations/backup-site.ts";
import { planRestore } from "../../../electron/engine/restore/plan-restore.ts";
import { withSlowLine } from "./child.ts";
import { inTurn, milliseconds, ratioOf } from "./measure.ts";
import { recordPosts, sendRaw } from "./raw-requests.ts";
import type { Report } from "./report.ts";
import { drain, inFolder, makeSite, newestIn, withChroma, type Site } from "./stage.ts";

const ROUNDS = 5;
/** What many owners have at home: 100 Mbit/s. */
const LINE_BYTES_PER_SECOND = 12_500_000;
const LINE_ROUNDS = 3;
/** As many as the engine has under way of pages that are small; of large ones two. */
const SMALL_PAGES_IN_FLIGHT = 4;
/** Chroma fails above: each record is one SQL variable. */
const MOST_IN_ONE_GET = 32_766;

export async function measureBackup(report: Report, { accounts }: { accounts: number }): Promise<void> {
  await withChroma(async (url) => {
    const site = await makeSite(url, "users", accounts);
    await inFolder(async (folder) => await backupAgainstFloor(report, site, folder, accounts));
    await inFolder(async (folder) => await overASlowLine(report, site, folder, accounts));
    await oneGet(report, site, accounts);
    await site.connection.close();
  });
}

async function backupAgainstFloor(report: Report, site: Site, folder: string, accounts: number): Promise<void> {
  const { connection, collection, url } = site;
  const readAll = (withVectors: boolean) => async () => await recordPosts(connection, async (recording) => await drain(readRecords(recording, collection.id, { withVectors })));
  const [bare, full] = [await readAll(false)(), await readAll(true)()];
  const vault = join(folder, "vault");
  const request = { connection, collectionName: collection.name, site: url, folder: vault };
  const times = await inTurn(ROUNDS, {
    "the same pages raw, without vectors": async () => await sendRaw(connection, bare, SMALL_PAGES_IN_FLIGHT),
    "backup without vectors": async () => await writeOne(site, folder, false),
    "the same pages raw, with vectors": async () => await sendRaw(connection, full),
    backup: async () => {
      await rm(vault, { recursive: true, force: true });
      await backupSite(request);
    },
    "reading alone, with vectors": async () => await drain(readRecords(connection, collection.id, { withVectors: true })),
    "the official client in a loop": async () => await officialLoop(site, accounts),
    verify: async () => await verifyBackup({ path: await newestIn(vault) }),
    plan: async () => await planRestore({ connection, site: url, collectionName: collection.name, backup: await openBackup({ path: await newestIn(vault) }), policy: "add_missing" }),
    diff: async () => await compareSides(sideOfBackup(await openBackup({ path: await newestIn(vault) })), sideOfSite(connection, collection)),
  });
  for (const [name, values] of Object.entries(times)) report.say(`${name}: ${milliseconds(values)}`);
  const floor = times["the same pages raw, with vectors"];
  const of = accounts.toLocaleString("en-US");
  report.find({ what: `Backup of ${of} without vectors, throughput of the floor`, measured: ratioOf(times["the same pages raw, without vectors"], times["backup without vectors"]), unit: "", budget: { atLeast: 0.35 }, target: { atLeast: 0.9 } });
  report.find({ what: `Backup of ${of}, throughput of the floor`, measured: ratioOf(floor, times.backup), unit: "", budget: { atLeast: 0.35 }, target: { atLeast: 0.85 } });
  report.find({ what: "… reading alone", measured: ratioOf(floor, times["reading alone, with vectors"]), unit: "", budget: null });
  report.find({ what: "The official client in a loop, throughput of the floor", measured: ratioOf(floor, times["the official client in a loop"]), unit: "", budget: null });
  for (const [name, atMost] of [["verify", 1], ["plan", 2], ["diff", 2.5]] as const) {
    report.find({ what: `${name} of ${of}, share of the time of one raw read`, measured: ratioOf(times[name], floor), unit: "", budget: { atMost }, target: { atMost: 1 } });
  }
}

/** As from an owner's desk, where neither server nor engine takes the other's processor. */
async function overASlowLine(report: Report, { collection, url }: Site, folder: string, accounts: number): Promise<void> {
  await withSlowLine({ target: url, bytesPerSecond: LINE_BYTES_PER_SECOND }, async (lineUrl) => {
    const connection = await connect({ kind: "server", url: lineUrl });
    const readAll = async (withVectors: boolean) => await recordPosts(connection, async (recording) => await drain(readRecords(recording, collection.id, { withVectors })));
    const [bare, full] = [await readAll(false), await readAll(true)];
    const vault = join(folder, "vault");
    const times = await inTurn(LINE_ROUNDS, {
      "over the line, raw, without vectors": async () => await sendRaw(connection, bare, SMALL_PAGES_IN_FLIGHT),
      "over the line, backup without vectors": async () => await writeOne({ connection, collection, url }, folder, false),
      "over the line, raw": async () => await sendRaw(connection, full),
      "over the line, backup": async () => {
        await rm(vault, { recursive: true, force: true });
        await backupSite({ connection, collectionName: collection.name, site: url, folder: vault });
      },
      "over the line, plan": async () => await planRestore({ connection, site: url, collectionName: collection.name, backup: await openBackup({ path: await newestIn(vault) }), policy: "add_missing" }),
      "over the line, diff": async () => await compareSides(sideOfBackup(await openBackup({ path: await newestIn(vault) })), sideOfSite(connection, collection)),
    }, { warmUp: false });
    for (const [name, values] of Object.entries(times)) report.say(`${name}: ${milliseconds(values)}`);
    const of = accounts.toLocaleString("en-US");
    report.find({ what: `Backup of ${of} without vectors over 100 Mbit/s, throughput of the floor`, measured: ratioOf(times["over the line, raw, without vectors"], times["over the line, backup without vectors"]), unit: "", budget: { atLeast: 0.6 }, target: { atLeast: 0.9 } });
    report.find({ what: `Backup of ${of} over 100 Mbit/s, throughput of the floor`, measured: ratioOf(times["over the line, raw"], times["over the line, backup"]), unit: "", budget: { atLeast: 0.75 }, target: { atLeast: 0.85 } });
    for (const name of ["plan", "diff"] as const) {
      report.find({ what: `${name} of ${of} over 100 Mbit/s, share of the time of one raw read`, measured: ratioOf(times[`over the line, ${name}`], times["over the line, raw"]), unit: "", budget: { atMost: 0.5 }, target: { atMost: 1 } });
    }
    await connection.close();
  });
}

/** All a backup does but the vault's own steps. */
async function writeOne({ connection, collection, url }: Site, folder: string, withVectors: boolean): Promise<void> {
  const { id, name, metadata, configuration, schema, dimension, tenant, database } = collection;
  const writer = await createBackupWriter(folder);
  for await (const page of readRecords(connection, id, { withVectors })) await writer.add(page);
  await writer.finish({ site: url, chroma: { tenant, database, collection: { id, name, metadata, configuration, schema, dimension } }, fewerThan: null, timestamp: new Date(), madeBy: "bench" });
  await writer.abandon();
}

/** What somebody writes in an afternoon. Misses whoever moves to an earlier page meanwhile, and rounds numbers. */
async function officialLoop({ url, collection }: Site, accounts: number): Promise<void> {
  const { hostname, port } = new URL(url);
  const client = new ChromaClient({ host: hostname, port: Number(port) });
  const users = await client.getCollection({ name: collection.name });
  for (let offset = 0; offset < accounts; offset += 1_000) await users.get({ limit: 1_000, offset, include: ["documents", "metadatas", "uris", "embeddings"] });
}

async function oneGet(report: Report, { connection, collection }: Site, accounts: number): Promise<void> {
  const { address, tenant, database } = connection;
  for (const limit of [Math.min(MOST_IN_ONE_GET, accounts), accounts]) {
    const response = await fetch(`${address}/api/v2/tenants/${tenant}/databases/${database}/collections/${collection.id}/get`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ limit, include: ["documents", "metadatas", "uris", "embeddings"] }),
    });
    const { byteLength } = await response.arrayBuffer();
    report.say(`one get of ${limit.toLocaleString("en-US")}: status ${response.status}, ${Math.round(byteLength / 1e6)} MB`);
  }
}
