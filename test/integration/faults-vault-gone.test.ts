/** The vault's folder goes away in the middle of something, as with a drive that is unplugged; and the clock is put back between backups. */
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { createSiteWatcher } from "../../electron/app/watch/site-watcher.ts";
import { createWatchControl } from "../../electron/app/watch/watch-control.ts";
import { watchSite } from "../../electron/app/watch/watch-site.ts";
import type { Activity, ActivityNews } from "../../electron/engine/activity/activity.ts";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import { verifyBackup } from "../../electron/engine/backup/verify-backup.ts";
import { connect } from "../../electron/engine/chroma/connect.ts";
import type { ChromaConnection } from "../../electron/engine/chroma/connection.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { restoreEveryone } from "../../electron/engine/operations/restore-everyone.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { ONE_TRY, outcomeOf, requestsOf, type Outcome } from "../support/fault-sweep.ts";
import { startFrontProxy, type FrontProxy } from "../support/front-proxy.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createTestSite, temporaryFolder, type TestSite } from "../support/site.ts";

const people = sampleAccounts(6).map((account) => ({ ...account, embedding: account.embedding.slice(0, 4) }));
const GONE = ["FOLDER_NOT_FOUND", "FOLDER_NOT_WRITABLE", "BACKUP_NOT_FOUND", "VERIFICATION_FAILED", "BUSY"];

interface Stage {
  readonly site: TestSite;
  readonly vault: string;
  /** Where the drive is when it is not plugged in. */
  readonly away: string;
  readonly proxy: FrontProxy;
  over<T>(work: (connection: ChromaConnection) => Promise<T>): Promise<T>;
  /** Runs `work`, and takes the drive away at the request with this number. */
  unplugAt<T>(nth: number, what: string, work: (connection: ChromaConnection) => Promise<T>): Promise<Outcome<T>>;
}

async function createStage(): Promise<Stage> {
  const site = await createTestSite();
  await site.create();
  await site.add(people.slice(0, 5));
  const root = await temporaryFolder();
  const [vault, away] = [join(root, "vault"), join(root, "away")];
  const proxy = await startFrontProxy({ target: inject("chromaUrl") });
  onTestFinished(async () => await proxy.close());
  const over: Stage["over"] = async (work) => {
    const connection = await connect({ kind: "server", url: proxy.url }, { ...ONE_TRY, timeouts: {} });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  };
  return {
    site,
    vault,
    away,
    proxy,
    over,
    async unplugAt(nth, what, work) {
      const held = proxy.pause(/./, nth);
      const ended = outcomeOf(what, async () => await over(work));
      await held.reached;
      await rename(vault, away);
      held.release();
      return await ended;
    },
  };
}

/** Everything that was on the drive is there again; what was made meanwhile in its place is no part of it. */
async function plugIn({ vault, away }: Stage): Promise<void> {
  await rm(vault, { recursive: true, force: true });
  await rename(away, vault);
}

describe("a drive that is unplugged at each request", () => {
  it("of a backup: never a backup that is not there, and the next one works", async () => {
    const stage = await createStage();
    const { site, vault, proxy } = stage;
    await backupSite({ ...site, folder: vault });
    let turn = 0;
    const backUp = async (connection: ChromaConnection): Promise<Awaited<ReturnType<typeof backupSite>>> => await backupSite({ ...site, connection, folder: vault });
    const signUp = async (): Promise<void> => {
      turn += 1;
      await site.add(people.slice(5).map((person) => ({ ...person, id: `newcomer-${turn}`, document: JSON.stringify({ user_id: `newcomer-${turn}`, email: `${turn}@example.com` }) })));
    };
    await signUp();
    const requests = await requestsOf(proxy, async () => await stage.over(backUp));
    for (let nth = 0; nth < requests; nth += 1) {
      const what = `request ${nth + 1} of ${requests}`;
      await signUp();
      const { ended, error } = await stage.unplugAt(nth, what, backUp);
      if (ended === undefined) expect(GONE, what).toContain(error.code);
      else expect((await verifyBackup({ path: ended.path })).accountCount, what).toBe(5 + turn);
      await plugIn(stage);
      expect(await backupSite({ ...site, folder: vault }), what).toMatchObject({ outcome: "written", accounts: 5 + turn, passedOver: [] });
      for (const { path } of await (await openVault(vault)).list()) await verifyBackup({ path });
      expect((await readdir(vault)).filter((name) => name.endsWith(".lock")), what).toEqual([]);
    }
  });

  it("while everybody comes back: they do, or it is said, and run again it finishes", async () => {
    const stage = await createStage();
    const { site, vault, proxy } = stage;
    const { path } = await backupSite({ ...site, folder: vault });
    const wipe = async (): Promise<void> => {
      await site.wipe();
      await site.create();
      await site.add(people.slice(5));
    };
    const restore = async (connection: ChromaConnection): Promise<Awaited<ReturnType<typeof restoreEveryone>>> => await restoreEveryone({ ...site, connection, folder: vault, backup: await openBackup({ path }) });
    await wipe();
    const requests = await requestsOf(proxy, async () => await stage.over(restore));
    for (let nth = 0; nth < requests; nth += 1) {
      const what = `request ${nth + 1} of ${requests}`;
      await wipe();
      const { ended, error } = await stage.unplugAt(nth, what, restore);
      const there = [...(await site.read()).keys()];
      expect(there, what).toContain(people[5]?.id);
      if (ended === undefined) expect(GONE, what).toContain(error.code);
      else expect(there, what).toHaveLength(6);
      await plugIn(stage);
      expect(await restore(site.connection), what).toMatchObject({ accountsOnSite: 6, problems: [] });
      expect([...(await site.read()).keys()].sort(), what).toEqual(people.map(({ id }) => id).sort());
    }
  });
});

it("a watcher whose drive is unplugged says that, and not that somebody else took over; plugged in, it is watched again", async () => {
  const stage = await createStage();
  const { site, vault } = stage;
  const watch = (signal: AbortSignal, told: Activity[], clock = createManualClock("2026-03-02T09:00:00Z")): { clock: typeof clock; watching: Promise<void> } => {
    const source = { kind: "server" as const, url: site.site };
    const watching = watchSite({ source, collectionName: site.collectionName, folder: vault }, { clock, signal, rehearse: false, onActivity: (activity) => told.push(activity) });
    watching.catch(() => undefined);
    return { clock, watching };
  };
  const told: Activity[] = [];
  const first = watch(new AbortController().signal, told);
  await first.clock.asleep();
  await rename(vault, stage.away);
  await expect(first.watching).rejects.toMatchObject({ code: "FOLDER_NOT_FOUND", message: "The backup folder is not there.", hint: expect.stringContaining("unplugged") as string });
  await plugIn(stage);
  await site.add(people);
  const stop = new AbortController();
  const again = watch(stop.signal, told);
  await again.clock.asleep();
  stop.abort();
  await again.watching;
  expect(told.map(({ line }) => line)).toEqual(["✅ Backed up 5 users for persistence", "✅ Backed up 6 users for persistence"]);
});

it("a drive that is plugged in again after that was told: it is told that all is well", async () => {
  const stage = await createStage();
  const { site, vault } = stage;
  const told: Activity[] = [];
  const clock = createManualClock("2026-03-02T09:00:00Z");
  let onFailed = (): void => undefined;
  const failed = new Promise<void>((resolve) => (onFailed = resolve));
  const id = "11111111-1111-4111-8111-111111111111";
  const control = createWatchControl({
    clock,
    open: async ({ collectionName, vault: folder }) => {
      await openVault(folder);
      return { source: { kind: "server", url: site.site }, collectionName, folder };
    },
    onActivity: (_, activity) => void told.push(activity),
    onChange: () => control.stateOf(id).watching === "failed" && onFailed(),
  });
  onTestFinished(async () => await control.close());
  await mkdir(vault);
  await control.follow([{ id, name: "Shop", source: { kind: "server", url: site.site, auth: "none" }, collectionName: site.collectionName, vault, encrypted: false, settings: { watch: true, restoreAfterWipe: true, rehearse: false } }]);
  await clock.asleep();
  await rename(vault, stage.away);
  clock.advance(3_600_000);
  await clock.wake();
  await failed;
  await clock.asleep();
  await plugIn(stage);
  await clock.wake();
  await clock.asleep();
  expect(told.map(({ kind, message }) => [kind, message])).toEqual([
    ["backed_up", "All 5 accounts are safe in user_backup_20260302.json."],
    ["failed", "The backup folder is not there."],
    ["backed_up", "It works again. All 5 accounts are safe."],
  ]);
});

it("a look of a watcher while the drive is gone makes no empty folder in its place, in which a wipe would look like a new site", async () => {
  const stage = await createStage();
  const { site, vault } = stage;
  const news: ActivityNews[] = [];
  const clock = createManualClock("2026-03-02T09:00:00Z");
  const watcher = createSiteWatcher({ source: { kind: "server", url: site.site }, collectionName: site.collectionName, folder: vault }, { clock, restoreAfterWipe: true, fullCheckMs: 600_000, onNews: (item) => Promise.resolve(void news.push(item)) });
  onTestFinished(async () => await watcher.close());
  const look = async (): Promise<string> => await watcher.look(new AbortController().signal);
  await mkdir(vault);
  await look();
  await rename(vault, stage.away);
  await site.wipe();
  expect(await look()).toBe("failed");
  expect(news.at(-1)).toMatchObject({ kind: "failed", message: "The backup folder is not there." });
  await rename(stage.away, vault);
  await look();
  expect(news.at(-1)).toMatchObject({ kind: "backed_up" });
  expect([...(await site.read()).keys()]).toHaveLength(5);
});

it("a clock that is put back, again and again, leaves the last backup the newest and loses none", async () => {
  const { site, vault } = await createStage();
  await mkdir(vault);
  const clocks = ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T02:10:00+01:00", "2025-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-10-24T23:59:59Z", "2026-11-01T12:00:00Z"];
  for (const [index, clock] of clocks.entries()) {
    await site.add(people.slice(0, 1).map((person) => ({ ...person, id: `at-${index}`, document: JSON.stringify({ user_id: `at-${index}`, email: `${index}@example.com` }) })));
    await backupSite({ ...site, folder: vault, now: () => new Date(clock) });
    const opened = await openVault(vault);
    const entries = await opened.list();
    expect(entries.map(({ accounts }) => accounts), clock).toEqual(Array.from({ length: index + 1 }, (_, nth) => 6 + index - nth));
    expect((await opened.newestGood()).newest?.verified.accountCount, clock).toBe(6 + index);
  }
});
