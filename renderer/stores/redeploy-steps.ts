/** The four steps of a redeploy: from what was noted to which are ticked and what is still to come. Pure. */
import type { ActivityView } from "../../shared/model.ts";
import type { Overview } from "../../shared/operations.ts";

/** What is kept between starts of the window. Counts and times only. */
export interface RedeployNotes {
  readonly startedAt: string;
  readonly backup: { readonly at: string; readonly accounts: number } | null;
  readonly copy: { readonly at: string; readonly accounts: number; readonly length: number; readonly checksum: string } | null;
  /** The owner goes on without the variable. */
  readonly withoutVariable: boolean;
  /** Render, or another host. */
  readonly host: "render" | "other";
  /** The owner says the deploy has been started. */
  readonly deployedAt: string | null;
  readonly downAt: string | null;
  readonly backAt: string | null;
  readonly cameBackEmpty: boolean | null;
  readonly allThereAt: string | null;
  readonly restoredItself: boolean;
  /** "Still waiting" was said at this time. */
  readonly waitingSince: string | null;
}

const NO_REDEPLOY_MS = 30 * 60_000;
/** A host that swaps sites without a gap shows us neither going down nor coming back: then the owner's word counts after this. */
const DEPLOY_TAKES_MS = 2 * 60_000;
const STAYS_AWAY_MS = 10 * 60_000;

export function newNotes(now: string): RedeployNotes {
  return {
    startedAt: now,
    backup: null,
    copy: null,
    withoutVariable: false,
    host: "render",
    deployedAt: null,
    downAt: null,
    backAt: null,
    cameBackEmpty: null,
    allThereAt: null,
    restoredItself: false,
    waitingSince: null,
  };
}

/** Where the variable is not for this site nothing is copied: the backup itself is what comes back. */
export function usesVariable(overview: Overview | null): boolean {
  return whyNoVariable(overview) === "";
}

/** In one sentence; empty where it is used, and where nobody is there whom it could not bring back. */
export function whyNoVariable(overview: Overview | null): string {
  return overview === null || overview.eligibility.eligible || isEmpty(overview) ? "" : overview.eligibility.message;
}

export function isEmpty({ eligibility }: Overview): boolean {
  return !eligibility.eligible && eligibility.reason === "no_accounts";
}

export type StepNumber = 1 | 2 | 3 | 4;

export function isStepDone(step: StepNumber, notes: RedeployNotes, overview: Overview | null): boolean {
  switch (step) {
    case 1:
      return notes.backup !== null;
    case 2:
      // Once it is under way nothing is copied any more; a site that came back empty does not say what it was before.
      return notes.backup !== null && (notes.copy !== null || notes.withoutVariable || isUnderWay(notes) || !usesVariable(overview));
    case 3:
      return isStepDone(2, notes, overview) && isUnderWay(notes);
    case 4:
      return notes.allThereAt !== null;
    default:
      return step satisfies never;
  }
}

function isUnderWay({ deployedAt, downAt, backAt }: RedeployNotes): boolean {
  return deployedAt !== null || downAt !== null || backAt !== null;
}

/** 5 when all four are done. */
export function currentStep(notes: RedeployNotes, overview: Overview | null): StepNumber | 5 {
  if (isStepDone(4, notes, overview)) return 5;
  if (!isStepDone(1, notes, overview)) return 1;
  if (!isStepDone(2, notes, overview)) return 2;
  return isStepDone(3, notes, overview) ? 4 : 3;
}

/** Signed up since the backup of step 1, or since the copy, and would not come back; as far as step 3 has not begun. */
export function newcomers(notes: RedeployNotes, overview: Overview | null): number {
  if (notes.backup === null || overview === null || notes.downAt !== null || notes.backAt !== null) return 0;
  const held = notes.copy !== null && usesVariable(overview) ? notes.copy.accounts : overview.notBackedUp === 0 ? overview.accounts : notes.backup.accounts;
  return Math.max(0, overview.accounts - held);
}

/** A look that is kept from before says nothing of what has happened since: a page that was loaded anew has one. */
function lastSeen({ backup, downAt, backAt }: RedeployNotes): string {
  return [backup?.at, downAt, backAt].reduce<string>((last, at) => (typeof at === "string" && at > last ? at : last), "");
}

/** What a look at the site adds to the notes; the same object where it adds nothing. */
export function withLook(notes: RedeployNotes, overview: Overview): RedeployNotes {
  if (notes.allThereAt !== null || notes.backup === null || overview.checkedAt <= lastSeen(notes)) return notes;
  if (overview.state === "wiped") {
    return { ...notes, downAt: notes.downAt ?? overview.checkedAt, backAt: notes.backAt ?? overview.checkedAt, cameBackEmpty: true };
  }
  const isSaidToBe = notes.deployedAt !== null && Date.parse(overview.checkedAt) - Date.parse(notes.deployedAt) > DEPLOY_TAKES_MS;
  const isUnderWay = notes.downAt !== null || notes.backAt !== null || isSaidToBe;
  if (!isUnderWay) return notes;
  const allThere = overview.missing === 0 && overview.accounts >= notes.backup.accounts;
  const backAt = notes.backAt ?? overview.checkedAt;
  if (!allThere) return notes.backAt === null ? { ...notes, backAt, cameBackEmpty: false } : notes;
  return { ...notes, backAt, cameBackEmpty: notes.cameBackEmpty ?? false, allThereAt: overview.checkedAt };
}

/** What a failed look adds: after step 2 a site that does not answer is a site that is being redeployed. */
export function withSilence(notes: RedeployNotes, at: string, overview: Overview | null): RedeployNotes {
  if (notes.allThereAt !== null || notes.downAt !== null || !isStepDone(2, notes, overview)) return notes;
  return { ...notes, downAt: at };
}

/** What the watcher's news add. */
export function withActivity(notes: RedeployNotes, news: ActivityView, overview: Overview | null): RedeployNotes {
  if (notes.allThereAt !== null || notes.backup === null || news.at < notes.backup.at) return notes;
  switch (news.kind) {
    case "asleep":
    case "unreachable":
      return withSilence(notes, news.at, overview);
    case "back":
      return notes.downAt === null ? notes : { ...notes, backAt: notes.backAt ?? news.at };
    case "wiped":
      return { ...notes, downAt: notes.downAt ?? news.at, backAt: notes.backAt ?? news.at, cameBackEmpty: true };
    case "restored": {
      // By hand, or an undo: it ends a redeploy that was seen, when everybody is there.
      if (news.seenAt === undefined) return notes.backAt !== null && (news.accountsOnSite ?? 0) >= notes.backup.accounts ? { ...notes, allThereAt: news.at } : notes;
      const restoredItself = news.itself === true;
      return { ...notes, downAt: notes.downAt ?? news.seenAt, backAt: notes.backAt ?? news.seenAt, cameBackEmpty: !restoredItself, allThereAt: news.at, restoredItself };
    }
    default:
      return notes;
  }
}

/** Nothing has been seen of a redeploy for half an hour. */
export function isWaitingLong(notes: RedeployNotes, overview: Overview | null, now: number): boolean {
  if (currentStep(notes, overview) !== 3) return false;
  const since = notes.waitingSince ?? notes.copy?.at ?? notes.backup?.at ?? notes.startedAt;
  return now - Date.parse(since) > NO_REDEPLOY_MS;
}

/** The site went down and has not answered since. */
export function isStayingAway(notes: RedeployNotes, now: number): boolean {
  return notes.downAt !== null && notes.backAt === null && notes.allThereAt === null && now - Date.parse(notes.downAt) > STAYS_AWAY_MS;
}
