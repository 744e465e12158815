/** The variable: copy it, see how full it is, check what the dashboard holds. Where it is not for this site: what to do instead. */
import { Icon } from "../../components/Icon.tsx";
import type { SiteView } from "../../../shared/model.ts";
import { useLook } from "../../stores/looks.ts";
import { en } from "../../strings/en.ts";
import { PageHead } from "../frame/Page.tsx";
import { CheckCard } from "./CheckCard.tsx";
import { HostsCard, RoomCard } from "./GaugeCards.tsx";
import { HeldCard } from "./held/HeldCard.tsx";
import { NotEligible } from "./NotEligible.tsx";
import { ValueCard } from "./ValueCard.tsx";

const words = en.variable;

export function VariablePlace({ site }: { readonly site: SiteView }) {
  const look = useLook(site.id);
  const { overview } = look;
  if (overview === null) {
    return (
      <>
        <PageHead title={words.title} lead={words.lead}>
          <span className="chip quiet">{words.notChecked}</span>
        </PageHead>
        <CheckCard site={site} overview={null} />
      </>
    );
  }
  const { eligibility, accounts } = overview;
  const isNotForThisSite = !eligibility.eligible && eligibility.reason !== "no_accounts";
  return (
    <>
      <PageHead title={words.title} lead={isNotForThisSite ? words.leadNot : words.lead}>
        {eligibility.eligible ? (
          <span className="chip safe">
            <Icon name="check" />
            {words.fit(accounts)}
          </span>
        ) : (
          <span className="chip quiet">
            <Icon name="minus" />
            {eligibility.reason === "no_accounts" ? words.notYet : words.notForThisSite}
          </span>
        )}
      </PageHead>
      {isNotForThisSite ? (
        <NotEligible site={site} overview={overview} />
      ) : (
        <>
          <div className="vr">
            <ValueCard site={site} look={look} overview={overview} />
            <RoomCard overview={overview} />
          </div>
          {site.render !== null && <HeldCard key={site.id} site={site} link={site.render} isEligible={eligibility.eligible} isOnline={look.trouble === null && !look.fromBefore} />}
          <div className="vr">
            <CheckCard site={site} overview={overview} />
            <HostsCard overview={overview} />
          </div>
        </>
      )}
    </>
  );
}
