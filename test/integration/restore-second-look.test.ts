/** A busy server that stumbles while everybody is read back raises no false alarm; an account that is really different still does. */
import { expect, inject, onTestFinished, test } from "vitest";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import { connect } from "../../electron/engine/chroma/connect.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { restoreSite } from "../../electron/engine/operations/restore-site.ts";
import type { Progress } from "../../shared/progress.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { createTestSite } from "../support/site.ts";

const people = sampleAccounts(5);

test.each([
  // Twice with vectors, so that the engine goes on without them; the third request is that.
  { failing: [0, 1], problems: [] },
  // The same at the second look.
  { failing: [0, 1, 3, 4], problems: people.map(({ id }) => expect.objectContaining({ code: "KEPT_OLDER_VALUE", id }) as object) },
])("requests $failing of the reading back fail", async ({ failing, problems }) => {
  const site = await createTestSite();
  await site.create();
  await site.add(people);
  const backup = await openBackup({ path: (await backupSite(site)).path });
  await site.wipe();
  const proxy = await startFrontProxy({ target: inject("chromaUrl") });
  onTestFinished(async () => await proxy.close());
  const connection = await connect({ kind: "server", url: proxy.url }, { retries: { retries: 0, firstPauseMs: 1 } });
  onTestFinished(async () => await connection.close());
  const failWhenReadBack = ({ phase, done }: Progress): void => {
    if (phase !== "verifying" || done !== 0) return;
    for (const nth of failing) proxy.injectNth(nth, { kind: "status", status: 500, json: { error: "InternalError", message: "busy" } });
  };
  const report = await restoreSite({ ...site, connection, backup, policy: "add_missing", plan: null, safetyFolder: site.folder }, { onProgress: failWhenReadBack });
  expect(report).toMatchObject({ added: 5, problems });
});
