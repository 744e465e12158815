import { describe, expect, test } from "vitest";
import { initialState, quitQuestion, reduce, reduceListed, trayView, type DesktopState, type ListedEntry } from "../../../electron/desktop/site-condition.ts";
import type { AppEvent } from "../../../shared/contract.ts";
import type { SiteView } from "../../../shared/model.ts";
import { operationKinds, type Operation, type OperationKind, type Overview } from "../../../shared/operations.ts";

const at = (minute: number): string => `2026-11-23T10:${String(minute).padStart(2, "0")}:00.000Z`;

function site(id: string, name: string, watching: SiteView["watching"] = "on"): SiteView {
  return {
    id,
    name,
    source: { kind: "server", shown: "http://db", tenant: null, database: null, auth: "none", hasKey: true },
    collectionName: "users",
    vault: "/backups",
    encrypted: false,
    settings: { watch: true, restoreAfterWipe: true, rehearse: true },
    watching,
    canBeWatched: true,
    trouble: null,
    render: null,
  };
}

const bakery = site("bakery-0001", "Marlow Bakery");
const yoga = site("yoga-00001", "Tidewater Yoga");

function operation(kind: OperationKind, state: Operation["state"], more: Partial<Operation> = {}): ListedEntry {
  return { type: "operation", operation: { id: `op-${kind}-1`, kind, siteId: bakery.id, state, startedAt: at(0), endedAt: state === "running" ? null : at(1), progress: null, error: null, result: null, ...more } };
}

function looked(overview: Partial<Overview>, minute = 1): ListedEntry {
  const result: Overview = {
    checkedAt: at(minute),
    state: "online",
    wipeCause: null,
    accounts: 7,
    notBackedUp: 0,
    changed: 0,
    missing: 0,
    missingIds: [],
    newestBackup: null,
    passedOver: [],
    eligibility: { eligible: true, accounts: 7, message: "fits" },
    gauge: [],
    ...overview,
  };
  return operation("look", "done", { result, endedAt: at(minute) });
}

function happened(kind: string, minute: number, siteId: string | null = bakery.id): ListedEntry {
  return { type: "activity", activity: { at: at(minute), kind, level: "info", site: "x", siteId, message: "x" } };
}

function after(...events: AppEvent[]): DesktopState {
  return events.reduce(reduce, initialState);
}

const one: AppEvent = { type: "sites", sites: [bakery] };
const two: AppEvent = { type: "sites", sites: [bakery, yoga] };

describe("one site is", () => {
  test.each<[string, AppEvent[], string, string]>([
    ["not known yet", [], "unknown", "Marlow Bakery: Looking"],
    ["safe after a look", [looked({})], "safe", "Marlow Bakery: Safe"],
    ["at risk when somebody is not backed up", [looked({ notBackedUp: 2 })], "at_risk", "Marlow Bakery: At risk"],
    ["at risk after deletions", [looked({ state: "deletions" })], "at_risk", "Marlow Bakery: At risk"],
    ["wiped", [looked({ state: "wiped" })], "wiped", "Marlow Bakery: Wiped"],
    ["wiped, as the watcher tells", [happened("backed_up", 1), happened("wiped", 2)], "wiped", "Marlow Bakery: Wiped"],
    ["restored", [happened("wiped", 1), happened("restored", 2)], "restored", "Marlow Bakery: Restored"],
    ["still restored after the backup that belongs to it", [happened("restored", 2), happened("backed_up", 2)], "restored", "Marlow Bakery: Restored"],
    ["safe after a later backup", [happened("restored", 2), happened("backed_up", 9)], "safe", "Marlow Bakery: Safe"],
    ["wiped while only some are back", [happened("restore_incomplete", 1)], "wiped", "Marlow Bakery: Wiped"],
    ["asleep", [happened("backed_up", 1), happened("asleep", 2)], "asleep", "Marlow Bakery: Asleep"],
    ["as before when it is back", [happened("deletions", 1), happened("asleep", 2), happened("unreachable", 3), happened("back", 4)], "at_risk", "Marlow Bakery: At risk"],
    ["not changed by what says nothing of it", [happened("wiped", 1), happened("pruned", 2), happened("rehearsed", 3), happened("toString", 4), happened("safe", 5, null)], "wiped", "Marlow Bakery: Wiped"],
    ["wiped after a clock that was ahead was put right", [happened("backed_up", 50), happened("wiped", 1)], "wiped", "Marlow Bakery: Wiped"],
    ["safe when a backup comes after a restore, whatever the clock says", [happened("restored", 50), happened("backed_up", 1)], "safe", "Marlow Bakery: Safe"],
  ])("%s", (_what, events, condition, sentence) => {
    expect(trayView(after(one, ...events))).toMatchObject({ condition, busy: false, sentence });
  });

  test("busy while something runs, and looking is nothing", () => {
    expect(trayView(after(one, operation("backup", "running")))).toMatchObject({ busy: true, sentence: "Working on Marlow Bakery", sites: [{ id: bakery.id, busy: true }] });
    expect(trayView(after(one, operation("look", "running"))).busy).toBe(false);
    expect(trayView(after(one, operation("backup", "running"), operation("backup", "failed"))).busy).toBe(false);
  });

  test("at risk when nobody can watch it", () => {
    expect(trayView(after({ type: "sites", sites: [site(bakery.id, bakery.name, "failed")] }, looked({}))).condition).toBe("at_risk");
  });
});

describe("what a list tells", () => {
  const now = at(30);
  const listed = (state: DesktopState, ...entries: ListedEntry[]): string => trayView(entries.reduce((known, entry) => reduceListed(known, entry, now), state)).condition;

  test("counts when it is newer than what is known, and says nothing when it is older", () => {
    expect(listed(after(one, happened("wiped", 5)), happened("backed_up", 1), looked({}, 2))).toBe("wiped");
    expect(listed(after(one, happened("wiped", 5)), happened("backed_up", 6))).toBe("safe");
    expect(listed(after(one, happened("wiped", 5)), looked({}, 6))).toBe("safe");
  });

  test("counts as of now when its time is still to come: the clock was ahead", () => {
    expect(listed(after(one), happened("backed_up", 50), happened("wiped", 30))).toBe("wiped");
    expect(listed(after(one, happened("backed_up", 50)), happened("wiped", 30))).toBe("wiped");
    expect(listed(after(one), looked({}, 50), happened("wiped", 30))).toBe("wiped");
  });

  test("is what runs", () => {
    const state = reduceListed(after(one, happened("wiped", 5)), operation("backup", "running"), now);
    expect(trayView(state)).toMatchObject({ condition: "wiped", busy: true });
  });
});

describe("an engine that is down for good", () => {
  const down = { code: "ENGINE_STOPPED", message: "The engine keeps stopping.", retryable: false } as const;
  const busy = [one, looked({}), operation("backup", "running")];

  test("is what the tray says, at risk, and nothing runs any more", () => {
    const state = after(...busy, { type: "notice", notice: down });
    expect(state.engineDown).toEqual(down);
    expect(trayView(state)).toEqual({ condition: "at_risk", busy: false, sentence: "Account Keeper is not watching", sites: [] });
    expect(quitQuestion(state)).toBeNull();
  });

  test("is not one that was started again, and no other notice", () => {
    const state = after(...busy, { type: "notice", notice: { ...down, retryable: true } }, { type: "notice", notice: { code: "SETTINGS_UNREADABLE", message: "x", retryable: false } });
    expect(state.engineDown).toBeNull();
    expect(trayView(state).busy).toBe(true);
  });

  test("is over when it tells of its sites", () => {
    expect(trayView(after(...busy, { type: "notice", notice: down }, one)).sentence).toBe("Marlow Bakery: Safe");
  });
});

describe("several sites", () => {
  test.each<[string, AppEvent[], string, string]>([
    ["are counted when they need somebody", [happened("backed_up", 1), happened("wiped", 1, yoga.id)], "wiped", "1 of 2 sites needs you"],
    ["are counted together", [happened("deletions", 1), happened("wiped", 1, yoga.id)], "wiped", "2 of 2 sites need you"],
    ["are counted when they do not answer", [happened("backed_up", 1), happened("asleep", 1, yoga.id)], "asleep", "1 of 2 sites does not answer"],
    ["are all safe", [happened("backed_up", 1), happened("backed_up", 1, yoga.id)], "safe", "All 2 sites are safe"],
  ])("%s", (_what, events, condition, sentence) => {
    expect(trayView(after(two, ...events))).toMatchObject({ condition, sentence });
  });

  test("may be none", () => {
    expect(trayView(initialState)).toEqual({ condition: "unknown", busy: false, sentence: "No site yet", sites: [] });
  });
});

describe("the question before quitting", () => {
  test("is not asked when nothing runs that would be missed", () => {
    expect(quitQuestion(after(one, operation("look", "running"), operation("backup", "done")))).toBeNull();
  });

  test("names what runs", () => {
    expect(quitQuestion(after(one, operation("backup", "running")))?.message).toBe("A backup is running.");
    const both = quitQuestion(after(one, operation("restore", "running"), operation("drill", "running")));
    expect(both?.message).toBe("2 things are running: a restore, a rehearsal.");
    expect(both?.detail).toContain("nobody is added twice");
  });

  test.each(Object.keys(operationKinds) as OperationKind[])("has words for %s", (kind) => {
    expect(quitQuestion(after(one, operation(kind, "running")))?.message ?? "").not.toMatch(/something/i);
  });

  test("says what a redeploy that is stopped leaves undone", () => {
    const unattended = "If you stop now, nobody is brought back until Account Keeper is open again; it then goes on by itself.";
    expect(quitQuestion(after(one, operation("redeploy", "running")))).toEqual({ message: "A redeploy is running.", detail: unattended });
    const both = quitQuestion(after(two, operation("redeploy", "running"), operation("restore", "running", { siteId: yoga.id })));
    expect(both?.detail).toContain(unattended);
    expect(both?.detail).toContain("nobody is added twice");
  });
});
