/** Restoring into an empty site, against the same batches sent raw. */
import { z } from "zod";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import type { ChromaConnection } from "../../../electron/engine/chroma/connection.ts";
import { backupSite } from "../../../electron/engine/operations/backup-site.ts";
import { applyRestore } from "../../../electron/engine/restore/apply-restore.ts";
import { inTurn, milliseconds, ratioOf } from "./measure.ts";
import { recordPosts, sendRaw, type RawPost } from "./raw-requests.ts";
import type { Report } from "./report.ts";
import { inFolder, makeSite, newestIn, withChroma } from "./stage.ts";

const ROUNDS = 5;

export async function measureRestore(report: Report, { accounts }: { accounts: number }): Promise<void> {
  await withChroma(async (url) => await inFolder(async (folder) => {
    const { connection } = await makeSite(url, "users", accounts);
    await backupSite({ connection, collectionName: "users", site: url, folder });
    const path = await newestIn(folder);
    const writing: number[] = [];
    let count = 0;
    const restoreInto = async (over: ChromaConnection): Promise<void> => {
      count += 1;
      let startedMs = Number.NaN;
      let endedMs = Number.NaN;
      await applyRestore(
        { connection: over, site: url, collectionName: `restored-${count}`, backup: await openBackup({ path }), policy: "add_missing", plan: null, makeSafetyBackup: async () => await Promise.resolve(null) },
        {
          onProgress: ({ phase, done }) => {
            if (phase === "restoring" && done === 0) startedMs = performance.now();
            if (phase === "verifying" && done === 0) endedMs = performance.now();
          },
        },
      );
      writing.push(endedMs - startedMs);
    };
    const posts = await recordPosts(connection, restoreInto);
    const upserts = inLargestBatches(posts.filter(({ action }) => action !== "get"), connection.limits.maxBatchSize);
    writing.length = 0;
    const times = await inTurn(ROUNDS, {
      "largest upserts, raw": async () => {
        count += 1;
        await sendRaw(connection, await intoNew(connection, `raw-${count}`, upserts), 1);
      },
      restore: async () => await restoreInto(connection),
    }, { warmUp: false });
    for (const [name, values] of Object.entries(times)) report.say(`${name}: ${milliseconds(values)}`);
    const of = accounts.toLocaleString("en-US");
    report.find({ what: `Restore of ${of}: writing, throughput of a raw loop`, measured: ratioOf(times["largest upserts, raw"], writing), unit: "", budget: { atLeast: 0.8 }, target: { atLeast: 0.95 } });
    report.find({ what: "… with planning before and reading everybody back after", measured: ratioOf(times["largest upserts, raw"], times.restore), unit: "", budget: null });
    await connection.close();
  }));
}

const columnsSchema = z.record(z.string(), z.array(z.unknown()));

/** The same records in as few upserts as the server allows. */
function inLargestBatches(posts: readonly RawPost[], maxBatchSize: number): readonly RawPost[] {
  const [first] = posts;
  if (first === undefined) return [];
  const bodies = posts.map(({ body }) => columnsSchema.parse(JSON.parse(body.toString())));
  const columns = Object.keys(bodies[0] ?? {}).map((name): [string, unknown[]] => [name, bodies.flatMap((body) => body[name] ?? [])]);
  const count = columns[0]?.[1].length ?? 0;
  return Array.from({ length: Math.ceil(count / maxBatchSize) }, (_, index) => ({
    ...first,
    action: "upsert",
    body: JSON.stringify(Object.fromEntries(columns.map(([name, values]) => [name, values.slice(index * maxBatchSize, (index + 1) * maxBatchSize)]))),
  }));
}

async function intoNew(connection: ChromaConnection, name: string, upserts: readonly RawPost[]): Promise<readonly RawPost[]> {
  const { id } = await connection.createCollection({ name, metadata: null, configuration: null, schema: null });
  return upserts.map((post) => ({ ...post, collectionId: id }));
}
