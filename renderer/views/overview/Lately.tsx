/** The last things that happened. */
import { Icon } from "../../components/Icon.tsx";
import { goTo } from "../../stores/place.ts";
import { en } from "../../strings/en.ts";
import { fullTime, shortWhen } from "../../strings/words.ts";
import { activityIcon, activityMessage } from "../activity-icon.ts";
import { useSiteActivity } from "../site-activity.ts";

const words = en.overview.lately;
const MOST = 3;

export function Lately({ siteId, now }: { readonly siteId: string; readonly now: number }) {
  const { entries, none } = useSiteActivity(siteId);
  return (
    <section className="card lately" aria-label={words.title}>
      <div className="chead">
        <h2>{words.title}</h2>
        <button type="button" className="link sm end" onClick={() => goTo("activity")}>
          {words.all}
        </button>
      </div>
      {entries.length === 0 ? (
        <p className="t2 sm lately-none">{none}</p>
      ) : (
        <ul className="list">
          {entries.slice(0, MOST).map((entry) => {
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
