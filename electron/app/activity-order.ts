/** What happened to several sites as one list, in the order in which it happened. Pure. */
import type { ActivityView } from "../../shared/model.ts";
import type { Activity } from "../engine/activity/activity.ts";

export interface SiteLog {
  readonly siteId: string;
  /** As the log has it: in the order in which they were written. */
  readonly activities: readonly Activity[];
}

/**
 * Newest first. A time still to come is one of a clock that was ahead and was put right: such an entry is as old as what
 * was logged after it, or else of now, and comes before that.
 */
export function newestFirst(logs: readonly SiteLog[], now: Date): ActivityView[] {
  return logs.flatMap((log) => viewsOf(log, now.toISOString())).sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

function viewsOf({ siteId, activities }: SiteLog, now: string): ActivityView[] {
  let after = now;
  return activities.toReversed().map((activity) => {
    after = activity.at > now ? after : activity.at;
    return { ...activity, at: after, siteId };
  });
}
