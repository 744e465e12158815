/** The four moments of a restore, in order. */
import { Icon, type IconName } from "../../components/Icon.tsx";
import { en } from "../../strings/en.ts";
import { clockWithSeconds } from "../../strings/words.ts";
import type { RestoredStory } from "./restored-story.ts";

const words = en.overview.restored.moments;

export function Moments({ story }: { readonly story: RestoredStory }) {
  const { wipedAt, beganAt, restoredAt, added, backup } = story;
  const start = Date.parse(wipedAt ?? beganAt ?? restoredAt);
  const after = (at: string): string => (Date.parse(at) - start < 1_000 ? clockWithSeconds(at) : words.after(Date.parse(at) - start));
  const moments: { readonly icon: IconName; readonly title: string; readonly at: string; readonly bad?: boolean }[] = [
    ...(wipedAt === null ? [] : [{ icon: "wiped" as const, title: words.empty, at: clockWithSeconds(wipedAt), bad: true }]),
    ...(beganAt === null ? [] : [{ icon: "restore" as const, title: words.began, at: after(beganAt) }]),
    { icon: "check_ring", title: words.readBack(added), at: after(restoredAt) },
    ...(backup === null ? [] : [{ icon: "backup" as const, title: words.backup(backup.accounts), at: after(backup.at) }]),
  ];
  return (
    <ol className="moments" aria-label={words.label}>
      {moments.map(({ icon, title, at, bad = false }) => (
        <li key={title} className={bad ? "bad-moment" : undefined}>
          <Icon name={icon} small />
          <div>
            <b>{title}</b>
            <small>{at}</small>
          </div>
        </li>
      ))}
    </ol>
  );
}
