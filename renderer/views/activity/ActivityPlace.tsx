/** What happened, by days: filters, search, details to copy. Virtual, for years of it. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { Button } from "../../components/Button.tsx";
import { CopyDetails } from "../../components/CopyDetails.tsx";
import { Icon } from "../../components/Icon.tsx";
import { SearchField } from "../../components/SearchField.tsx";
import { useNow } from "../../components/use-now.ts";
import type { ActivityView, SiteView } from "../../../shared/model.ts";
import { en } from "../../strings/en.ts";
import { hintInWindow } from "../../strings/in-window.ts";
import { clock, fullTime, masked } from "../../strings/words.ts";
import { activityIcon, activityMessage } from "../activity-icon.ts";
import { PageHead } from "../frame/Page.tsx";
import { useSiteActivity } from "../site-activity.ts";
import { activityFilters, filtered, withDays, type ActivityFilter } from "./activity-filter.ts";

const words = en.activity;
const ROW_REM = 2.75;

function detailsOf(entry: ActivityView): string {
  return [entry.at, `${entry.level} ${entry.kind}`, activityMessage(entry), hintInWindow(entry), entry.line].filter((line) => line !== undefined).join("\n");
}

function Details({ entry }: { readonly entry: ActivityView }) {
  const hint = hintInWindow(entry);
  return (
    <div className="act-more">
      {hint !== undefined && <p>{hint}</p>}
      <dl className="det">
        <dt>{words.when}</dt>
        <dd>{fullTime(entry.at)}</dd>
        {entry.line !== undefined && (
          <>
            <dt>{words.log}</dt>
            <dd className="mono">{entry.line}</dd>
          </>
        )}
        {entry.ids !== undefined && entry.ids.length > 0 && (
          <>
            <dt>{words.about}</dt>
            <dd className="mono">{entry.ids.map(masked).join(", ")}</dd>
          </>
        )}
      </dl>
      <CopyDetails size="s" text={() => detailsOf(entry)} />
    </div>
  );
}

export function ActivityPlace({ site }: { readonly site: SiteView }) {
  const { entries: mine, none } = useSiteActivity(site.id);
  const now = useNow(60_000);
  const [filter, setFilter] = useState<ActivityFilter>("all");
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => withDays(filtered(mine, filter, search), now), [mine, filter, search, now]);
  const root = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_REM * root, overscan: 10 });
  const nothing = mine.length === 0 ? none : rows.length === 0 ? (search.trim() === "" ? words.nothingOfThis : words.nothingFound(search.trim())) : null;
  return (
    <>
      <PageHead title={words.title} lead={words.lead}>
        <SearchField label={words.search} value={search} onChange={setSearch} />
      </PageHead>
      <fieldset className="filters">
        <legend className="vh">{words.filters.label}</legend>
        {activityFilters.map((name) => (
          <label key={name} className={filter === name ? "filter on" : "filter"}>
            <input type="radio" className="vh" name="activity-filter" checked={filter === name} onChange={() => setFilter(name)} />
            {words.filters[name]}
          </label>
        ))}
      </fieldset>
      <section className="card act">
        {nothing !== null ? (
          <div className="nothing" role="status">
            <p>{nothing}</p>
            {search !== "" && <Button onClick={() => setSearch("")}>{words.clear}</Button>}
          </div>
        ) : (
          <div className="act-scroll" ref={scroller} tabIndex={0} role="region" aria-label={words.title}>
            <ul style={{ height: virtual.getTotalSize() }}>
              {virtual.getVirtualItems().map(({ index, start, key }) => {
                const row = rows[index];
                if (row === undefined) return null;
                if (row.kind === "day") {
                  return (
                    <li key={key} ref={virtual.measureElement} data-index={index} className="act-day" style={{ transform: `translateY(${start}px)` }}>
                      <h2>{row.day}</h2>
                    </li>
                  );
                }
                const { entry } = row;
                const [icon, tone] = activityIcon(entry);
                const id = `${entry.at} ${entry.kind}`;
                return (
                  <li key={key} ref={virtual.measureElement} data-index={index} className="act-row" style={{ transform: `translateY(${start}px)` }}>
                    <button type="button" aria-expanded={open === id} onClick={() => setOpen(open === id ? null : id)}>
                      <time dateTime={entry.at}>{clock(entry.at)}</time>
                      <span className={tone}>
                        <Icon name={icon} small />
                      </span>
                      <span className="grow">{activityMessage(entry)}</span>
                    </button>
                    {open === id && <Details entry={entry} />}
                  </li>
                );
              })}
            </ul>
          </div>
        )}
      </section>
    </>
  );
}
