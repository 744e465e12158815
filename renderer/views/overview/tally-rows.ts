/** From what is known of a site to the two rows of the tally. Pure. */
import type { DotRun } from "../../components/dot-runs.ts";
import type { FactView } from "../../components/Tally.tsx";
import type { IconName } from "../../components/Icon.tsx";
import { en } from "../../strings/en.ts";
import { ago, atWhen, fullTime, shortDay, shortWhen, sinceWhen, when } from "../../strings/words.ts";
import type { Overview } from "../../../shared/operations.ts";
import type { Look } from "../../stores/looks.ts";
import type { RestoredStory } from "./restored-story.ts";
import { isBackupTrouble, isFolderGone, isKeyTrouble, isPassphraseTrouble } from "../../stores/site-state.ts";

interface Row {
  readonly icon: IconName;
  readonly name: string;
  readonly count: number | null;
  readonly runs: readonly DotRun[];
  readonly facts: readonly FactView[];
}

const words = en.overview.tally;

function lastSeen(overview: Overview | null, now: number): FactView[] {
  return overview === null ? [] : [{ icon: "clock", text: words.lastSeen(sinceWhen(overview.checkedAt, now), overview.accounts), wide: true, title: fullTime(overview.checkedAt) }];
}

function siteFacts(look: Look, story: RestoredStory | null, now: number): FactView[] {
  const { overview, trouble, wakingSince, wipedSince } = look;
  if (trouble !== null) {
    const { error, since } = trouble;
    if (isBackupTrouble(error)) return lastSeen(overview, now);
    const first: FactView =
      error.code === "SITE_ASLEEP"
        ? { icon: "moon", text: words.asleepSince(sinceWhen(since, now)) }
        : isKeyTrouble(error)
          ? { icon: "key", text: words.refusedAt(atWhen(since, now)) }
          : { icon: "unplugged", text: words.noAnswerSince(sinceWhen(since, now)) };
    return [first, ...lastSeen(overview, now)];
  }
  if (wakingSince !== null) return [{ icon: "moon", text: words.noAnswerSince(sinceWhen(wakingSince, now)) }, ...lastSeen(overview, now)];
  if (overview === null) return [];
  const online: FactView = { icon: "check_ring", text: words.online, tone: "ok" };
  if (look.fromBefore) return [{ icon: "clock", text: words.asOf(shortWhen(overview.checkedAt, now)), title: fullTime(overview.checkedAt) }];
  if (overview.state === "wiped" && wipedSince !== null) return [{ icon: "wiped", text: words.emptySince(sinceWhen(wipedSince, now)), tone: "bad" }, { ...online, wide: true }];
  if (overview.state === "deletions") return [{ icon: "warning", text: words.missing(overview.missing), tone: "warn" }, { ...online, wide: true }];
  if (story !== null && story.newcomers > 0) return [{ icon: "person_new", text: words.afterWipe(story.newcomers) }, { ...online, wide: true }];
  const newestAt = overview.newestBackup?.at ?? null;
  if (overview.notBackedUp > 0 && newestAt !== null) return [online, { icon: "person_new", text: words.newSince(overview.notBackedUp, sinceWhen(newestAt, now)), wide: true }];
  return [online, { icon: "clock", text: words.checked(ago(overview.checkedAt, now)), wide: true, title: fullTime(overview.checkedAt) }];
}

/** `trouble`: of the last look; a folder that is not there cannot be said to hold anything verified. */
function backupFacts(newest: Overview["newestBackup"], newerDamaged: number, trouble: Look["trouble"], now: number): FactView[] {
  const damaged: FactView[] = newerDamaged === 0 ? [] : [{ icon: "warning", text: words.newerDamaged(newerDamaged), tone: "warn" }];
  const isGone = trouble !== null && isFolderGone(trouble.error);
  const gone: FactView = { icon: "unplugged", text: words.folderGone, tone: "warn" };
  if (newest === null) return isGone ? [gone] : [{ icon: "clock", text: words.none }, ...damaged];
  const facts: FactView[] = [];
  if (newest.at !== null) facts.push({ icon: "clock", text: when(newest.at, now), title: fullTime(newest.at) });
  if (isGone) return [...facts, gone];
  facts.push(...damaged, { icon: "check_ring", text: words.verified, tone: "ok", wide: newerDamaged > 0 });
  if (newest.rehearsedAt !== null) {
    const isOk = newest.rehearsedOk !== false;
    const rehearsed = shortDay(newest.rehearsedAt, now);
    facts.push({ icon: isOk ? "rehearsed" : "warning", text: isOk ? words.rehearsed(rehearsed) : words.rehearsalFailed(rehearsed), tone: isOk ? "ok" : "warn", wide: true, title: fullTime(newest.rehearsedAt) });
  }
  return facts;
}

interface TallyFacts {
  readonly look: Look;
  readonly newest: Overview["newestBackup"];
  /** Newer backups than that one that turned out to be damaged. */
  readonly newerDamaged: number;
  readonly story: RestoredStory | null;
  readonly now: number;
}

export function tallyRows({ look, newest, newerDamaged, story, now }: TallyFacts): readonly [Row, Row] {
  const { overview } = look;
  const isSilent = look.trouble !== null || look.wakingSince !== null;
  const inBackup = newest?.accounts ?? 0;
  const isLocked = newest === null && look.trouble !== null && isPassphraseTrouble(look.trouble.error);
  const onSite = overview?.accounts ?? 0;
  const isWiped = overview?.state === "wiped";
  const newcomers = story === null ? 0 : Math.min(story.newcomers, onSite);
  const siteRuns: DotRun[] =
    isSilent || look.fromBefore
      ? [["seen", onSite]]
      : isWiped
        ? [["new", onSite], ["gone", overview.missing]]
        : [["held", onSite - newcomers], ["new", newcomers], ["gone", overview?.state === "deletions" ? overview.missing : 0]];
  return [
    { icon: "site", name: words.site, count: !isSilent && overview !== null ? onSite : null, runs: siteRuns, facts: siteFacts(look, story, now) },
    { icon: "backups", name: words.backups, count: isLocked ? null : inBackup, runs: [["held", inBackup], ["wait", isWiped ? 0 : (overview?.notBackedUp ?? 0)]], facts: isLocked ? [{ icon: "lock", text: words.locked }] : backupFacts(newest, newerDamaged, look.trouble, now) },
  ];
}

