/** What the watchers before this one have begun to tell: it is told to its end, and not once more. Pure. */
import type { ActivityNews } from "../../engine/activity/activity.ts";

export interface ToldBefore {
  /** As `keyOfNews`: the newest news of a lasting state; empty when it is over. */
  readonly lasting: string;
  /** A failure was told, and that it is over was not. */
  readonly hasFailed: boolean;
  /** In which ways it was told that the site is away, since it is. */
  readonly away: ReadonlySet<ActivityNews["kind"]>;
}

/** The same for the same news. */
export function keyOfNews({ kind, message, ids }: ActivityNews): string {
  return JSON.stringify([kind, message, ids]);
}

/** `activities`: oldest first. */
export function toldBefore(activities: readonly ActivityNews[]): ToldBefore {
  let lasting = "";
  let hasFailed = false;
  const away = new Set<ActivityNews["kind"]>();
  for (const news of activities) {
    switch (news.kind) {
      case "asleep":
      case "unreachable":
        away.add(news.kind);
        break;
      case "back":
        away.clear();
        break;
      case "backed_up":
      case "restored":
        lasting = "";
        hasFailed = false;
        break;
      case "deletions":
      case "wiped":
        lasting = keyOfNews(news);
        break;
      case "failed":
      case "restore_incomplete":
        // A failure without a line was another's, such as a redeploy's.
        if (news.kind === "failed" && news.line === undefined) break;
        lasting = keyOfNews(news);
        hasFailed = true;
        break;
      default:
        // Nothing that lasts.
        break;
    }
  }
  return { lasting, hasFailed, away };
}
