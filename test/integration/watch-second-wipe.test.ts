/** What one wipe alone does not show: a restore that died half-way, and people who are only in copies kept apart. */
import { describe, expect, inject, it, onTestFinished } from "vitest";
import type { ActivityNews } from "../../electron/engine/activity/activity.ts";
import { createSiteWatcher, type SiteWatcher } from "../../electron/app/watch/site-watcher.ts";
import { lookAtSite } from "../../electron/app/operations/look-at-site.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import type { Progress } from "../../shared/progress.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createTestSite, type TestSite } from "../support/site.ts";

const accounts = sampleAccounts(6);
const ids = accounts.map(({ id }) => id);

type LookOutcome = Awaited<ReturnType<SiteWatcher["look"]>>;

interface Stage {
  readonly site: TestSite;
  readonly news: ActivityNews[];
  /** A look of a watcher that knows nothing but the vault, as after a restart, an hour later. */
  readonly look: (dieAt?: Progress["phase"]) => Promise<LookOutcome | "died">;
}

/** A site with the first five of `accounts`, backed up. */
async function createStage(): Promise<Stage> {
  const site = await createTestSite();
  const clock = createManualClock("2026-03-02T09:00:00Z");
  const news: ActivityNews[] = [];
  async function look(dieAt?: Progress["phase"]): Promise<LookOutcome | "died"> {
    const death = new AbortController();
    clock.advance(3_600_000);
    const watcher = createSiteWatcher(
      { source: { kind: "server", url: inject("chromaUrl") }, collectionName: site.collectionName, folder: site.folder },
      {
        clock,
        restoreAfterWipe: true,
        fullCheckMs: 1,
        onNews: async (item) => {
          await Promise.resolve();
          news.push(item);
        },
        onProgress: ({ phase }) => {
          if (phase === dieAt) death.abort();
        },
      },
    );
    onTestFinished(async () => await watcher.close());
    return await watcher.look(death.signal).catch((error: unknown) => {
      if (!death.signal.aborted) throw error;
      return "died" as const;
    });
  }
  await site.create();
  await site.add(accounts.slice(0, 5));
  expect(await look()).toBe("acted");
  return { site, news, look };
}

const idsOn = async (site: TestSite): Promise<string[]> => [...(await site.read()).keys()].sort();

describe("the next look", () => {
  it("finishes what a restore into an emptied collection began, and takes later deletions for deletions", async () => {
    const { site, news, look } = await createStage();
    await site.deleteAccounts(ids.slice(0, 5));
    expect(await look("verifying")).toBe("died");
    // As if it had died before it wrote these two: the collection is the one of the backup.
    await site.deleteAccounts(ids.slice(0, 2));
    expect(await look()).toBe("acted");
    expect(await idsOn(site)).toEqual(ids.slice(0, 5).sort());
    await site.deleteAccounts(ids.slice(0, 2));
    await look();
    expect(await idsOn(site)).toEqual(ids.slice(2, 5).sort());
    expect(news.map(({ kind }) => kind)).toEqual(["backed_up", "restored", "deletions", "kept_apart"]);
  });

  it("brings back after a wipe who signed up while deletions were undecided, with their newest password", async () => {
    const { site, news, look } = await createStage();
    await site.deleteAccounts(ids.slice(0, 1));
    const changed = accounts.slice(1, 2).map((account) => ({ ...account, document: account.document?.replace(/"password_hash":"[^"]*"/, '"password_hash":"new"') ?? null }));
    await site.add([...changed, ...accounts.slice(5)]);
    await look();
    await site.wipe();
    expect(await look()).toBe("acted");
    expect(await idsOn(site)).toEqual([...ids].sort());
    expect((await site.read()).get(ids[1] ?? "")?.document).toContain('"password_hash":"new"');
    expect(news.map(({ kind }) => kind)).toEqual(["backed_up", "deletions", "kept_apart", "restored", "backed_up"]);
    expect(await look()).toBe("quiet");
  });

  it("misses who is only in a copy kept apart, and the window says the same", async () => {
    const { site, news, look } = await createStage();
    await site.deleteAccounts(ids.slice(0, 1));
    await site.add(accounts.slice(5));
    await look();
    await site.deleteAccounts(ids.slice(5));
    await site.add(accounts.slice(0, 1));
    await look();
    expect(news.at(-1)).toMatchObject({ kind: "deletions", ids: ids.slice(5) });
    const seen = await lookAtSite({ ...site, vault: site.folder, passphrase: undefined, now: new Date() }, {});
    expect(seen).toMatchObject({ state: "deletions", accounts: 5, missing: 1, missingIds: ids.slice(5), notBackedUp: 0 });
  });

  it("leaves out who was deleted with the owner's word", async () => {
    const { site, look } = await createStage();
    await site.deleteAccounts(ids.slice(0, 1));
    await look();
    await backupSite({ ...site, acceptFewer: true, now: () => new Date("2026-03-02T11:30:00Z") });
    await site.wipe();
    await look();
    expect(await idsOn(site)).toEqual(ids.slice(1, 5).sort());
  });
});
