/** The rehearsal's own server fails at every request in turn: never a rehearsal that went well and did not, always a failure with a next step. */
import { expect, inject, it, onTestFinished, vi } from "vitest";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import { drillBackup } from "../../electron/engine/drill/drill.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import type { BundledServer, startBundledServer } from "../../electron/engine/server/bundled-server.ts";
import { FAULTS, momentsOf, requestsOf, SWEEP_TIMEOUT_MS, withFault } from "../support/fault-sweep.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { createTestSite, type TestSite } from "../support/site.ts";

/** What the drill gets instead of a server of its own: one that is there already, behind a proxy. A real one a hundred times takes minutes. */
const given = vi.hoisted(() => ({ url: "" }));
vi.mock(import("../../electron/engine/server/bundled-server.ts"), async (original) => ({
  ...(await original()),
  startBundledServer: (): ReturnType<typeof startBundledServer> => {
    const server: BundledServer = { url: given.url, path: "/nowhere", temporary: true, pid: 0, exited: new Promise(() => undefined), stop: () => Promise.resolve() };
    return Promise.resolve(server);
  },
}));

async function wipe(site: TestSite): Promise<void> {
  if ((await site.connection.findCollection(site.collectionName)) !== null) await site.wipe();
}

it("a rehearsal", { timeout: SWEEP_TIMEOUT_MS }, async () => {
  const people = sampleAccounts(5).map((account) => ({ ...account, embedding: account.embedding.slice(0, 4) }));
  const site = await createTestSite(inject("chromaUrl"));
  await site.create();
  await site.add(people);
  const backup = await openBackup({ path: (await backupSite(site)).path });
  const proxy = await startFrontProxy({ target: inject("chromaUrl") });
  onTestFinished(async () => await proxy.close());
  given.url = proxy.url;
  // The drill waits between its tries, as it does for owners; what it cannot get over takes seconds.
  const faults = new Map([...FAULTS].filter(([, { kind }]) => kind !== "hold"));
  await wipe(site);
  const requests = await requestsOf(proxy, async () => await drillBackup({ backup }));
  expect(requests).toBeGreaterThan(8);
  const ends = { good: 0, bad: 0, failed: 0 };
  for (const moment of momentsOf(faults, requests, 1, 7)) {
    const { what } = moment;
    await wipe(site);
    const { ended, error } = await withFault(proxy, moment, async () => await drillBackup({ backup }));
    if (ended === undefined) {
      ends.failed += 1;
      expect(error.code, what).not.toBe("CANCELLED");
    } else if (ended.ok) {
      ends.good += 1;
      expect(ended, what).toMatchObject({ records: 5, restored: 5, couldNotSignInCount: 0, problemCount: 0 });
      expect([...(await site.read()).keys()].sort(), what).toEqual(people.map(({ id }) => id).sort());
    } else {
      ends.bad += 1;
      expect(ended.problemCount + ended.couldNotSignInCount, what).toBeGreaterThan(0);
    }
  }
  await wipe(site);
  expect(await drillBackup({ backup })).toMatchObject({ ok: true, records: 5, restored: 5 });
  expect(Math.min(ends.good, ends.failed), JSON.stringify(ends)).toBeGreaterThan(1);
});
