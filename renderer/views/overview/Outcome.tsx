/** How a backup or a restore ended that did not end well, wherever it was asked for: what, why, and the one thing to do about it. */
import { useEffect, useState } from "react";
import { resultOf } from "../../api/operations.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { Icon } from "../../components/Icon.tsx";
import { backUp, showFolder } from "../../flows/site-actions.ts";
import type { SiteView } from "../../../shared/model.ts";
import type { Operation } from "../../../shared/operations.ts";
import { announce } from "../../stores/announcer.ts";
import { dismissOperation, useIsDismissed, useLatestEnded, useRunningWrite } from "../../stores/operations.ts";
import { goTo, openDialog } from "../../stores/place.ts";
import { useCanShowFiles } from "../../stores/settings.ts";
import { en } from "../../strings/en.ts";
import { isFolderGone, isPassphraseTrouble } from "../../stores/site-state.ts";

/** The one thing to do about a failure, where there is one. */
function NextStep({ ended, site }: { readonly ended: Operation; readonly site: SiteView }) {
  const say = en.overview.actions;
  const canShow = useCanShowFiles();
  const code = ended.error?.code;
  if (ended.error !== null && isFolderGone(ended.error)) return <Button rank="primary" size="s" icon="folder" onClick={() => goTo("settings")}>{say.otherFolder}</Button>;
  if (code === "DISK_FULL" && canShow) return <Button rank="primary" size="s" icon="folder" onClick={() => void showFolder(site.id)}>{say.showInFolder}</Button>;
  if (code === "KEY_REFUSED" || code === "KEY_MISSING") return <Button rank="primary" size="s" icon="key" onClick={() => openDialog({ kind: "new_key", siteId: site.id })}>{say.newKey}</Button>;
  if (ended.error !== null && isPassphraseTrouble(ended.error)) return <Button rank="primary" size="s" icon="lock" onClick={() => openDialog({ kind: "passphrase", siteId: site.id })}>{say.enterPassphrase}</Button>;
  if (code === "SITE_EMPTY" || code === "COLLECTION_NOT_FOUND") return <Button rank="primary" size="s" icon="restore" onClick={() => openDialog({ kind: "restore", siteId: site.id, from: { kind: "newest" }, only: null })}>{en.backups.detail.bringBackAll}</Button>;
  if (ended.kind === "backup" && ended.error?.retryable === true) return <Button rank="primary" size="s" icon="again" onClick={() => void backUp(site.id)}>{say.tryAgain}</Button>;
  return null;
}

/** Of one that failed or was stopped; nothing of any other. */
export function Outcome({ ended, site }: { readonly ended: Operation; readonly site: SiteView }) {
  const dismiss = (): void => dismissOperation(ended.id);
  if (ended.state === "failed" && ended.error !== null && ended.error.code !== "CANCELLED") {
    return <ErrorNote error={ended.error} action={<NextStep ended={ended} site={site} />} onDismiss={dismiss} />;
  }
  if (ended.state !== "cancelled" && ended.error?.code !== "CANCELLED") return null;
  const words = en.frame.progress;
  return <Quiet words={ended.kind === "restore" || ended.kind === "undo" ? words.stoppedHalfWay : words.stopped} onDismiss={dismiss} />;
}

function Quiet({ words, onDismiss }: { readonly words: string; readonly onDismiss: () => void }) {
  return (
    <p className="note row" role="status">
      <Icon name="minus" />
      <span className="grow">{words}</span>
      <Button rank="quiet" size="s" onClick={onDismiss}>
        {en.frame.dismiss}
      </Button>
    </p>
  );
}

/** For the other places where a backup can be asked for. `since`: what ended before that is not of this place. */
export function LastBackup({ site, since = "" }: { readonly site: SiteView; readonly since?: string }) {
  const ended = useLatestEnded(site.id, ["backup"]);
  const isDismissed = useIsDismissed(ended?.id ?? null);
  const running = useRunningWrite(site.id);
  const [before] = useState(ended?.id ?? null);
  const made = ended === null || ended.id === before ? null : resultOf(ended, "backup");
  const said = made === null ? null : made.outcome === "unchanged" ? en.backups.unchanged : en.activity.backedUp(made.accounts);
  useEffect(() => {
    if (said !== null) announce(said);
  }, [said, ended?.id]);
  if (ended === null || isDismissed || running !== null || ended.startedAt < since) return null;
  // A new one is a new row.
  return made?.outcome === "unchanged" ? <Quiet words={en.backups.unchanged} onDismiss={() => dismissOperation(ended.id)} /> : <Outcome ended={ended} site={site} />;
}
