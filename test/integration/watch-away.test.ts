/** A watched site that is away: told once for each absence, as what it is, and not where somebody is redeploying it. */
import { beforeEach, describe, expect, inject, it, onTestFinished } from "vitest";
import type { ActivityNews } from "../../electron/engine/activity/activity.ts";
import { createSiteWatcher, type SiteWatcher } from "../../electron/app/watch/site-watcher.ts";
import { watchSite } from "../../electron/app/watch/watch-site.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { withVaultLock } from "../../electron/engine/vault/lock.ts";
import { startFrontProxy, type Fault, type FrontProxy } from "../support/front-proxy.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { createTestSite, type TestSite } from "../support/site.ts";

const signal = new AbortController().signal;
const ASLEEP: Fault = { kind: "status", status: 503, html: "<h1>asleep</h1>" };
const RESET: Fault = { kind: "reset" };
const ONE_TRY = { retries: { retries: 0, firstPauseMs: 1 } };
const HOST_PAGE: Fault = { kind: "status", status: 404, html: "<h1>Not Found</h1>" };

describe("a watched site", () => {
  let site: TestSite;
  let proxy: FrontProxy;
  let clock: ManualClock;
  let news: ActivityNews[];
  let watcher: SiteWatcher;
  const kinds = (): string[] => news.map(({ kind }) => kind);

  /** The next look meets nothing but this. What a host shows without being asleep is asked about twice where nobody is connected yet. */
  async function lookAt(fault: Fault, requests = 1): Promise<void> {
    proxy.inject(/./, fault, requests);
    const before = proxy.requests.length;
    expect(["away", "failed"]).toContain(await watcher.look(signal));
    expect(proxy.requests.length - before).toBe(requests);
  }

  async function lookAgain(): Promise<void> {
    clock.advance(3_600_000);
    await watcher.look(signal);
  }

  beforeEach(async () => {
    site = await createTestSite();
    await site.create();
    await site.add(sampleAccounts(3));
    proxy = await startFrontProxy({ target: inject("chromaUrl") });
    clock = createManualClock("2026-03-02T09:00:00Z");
    news = [];
    watcher = createSiteWatcher(
      { source: { kind: "server", url: proxy.url }, collectionName: site.collectionName, folder: site.folder },
      { clock, restoreAfterWipe: true, fullCheckMs: 600_000, onNews: (item) => Promise.resolve(void news.push(item)), connect: ONE_TRY },
    );
    onTestFinished(async () => {
      await watcher.close();
      await proxy.close();
    });
  });

  it("whose host shows its own page in between is away, and not somebody else's server", async () => {
    await lookAgain();
    await lookAt(HOST_PAGE);
    expect(news.at(-1)).toMatchObject({ kind: "unreachable", message: "We cannot reach your site." });
    await lookAgain();
    expect(kinds()).toEqual(["backed_up", "unreachable", "back"]);
  });

  it("that was never a ChromaDB is told as that", async () => {
    await lookAt(HOST_PAGE, 2);
    expect(news).toMatchObject([{ kind: "failed", message: "Something answers here, but it is not ChromaDB." }]);
  });

  it("that answers now so, now so while it is away is told of once in each way", async () => {
    await lookAgain();
    for (let round = 1; round <= 3; round += 1) {
      await lookAt(ASLEEP);
      await lookAt(HOST_PAGE, 2);
    }
    await lookAgain();
    expect(kinds()).toEqual(["backed_up", "asleep", "unreachable", "back"]);
    await lookAt(ASLEEP);
    expect(kinds().at(-1)).toBe("asleep");
  });

  it("is not asked about the same deletions again after every sleep", async () => {
    await lookAgain();
    await site.deleteAccounts(sampleAccounts(1).map(({ id }) => id));
    await lookAgain();
    await lookAt(ASLEEP);
    await lookAgain();
    expect(kinds()).toEqual(["backed_up", "deletions", "kept_apart", "asleep", "back"]);
  });

  describe("all the time", () => {
    const kindsTold: string[] = [];

    /** Watches until `stop`, or the test, ends; each `look` comes when its time has come. */
    async function watch(): Promise<{ look: (sleptMs?: number) => Promise<void>; stop: () => Promise<void> }> {
      const end = new AbortController();
      const source = { kind: "server" as const, url: proxy.url };
      const watching = watchSite({ source, collectionName: site.collectionName, folder: site.folder }, { clock, signal: end.signal, rehearse: false, connect: ONE_TRY, onActivity: ({ kind }) => kindsTold.push(kind) });
      const finish = async (): Promise<void> => {
        end.abort();
        await watching;
      };
      onTestFinished(finish);
      await clock.asleep();
      return {
        async stop() {
          await finish();
          // What is left of its sleep is not the next one's.
          await clock.wake();
        },
        async look(sleptMs = 0) {
          clock.advance(sleptMs);
          await clock.wake();
          await clock.asleep();
        },
      };
    }

    let fault: Fault | null;
    beforeEach(() => {
      fault = null;
      kindsTold.length = 0;
      for (const one of [ASLEEP, RESET]) proxy.injectAlways(Object.assign(/(?:)/, { test: () => fault === one }), one);
    });

    it("is told of to the end by whoever watches it next, and not once more", async () => {
      const first = await watch();
      fault = ASLEEP;
      await first.look();
      await first.stop();
      const next = await watch();
      fault = null;
      await next.look();
      expect(kindsTold).toEqual(["backed_up", "asleep", "back"]);
    });

    it("whose owner has not decided yet is not asked again by whoever watches it next", async () => {
      const first = await watch();
      await site.deleteAccounts(sampleAccounts(1).map(({ id }) => id));
      await first.look();
      await first.stop();
      const next = await watch();
      expect(kindsTold).toEqual(["backed_up", "deletions", "kept_apart"]);
      await site.deleteAccounts(sampleAccounts(2).map(({ id }) => id));
      await next.look();
      expect(kindsTold).toEqual(["backed_up", "deletions", "kept_apart", "deletions", "kept_apart"]);
    });

    it("asks once about somebody who is only in a copy kept apart", async () => {
      const [first, other] = [sampleAccounts(1), sampleAccounts(4).slice(3)];
      const { look } = await watch();
      for (const [gone, come] of [[first, other], [other, first]] as const) {
        await site.deleteAccounts(gone.map(({ id }) => id));
        await site.add(come);
        for (let hours = 1; hours <= 3; hours += 1) await look(3_600_000);
      }
      expect(kindsTold).toEqual(["backed_up", "deletions", "kept_apart", "deletions"]);
    });

    it("is not called away when this computer has slept until now and its network is not there yet", async () => {
      const { look } = await watch();
      fault = RESET;
      await look(8 * 3_600_000);
      expect(kindsTold).toEqual(["backed_up"]);
      fault = null;
      await look();
      fault = RESET;
      await look(8 * 3_600_000);
      await look();
      expect(kindsTold).toEqual(["backed_up", "unreachable"]);
    });
  });

  it("raises no alarm while a redeploy is under way: whoever follows that one tells how it ends", async () => {
    await lookAgain();
    await withVaultLock(site.folder, async () => await lookAt(ASLEEP), { purpose: "redeploy" });
    expect(kinds()).toEqual(["backed_up"]);
    await lookAgain();
    expect(kinds()).toEqual(["backed_up"]);
  });
});
