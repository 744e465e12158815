/** The site's ChromaDB is killed at every step of a restore, and started again on its folder: run again, it finishes, nobody lost and nobody twice. */
import { expect, it, onTestFinished } from "vitest";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import { connect } from "../../electron/engine/chroma/connect.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { restoreSite } from "../../electron/engine/operations/restore-site.ts";
import type { RestoreReport } from "../../electron/engine/restore/apply-restore.ts";
import { planRestore } from "../../electron/engine/restore/plan-restore.ts";
import { startBundledServer, type BundledServer } from "../../electron/engine/server/bundled-server.ts";
import { ONE_TRY, outcomeOf } from "../support/fault-sweep.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { snapshotSite } from "../support/snapshots.ts";
import { createTestSite, temporaryFolder } from "../support/site.ts";

const WRITES = /^POST .*\/(?:collections|add|upsert)$/;

it.each(["before the request arrives", "when it is done and not yet answered"] as const)("killed %s", { timeout: 240_000 }, async (when) => {
  const path = await temporaryFolder();
  let server: BundledServer = await startBundledServer({ path });
  onTestFinished(async () => await server.stop());
  const proxy = await startFrontProxy({ target: server.url });
  onTestFinished(async () => await proxy.close());
  proxy.injectAlways(/GET .*\/pre-flight-checks$/, { kind: "status", status: 200, json: { max_batch_size: 2, supports_base64_encoding: true } });
  const people = sampleAccounts(6).map((account) => ({ ...account, embedding: account.embedding.slice(0, 4) }));
  // Through the proxy: whatever server stands behind it.
  const site = await createTestSite(proxy.url, "users");
  await site.create();
  await site.add(people);
  const wanted = await snapshotSite(site);
  const backup = await openBackup({ path: (await backupSite(site)).path });

  async function restore(): Promise<RestoreReport> {
    const connection = await connect({ kind: "server", url: proxy.url }, ONE_TRY);
    try {
      const target = { connection, collectionName: "users", site: "the site", backup, policy: "add_missing" as const };
      return await restoreSite({ ...target, plan: await planRestore(target), safetyFolder: site.folder });
    } finally {
      await connection.close();
    }
  }

  /** As a machine that runs out of memory ends it, and the host starts it again. */
  async function killAndStartAgain(): Promise<void> {
    process.kill(server.pid, "SIGKILL");
    await server.exited;
    server = await startBundledServer({ path });
    proxy.retarget(server.url);
  }

  await site.wipe();
  const begin = proxy.requests.length;
  await restore();
  const lines = proxy.requests.slice(begin).map((request) => `${request.method} ${request.path}`);
  const first = lines.findIndex((line) => WRITES.test(line));
  expect(lines.filter((line) => WRITES.test(line)).length).toBeGreaterThan(3);
  for (let nth = first; nth < lines.length; nth += 1) {
    const what = `${lines[nth] ?? ""}, request ${nth + 1} of ${lines.length}`;
    await site.wipe();
    if (when === "before the request arrives") {
      const held = proxy.pause(/./, nth);
      const ended = outcomeOf(what, restore);
      await held.reached;
      await killAndStartAgain();
      held.release();
      await ended;
    } else {
      proxy.injectNth(nth, { kind: "lose_answer" });
      await outcomeOf(what, restore);
      await killAndStartAgain();
    }
    expect(await restore(), what).toMatchObject({ problems: [], accountsOnSite: people.length });
    // What was said to be on the site is on its disk.
    await killAndStartAgain();
    expect(await snapshotSite(site), what).toEqual(wanted);
    expect(await site.connection.count((await site.collection()).id), what).toBe(people.length);
  }
});
