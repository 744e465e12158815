/** A watcher that is left alone for months: what goes wrong around it is told, and it goes on or says why it ends. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, inject, it } from "vitest";
import type { Activity } from "../../electron/engine/activity/activity.ts";
import { watchSite, type WatchSiteOptions } from "../../electron/app/watch/watch-site.ts";
import { createBackupWriter } from "../../electron/engine/backup/backup-writer.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { createTestSite, type TestSite } from "../support/site.ts";

interface Stage {
  readonly site: TestSite;
  readonly clock: ManualClock;
  readonly told: Activity[];
  readonly watching: Promise<void>;
  readonly stop: () => Promise<void>;
  /** Lets the next look happen. */
  readonly look: () => Promise<void>;
}

/** Watches a site of `accounts`, after its first look. */
async function startWatching(accounts: number, url?: string, options: Partial<WatchSiteOptions> = {}, prepare: (site: TestSite) => Promise<void> = async () => await Promise.resolve()): Promise<Stage> {
  const site = await createTestSite();
  await site.create();
  await site.add(sampleAccounts(accounts));
  await prepare(site);
  const clock = createManualClock("2026-03-02T09:00:00Z");
  const stop = new AbortController();
  const told: Activity[] = [];
  const source = { kind: "server" as const, url: url ?? inject("chromaUrl") };
  const watching = watchSite(
    { source, collectionName: site.collectionName, folder: site.folder },
    { clock, signal: stop.signal, random: () => 0.5, rehearse: false, onActivity: (activity) => told.push(activity), connect: { retries: { retries: 0, firstPauseMs: 1 } }, ...options },
  );
  // Whoever waits for a look is told of the end, too.
  watching.catch(() => undefined);
  await clock.asleep();
  return {
    site,
    clock,
    told,
    watching,
    async stop() {
      stop.abort();
      await watching;
    },
    async look() {
      await clock.wake();
      await clock.asleep();
    },
  };
}

const kinds = ({ told }: Stage): string[] => told.map(({ kind }) => kind);

describe("a watcher", () => {
  it("that another process took over from ends, and says so: it was not told to stop", async () => {
    const stage = await startWatching(1);
    for (const name of await readdir(stage.site.folder)) if (name.startsWith(".account-keeper-watch.lock")) await rm(join(stage.site.folder, name), { recursive: true });
    await expect(stage.watching).rejects.toMatchObject({ code: "BUSY", message: "Another Account Keeper took over this backup folder." });
  });

  it("goes on backing up when its log cannot be written, and tells all the same", async () => {
    const stage = await startWatching(1, undefined, {}, async ({ folder }) => await mkdir(join(folder, "account-keeper-activity.jsonl")));
    await stage.site.add(sampleAccounts(3));
    await stage.look();
    await stage.stop();
    expect(stage.told.map(({ line }) => line)).toEqual(["✅ Backed up 1 users for persistence", "✅ Backed up 3 users for persistence"]);
  });

  it("tells once of a restore that fails, as a failed restore, tries less and less often, and succeeds in the end", async () => {
    const proxy = await startFrontProxy({ target: inject("chromaUrl") });
    const stage = await startWatching(3, proxy.url);
    await stage.site.wipe();
    const fault = { kind: "status", status: 500, json: { error: "InternalError" } } as const;
    proxy.inject(/\/(?:add|upsert)$/, fault, 3);
    const delays: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      await stage.clock.wake();
      delays.push((await stage.clock.asleep()) / 1_000);
    }
    await stage.stop();
    await proxy.close();
    expect(delays).toEqual([30, 60, 120, 30]);
    expect(kinds(stage)).toEqual(["backed_up", "failed", "restored", "backed_up"]);
    expect(stage.told[1]).toMatchObject({ level: "problem", line: `❌ Failed to restore users from backup: ${stage.told[1]?.message ?? ""}` });
    expect((await stage.site.read()).size).toBe(3);
  });

  it("says when a failure is over, also where nothing had to be backed up since", async () => {
    const proxy = await startFrontProxy({ target: inject("chromaUrl") });
    const stage = await startWatching(2, proxy.url);
    proxy.inject(/\/get$/, { kind: "status", status: 500, json: { error: "InternalError" } });
    stage.clock.advance(11 * 60_000);
    for (let looks = 0; looks < 3; looks += 1) await stage.look();
    await stage.stop();
    await proxy.close();
    expect(kinds(stage)).toEqual(["backed_up", "failed", "backed_up"]);
    expect(stage.told[1]).toMatchObject({ level: "attention", message: "The server made a mistake." });
    // Nothing was backed up: there is no line for the log, and no number that would count as one.
    expect(stage.told[2]).toMatchObject({ level: "info", message: "It works again. All 2 accounts are safe." });
    expect(stage.told[2]).not.toHaveProperty("accounts");
    expect(stage.told[2]).not.toHaveProperty("line");
  });

  it("brings back everybody but the one whom the server does not take, once, says so, and goes on backing up", async () => {
    const stage = await startWatching(1, undefined, {}, async (site) => {
      const { tenant, database, ...collection } = await site.collection();
      const writer = await createBackupWriter(site.folder);
      await writer.add(sampleAccounts(3));
      const [odd] = sampleAccounts(4).slice(3);
      await writer.add(odd === undefined ? [] : [{ ...odd, metadata: '{"created_at":1e400}' }]);
      const finished = await writer.finish({ site: site.site, chroma: { tenant, database, collection }, fewerThan: null, timestamp: new Date("2026-03-02T08:00:00Z"), madeBy: "a test" });
      await (await openVault(site.folder, { create: true })).place(finished, { kind: "normal" });
      await site.wipe();
    });
    await stage.site.add(sampleAccounts(6).slice(4));
    for (let looks = 0; looks < 2; looks += 1) {
      stage.clock.advance(11 * 60_000);
      await stage.look();
    }
    const [deleted = ""] = sampleAccounts(1).map(({ id }) => id);
    await stage.site.deleteAccounts([deleted]);
    await stage.look();
    await stage.stop();
    expect(kinds(stage)).toEqual(["restore_incomplete", "kept_apart", "kept_apart", "deletions", "kept_apart"]);
    expect(stage.told[3]).toMatchObject({ ids: [deleted] });
    expect((await stage.site.read()).has(deleted)).toBe(false);
    expect(stage.told[0]).toMatchObject({ level: "problem", message: "3 of 4 accounts are back.", hint: "The server does not accept the other one. The backup keeps it; a restore by hand says why." });
    expect(stage.told[2]).toMatchObject({ accounts: 5 });
    // Into the empty site there was nothing to copy before, and after that nothing was restored.
    expect(await (await openVault(stage.site.folder)).list({ shelf: "safety" })).toEqual([]);
  });

  it("finds a changed password also after somebody has put the clock back by a year", async () => {
    const stage = await startWatching(2);
    stage.clock.advance(-365 * 24 * 60 * 60_000);
    const [account] = sampleAccounts(1);
    await stage.site.add(account === undefined ? [] : [{ ...account, document: (account.document ?? "").replace(/"password_hash":"[^"]*"/, '"password_hash":"new"') }]);
    await stage.look();
    await stage.stop();
    expect(kinds(stage)).toEqual(["backed_up", "backed_up"]);
  });

  it.each([
    ["back", -365],
    ["forward, and right again", 365],
  ])("brings everyone back also when the clock was put %s: the newest backup is the one that was made last", async (_, days) => {
    const stage = await startWatching(2);
    stage.clock.advance(days * 24 * 60 * 60_000);
    await stage.site.add(sampleAccounts(3));
    await stage.look();
    if (days > 0) stage.clock.advance(-days * 24 * 60 * 60_000);
    await stage.site.add(sampleAccounts(4));
    await stage.look();
    // Nothing has changed: no backup is made again and again.
    stage.clock.advance(11 * 60_000);
    await stage.look();
    expect(kinds(stage)).toEqual(["backed_up", "backed_up", "backed_up"]);
    await stage.site.wipe();
    await stage.look();
    await stage.stop();
    expect((await stage.site.read()).size).toBe(4);
  });

  it("names the first hundred of those who are gone, and counts them all", async () => {
    const stage = await startWatching(130);
    await stage.site.deleteAccounts(sampleAccounts(120).map(({ id }) => id));
    await stage.look();
    await stage.stop();
    expect(stage.told[1]).toMatchObject({ kind: "deletions", message: "120 accounts are gone from your site, the other 10 are there." });
    expect(stage.told[1]?.ids).toHaveLength(100);
  });

  it("takes a server that needs seconds for its first answer for slow, not for asleep", async () => {
    const proxy = await startFrontProxy({ target: inject("chromaUrl") });
    const held = proxy.pause(/heartbeat/, 0);
    // Longer than the clock of the connection ticks; that it takes time is what this is about.
    void held.reached.then(async () => await sleep(3_000)).then(() => held.release());
    const stage = await startWatching(2, proxy.url);
    await stage.stop();
    await proxy.close();
    expect(kinds(stage)).toEqual(["backed_up"]);
  });

  it("says so when the newest backup could not be used after a wipe: whoever is only in that one is not back", async () => {
    const stage = await startWatching(3);
    stage.clock.advance(24 * 60 * 60_000);
    await stage.site.add(sampleAccounts(5));
    await stage.look();
    const [newest] = await (await openVault(stage.site.folder)).list();
    const path = newest?.path ?? "";
    await writeFile(path, (await readFile(path, "utf8")).replace('"is_verified":true', '"is_verified":trve'));
    await stage.site.wipe();
    await stage.look();
    await stage.stop();
    expect((await stage.site.read()).size).toBe(3);
    const restored = stage.told.find(({ kind }) => kind === "restored");
    expect(restored).toMatchObject({ level: "attention", message: "Your site was wiped. 3 accounts are back from an older backup; it now has 3." });
    expect(restored?.hint).toContain(newest?.name);
    // The day's next backup took its name.
    const kept = await Promise.all((await readdir(stage.site.folder)).filter((name) => name.startsWith("user_backup_")).map(async (name) => await readFile(join(stage.site.folder, name), "utf8")));
    expect(kept.filter((text) => text.includes("trve"))).toHaveLength(1);
  });

  it("rehearses the newest backup again after a week, and not before", async () => {
    const stage = await startWatching(1, undefined, { rehearse: true });
    const day = 24 * 60 * 60_000;
    for (let count = 0; count < 8; count += 1) {
      stage.clock.advance(day);
      await stage.look();
    }
    await stage.stop();
    expect(stage.told.filter(({ kind }) => kind === "rehearsed").map(({ at }) => at.slice(0, 10))).toEqual(["2026-03-02", "2026-03-09"]);
  });

  it("says that a site is asleep and that its accounts are safe, once, and when it answers again", async () => {
    const proxy = await startFrontProxy({ target: inject("chromaUrl") });
    const stage = await startWatching(3, proxy.url);
    proxy.inject(/./, { kind: "status", status: 503, html: "<h1>asleep</h1>" }, 3);
    for (let count = 0; count < 4; count += 1) await stage.look();
    await stage.stop();
    await proxy.close();
    expect(stage.told.slice(1).map(({ kind, message, hint }) => [kind, message, hint])).toEqual([
      ["asleep", "Your site is asleep.", "Free plans sleep after 15 quiet minutes and may lose their disk. Your 3 accounts are safe in user_backup_20260302.json. We look again from time to time."],
      ["back", "Your site answers again.", undefined],
    ]);
  });
});
