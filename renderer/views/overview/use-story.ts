/** The story of a site's last restore as the stores tell it, until the owner has said "Got it". */
import { useMemo } from "react";
import { resultOf } from "../../api/operations.ts";
import { useAcknowledgedUntil } from "../../stores/acknowledged.ts";
import { useActivity } from "../../stores/activity.ts";
import { useLook } from "../../stores/looks.ts";
import { useLatestEnded } from "../../stores/operations.ts";
import { storyOf, type RestoredStory } from "./restored-story.ts";

export function useStory(siteId: string, now: number): RestoredStory | null {
  const { overview } = useLook(siteId);
  const restore = useLatestEnded(siteId, ["restore"]);
  const activity = useActivity();
  const acknowledgedUntil = useAcknowledgedUntil(siteId);
  const minute = Math.floor(now / 60_000) * 60_000;
  return useMemo(
    () => storyOf({ siteId, activity: activity ?? [], restore, restoreResult: resultOf(restore, "restore"), overview, acknowledgedUntil, now: minute }),
    [siteId, activity, restore, overview, acknowledgedUntil, minute],
  );
}
