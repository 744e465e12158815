/** The frame around every place: sidebar, drag bar, notices, the place itself, the dialogs over it, the live region. */
import { lazy, Suspense, useEffect, useRef, type RefObject } from "react";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { useAnnouncement } from "../../stores/announcer.ts";
import { useDialog, usePlace, type Place } from "../../stores/place.ts";
import { dropNotice, useNotices } from "../../stores/settings.ts";
import { useCurrentSite, useSites } from "../../stores/sites.ts";
import { en } from "../../strings/en.ts";
import { isolated } from "../../strings/words.ts";
import type { SiteView } from "../../../shared/model.ts";
import { Overview } from "../overview/Overview.tsx";
import { Sidebar } from "./Sidebar.tsx";
import { useFileDrop } from "./use-file-drop.ts";
import { useKeys } from "./use-keys.ts";

// The Overview is what an owner sees first; everything else is fetched when it is gone to.
const ActivityPlace = lazy(async () => ({ default: (await import("../activity/ActivityPlace.tsx")).ActivityPlace }));
const BackupsPlace = lazy(async () => ({ default: (await import("../backups/BackupsPlace.tsx")).BackupsPlace }));
const RedeployPlace = lazy(async () => ({ default: (await import("../redeploy/RedeployPlace.tsx")).RedeployPlace }));
const SettingsPlace = lazy(async () => ({ default: (await import("../settings/SettingsPlace.tsx")).SettingsPlace }));
const VariablePlace = lazy(async () => ({ default: (await import("../variable/VariablePlace.tsx")).VariablePlace }));
const DialogView = lazy(async () => ({ default: (await import("../dialogs/DialogView.tsx")).DialogView }));
const FirstRun = lazy(async () => ({ default: (await import("../first-run/FirstRun.tsx")).FirstRun }));

function PlaceView({ place, site }: { readonly place: Place; readonly site: SiteView }) {
  switch (place) {
    case "overview":
      return <Overview site={site} />;
    case "redeploy":
      return <RedeployPlace site={site} />;
    case "backups":
      return <BackupsPlace site={site} />;
    case "variable":
      return <VariablePlace site={site} />;
    case "activity":
      return <ActivityPlace site={site} />;
    case "settings":
      return <SettingsPlace site={site} />;
    case "add_site":
      return null;
    default:
      return place satisfies never;
  }
}

function Notices() {
  const notices = useNotices();
  if (notices.length === 0) return null;
  return (
    <div className="notices">
      {notices.map((notice, index) => (
        <ErrorNote key={`${notice.code}${index}`} error={notice} onDismiss={() => dropNotice(notice)} />
      ))}
    </div>
  );
}

function LiveRegion() {
  const { message, turn } = useAnnouncement();
  return (
    <div className="vh" role="status" aria-live="polite">
      <span key={turn}>{message}</span>
    </div>
  );
}

/** Where the owner was last: null until the window has shown its first place. */
type Whereabouts = RefObject<string | null>;

/** Stands beside the place in its boundary: runs when the place is really there, and takes the focus to its name. */
function Arrival({ at, before }: { readonly at: string; readonly before: Whereabouts }) {
  useEffect(() => {
    const from = before.current;
    before.current = at;
    // A window that opens leaves the focus at its beginning, before the skip link.
    if (from === null || from === at) return;
    document.querySelector<HTMLElement>("main h1")?.focus();
    document.querySelector("main .body")?.scrollTo(0, 0);
  }, [at, before]);
  return null;
}

function Shell({ site, place, before }: { readonly site: SiteView; readonly place: Place; readonly before: Whereabouts }) {
  useEffect(() => {
    document.title = `${en.frame.places[place]} · ${isolated(site.name)} · ${en.frame.product}`;
  }, [place, site.name]);
  return (
    <div className="app">
      <a
        className="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>("main h1")?.focus();
        }}
      >
        {en.frame.skip}
      </a>
      <Sidebar />
      <main className="main" id="content" data-region="content">
        <div className="bar" aria-hidden="true" />
        <div className={`body place-${place}`}>
          <Notices />
          <Suspense>
            <PlaceView key={site.id} place={place} site={site} />
            <Arrival at={`${place} ${site.id}`} before={before} />
          </Suspense>
        </div>
      </main>
    </div>
  );
}

export function Frame() {
  const sites = useSites();
  const site = useCurrentSite();
  const place = usePlace();
  const dialog = useDialog();
  const before = useRef<string | null>(null);
  const isDropping = useFileDrop(site?.id ?? null);
  useKeys();
  const isFirst = sites !== null && sites.length === 0;
  return (
    <>
      {sites === null ? (
        <Waiting />
      ) : isFirst || place === "add_site" || site === null ? (
        <Suspense fallback={<Waiting />}>
          <FirstRun isFirst={isFirst} />
          <Arrival at="add_site" before={before} />
        </Suspense>
      ) : (
        <Shell site={site} place={place} before={before} />
      )}
      {dialog !== null && (
        <Suspense>
          <DialogView key={dialog.kind === "inspect" ? `inspect ${dialog.file?.token ?? ""}` : dialog.kind} dialog={dialog} />
        </Suspense>
      )}
      {isDropping && (
        <div className="drop-frame" aria-hidden="true">
          <p>{en.frame.drop}</p>
        </div>
      )}
      <LiveRegion />
    </>
  );
}

/** Nothing is known yet: the frame alone, for a moment. */
function Waiting() {
  return (
    <div className="app">
      <div className="side" />
      <main className="main">
        <h1 className="vh">{en.frame.product}</h1>
        <div className="bar" />
        <Notices />
      </main>
    </div>
  );
}
