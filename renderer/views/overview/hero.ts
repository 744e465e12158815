/** From what is known of a site to the one sentence, its hint and what to do. Pure; the words are in strings, the clicks in use-hero-actions. */
import type { ErrorValue } from "../../../shared/errors.ts";
import type { ActivityView, SiteView } from "../../../shared/model.ts";
import type { Operation, OperationResult, Overview } from "../../../shared/operations.ts";
import { en } from "../../strings/en.ts";
import { inWindow } from "../../strings/in-window.ts";
import { atWhen, theBackupOf } from "../../strings/words.ts";
import type { RestoredStory } from "./restored-story.ts";
import { atRisk, isFolderGone, isKeyTrouble, isPassphraseTrouble, needsNetwork } from "../../stores/site-state.ts";

export type HeroActionId =
  | "backup" | "redeploy" | "restore" | "cancel" | "bring_back" | "choose_people" | "older_backup" | "got_it" | "see_what" | "undo"
  | "on_purpose" | "show_problems" | "look" | "copy_details" | "new_key" | "passphrase" | "settings" | "show_folder" | "wipe_demo" | "stop_waiting";

interface HeroAction {
  readonly id: HeroActionId;
  readonly label: string;
  readonly rank: "primary" | "secondary" | "quiet";
  /** Why it cannot be done now; it stays focusable and says so. */
  readonly blocked?: string;
}

export type Glyph = "safe" | "restored" | "risk" | "wiped" | "asleep" | "unreach";

export interface Hero {
  readonly glyph: Glyph;
  readonly title: string;
  readonly hint: string;
  readonly actions: readonly HeroAction[];
  /** Told at once to a screen reader. */
  readonly alert: boolean;
  readonly loading: boolean;
}

export interface HeroFacts {
  readonly site: SiteView;
  readonly overview: Overview | null;
  /** From the last look, else from the list of backups: known even while the site is not. */
  readonly newestBackup: Overview["newestBackup"];
  readonly trouble: ErrorValue | null;
  /** A look that still runs is waking the site. */
  readonly waking: boolean;
  /** Milliseconds until the next try. */
  readonly retryInMs: number | null;
  readonly running: Operation | null;
  readonly problems: OperationResult<"backup"> | null;
  /** The last restore ended half-way and was not finished since. */
  readonly halfWay: { readonly back: number; readonly of: number; readonly error: ErrorValue | null } | null;
  /** The last restore has not brought everybody back, and that is why somebody is missing. */
  readonly notBack: ActivityView | null;
  readonly restored: RestoredStory | null;
  readonly offline: boolean;
  readonly now: number;
}

const words = en.overview;
const say = words.actions;

const backup: HeroAction = { id: "backup", label: say.backup, rank: "primary" };
const redeploy: HeroAction = { id: "redeploy", label: say.redeploy, rank: "secondary" };
const restore: HeroAction = { id: "restore", label: say.restore, rank: "quiet" };

function hero(glyph: Glyph, title: string, hint: string, actions: readonly HeroAction[], alert = false): Hero {
  return { glyph, title, hint, actions, alert, loading: false };
}

function isUnreached({ code }: ErrorValue): boolean {
  return code === "SERVER_UNREACHABLE" || code === "SERVER_FAILED" || code === "RATE_LIMITED";
}

function isAutomatic(site: SiteView): boolean {
  return site.watching === "on";
}

/** " Your 7 accounts are safe in today’s 14:06 backup.", or nothing where there is no backup. */
function safeIn({ newestBackup: newest, now }: HeroFacts): string {
  return newest === null ? "" : words.safeIn(newest.accounts, theBackupOf(newest.at, now));
}

function busyHero(running: Operation, facts: HeroFacts): Hero {
  const { overview } = facts;
  const canCancel = running.progress?.canCancel ?? true;
  const cancel: HeroAction = { id: "cancel", label: say.cancel, rank: "secondary", ...(canCancel ? {} : { blocked: en.frame.progress.cannotStop }) };
  const glyph: Glyph = facts.trouble === null && overview !== null ? settledHero(facts, overview).glyph : "risk";
  switch (running.kind) {
    case "backup": {
      const title = words.busy.backup(overview === null || overview.accounts === 0 ? null : overview.accounts);
      const hint = overview !== null && overview.newestBackup !== null && overview.notBackedUp > 0 ? words.busy.backupHintNew(overview.notBackedUp) : words.busy.backupHint;
      return hero(glyph, title, hint, [cancel]);
    }
    case "restore":
      return hero(glyph, words.busy.restore, words.busy.restoreHint, [cancel]);
    case "undo":
      return hero(glyph, words.busy.undo, words.busy.undoHint, [cancel]);
    case "redeploy":
      return hero(glyph, words.busy.redeploy, words.busy.redeployHint, [{ id: "redeploy", label: say.seeSteps, rank: "secondary" }]);
    case "wipe_demo":
      return hero(glyph, words.busy.wipe, words.busy.wipeHint, []);
    default:
      return hero(glyph, words.busy.other, words.busy.otherHint, [cancel]);
  }
}

function troubleHero(told: ErrorValue, facts: HeroFacts): Hero {
  const error = inWindow(told);
  const safe = safeIn(facts);
  const details: HeroAction = { id: "copy_details", label: say.copyDetails, rank: "secondary" };
  if (isKeyTrouble(error)) {
    const missing = error.code === "KEY_MISSING";
    return hero("unreach", missing ? words.key.titleMissing : words.key.title, missing ? words.key.hintMissing(safe) : words.key.hint(safe), [
      { id: "new_key", label: missing ? say.enterKey : say.newKey, rank: "primary" },
      details,
      { id: "look", label: say.tryAgain, rank: "quiet" },
    ]);
  }
  if (error.code === "SITE_ASLEEP") return hero("asleep", words.asleep.title, words.asleep.hint(safe), [{ id: "look", label: say.wake, rank: "primary" }]);
  if (isFolderGone(error)) return hero("unreach", words.folderGone.title, words.folderGone.hint, [{ id: "settings", label: say.otherFolder, rank: "primary" }, details]);
  if (isPassphraseTrouble(error)) return hero("risk", error.message, words.passphrase.hint, [{ id: "passphrase", label: say.enterPassphrase, rank: "primary" }, details]);
  if (error.code === "DISK_FULL") return hero("unreach", words.diskFull.title, words.diskFull.hint, [{ id: "show_folder", label: say.showInFolder, rank: "primary" }, details]);
  const reaching = isUnreached(error);
  const title = reaching ? words.unreachable.title : error.message;
  const wait = facts.retryInMs === null ? words.unreachable.hint(safe) : words.unreachable.hintIn(safe, facts.retryInMs);
  const hint = reaching ? wait : `${error.hint ?? ""}${safe}`.trim();
  return hero("unreach", title, hint, [{ id: "look", label: say.tryNow, rank: "primary" }, details]);
}

function restoredHero(story: RestoredStory, now: number): Hero {
  const { wipedAt, added, newcomers, itself } = story;
  const title = itself ? words.restored.titleItself : wipedAt === null ? words.restored.titleByHand(added) : words.restored.title(added);
  const hint = wipedAt === null ? words.restored.hintByHand : newcomers > 0 ? words.restored.hintWith(atWhen(wipedAt, now), newcomers) : words.restored.hint(atWhen(wipedAt, now));
  const undo: HeroAction[] = itself || !story.canUndo ? [] : [{ id: "undo", label: say.undo, rank: "quiet" }];
  return hero("restored", title, hint, [{ id: "got_it", label: say.gotIt, rank: "primary" }, { id: "see_what", label: say.seeWhat, rank: "secondary" }, ...undo]);
}

function settledHero(facts: HeroFacts, overview: Overview): Hero {
  const { site } = facts;
  // Before the wipe it began with: those who are back can sign in.
  if (facts.halfWay !== null) {
    const { back, of, error } = facts.halfWay;
    const hint = error === null || isUnreached(error) ? words.halfWay.hint : words.halfWay.hintWhy(error.message);
    return hero("wiped", words.halfWay.title(back, of), hint, [{ id: "bring_back", label: say.bringBack(of - back), rank: "primary" }], true);
  }
  if (facts.notBack !== null) {
    const { message, hint } = facts.notBack;
    return hero("wiped", message, hint ?? "", [
      { id: "bring_back", label: say.bringBack(overview.missing), rank: "primary" },
      { id: "see_what", label: say.seeWhat, rank: "secondary" },
      { id: "on_purpose", label: words.halfWay.goOnWithout, rank: "quiet" },
    ], true);
  }
  if (overview.state === "wiped") {
    const title = words.wiped.title(overview.missing);
    const asks = !(isAutomatic(site) && site.settings.restoreAfterWipe);
    const actions: HeroAction[] = [
      { id: "bring_back", label: say.bringBack(overview.missing), rank: "primary" },
      { id: "choose_people", label: say.choosePeople, rank: "secondary" },
      { id: "older_backup", label: say.olderBackup, rank: "quiet" },
    ];
    return hero("wiped", title, asks ? words.wiped.hintAsk : words.wiped.hintAutomatic, actions, asks);
  }
  if (overview.state === "deletions") {
    return hero("risk", words.deletions.title(overview.missing), words.deletions.hint, [
      { id: "on_purpose", label: say.deletedOnPurpose, rank: "secondary" },
      { id: "bring_back", label: say.bringBack(overview.missing), rank: "secondary" },
    ]);
  }
  // "Nothing is left to do" has to be true: where nobody backs up by itself, whoever is in no backup comes first.
  if (facts.restored !== null && (isAutomatic(site) || atRisk(overview) === 0)) return restoredHero(facts.restored, facts.now);
  if (facts.problems !== null) {
    const { records, accounts, problemCount } = facts.problems;
    return hero("risk", words.problems.title(accounts, Math.max(records, accounts + problemCount)), words.problems.hint(problemCount), [{ id: "show_problems", label: say.showThem, rank: "primary" }, redeploy]);
  }
  if (overview.state === "no_accounts") return hero("safe", words.noAccounts.title, isAutomatic(site) ? words.noAccounts.hintAutomatic : words.noAccounts.hintManual, [{ ...restore, rank: "secondary" }]);
  if (overview.newestBackup === null) return hero("risk", words.never.title(overview.accounts), words.never.hint, [backup, restore]);
  if (overview.notBackedUp > 0) {
    const hint = isAutomatic(site) ? words.risk.hintAutomatic : words.risk.hintManual;
    return hero("risk", words.risk.title(overview.notBackedUp, overview.accounts), hint, [backup, redeploy, restore]);
  }
  if (atRisk(overview) > 0) return hero("risk", words.changed.title(overview.changed), words.changed.hint, [backup, redeploy, restore]);
  if (site.watching === "elsewhere") return hero("safe", words.elsewhere.title, words.elsewhere.hint, []);
  if (site.source.kind === "demo") return hero("safe", words.safe.title(overview.accounts), words.safe.demoHint, [backup, redeploy, { id: "wipe_demo", label: say.wipeDemo, rank: "secondary" }, restore]);
  return hero("safe", words.safe.title(overview.accounts), words.safe.hint(overview.accounts), [backup, redeploy, restore]);
}

export function heroOf(facts: HeroFacts): Hero {
  const { site, overview, trouble } = facts;
  if (facts.running !== null) return busyHero(facts.running, facts);
  if (facts.offline && needsNetwork(site)) {
    return hero("unreach", words.offline.title, words.offline.hint, [{ ...backup, rank: "secondary", blocked: words.offline.reason }]);
  }
  if (trouble !== null) return troubleHero(trouble, facts);
  if (facts.waking) return hero("asleep", words.waking.title, words.waking.hint(safeIn(facts)), [{ id: "stop_waiting", label: say.stopWaiting, rank: "secondary" }]);
  if (overview === null) return { ...hero("safe", words.unseen.title, words.unseen.hint, []), loading: true };
  return settledHero(facts, overview);
}
