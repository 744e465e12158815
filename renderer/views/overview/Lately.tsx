/** The last things that happened. */
import { Icon } from "../../components/Icon.tsx";
import { useActivity } from "../../stores/activity.ts";
import { goTo } from "../../stores/place.ts";
import { en } from "../../strings/en.ts";
import { fullTime, shortWhen } from "../../strings/words.ts";
import { activityIcon, activityMessage } from "../activity-icon.ts";

const words = en.overview.lately;

export function Lately({ siteId, now, most = 3 }: { readonly siteId: string; readonly now: number; readonly most?: number }) {
  const activity = useActivity();
  const entries = activity?.filter((entry) => entry.siteId === siteId).slice(0, most) ?? [];
  return (
    <section className="card lately" aria-label={words.title}>
      <div className="chead">
        <h2>{words.title}</h2>
        <button type="button" className="link sm end" onClick={() => goTo("activity")}>
          {words.all}
        </button>
      </div>
      {entries.length === 0 ? (
        <p className="t2 sm lately-none">{activity === null ? en.activity.loading : words.nothing}</p>
      ) : (
        <ul className="list">
          {entries.map((entry) => {
            const [icon, tone] = activityIcon(entry);
            return (
              <li key={`${entry.at}${entry.kind}`}>
                <time dateTime={entry.at} title={fullTime(entry.at)}>
                  {shortWhen(entry.at, now)}
                </time>
                <span className={tone}>
                  <Icon name={icon} small />
                </span>
                <span className="grow cut" title={activityMessage(entry)}>
                  {activityMessage(entry)}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
