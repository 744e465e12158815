/** The sentence, what to do, how far it is, and the tally: what an owner sees in two seconds. */
import { useEffect } from "react";
import { Button } from "../../components/Button.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { Icon, type IconName } from "../../components/Icon.tsx";
import { StateGlyph } from "../../components/Mark.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { Tally } from "../../components/Tally.tsx";
import { useNow } from "../../components/use-now.ts";
import { backUp, showFolder } from "../../flows/site-actions.ts";
import type { SiteView } from "../../../shared/model.ts";
import type { Operation } from "../../../shared/operations.ts";
import { announce } from "../../stores/announcer.ts";
import { goTo, openDialog } from "../../stores/place.ts";
import { dismissOperation } from "../../stores/operations.ts";
import { useCanShowFiles } from "../../stores/settings.ts";
import { en } from "../../strings/en.ts";
import type { HeroActionId } from "./hero.ts";
import { Moments } from "./Moments.tsx";
import { isPassphraseTrouble } from "./site-state.ts";
import { tallyRows } from "./tally-rows.ts";
import { heroAction } from "./use-hero-actions.ts";
import { useHero } from "./use-hero.ts";

const icons: Partial<Record<HeroActionId, IconName>> = {
  backup: "backup", redeploy: "redeploy", restore: "restore", cancel: "close", bring_back: "restore", choose_people: "person", older_backup: "backups", got_it: "check",
  see_what: "activity", undo: "restore", look: "again", copy_details: "copy", new_key: "key", passphrase: "lock", settings: "folder", show_folder: "folder", wipe_demo: "wiped", stop_waiting: "close",
};

/** The one thing to do about a failure, where there is one. */
function NextStep({ ended, site }: { readonly ended: Operation; readonly site: SiteView }) {
  const say = en.overview.actions;
  const canShow = useCanShowFiles();
  const code = ended.error?.code;
  if (code === "FOLDER_NOT_WRITABLE" || code === "FOLDER_NOT_FOUND") return <Button rank="primary" size="s" icon="folder" onClick={() => goTo("settings")}>{say.otherFolder}</Button>;
  if (code === "DISK_FULL" && canShow) return <Button rank="primary" size="s" icon="folder" onClick={() => void showFolder(site.id)}>{say.showInFolder}</Button>;
  if (code === "KEY_REFUSED" || code === "KEY_MISSING") return <Button rank="primary" size="s" icon="key" onClick={() => openDialog({ kind: "new_key", siteId: site.id })}>{say.newKey}</Button>;
  if (ended.error !== null && isPassphraseTrouble(ended.error)) return <Button rank="primary" size="s" icon="lock" onClick={() => openDialog({ kind: "passphrase", siteId: site.id })}>{say.enterPassphrase}</Button>;
  if (ended.kind === "backup" && ended.error?.retryable === true) return <Button rank="primary" size="s" icon="again" onClick={() => void backUp(site.id)}>{say.tryAgain}</Button>;
  return null;
}

/** How the last backup or restore ended, where the sentence above does not say it already. */
function Outcome({ ended, site }: { readonly ended: Operation; readonly site: SiteView }) {
  const dismiss = (): void => dismissOperation(ended.id);
  if (ended.state === "failed" && ended.error !== null && ended.error.code !== "CANCELLED") {
    return <ErrorNote error={ended.error} action={<NextStep ended={ended} site={site} />} onDismiss={dismiss} />;
  }
  if (ended.state !== "cancelled" && ended.error?.code !== "CANCELLED") return null;
  const words = en.frame.progress;
  return (
    <p className="note row" role="status">
      <Icon name="minus" />
      <span className="grow">{ended.kind === "restore" || ended.kind === "undo" ? words.stoppedHalfWay : words.stopped}</span>
      <Button rank="quiet" size="s" onClick={dismiss}>
        {en.frame.dismiss}
      </Button>
    </p>
  );
}

export function HeroCard({ site }: { readonly site: SiteView }) {
  const now = useNow();
  const { hero, look, newestBackup, newerDamaged, story, running, ended } = useHero(site, now);
  const canShow = useCanShowFiles();
  const { title } = hero;
  const actions = hero.actions.filter(({ id }) => canShow || id !== "show_folder");
  useEffect(() => {
    announce(title);
  }, [title]);
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
              {actions.map(({ id, label, rank, blocked }) => (
                <Button key={id} size="l" rank={rank} {...(icons[id] === undefined ? {} : { icon: icons[id] })} blocked={blocked} onClick={() => heroAction(id, { site, look, running })}>
                  {label}
                </Button>
              ))}
            </div>
          )}
        </div>
      </div>
      {running !== null && <ProgressBar operation={running} label={hero.title} />}
      {running === null && ended !== null && (ended.state === "failed" || ended.state === "cancelled") && (
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
