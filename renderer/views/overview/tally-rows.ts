/** From what is known of a site to the two rows of the tally. Pure. */
import type { DotRun, FactView } from "../../components/Tally.tsx";
import type { IconName } from "../../components/Icon.tsx";
import { en } from "../../strings/en.ts";
import { ago, clock, fullTime, shortDay, shortWhen, when } from "../../strings/words.ts";
import type { Overview } from "../../../shared/operations.ts";
import type { Look } from "../../stores/looks.ts";
import type { RestoredStory } from "./restored-story.ts";
import { isKeyTrouble } from "./site-state.ts";

interface Row {
  readonly icon: IconName;
  readonly name: string;
  readonly count: number | null;
  readonly runs: readonly DotRun[];
  readonly facts: readonly FactView[];
}

const words = en.overview.tally;

function siteFacts(look: Look, story: RestoredStory | null, now: number): FactView[] {
  const { overview, trouble, wipedSince } = look;
  if (trouble !== null) {
    const { error, since } = trouble;
    const first: FactView =
      error.code === "SITE_ASLEEP"
        ? { icon: "moon", text: words.asleepSince(clock(since)) }
        : isKeyTrouble(error)
          ? { icon: "key", text: words.refusedAt(clock(since)) }
          : { icon: "unplugged", text: words.noAnswerSince(clock(since)) };
    return overview === null ? [first] : [first, { icon: "clock", text: words.lastSeen(shortWhen(overview.checkedAt, now), overview.accounts), wide: true, title: fullTime(overview.checkedAt) }];
  }
  if (overview === null) return [];
  const online: FactView = { icon: "check_ring", text: words.online, tone: "ok" };
  if (look.fromBefore) return [{ icon: "clock", text: words.asOf(shortWhen(overview.checkedAt, now)), title: fullTime(overview.checkedAt) }];
  if (overview.state === "wiped" && wipedSince !== null) return [{ icon: "wiped", text: words.emptySince(clock(wipedSince)), tone: "bad" }, { ...online, wide: true }];
  if (overview.state === "deletions") return [{ icon: "warning", text: words.missing(overview.missing), tone: "warn" }, { ...online, wide: true }];
  if (story !== null && story.newcomers > 0) return [{ icon: "person_new", text: words.afterWipe(story.newcomers) }, { ...online, wide: true }];
  const newestAt = overview.newestBackup?.at ?? null;
  if (overview.notBackedUp > 0 && newestAt !== null) return [online, { icon: "person_new", text: words.newSince(overview.notBackedUp, shortWhen(newestAt, now).replace("Today, ", "")), wide: true }];
  return [online, { icon: "clock", text: words.checked(ago(overview.checkedAt, now)), wide: true, title: fullTime(overview.checkedAt) }];
}

function backupFacts(newest: Overview["newestBackup"], now: number): FactView[] {
  if (newest === null) return [{ icon: "clock", text: words.none }];
  const facts: FactView[] = [];
  if (newest.at !== null) facts.push({ icon: "clock", text: when(newest.at, now), title: fullTime(newest.at) });
  facts.push({ icon: "check_ring", text: words.verified, tone: "ok" });
  if (newest.rehearsedAt !== null) {
    const isOk = newest.rehearsedOk !== false;
    const rehearsed = shortDay(newest.rehearsedAt, now);
    facts.push({ icon: isOk ? "rehearsed" : "warning", text: isOk ? words.rehearsed(rehearsed) : words.rehearsalFailed(rehearsed), tone: isOk ? "ok" : "warn", wide: true, title: fullTime(newest.rehearsedAt) });
  }
  return facts;
}

export function tallyRows(look: Look, newest: Overview["newestBackup"], story: RestoredStory | null, now: number): readonly [Row, Row] {
  const { overview, trouble } = look;
  const inBackup = newest?.accounts ?? 0;
  const onSite = overview?.accounts ?? 0;
  const isWiped = overview?.state === "wiped";
  const newcomers = story === null ? 0 : Math.min(story.newcomers, onSite);
  const siteRuns: DotRun[] =
    trouble !== null || look.fromBefore
      ? [["seen", onSite]]
      : isWiped
        ? [["new", onSite], ["gone", overview.missing]]
        : [["held", onSite - newcomers], ["new", newcomers], ["gone", overview?.state === "deletions" ? overview.missing : 0]];
  return [
    { icon: "site", name: words.site, count: trouble === null && overview !== null ? onSite : null, runs: siteRuns, facts: siteFacts(look, story, now) },
    { icon: "backups", name: words.backups, count: inBackup, runs: [["held", inBackup], ["wait", isWiped ? 0 : (overview?.notBackedUp ?? 0)]], facts: backupFacts(newest, now) },
  ];
}

