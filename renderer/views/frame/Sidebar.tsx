/** Brand, site switcher, the five places, settings, and whether the site is being watched. */
import { useState } from "react";
import { Icon, type IconName } from "../../components/Icon.tsx";
import { Mark } from "../../components/Mark.tsx";
import { useNow } from "../../components/use-now.ts";
import type { SiteView } from "../../../shared/model.ts";
import type { Operation } from "../../../shared/operations.ts";
import { useLook, type Look } from "../../stores/looks.ts";
import { useLatest, useRunningWrite } from "../../stores/operations.ts";
import { goTo, places, usePlace, type Place } from "../../stores/place.ts";
import { useHost } from "../../stores/settings.ts";
import { useCurrentSite } from "../../stores/sites.ts";
import { en } from "../../strings/en.ts";
import { ago } from "../../strings/words.ts";
import { busyState } from "../../stores/site-state.ts";
import { SiteSwitcher } from "./SiteSwitcher.tsx";
import { useRedeployBadge } from "./use-redeploy-badge.ts";

const icons: Record<(typeof places)[number], IconName> = { overview: "overview", redeploy: "redeploy", backups: "backups", variable: "variable", activity: "activity", settings: "settings" };

function PlaceLink({ place, badge, onGo }: { readonly place: (typeof places)[number]; readonly badge?: string | undefined; readonly onGo: () => void }) {
  const isHere = usePlace() === place;
  return (
    <a
      href={`#${place}`}
      aria-current={isHere ? "page" : undefined}
      onClick={(event) => {
        event.preventDefault();
        goTo(place);
        onGo();
      }}
    >
      <Icon name={icons[place]} />
      <span>{en.frame.places[place]}</span>
      {badge !== undefined && <span className="pill nb">{badge}</span>}
    </a>
  );
}

/** The line under the places: what is going on with this site right now. */
function watchLine(site: SiteView, look: Look, running: Operation | null, isLooking: boolean, now: number): string {
  const words = en.frame;
  const { overview, trouble, wakingSince } = look;
  const busy = busyState(running);
  if (busy !== null) return words.states[busy];
  if (trouble !== null && trouble.nextAt !== null) return words.tryingAgainIn(Math.max(1_000, trouble.nextAt - now));
  if (wakingSince !== null) return words.progress.phases.waking;
  // Nothing more is tried until the owner does something about it.
  if (trouble !== null) return trouble.error.code === "SITE_ASLEEP" ? words.states.asleep : words.waitingForYou;
  if (overview === null) return isLooking ? words.lookingNow : words.notWatching;
  if (overview.state === "wiped" && site.watching === "on" && site.settings.restoreAfterWipe) return words.aboutToRestore;
  if (overview.state === "wiped" || overview.state === "deletions") return words.waitingForYou;
  if (site.watching === "elsewhere") return words.watchedElsewhere;
  return words.checkedAgo(ago(overview.checkedAt, now));
}

function WatchLine() {
  const site = useCurrentSite();
  const look = useLook(site?.id ?? null);
  const running = useRunningWrite(site?.id ?? null);
  const isLooking = useLatest(site?.id ?? null, "look")?.state === "running";
  const now = useNow();
  if (site === null) return null;
  const { overview, trouble } = look;
  const isLive = trouble === null && look.wakingSince === null && overview !== null && overview.state !== "wiped" && overview.state !== "deletions" && running === null && !look.fromBefore && site.watching !== "failed";
  return (
    <aside className="watch" aria-label={en.frame.watching}>
      {isLive ? (
        <span className="ok">
          <i className="live" />
        </span>
      ) : (
        <Icon name="clock" />
      )}
      <span>{watchLine(site, look, running, isLooking, now)}</span>
    </aside>
  );
}

export function Sidebar() {
  const site = useCurrentSite();
  const redeployBadge = useRedeployBadge(site?.id ?? null);
  const host = useHost();
  // The desktop app's window on macOS: its buttons stand where the brand is elsewhere.
  const isUnderLights = host?.host === "desktop" && host.platform === "darwin";
  const [isOpen, setIsOpen] = useState(false);
  const main: readonly Place[] = places.slice(0, 5);
  const close = (): void => setIsOpen(false);
  return (
    <div className={isOpen ? "side open" : "side"} data-region="sidebar">
      <header className="side-head">
        <div className={isUnderLights ? "brand lights" : "brand"}>
          <Mark />
          <span>{en.frame.product}</span>
        </div>
        <SiteSwitcher />
        <button type="button" className="btn icon menu-button" aria-label={en.frame.menu} aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          <Icon name={isOpen ? "close" : "menu"} />
        </button>
      </header>
      <div className="side-nav">
        <nav className="nav" aria-label={en.frame.mainNav}>
          {places.map((place) => (main.includes(place) ? <PlaceLink key={place} place={place} onGo={close} badge={place === "redeploy" ? redeployBadge : undefined} /> : null))}
        </nav>
        <div className="foot">
          <nav className="nav" aria-label={en.frame.appNav}>
            <PlaceLink place="settings" onGo={close} />
          </nav>
          <WatchLine />
        </div>
      </div>
    </div>
  );
}
