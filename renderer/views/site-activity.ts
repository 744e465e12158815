/** What happened to one site, and what to say while nothing is known of it. */
import { useMemo } from "react";
import type { ActivityView } from "../../shared/model.ts";
import { useActivity } from "../stores/activity.ts";
import { useLook } from "../stores/looks.ts";
import { en } from "../strings/en.ts";
import { isFolderGone } from "../stores/site-state.ts";

interface SiteActivity {
  readonly entries: readonly ActivityView[];
  /** In their place where there are none. */
  readonly none: string;
}

export function useSiteActivity(siteId: string): SiteActivity {
  const activity = useActivity();
  const { trouble } = useLook(siteId);
  const entries = useMemo(() => activity?.filter((entry) => entry.siteId === siteId) ?? [], [activity, siteId]);
  const { loading, nothing, folderGone } = en.activity;
  return { entries, none: activity === null ? loading : trouble !== null && isFolderGone(trouble.error) ? folderGone : nothing };
}
