/**
 * A month of a small site in a minute, with everything that happens to such sites, and a watcher that is killed once a
 * day at a chosen moment. Set MONTH_SEED to try another month.
 */
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { ownTemporary } from "../support/cli-process.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { createMonthSite, personOf, type MonthSite, type Person, type WipeKind } from "../support/month-site.ts";
import { createChance, type Chance } from "../support/seeded.ts";
import { observeVault, type ObservedBackup, type VaultObserver } from "../support/vault-observer.ts";
import { startWatchChild, type FreezeAt, type WatchChild } from "../support/watch-child.ts";

const DAYS = 30;
const LOOKS_A_DAY = 3;
const REGISTRATIONS = 200;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const seed = Number(process.env["MONTH_SEED"] ?? 1);

/** What happens before a look, and while it lasts. */
interface Step {
  readonly signUps: number;
  readonly changesPassword: boolean;
  readonly wipe: WipeKind | null;
  /** Somebody from before the wipe signs up again before it is seen. */
  readonly signsUpAgain: boolean;
  /** The site is wiped while its accounts are being read. */
  readonly wipedWhileReading: boolean;
  readonly asleep: boolean;
  readonly deletes: number;
  readonly ownerDecides: "accept" | "restore" | null;
  readonly killAt: number | null;
}

const NOTHING: Step = { signUps: 0, changesPassword: false, wipe: null, signsUpAgain: false, wipedWhileReading: false, asleep: false, deletes: 0, ownerDecides: null, killAt: null };

/** Of two of them the site wakes from its sleep with an empty disk. */
const WIPE_DAYS = [2, 3, 4, 6, 7, 9, 10, 11, 13, 14, 16, 17, 18, 20, 21, 22, 25, 26, 28, 29];
const SLEEP_DAYS = [5, 12, 17, 22, 27];
const WIPED_WHILE_READING_DAYS = [6, 13, 21];
/** What the owner says to each on the same day; nothing to the last one, before the next day's wipe. */
const DELETIONS = [
  { day: 8, ownerDecides: "accept" },
  { day: 15, ownerDecides: "restore" },
  { day: 19, ownerDecides: "restore" },
  { day: 24, ownerDecides: null },
] as const;

function planMonth(chance: Chance): Step[][] {
  const steps = Array.from({ length: DAYS }, () => Array.from({ length: LOOKS_A_DAY }, () => NOTHING));
  function set(day: number, look: number, change: Partial<Step>): void {
    const row = steps[day - 1] ?? [];
    row[look] = { ...NOTHING, ...row[look], ...change };
  }
  const kinds: readonly WipeKind[] = ["missing", "recreated", "missing", "recreated", "emptied"];
  WIPE_DAYS.forEach((day, index) => {
    const whileReading = WIPED_WHILE_READING_DAYS.includes(day);
    const wipe = whileReading ? null : (kinds[index % kinds.length] ?? "missing");
    set(day, 1, { wipe, wipedWhileReading: whileReading, signsUpAgain: index % 4 === 1 });
  });
  for (const day of SLEEP_DAYS) set(day, 1, { asleep: true });
  DELETIONS.forEach(({ day, ownerDecides }, index) => {
    set(day, 0, { deletes: 2 + index });
    set(day, 2, { ownerDecides });
  });
  // On the first wipe more sign up before it is seen than had accounts before.
  const fixed = [{ day: 1, look: 0, signUps: 4 }, { day: 2, look: 1, signUps: 9 }, { day: DAYS, look: 2, signUps: 1 }];
  for (const { day, look, signUps } of fixed) set(day, look, { signUps });
  for (let left = REGISTRATIONS - 14; left > 0; left -= 1) {
    const [day, look] = [3 + chance.below(DAYS - 2), chance.below(LOOKS_A_DAY)];
    set(day, look, { signUps: (steps[day - 1]?.[look]?.signUps ?? 0) + 1 });
  }
  steps.forEach((row, index) => {
    set(index + 1, chance.below(LOOKS_A_DAY), { changesPassword: index > 1 && chance.next() < 0.7 });
    // While a restore is under way as often as at any other look.
    const wipedAt = row.findIndex(({ wipe }) => wipe !== null);
    const look = wipedAt >= 0 && chance.next() < 0.7 ? wipedAt : chance.below(LOOKS_A_DAY);
    const killable = row[look]?.wipedWhileReading === true ? 0 : look;
    set(index + 1, killable, { killAt: 1 + chance.below((row[killable]?.wipe ?? null) === null ? 14 : 30) });
  });
  return steps;
}

it("loses nobody in a month of sign-ups, wipes, sleeps, deletions and kills", async () => {
  const chance = createChance(seed);
  const month = await createMonthSite(chance);
  const { site } = month;
  const vault = observeVault(site.folder);
  const temporary = ownTemporary();
  let isAsleep = false;
  const asleep = Object.assign(/(?:)/, { test: () => isAsleep });
  const proxy = await startFrontProxy({ target: site.site });
  proxy.injectAlways(asleep, { kind: "status", status: 503, html: "<h1>Service Unavailable</h1>" });

  let now = Date.parse("2026-03-02T00:00:00Z");
  const watching: { child: WatchChild | null } = { child: null };
  let onPurpose: readonly Person[] = [];
  let undecided: readonly Person[] = [];
  const told: string[] = [];
  const killedAt: string[] = [];
  let sleeps = 0;

  async function look(freezeAt: FreezeAt): Promise<"asleep" | "frozen"> {
    // Three looks a day and one at its end.
    now += DAY / (LOOKS_A_DAY + 1);
    if (watching.child === null) watching.child = startWatchChild({ url: proxy.url, collectionName: site.collectionName, folder: site.folder, temporary, now: new Date(now), freezeAt });
    else watching.child.wake(new Date(now), freezeAt);
    return await watching.child.untilStill();
  }

  async function kill(): Promise<void> {
    const { child } = watching;
    if (child === null) throw new Error("nobody to kill");
    await child.kill();
    killedAt.push(child.lastEvent);
    told.push(...child.activities.map(({ kind }) => kind));
    watching.child = null;
  }

  async function play(step: Step): Promise<void> {
    const before = await month.people();
    if (step.deletes > 0) undecided = await month.deleteSome(step.deletes);
    if (step.wipe !== null) await month.wipe(step.wipe);
    const [goneFirst] = before.values();
    if (step.signsUpAgain && goneFirst !== undefined && step.wipe !== null) await month.signUpAgain(goneFirst);
    await month.signUp(step.signUps);
    if (step.changesPassword) await month.changePassword();
    if (step.ownerDecides === "accept") {
      await month.acceptFewer(new Date(now + MINUTE));
      onPurpose = undecided;
    }
    if (step.ownerDecides === "restore") await month.restoreByOwner();
    // After a wipe everybody comes back, also those about whom nothing was said.
    if (step.ownerDecides !== null || step.wipe !== null) undecided = [];
    isAsleep = step.asleep;
    if (step.asleep) sleeps += 1;

    const still = await look(step.wipedWhileReading ? "reading" : step.killAt);
    if (step.wipedWhileReading) {
      expect(still).toBe("frozen");
      await month.wipe("recreated");
      watching.child?.thaw();
      await watching.child?.untilStill();
    }
    isAsleep = false;
    if (step.killAt !== null) await kill();
  }

  for (const [index, steps] of planMonth(chance).entries()) {
    for (const step of steps) await play(step);
    // What a kill has left undone is done by the next look.
    await look(null);
    const words = `seed ${seed}, day ${index + 1}, killed at "${killedAt.at(-1) ?? ""}"`;
    await expectNothingLost(words, month, vault, { onPurpose, undecided, now: new Date(now) });
  }

  const { child } = watching;
  if (child === null) throw new Error("nobody watches");
  await child.stop();
  told.push(...child.activities.map(({ kind }) => kind));
  await proxy.close();

  const words = `seed ${seed}`;
  expect({ ...month.totals, sleeps, kills: killedAt.length }, words).toEqual({ registrations: REGISTRATIONS, wipes: 20, deletions: DELETIONS.length, sleeps: 5, kills: 30 });
  for (const kind of ["backed_up", "kept_apart", "restored", "deletions", "asleep", "pruned"]) expect(told, words).toContain(kind);
  await vault.look({ everyByte: true });
  const left = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /(?:^|\/)\.account-keeper/.test(name));
  expect(left(site.folder), words).toEqual([]);
  expect(left(temporary), words).toEqual([]);
  // Thirty killed watchers take their time, more of it on a busy machine.
}, 600_000);

interface Expected {
  readonly onPurpose: readonly Person[];
  readonly undecided: readonly Person[];
  readonly now: Date;
}

/** The promise of the house, on the real site and the real folder. */
async function expectNothingLost(words: string, month: MonthSite, vault: VaultObserver, { onPurpose, undecided, now }: Expected): Promise<void> {
  const present = await vault.look();
  const onSite = await month.people();
  const mayMiss = new Set([...onPurpose, ...undecided].map(({ email }) => email));
  const newestBackedUp = new Map<string, Person>();
  for (const { accounts } of vault.ever.values()) {
    for (const person of accounts.map(personOf)) {
      if (person.password >= (newestBackedUp.get(person.email)?.password ?? 0)) newestBackedUp.set(person.email, person);
    }
  }
  const lost = [...newestBackedUp.keys()].filter((email) => !onSite.has(email) && !mayMiss.has(email));
  expect(lost, `${words}: people who were in a backup are on the site`).toEqual([]);
  const older = [...onSite.values()].filter(({ email, password }) => password < (newestBackedUp.get(email)?.password ?? 0));
  expect(older, `${words}: nobody has an older password than was backed up`).toEqual([]);
  expect([...onSite.keys()].filter((email) => onPurpose.some((person) => person.email === email)), `${words}: who was deleted on purpose stays so`).toEqual([]);

  const there = [...vault.ever].filter(([digest]) => present.has(digest)).map(([, backup]) => backup);
  const newest = there.filter(({ shelf, isShort }) => shelf === "" && !isShort).reduce<ObservedBackup | null>((best, one) => (best === null || one.timestamp >= best.timestamp ? one : best), null);
  const safe = new Set([...(newest?.accounts ?? []), ...onPurpose].map(({ email }) => email));
  for (const [digest, backup] of vault.ever) {
    if (present.has(digest)) continue;
    const isOld = now.getTime() - backup.timestamp.getTime() >= 7 * DAY;
    expect(isOld, `${words}: ${backup.shelf}/${backup.name} had its time`).toBe(true);
    expect(backup.accounts.filter(({ email }) => !safe.has(email)), `${words}: everybody in ${backup.shelf}/${backup.name}, which was removed, is in the newest`).toEqual([]);
  }
}
