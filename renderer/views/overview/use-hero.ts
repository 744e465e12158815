/** Gathers what the hero is made of from the stores. */
import { resultOf } from "../../api/operations.ts";
import { useIsOnline } from "../../components/use-online.ts";
import type { SiteView } from "../../../shared/model.ts";
import type { Operation, Overview } from "../../../shared/operations.ts";
import { useActivity } from "../../stores/activity.ts";
import { newestOf, useBackups } from "../../stores/backups.ts";
import { useLook, type Look } from "../../stores/looks.ts";
import { useIsDismissed, useLatestEnded, useRunningWrite } from "../../stores/operations.ts";
import { heroOf, type Hero, type HeroFacts } from "./hero.ts";
import { notBackOf, type RestoredStory } from "./restored-story.ts";
import { useStory } from "./use-story.ts";

interface HeroView {
  readonly hero: Hero;
  readonly look: Look;
  readonly newestBackup: Overview["newestBackup"];
  /** Newer backups than that one that turned out to be damaged. */
  readonly newerDamaged: number;
  readonly story: RestoredStory | null;
  readonly running: Operation | null;
  /** The last backup, restore or undo that did not end well and was not put aside. */
  readonly ended: Operation | null;
}

const WRITES = ["backup", "restore", "undo", "wipe_demo"] as const;

/** A half-way restore counts until the site was seen whole. */
function halfWayOf(restore: Operation | null, look: Look): HeroFacts["halfWay"] {
  const { overview } = look;
  if (restore === null || overview === null || overview.missing === 0 || overview.newestBackup === null) return null;
  const isHalfWay = restore.state === "failed" && (restore.error?.code === "RESTORE_INCOMPLETE" || (restore.progress?.phase === "restoring" && restore.progress.done > 0));
  const back = overview.newestBackup.accounts - overview.missing;
  // Wiped again since, nobody is back.
  return isHalfWay && back > 0 ? { back, of: overview.newestBackup.accounts, error: restore.error } : null;
}

export function useHero(site: SiteView, now: number): HeroView {
  const look = useLook(site.id);
  const running = useRunningWrite(site.id);
  const ended = useLatestEnded(site.id, WRITES);
  const isDismissed = useIsDismissed(ended?.id ?? null);
  const restore = useLatestEnded(site.id, ["restore"]);
  const activity = useActivity();
  const isOnline = useIsOnline();
  const { entries } = useBackups(site.id);
  const story = useStory(site.id, now);
  const shown = isDismissed ? null : ended;
  const backup = shown?.state === "done_with_problems" ? resultOf(shown, "backup") : null;
  const newestBackup = look.overview?.newestBackup ?? newestOf(entries);
  const hero = heroOf({
    site,
    overview: look.overview,
    newestBackup,
    trouble: look.trouble?.error ?? null,
    waking: look.wakingSince !== null,
    retryInMs: look.trouble === null || look.trouble.nextAt === null ? null : Math.max(1_000, look.trouble.nextAt - now),
    running,
    problems: backup !== null && backup.problemCount > 0 ? backup : null,
    halfWay: halfWayOf(restore, look),
    notBack: notBackOf(site.id, activity ?? [], look.overview),
    restored: story,
    offline: !isOnline,
    now,
  });
  const passedOver = new Set(look.overview?.passedOver.map(({ name }) => name));
  const newerDamaged = entries.filter(({ name, state }) => state === "damaged" && passedOver.has(name)).length;
  return { hero, look, newestBackup, newerDamaged, story, running, ended: shown };
}
