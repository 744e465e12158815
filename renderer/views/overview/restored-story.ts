/** The story of the last restore that the owner has not said "Got it" to, from the activity and from restores asked for in this window. Pure. */
import type { ActivityView } from "../../../shared/model.ts";
import type { Operation, OperationResult, Overview } from "../../../shared/operations.ts";

export interface RestoredStory {
  /** When the empty site was seen; null for a restore without a wipe. */
  readonly wipedAt: string | null;
  readonly beganAt: string | null;
  readonly restoredAt: string;
  readonly added: number;
  /** Signed up after the wipe. */
  readonly newcomers: number;
  /** The site's own code brought them back. */
  readonly itself: boolean;
  /** Only what was changed can be put back: whoever was added stays. */
  readonly canUndo: boolean;
  readonly backup: { readonly at: string; readonly accounts: number } | null;
}

/** Wipe and restore belong together only when they lie this close. */
const SAME_STORY_MS = 24 * 3_600_000;
/** After that nobody has to say "Got it" any more. */
const OLD_STORY_MS = 3 * 24 * 3_600_000;

interface StoryFacts {
  readonly siteId: string;
  readonly activity: readonly ActivityView[];
  readonly restore: Operation | null;
  readonly restoreResult: OperationResult<"restore"> | null;
  readonly overview: Overview | null;
  readonly acknowledgedUntil: string;
  readonly now: number;
}

const ENDS_A_RESTORE: ReadonlySet<string> = new Set(["restored", "restore_incomplete", "wiped", "redeployed"]);
/** The log names no more than these. */
const MOST_NAMED = 100;

/** A restore that did not bring everybody back, as long as those are the ones who are missing: nobody has deleted them. */
export function notBackOf(siteId: string, activity: readonly ActivityView[], overview: Overview | null): ActivityView | null {
  if (overview === null || overview.missing === 0) return null;
  const last = activity.find((entry) => entry.siteId === siteId && ENDS_A_RESTORE.has(entry.kind));
  if (last?.kind !== "restore_incomplete") return null;
  const named = last.ids?.length ?? 0;
  return named === overview.missing || (named === MOST_NAMED && overview.missing > named) ? last : null;
}

function lastOf(activity: readonly ActivityView[], siteId: string, kind: string, before?: string): ActivityView | null {
  return activity.find((entry) => entry.siteId === siteId && entry.kind === kind && (before === undefined || entry.at <= before)) ?? null;
}

/** `activity` newest first. */
export function storyOf({ siteId, activity, restore, restoreResult, overview, acknowledgedUntil, now }: StoryFacts): RestoredStory | null {
  const logged = lastOf(activity, siteId, "restored");
  // An undo is logged as a restore that says nothing of the site.
  const isUndo = logged !== null && logged.accountsOnSite === undefined;
  const asked = restore !== null && restore.state === "done" && restore.endedAt !== null && restoreResult !== null ? restore : null;
  const endedAt = asked?.endedAt ?? "";
  const useAsked = asked !== null && (logged === null || endedAt > logged.at);
  const restoredAt = useAsked ? endedAt : (logged?.at ?? "");
  if ((isUndo && !useAsked) || restoredAt === "" || restoredAt <= acknowledgedUntil || now - Date.parse(restoredAt) > OLD_STORY_MS) return null;
  const added = useAsked ? (restoreResult?.added ?? 0) + (restoreResult?.overwritten ?? 0) : ((logged?.itself === true ? logged.accountsOnSite : logged?.accounts) ?? 0);
  if (added === 0) return null;
  const wiped = lastOf(activity, siteId, "wiped", restoredAt);
  const before = activity.find((entry) => entry.siteId === siteId && entry.kind === "restored" && entry.at < restoredAt && entry !== logged) ?? null;
  const isSameStory = wiped !== null && Date.parse(restoredAt) - Date.parse(wiped.at) < SAME_STORY_MS && (before === null || before.at < wiped.at);
  const seenAt = useAsked ? undefined : logged?.seenAt;
  const wipedAt = isSameStory ? wiped.at : (seenAt ?? null);
  const newest = overview?.newestBackup ?? null;
  const onSite = useAsked ? (restoreResult?.accountsOnSite ?? added) : (logged?.accountsOnSite ?? added);
  const newcomers = wipedAt === null ? 0 : Math.max(0, onSite - added);
  return {
    wipedAt,
    beganAt: useAsked ? asked.startedAt : null,
    restoredAt,
    added,
    newcomers,
    canUndo: useAsked && (restoreResult?.overwritten ?? 0) > 0,
    itself: logged?.itself === true && !useAsked,
    backup: newest !== null && newest.at !== null && newest.at >= restoredAt ? { at: newest.at, accounts: newest.accounts } : null,
  };
}
