/** From what is known of a site to the sentence and what to do: every state of the Overview. */
import { describe, expect, it } from "vitest";
import { heroOf, type HeroFacts } from "../../../renderer/views/overview/hero.ts";
import { notBackOf, storyOf } from "../../../renderer/views/overview/restored-story.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { ActivityView, SiteView } from "../../../shared/model.ts";
import type { Operation, Overview } from "../../../shared/operations.ts";
import { overviewOf } from "./fake-bridge.ts";

const site: SiteView = {
  id: "site-0001",
  name: "Marlow Bakery",
  source: { kind: "server", shown: "https://db.example.com", tenant: null, database: null, auth: "none", hasKey: true },
  collectionName: "users",
  vault: "~/Backups",
  encrypted: false,
  settings: { watch: true, restoreAfterWipe: true, rehearse: true },
  watching: "on",
  canBeWatched: true,
  trouble: null,
  render: null,
};
const now = Date.now();
const facts = (overview: Overview | null, more: Partial<HeroFacts> = {}): HeroFacts => ({ site, overview, newestBackup: overview?.newestBackup ?? null, trouble: null, waking: false, retryInMs: null, running: null, problems: null, halfWay: null, notBack: null, restored: null, offline: false, now, ...more });
const trouble = (code: ErrorValue["code"], more: Partial<ErrorValue> = {}): ErrorValue => ({ code, message: "It did not work.", retryable: true, ...more });
const running = (kind: Operation["kind"]): Operation => ({ id: "operation-1", kind, siteId: site.id, state: "running", startedAt: new Date(now).toISOString(), endedAt: null, progress: null, error: null, result: null });
const ids = (hero: ReturnType<typeof heroOf>): string[] => hero.actions.map(({ id }) => id);

describe("the hero", () => {
  it("says that everybody is safe", () => {
    const hero = heroOf(facts(overviewOf(7)));
    expect(hero).toMatchObject({ glyph: "safe", title: "All 7 accounts are safe." });
    expect(ids(hero)).toEqual(["backup", "redeploy", "restore"]);
    expect(heroOf(facts(overviewOf(1)))).toMatchObject({ title: "Your 1 account is safe.", hint: "It is in a backup that was read back and checked. You can redeploy whenever you like." });
  });
  it("counts who is not backed up, and says who does it", () => {
    const overview = overviewOf(9, { notBackedUp: 2 });
    expect(heroOf(facts(overview))).toMatchObject({ glyph: "risk", title: "2 of 9 accounts are not backed up yet.", hint: "We back them up within 30 seconds." });
    expect(heroOf(facts(overview, { site: { ...site, watching: "off" } })).hint).toBe("Do it before you redeploy.");
  });
  it("tells changed, never backed up and empty apart", () => {
    expect(heroOf(facts(overviewOf(7, { changed: 1 }))).title).toBe("1 account changed since the last backup.");
    expect(heroOf(facts(overviewOf(7, { newestBackup: null, notBackedUp: 7 }))).title).toBe("7 accounts, no backup yet.");
    expect(heroOf(facts(overviewOf(0, { newestBackup: null }))).title).toBe("No accounts yet.");
  });
  it("alerts after a wipe only when it needs the owner", () => {
    const overview = overviewOf(0, { state: "wiped", missing: 7 });
    const asks = heroOf(facts(overview, { site: { ...site, settings: { ...site.settings, restoreAfterWipe: false } } }));
    expect(asks).toMatchObject({ glyph: "wiped", title: "Your site was wiped. 7 accounts can come back.", alert: true });
    expect(ids(asks)).toEqual(["bring_back", "choose_people", "older_backup"]);
    expect(heroOf(facts(overview)).alert).toBe(false);
  });
  it("tells how many are back after a restore that ended half-way, also after a wipe", () => {
    const halfWay = { back: 4, of: 7, error: null };
    for (const state of ["wiped", "deletions"] as const) {
      const hero = heroOf(facts(overviewOf(4, { state, missing: 3 }), { halfWay }));
      expect(hero).toMatchObject({ title: "4 of 7 accounts are back.", hint: "The site stopped answering. Run it again; nobody is added twice.", alert: true, actions: [{ id: "bring_back", label: "Bring back 3 accounts", rank: "primary" }] });
    }
  });
  it("does not say that the site stopped answering where something else went wrong", () => {
    const halfWay = { back: 1, of: 7, error: trouble("RESTORE_INCOMPLETE", { message: "6 accounts did not arrive as they should." }) };
    expect(heroOf(facts(overviewOf(1, { state: "wiped", missing: 6 }), { halfWay }))).toMatchObject({ title: "1 of 7 accounts is back.", hint: "6 accounts did not arrive as they should. Run it again; nobody is added twice." });
  });
  it("calls nobody deleted who did not come back in the last restore, as long as it is about the same people", () => {
    const story = (kind: string, ids: readonly string[], more: Partial<ActivityView> = {}): ActivityView => ({ at: new Date(now).toISOString(), kind, level: "problem", site: site.name, siteId: site.id, message: "3 of 4 accounts are back.", hint: "The server does not accept the other one.", ids: [...ids], ...more });
    const overview = overviewOf(3, { state: "deletions", missing: 1 });
    const notBack = notBackOf(site.id, [story("restore_incomplete", ["odd"])], overview);
    const hero = heroOf(facts(overview, { notBack }));
    expect(hero).toMatchObject({ title: "3 of 4 accounts are back.", hint: "The server does not accept the other one.", alert: true });
    expect(ids(hero)).toEqual(["bring_back", "see_what", "on_purpose"]);
    expect(notBackOf(site.id, [story("restore_incomplete", ["odd"])], overviewOf(2, { state: "deletions", missing: 2 }))).toBeNull();
    expect(notBackOf(site.id, [story("restored", []), story("restore_incomplete", ["odd"])], overview)).toBeNull();
    expect(notBackOf(site.id, [story("restore_incomplete", ["odd"], { siteId: "site-0002" })], overview)).toBeNull();
    expect(notBackOf(site.id, [story("restore_incomplete", ["odd"])], overviewOf(4))).toBeNull();
  });
  it("does not say after a restore that nothing is left to do while somebody is in no backup and nobody backs up by itself", () => {
    const restored = { wipedAt: null, beganAt: null, restoredAt: "", added: 7, newcomers: 0, itself: false, canUndo: false, backup: null };
    const byHand = { ...site, watching: "off" as const };
    expect(heroOf(facts(overviewOf(7), { restored, site: byHand }))).toMatchObject({ glyph: "restored", title: "All 7 accounts are back." });
    expect(heroOf(facts(overviewOf(9, { notBackedUp: 2 }), { restored, site: byHand }))).toMatchObject({ title: "2 of 9 accounts are not backed up yet.", hint: "Do it before you redeploy." });
    expect(heroOf(facts(overviewOf(9, { notBackedUp: 2 }), { restored })).glyph).toBe("restored");
  });
  it("counts what could not be read", () => {
    const problems = { outcome: "written" as const, name: "", at: "", accounts: 35, records: 37, sizeBytes: 1, encrypted: false, fewerThan: null, olderVersions: null, passedOver: [], problemCount: 2, problems: [] };
    expect(heroOf(facts(overviewOf(37), { problems })).hint).toBe("2 could not be read as accounts. They are kept in the file as they are.");
    expect(heroOf(facts(overviewOf(37), { problems: { ...problems, accounts: 36, problemCount: 1 } })).hint).toBe("1 could not be read as an account. It is kept in the file as it is.");
  });
  it("gives two equal answers to deletions", () => {
    const hero = heroOf(facts(overviewOf(5, { state: "deletions", missing: 2 })));
    expect(hero.actions.map(({ rank }) => rank)).toEqual(["secondary", "secondary"]);
  });
  it("says that it is waking the site, whatever was seen before, and keeps to what failed already", () => {
    expect(heroOf(facts(overviewOf(7), { waking: true }))).toMatchObject({ glyph: "asleep", title: "Your site is asleep. We are waking it." });
    expect(ids(heroOf(facts(null, { waking: true })))).toEqual(["stop_waiting"]);
    expect(heroOf(facts(overviewOf(7), { waking: true, trouble: trouble("SERVER_UNREACHABLE") })).title).toBe("We cannot reach your site.");
  });
  it("names the newest backup when the site cannot be reached", () => {
    const hero = heroOf(facts(overviewOf(7), { trouble: trouble("SERVER_UNREACHABLE"), retryInMs: 40_000 }));
    expect(hero.title).toBe("We cannot reach your site.");
    expect(hero.hint).toMatch(/^Your 7 accounts are safe in .+ backup\. We try again in 40 s\.$/);
  });
  it("knows of backups though the site was never seen", () => {
    const { newestBackup } = overviewOf(7);
    expect(heroOf(facts(null, { newestBackup, trouble: trouble("SERVER_UNREACHABLE") })).hint).toMatch(/^Your 7 accounts are safe in /);
  });
  it("asks for the key, wakes, and says where else to turn", () => {
    expect(ids(heroOf(facts(overviewOf(7), { trouble: trouble("KEY_REFUSED") })))[0]).toBe("new_key");
    expect(ids(heroOf(facts(overviewOf(7), { trouble: trouble("PASSPHRASE_NEEDED") })))[0]).toBe("passphrase");
    expect(heroOf(facts(overviewOf(7), { trouble: trouble("SITE_ASLEEP") }))).toMatchObject({ glyph: "asleep", title: "Your site is asleep." });
    expect(ids(heroOf(facts(overviewOf(7), { trouble: trouble("FOLDER_NOT_WRITABLE") })))[0]).toBe("settings");
    expect(heroOf(facts(overviewOf(7), { trouble: trouble("NOT_CHROMA", { message: "Something answers here, but it is not ChromaDB." }) })).title).toBe("Something answers here, but it is not ChromaDB.");
  });
  it("blocks what needs a network when there is none, but not for a site on this computer", () => {
    expect(heroOf(facts(overviewOf(7), { offline: true })).actions[0]?.blocked).toBe("This computer is offline.");
    expect(heroOf(facts(overviewOf(7), { offline: true, site: { ...site, source: { ...site.source, shown: "http://127.0.0.1:8000" } } })).title).toBe("All 7 accounts are safe.");
  });
  it("puts what runs before everything else, and keeps the glyph of the state", () => {
    const hero = heroOf(facts(overviewOf(37, { notBackedUp: 1 }), { running: running("backup") }));
    expect(hero).toMatchObject({ glyph: "risk", title: "Backing up 37 accounts." });
    expect(hero.hint).toMatch(/^1 person signed up/);
    expect(ids(hero)).toEqual(["cancel"]);
  });
  it("does not claim what another one does", () => {
    expect(heroOf(facts(overviewOf(7), { site: { ...site, watching: "elsewhere" } })).actions).toEqual([]);
  });
  it("waits without a spinner for a site never seen", () => {
    expect(heroOf(facts(null)).loading).toBe(true);
  });
});

describe("the story of a restore", () => {
  const minute = (ago: number): string => new Date(now - ago * 60_000).toISOString();
  const news = (kind: string, ago: number, more: Partial<ActivityView> = {}): ActivityView => ({ at: minute(ago), kind, level: "info", site: "Marlow Bakery", siteId: site.id, message: "", ...more });
  const restored = (ago: number, more: Partial<ActivityView> = {}): ActivityView => news("restored", ago, { accounts: 7, accountsOnSite: 7, seenAt: minute(ago + 1), ...more });
  const base = { siteId: site.id, restore: null, restoreResult: null, acknowledgedUntil: "", now };

  it("comes from the watcher's figures, with who signed up meanwhile", () => {
    expect(storyOf({ ...base, activity: [restored(1, { accountsOnSite: 8 })], overview: overviewOf(8) })).toMatchObject({ added: 7, newcomers: 1, wipedAt: minute(2), restoredAt: minute(1), itself: false });
    const asked = [restored(1), news("wiped", 5, { accounts: 7 })];
    expect(storyOf({ ...base, activity: asked, overview: overviewOf(7) })).toMatchObject({ wipedAt: minute(5), newcomers: 0 });
  });
  it("tells a site that restored itself, and a restore by hand without a wipe", () => {
    expect(storyOf({ ...base, activity: [restored(1, { accounts: 0, itself: true })], overview: overviewOf(7) })).toMatchObject({ added: 7, itself: true, newcomers: 0 });
    expect(storyOf({ ...base, activity: [news("restored", 1, { accounts: 2, accountsOnSite: 7 })], overview: overviewOf(7) })).toMatchObject({ added: 2, wipedAt: null, newcomers: 0 });
  });
  it("offers to take back only what was changed: whoever was added stays", () => {
    const restore = { ...running("restore"), state: "done" as const, endedAt: minute(0) };
    const result = { added: 3, overwritten: 0, leftAsTheyAre: 4, accountsOnSite: 7, collectionCreated: false, standInVectors: 0, safetyBackup: "user_backup_20261127_100000.json", problemCount: 0, problems: [] };
    expect(storyOf({ ...base, activity: [], overview: overviewOf(7), restore, restoreResult: result })).toMatchObject({ added: 3, canUndo: false });
    expect(storyOf({ ...base, activity: [], overview: overviewOf(7), restore, restoreResult: { ...result, overwritten: 1 } })).toMatchObject({ added: 4, canUndo: true });
    expect(storyOf({ ...base, activity: [restored(1, { accountsOnSite: 8 })], overview: overviewOf(8) })).toMatchObject({ newcomers: 1, canUndo: false });
  });
  it("is over once the restore was taken back", () => {
    expect(storyOf({ ...base, activity: [news("restored", 1, { accounts: 2 }), restored(3)], overview: overviewOf(7) })).toBeNull();
  });
  it("ends with “Got it”, and after three days by itself", () => {
    expect(storyOf({ ...base, activity: [restored(1)], overview: overviewOf(7), acknowledgedUntil: minute(0) })).toBeNull();
    expect(storyOf({ ...base, activity: [restored(4 * 24 * 60)], overview: overviewOf(7) })).toBeNull();
  });
});
