/** Changes of what is watched that come while an earlier one is still being carried out. */
import { describe, expect, it } from "vitest";
import type { StoredSite } from "../../../electron/app/sites/site-store.ts";
import { createWatchControl, type WatchControl } from "../../../electron/app/watch/watch-control.ts";
import { systemClock } from "../../../electron/engine/clock.ts";

interface Stage {
  readonly watch: WatchControl;
  /** Settings a watcher was begun with, one after the other. */
  readonly begun: readonly StoredSite["settings"][];
  /** The keychain answers whoever waits for it. */
  readonly answer: () => void;
}

function siteWith(settings: Partial<StoredSite["settings"]> = {}, id = "11111111-1111-4111-8111-111111111111"): StoredSite {
  return { id, name: "Shop", source: { kind: "server", url: "http://127.0.0.1:9", auth: "none" }, collectionName: "users", vault: "/nowhere", encrypted: false, settings: { watch: true, restoreAfterWipe: true, rehearse: true, ...settings } };
}

/** A keychain asks its owner before it hands a key over: a watcher that waits for it takes its time to end. */
function createStage(): Stage {
  const begun: StoredSite["settings"][] = [];
  const waiting: (() => void)[] = [];
  const watch = createWatchControl({
    clock: systemClock,
    open: async ({ settings }) => {
      begun.push(settings);
      await new Promise<void>((resolve) => waiting.push(resolve));
      throw new Error("no key");
    },
    onActivity: () => undefined,
    onChange: () => undefined,
  });
  return { watch, begun, answer: () => waiting.splice(0).forEach((resolve) => resolve()) };
}

describe("while a watcher is still ending", () => {
  it("a site that is not kept any more stays unwatched, and that is waited for", async () => {
    const { watch, begun, answer } = createStage();
    await watch.follow([siteWith()]);
    const first = watch.follow([siteWith({ rehearse: false })]);
    let isDone = false;
    const second = watch.follow([]).then(() => (isDone = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isDone).toBe(false);
    answer();
    await Promise.all([first, second]);
    expect(begun).toHaveLength(1);
    expect(watch.stateOf(siteWith().id)).toEqual({ watching: "off", trouble: null });
  });

  it("of several changes only the last is begun with", async () => {
    const { watch, begun, answer } = createStage();
    await watch.follow([siteWith()]);
    const changes = [siteWith({ rehearse: false }), siteWith({ watch: false }), siteWith({ restoreAfterWipe: false })].map(async (site) => await watch.follow([site]));
    answer();
    await Promise.all(changes);
    expect(begun).toEqual([siteWith().settings, siteWith({ restoreAfterWipe: false }).settings]);
    const closed = watch.close();
    answer();
    await closed;
  });

  it("nothing begins once it is closed, and everything has ended", async () => {
    const { watch, begun, answer } = createStage();
    const other = siteWith({}, "22222222-2222-4222-8222-222222222222");
    await watch.follow([siteWith(), other]);
    const change = watch.follow([siteWith({ rehearse: false }), other]);
    let isDone = false;
    const closed = watch.close().then(() => (isDone = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isDone).toBe(false);
    answer();
    await Promise.all([change, closed]);
    await watch.follow([siteWith()]);
    expect(begun).toHaveLength(2);
    expect(watch.stateOf(other.id).watching).toBe("off");
  });
});
