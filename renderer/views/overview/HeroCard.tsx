/** The sentence, what to do, how far it is, and the tally: what an owner sees in two seconds. */
import { useEffect, useRef } from "react";
import { Button } from "../../components/Button.tsx";
import { CopyDetails } from "../../components/CopyDetails.tsx";
import { detailsOf } from "../../components/ErrorNote.tsx";
import type { IconName } from "../../components/Icon.tsx";
import { StateGlyph } from "../../components/Mark.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { Tally } from "../../components/Tally.tsx";
import { useNow } from "../../components/use-now.ts";
import type { SiteView } from "../../../shared/model.ts";
import { announce } from "../../stores/announcer.ts";
import type { Look } from "../../stores/looks.ts";
import { useCanShowFiles } from "../../stores/settings.ts";
import { en } from "../../strings/en.ts";
import { sinceWhen } from "../../strings/words.ts";
import type { HeroActionId } from "./hero.ts";
import { Moments } from "./Moments.tsx";
import { Outcome } from "./Outcome.tsx";
import { tallyRows } from "./tally-rows.ts";
import { heroAction } from "./use-hero-actions.ts";
import { useHero } from "./use-hero.ts";

const icons: Partial<Record<HeroActionId, IconName>> = {
  backup: "backup", redeploy: "redeploy", restore: "restore", cancel: "close", bring_back: "restore", choose_people: "person", older_backup: "backups", got_it: "check",
  see_what: "activity", undo: "restore", look: "again", new_key: "key", passphrase: "lock", settings: "folder", show_folder: "folder", wipe_demo: "wiped", stop_waiting: "close",
};

/** What is over sooner shows no bar: it would push everything below it down and up again. */
const SOON_OVER_MS = 500;

/** Told to whoever does not look. An alert tells itself; and whoever has just come here hears it with the focus. */
function useSaid(title: string, isAlert: boolean): void {
  const isNew = useRef(true);
  useEffect(() => {
    const hasJustCome = isNew.current;
    isNew.current = false;
    if (isAlert) return;
    // After the focus has come to the place.
    queueMicrotask(() => {
      if (!hasJustCome || document.activeElement?.id !== "say") announce(title);
    });
  }, [title, isAlert]);
}

function supportOf({ trouble }: Look): string {
  const words = en.errors.details;
  return trouble === null ? "" : detailsOf(trouble.error, [`${words.tried}: ${words.times(trouble.times, sinceWhen(trouble.since, Date.now()))}`]);
}

export function HeroCard({ site }: { readonly site: SiteView }) {
  const now = useNow();
  const { hero, look, newestBackup, newerDamaged, story, running, ended } = useHero(site, now);
  const canShow = useCanShowFiles();
  const actions = hero.actions.filter(({ id }) => canShow || id !== "show_folder");
  useSaid(hero.title, hero.alert);
  const isSaidAbove = look.trouble !== null && !look.trouble.error.retryable && look.trouble.error.code === ended?.error?.code;
  return (
    <section className={`card hero h-${hero.glyph}`} aria-labelledby="say">
      <div className="top">
        <StateGlyph glyph={hero.glyph} busy={running !== null} />
        <div className="hero-words">
          <div role={hero.alert ? "alert" : undefined}>
            <h1 className="say" id="say" tabIndex={-1}>
              {hero.title}
            </h1>
            <p className="hint">{hero.hint}</p>
          </div>
          {actions.length > 0 && (
            <div className="acts">
              {actions.map(({ id, label, rank, blocked }) =>
                id === "copy_details" ? (
                  <CopyDetails key={id} size="l" rank={rank} text={() => supportOf(look)} />
                ) : (
                  <Button key={id} size="l" rank={rank} {...(icons[id] === undefined ? {} : { icon: icons[id] })} blocked={blocked} onClick={() => heroAction(id, { site, look, running })}>
                    {label}
                  </Button>
                ),
              )}
            </div>
          )}
        </div>
      </div>
      {running !== null && Date.now() - Date.parse(running.startedAt) > SOON_OVER_MS && <ProgressBar operation={running} label={hero.title} />}
      {running === null && ended !== null && !isSaidAbove && (ended.state === "failed" || ended.state === "cancelled") && (
        <div className="outcome">
          <Outcome ended={ended} site={site} />
        </div>
      )}
      {running === null && story !== null && hero.glyph === "restored" && <Moments story={story} />}
      {hero.loading ? <TallySkeleton /> : <Tally label={en.overview.tally.label} rows={tallyRows({ look, newest: newestBackup, newerDamaged, story, now })} />}
    </section>
  );
}

function TallySkeleton() {
  return (
    <div className="tally skeleton" aria-hidden="true">
      <i />
      <i />
    </div>
  );
}
