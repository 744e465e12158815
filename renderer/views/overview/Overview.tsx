/** One glance: is everybody safe, and what to do if not. */
import { useState } from "react";
import { Chart, ChartKey } from "../../components/Chart.tsx";
import { Icon } from "../../components/Icon.tsx";
import { useNow } from "../../components/use-now.ts";
import type { SiteView } from "../../../shared/model.ts";
import { useActivity } from "../../stores/activity.ts";
import { useBackups } from "../../stores/backups.ts";
import { useLook } from "../../stores/looks.ts";
import { en } from "../../strings/en.ts";
import { sinceWhen } from "../../strings/words.ts";
import { HeroCard } from "./HeroCard.tsx";
import { Lately } from "./Lately.tsx";
import { NextTime, Support, WipePlan } from "./SideCards.tsx";
import { VariableCard } from "./VariableCard.tsx";

function ChartCard({ site, now }: { readonly site: SiteView; readonly now: number }) {
  const { overview, trouble } = useLook(site.id);
  const { entries, loaded, error } = useBackups(site.id);
  const activity = useActivity();
  const [asTable, setAsTable] = useState(false);
  const words = en.overview.chart;
  return (
    <section className={trouble === null ? "card pad" : "card pad stale"} aria-label={words.title}>
      <div className="chead">
        <h2>{words.title}</h2>
        {entries.length > 0 && (
          <button type="button" className="link xs chart-switch" onClick={() => setAsTable(!asTable)}>
            {asTable ? words.showChart : words.showTable}
          </button>
        )}
        {trouble !== null && overview !== null ? (
          <span className="chip quiet end">
            <Icon name="clock" />
            {words.upTo(sinceWhen(overview.checkedAt, now))}
          </span>
        ) : (
          <ChartKey />
        )}
      </div>
      {loaded && error === null && entries.length === 0 ? <p className="t2 sm chart-none">{words.empty}</p> : <Chart asTable={asTable} facts={{ backups: entries, activity: activity ?? [], siteId: site.id, accounts: overview?.accounts ?? null, now }} />}
    </section>
  );
}

export function Overview({ site }: { readonly site: SiteView }) {
  const look = useLook(site.id);
  const now = useNow(30_000);
  const { overview, trouble } = look;
  const isWiped = trouble === null && overview?.state === "wiped";
  return (
    <>
      <HeroCard site={site} />
      <div className="two">
        {isWiped ? <WipePlan overview={overview} now={now} /> : <ChartCard site={site} now={now} />}
        {isWiped ? <NextTime site={site} /> : trouble !== null ? <Support look={look} now={now} /> : overview === null ? <section className="card pad skeleton" aria-hidden="true" /> : <VariableCard siteId={site.id} link={site.render} overview={overview} />}
      </div>
      <Lately siteId={site.id} now={now} />
    </>
  );
}
