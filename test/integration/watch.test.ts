/** The watcher on a real server, its looks driven by hand. */
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import type { ActivityNews } from "../../electron/engine/activity/activity.ts";
import { readActivity } from "../../electron/engine/activity/activity-log.ts";
import { createSiteWatcher, type SiteWatcher } from "../../electron/app/watch/site-watcher.ts";
import { watchSite } from "../../electron/app/watch/watch-site.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { useQuickLocks } from "../support/quick-lock.ts";
import { createTestSite, type TestSite } from "../support/site.ts";

useQuickLocks();
const MINUTE = 60_000;
const signal = new AbortController().signal;

describe("a look at a site", () => {
  let site: TestSite;
  let clock: ManualClock;
  let news: ActivityNews[];
  let watcher: SiteWatcher;
  /** Runs when the next news comes. */
  let onNextNews: () => Promise<void>;

  function createWatcher(options: { restoreAfterWipe?: boolean } = {}): SiteWatcher {
    return createSiteWatcher(
      { source: { kind: "server", url: inject("chromaUrl") }, collectionName: site.collectionName, folder: site.folder },
      {
        clock,
        restoreAfterWipe: options.restoreAfterWipe ?? true,
        fullCheckMs: 10 * MINUTE,
        onNews: async (item) => {
          news.push(item);
          const run = onNextNews;
          onNextNews = async () => await Promise.resolve();
          await run();
        },
      },
    );
  }

  beforeEach(async () => {
    site = await createTestSite();
    clock = createManualClock("2026-03-02T09:00:00Z");
    news = [];
    onNextNews = async () => await Promise.resolve();
    watcher = createWatcher();
  });
  afterEach(async () => await watcher.close());

  const kinds = (): string[] => news.map(({ kind }) => kind);

  it("backs up who signs up, once, and is quiet otherwise", async () => {
    expect(await watcher.look(signal)).toBe("quiet");
    await site.create();
    await site.add(sampleAccounts(3));
    expect(await watcher.look(signal)).toBe("acted");
    expect(await watcher.look(signal)).toBe("quiet");
    clock.advance(11 * MINUTE);
    expect(await watcher.look(signal)).toBe("quiet");
    await site.add(sampleAccounts(4));
    clock.advance(MINUTE);
    expect(await watcher.look(signal)).toBe("acted");
    expect(kinds()).toEqual(["backed_up", "backed_up"]);
    expect(news[1]).toMatchObject({ line: "✅ Backed up 4 users for persistence" });
  });

  it("does not overlook who signs up while it is at work", async () => {
    await site.create();
    await site.add(sampleAccounts(3));
    onNextNews = async () => await site.add(sampleAccounts(4));
    expect(await watcher.look(signal)).toBe("acted");
    expect(await watcher.look(signal)).toBe("acted");
    expect(news.map(({ line }) => line)).toEqual(["✅ Backed up 3 users for persistence", "✅ Backed up 4 users for persistence"]);
    expect(await watcher.look(signal)).toBe("quiet");
  });

  it("finds a changed password at the next full check", async () => {
    await site.create();
    const accounts = sampleAccounts(3);
    await site.add(accounts);
    await watcher.look(signal);
    const changed = accounts.slice(0, 1).map((account) => ({ ...account, document: account.document?.replace(/"password_hash":"[^"]*"/, '"password_hash":"new"') ?? null }));
    await site.add(changed);
    expect(await watcher.look(signal)).toBe("quiet");
    clock.advance(11 * MINUTE);
    expect(await watcher.look(signal)).toBe("acted");
  });

  it("brings everyone back after a wipe, keeps who signed up meanwhile, and keeps the full backup", async () => {
    await site.create();
    await site.add(sampleAccounts(7));
    await watcher.look(signal);
    await site.wipe();
    await site.create();
    await site.add(sampleAccounts(8).slice(7));
    clock.advance(MINUTE);
    expect(await watcher.look(signal)).toBe("acted");
    expect([...(await site.read()).keys()].sort()).toEqual(sampleAccounts(8).map(({ id }) => id).sort());
    expect(kinds()).toEqual(["backed_up", "restored", "backed_up"]);
    expect(news[1]?.message).toBe("Your site was wiped. All 7 accounts are back; it now has 8.");
    const entries = await (await openVault(site.folder)).list();
    expect(entries.filter(({ shelf }) => shelf === "normal").map(({ accounts }) => accounts)).toEqual([8, 7]);
    expect(await watcher.look(signal)).toBe("quiet");
  });

  it("is not fooled by more sign-ups after a wipe than there were accounts before", async () => {
    await site.create();
    await site.add(sampleAccounts(3));
    await watcher.look(signal);
    await site.wipe();
    await site.create();
    await site.add(sampleAccounts(12).slice(3));
    await watcher.look(signal);
    expect((await site.read()).size).toBe(12);
  });

  it("sees every kind of wipe: missing, recreated, emptied", async () => {
    await site.create();
    const accounts = sampleAccounts(4);
    await site.add(accounts);
    await watcher.look(signal);
    const recreate = async (): Promise<void> => {
      await site.wipe();
      await site.create();
    };
    const empty = async (): Promise<void> => await site.deleteAccounts(accounts.map(({ id }) => id));
    for (const wipe of [async () => await site.wipe(), recreate, empty]) {
      clock.advance(MINUTE);
      await wipe();
      await watcher.look(signal);
      expect((await site.read()).size).toBe(4);
    }
    expect(kinds().filter((kind) => kind === "restored")).toHaveLength(3);
  });

  it("asks about deletions, never repairs them, and tells once", async () => {
    await site.create();
    const accounts = sampleAccounts(5);
    await site.add(accounts);
    await watcher.look(signal);
    await site.deleteAccounts([accounts[1]?.id ?? ""]);
    await site.add(sampleAccounts(9).slice(5));
    await watcher.look(signal);
    clock.advance(11 * MINUTE);
    await watcher.look(signal);
    expect((await site.read()).size).toBe(8);
    expect(kinds()).toEqual(["backed_up", "deletions", "kept_apart"]);
    expect(news[1]).toMatchObject({ ids: [accounts[1]?.id], message: "1 account is gone from your site, the other 8 are there." });
    // Deleted on purpose: the owner says so, and from then on it is in order.
    await backupSite({ ...site, acceptFewer: true, now: () => clock.now() });
    clock.advance(11 * MINUTE);
    expect(await watcher.look(signal)).toBe("quiet");
    expect(kinds()).toHaveLength(3);
  });

  it("tells again of what comes again after all was in order", async () => {
    await site.create();
    const people = sampleAccounts(4);
    await site.add(people);
    await watcher.look(signal);
    for (let round = 1; round <= 2; round += 1) {
      await site.deleteAccounts(people.slice(0, 2).map(({ id }) => id));
      await watcher.look(signal);
      expect(kinds().filter((kind) => kind === "deletions")).toHaveLength(round);
      await site.add(people.slice(0, 2));
      expect(await watcher.look(signal)).toBe("quiet");
    }
  });

  it("calls nothing in order where the backups cannot be read and nobody is there", async () => {
    await site.create();
    await site.add(sampleAccounts(2));
    await backupSite({ ...site, passphrase: "three little words" });
    await site.wipe();
    expect(await watcher.look(signal)).toBe("failed");
    expect(news.at(-1)?.message).toContain("passphrase");
  });

  it("only tells of a wipe when automatic restore is off, and keeps newcomers apart", async () => {
    const careful = createWatcher({ restoreAfterWipe: false });
    await site.create();
    await site.add(sampleAccounts(4));
    await careful.look(signal);
    await site.wipe();
    await careful.look(signal);
    await careful.look(signal);
    expect(kinds()).toEqual(["backed_up", "wiped"]);
    await site.create();
    await site.add(sampleAccounts(5).slice(4));
    await careful.look(signal);
    expect((await site.read()).size).toBe(1);
    expect(kinds()).toEqual(["backed_up", "wiped", "kept_apart"]);
    await careful.close();
  });
});

describe("watching", () => {
  it("writes what happened into the vault, and a second watcher says that one is at work", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(sampleAccounts(2));
    const clock = createManualClock("2026-03-02T09:00:00Z");
    const stop = new AbortController();
    const watched = { source: { kind: "server" as const, url: inject("chromaUrl") }, collectionName: site.collectionName, folder: site.folder };
    const first = watchSite(watched, { clock, signal: stop.signal, rehearse: false });
    await clock.asleep();
    await expect(watchSite(watched, { signal: new AbortController().signal, waitMs: 0 })).rejects.toMatchObject({ code: "BUSY", message: "Another Account Keeper is watching this site." });
    await site.wipe();
    await clock.wake();
    await clock.asleep();
    stop.abort();
    await first;
    expect((await site.read()).size).toBe(2);
    const activities = await readActivity(site.folder, 10);
    expect(activities.map(({ kind }) => kind)).toEqual(["backed_up", "restored", "backed_up"]);
    expect(activities[1]).toMatchObject({ at: clock.now().toISOString(), site: inject("chromaUrl"), line: "✅ Restored 2 users from backup" });
  });

  it("looks less and less often at a site that is away, tells once, and at once when it is back", async () => {
    const site = await createTestSite();
    const clock = createManualClock("2026-03-02T09:00:00Z");
    const stop = new AbortController();
    const watched = { source: { kind: "server" as const, url: "http://127.0.0.1:9" }, collectionName: "users", folder: site.folder };
    const kinds: string[] = [];
    const watching = watchSite(watched, { clock, signal: stop.signal, random: () => 0.5, connect: { retries: { retries: 0, firstPauseMs: 1 } }, onActivity: ({ kind }) => kinds.push(kind) });
    const delays: number[] = [];
    for (let look = 0; look < 7; look += 1) {
      delays.push(await clock.asleep());
      await clock.wake();
    }
    await clock.asleep();
    stop.abort();
    await watching;
    expect(delays.map((ms) => ms / 1_000)).toEqual([30, 60, 120, 240, 480, 600, 600]);
    expect(kinds).toEqual(["unreachable"]);
  });
});
