/** What the desktop knows of the engine, and what it tells its owner when nobody watches any more. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setupDownNotice } from "../../../electron/desktop/down-notice.ts";
import type { Engine } from "../../../electron/desktop/link/engine.ts";
import type { DesktopNotice } from "../../../electron/desktop/notifications.ts";
import { quitQuestion, trayView } from "../../../electron/desktop/site-condition.ts";
import { setupStateWatch, type StateWatch } from "../../../electron/desktop/state-watch.ts";
import type { AppEvent } from "../../../shared/contract.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { ActivityView, Settings, SiteView } from "../../../shared/model.ts";
import type { Operation } from "../../../shared/operations.ts";

const NOW = "2026-11-23T10:30:00.000Z";
const site: SiteView = { id: "bakery-0001", name: "Marlow Bakery", source: { kind: "server", shown: "http://db", tenant: null, database: null, auth: "none", hasKey: true }, collectionName: "users", vault: "/backups", encrypted: false, settings: { watch: true, restoreAfterWipe: true, rehearse: true }, watching: "on", canBeWatched: true, trouble: null, render: null };
const settings: Settings = { theme: "system", contrast: "system", notifications: true, startAtLogin: false, closeToTray: true, automaticUpdates: true };
const backup: Operation = { id: "operation-0001", kind: "backup", siteId: site.id, state: "running", startedAt: NOW, endedAt: null, progress: null, error: null, result: null };
const happened = (kind: string, at: string): ActivityView => ({ at, kind, level: "info", site: "x", siteId: site.id, message: "x" });

const keepsStopping: ErrorValue = { code: "ENGINE_STOPPED", message: "The engine keeps stopping.", hint: "Quit Account Keeper and open it again.", retryable: false };
const stoppedOnce: ErrorValue = { code: "ENGINE_STOPPED", message: "The engine stopped and was started again.", retryable: true };
const unreadable: ErrorValue = { code: "SETTINGS_UNREADABLE", message: "Your list of sites cannot be read.", retryable: false };
const busy: ErrorValue = { code: "BUSY", message: "Account Keeper is open already.", retryable: true };
const closing: ErrorValue = { code: "CANCELLED", message: "Account Keeper is closing.", retryable: true };

interface Stage {
  readonly state: StateWatch;
  readonly notices: DesktopNotice[];
  readonly world: { error: ErrorValue | null; settings: Settings; operations: Operation[]; activities: ActivityView[] };
  emit(event: AppEvent): void;
  restart(): void;
}

function stage(world: Partial<Stage["world"]> = {}): Stage {
  const staged: Stage["world"] = { error: null, settings, operations: [], activities: [happened("backed_up", "2026-11-23T10:00:00.000Z")], ...world };
  const listeners: ((event: AppEvent) => void)[] = [];
  const restarts: (() => void)[] = [];
  const answers: Record<string, () => unknown> = {
    "site.list": () => ({ sites: [site] }),
    "settings.get": () => staged.settings,
    "operation.list": () => ({ operations: staged.operations }),
    "activity.list": () => ({ activities: staged.activities }),
  };
  const engine: Engine = {
    // Answered as things stand when it was asked; it takes a second to arrive.
    async call(command) {
      const answer = staged.error === null ? { ok: true as const, value: answers[command]?.() } : { ok: false as const, error: staged.error };
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return answer;
    },
    giveToken: () => Promise.resolve({ ok: false, error: unreadable }),
    onEvent(listener) {
      listeners.push(listener);
      return () => void listeners.splice(listeners.indexOf(listener), 1);
    },
    onRestart(listener) {
      restarts.push(listener);
      return () => undefined;
    },
    close: () => Promise.resolve(),
  };
  const state = setupStateWatch(engine, { info: () => undefined, warn: () => undefined, error: () => "abc123" });
  const notices: DesktopNotice[] = [];
  setupDownNotice(state, (notice) => void notices.push(notice));
  return {
    state,
    notices,
    world: staged,
    emit: (event) => [...listeners].forEach((listener) => listener(event)),
    restart: () => restarts.forEach((listener) => listener()),
  };
}

const passes = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1_000);
const sentence = ({ state }: Stage): string => trayView(state.current()).sentence;

beforeEach(() => void vi.useFakeTimers({ now: new Date(NOW) }));
afterEach(() => void vi.useRealTimers());

describe("an engine that is down for good", () => {
  test("is what the tray says, what ran is over, and its owner is told once", async () => {
    const staged = stage({ operations: [backup] });
    await passes(1);
    expect(trayView(staged.state.current())).toMatchObject({ sentence: "Working on Marlow Bakery", busy: true });
    staged.world.error = keepsStopping;
    staged.emit({ type: "notice", notice: keepsStopping });
    staged.emit({ type: "notice", notice: keepsStopping });
    expect(trayView(staged.state.current())).toMatchObject({ sentence: "Account Keeper is not watching", condition: "at_risk", busy: false });
    expect(quitQuestion(staged.state.current())).toBeNull();
    expect(staged.notices).toEqual([{ title: "Account Keeper is not watching", body: "The engine keeps stopping. Quit Account Keeper and open it again.", siteId: null }]);
  });

  test("is told to nobody who wants no notifications", async () => {
    const staged = stage({ settings: { ...settings, notifications: false } });
    await passes(1);
    staged.emit({ type: "notice", notice: keepsStopping });
    expect(sentence(staged)).toBe("Account Keeper is not watching");
    expect(staged.notices).toEqual([]);
  });

  test.each([["stopped once", stoppedOnce], ["closing", closing]])("is not one that is %s", async (_what, error) => {
    const staged = stage();
    await passes(1);
    staged.world.error = error;
    staged.restart();
    await passes(1);
    expect(sentence(staged)).toBe("Marlow Bakery: Safe");
    expect(staged.notices).toEqual([]);
  });
});

describe("an app that was never opened", () => {
  test("is what the tray says, and its owner is told", async () => {
    const staged = stage({ error: unreadable });
    await passes(1);
    expect(trayView(staged.state.current())).toMatchObject({ sentence: "Account Keeper is not watching", condition: "at_risk" });
    expect(staged.notices).toMatchObject([{ body: "Your list of sites cannot be read." }]);
    staged.world.error = null;
    await passes(600);
    expect(sentence(staged)).toBe("Account Keeper is not watching");
  });

  test("is asked for again where that may help, and told of only once", async () => {
    const staged = stage({ error: busy });
    await passes(60);
    expect(sentence(staged)).toBe("Account Keeper is not watching");
    staged.world.error = null;
    await passes(60);
    expect(sentence(staged)).toBe("Marlow Bakery: Safe");
    expect(staged.notices).toHaveLength(1);
  });
});

test("of a list the first is what came last, also where its time is no later", async () => {
  const staged = stage({ activities: [happened("wiped", "2026-11-23T10:00:00.000Z"), happened("backed_up", "2026-11-23T10:00:00.000Z")] });
  await passes(1);
  expect(sentence(staged)).toBe("Marlow Bakery: Wiped");
});

describe("news that come while the lists are read", () => {
  test("win over the lists, whatever their times", async () => {
    const staged = stage({ operations: [backup], activities: [happened("backed_up", "2026-11-24T10:00:00.000Z")] });
    staged.emit({ type: "activity", activity: happened("wiped", NOW) });
    staged.emit({ type: "operation", operation: { ...backup, state: "done", endedAt: NOW } });
    await passes(1);
    expect(trayView(staged.state.current())).toMatchObject({ sentence: "Marlow Bakery: Wiped", busy: false });
  });

  test("win over what was read when a clock that was ahead is put right", async () => {
    const staged = stage({ activities: [happened("backed_up", "2026-11-24T10:00:00.000Z")] });
    await passes(1);
    expect(sentence(staged)).toBe("Marlow Bakery: Safe");
    staged.emit({ type: "activity", activity: happened("wiped", NOW) });
    expect(sentence(staged)).toBe("Marlow Bakery: Wiped");
  });
});
