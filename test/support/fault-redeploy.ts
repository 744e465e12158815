/**
 * A site that is redeployed again and again, each time from the same beginning: a wipe deletes its collection on the shared server,
 * which is quicker than a server of its own. Between the engine and the site stands a proxy. Time passes only when somebody sleeps.
 */
import { readdir } from "node:fs/promises";
import { expect, inject, onTestFinished } from "vitest";
import { recordHash } from "../../electron/engine/account.ts";
import type { Clock } from "../../electron/engine/clock.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import { createRenderClient } from "../../electron/engine/render/render-client.ts";
import { readJournal } from "../../electron/engine/redeploy/journal.ts";
import type { RedeployReport, RedeployRequest } from "../../electron/engine/redeploy/redeploy.ts";
import { redeploySite } from "../../electron/engine/redeploy/redeploy-site.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { startFakeRender, type FakeRender } from "./fake-render/fake-render.ts";
import type { FakeService } from "./fake-render/service.ts";
import { ONE_TRY, type Outcome } from "./fault-sweep.ts";
import { startFrontProxy, type FrontProxy } from "./front-proxy.ts";
import { createTestSite, temporaryFolder } from "./site.ts";

export interface FaultyRedeploys {
  readonly proxy: FrontProxy;
  readonly render: FakeRender;
  readonly service: FakeService;
  /** Everybody's id with what they are. */
  readonly everybody: ReadonlyMap<string, string>;
  /** Everybody is on the site, nothing in the vault, no variable at the host; an hour has passed. */
  begin(): Promise<RedeployRequest>;
  onSite(): Promise<Map<string, string>>;
  /** Ids in the newest good backup; none where there is none. */
  inNewestBackup(folder: string): Promise<string[]>;
}

export async function createFaultyRedeploys(accounts: number): Promise<FaultyRedeploys> {
  const people = sampleAccounts(accounts).map((account) => ({ ...account, embedding: account.embedding.slice(0, 4) }));
  const site = await createTestSite();
  const exists = async (): Promise<boolean> => (await site.connection.findCollection(site.collectionName)) !== null;
  const wipe = async (): Promise<void> => {
    if (await exists()) await site.wipe();
  };
  const proxy = await startFrontProxy({ target: inject("chromaUrl") });
  onTestFinished(async () => await proxy.close());
  const clock = createQuickClock();
  const render = await startFakeRender({ now: () => clock.now() });
  const service = render.addService({ site: { wipe } });
  const client = createRenderClient({ apiKey: render.apiKey, baseUrl: render.url, clock, retries: { retries: 0, firstPauseMs: 1 }, timeouts: { connectMs: 2_000, firstByteMs: 400, bodyIdleMs: 2_000 } });
  onTestFinished(async () => await client.close());
  return {
    proxy,
    render,
    service,
    everybody: new Map(people.map((record): [string, string] => [record.id, recordHash(record)]).sort()),
    async begin() {
      await clock.sleep(60 * 60_000, new AbortController().signal);
      await wipe();
      await site.create();
      await site.add(people);
      service.variables.clear();
      return {
        source: { kind: "server", url: proxy.url },
        collectionName: site.collectionName,
        folder: await temporaryFolder(),
        render: client,
        serviceId: service.id,
        clock,
        connect: { ...ONE_TRY, answerTimeoutMs: 400 },
        pace: { lookEveryMs: 30_000, settleMs: 30_000, deployTimeoutMs: 5 * 60_000, siteTimeoutMs: 3 * 60_000 },
      };
    },
    async onSite() {
      if (!(await exists())) return new Map();
      return new Map([...(await site.read())].map(([id, record]): [string, string] => [id, recordHash(record)]).sort());
    },
    async inNewestBackup(folder) {
      if ((await readdir(folder)).length === 0) return [];
      const { newest } = await (await openVault(folder)).newestGood();
      if (newest === null) return [];
      const ids: string[] = [];
      for await (const page of (await openBackup({ path: newest.entry.path })).records()) ids.push(...page.map(({ id }) => id));
      return ids.sort();
    },
  };
}

function createQuickClock(): Clock {
  let nowMs = Date.parse("2026-11-24T12:00:00.000Z");
  return {
    now: () => new Date(nowMs),
    sleep: async (ms) => {
      nowMs += ms;
      await Promise.resolve();
    },
  };
}

/** What has to be true after a fault, and after going on. Returns how it had ended. */
export async function expectNobodyLost(what: string, stage: FaultyRedeploys, request: RedeployRequest, { ended, error }: Outcome<RedeployReport>, deploysBefore: number): Promise<"finished" | "failed"> {
  const { everybody, service } = stage;
  const ids = [...everybody.keys()];
  const begun = (): number => service.deploys.length - deploysBefore;
  expect(begun(), what).toBeLessThanOrEqual(1);
  if (ended === undefined) {
    const somewhere = new Set([...(await stage.onSite()).keys(), ...(await stage.inNewestBackup(request.folder))]);
    expect([...somewhere].sort(), `${what}: ${error.code}`).toEqual(ids);
  } else {
    expect(begun(), what).toBe(1);
    expect(ended, what).toMatchObject({ outcome: "restored", accounts: 5, accountsOnSite: 5, missing: [] });
    expect(await stage.onSite(), what).toEqual(everybody);
    expect(await readJournal(request.folder), what).toBeNull();
  }
  const again = await redeploySite({ ...request, resumeOnly: true });
  expect(again.missing, what).toEqual([]);
  if (begun() === 0) expect(again.outcome, what).toBe("nothing_begun");
  expect(await stage.onSite(), `${what}: gone on with, ${again.outcome}`).toEqual(everybody);
  expect(await readJournal(request.folder), what).toBeNull();
  expect(begun(), what).toBeLessThanOrEqual(1);
  return ended === undefined ? "failed" : "finished";
}
