/** On the Variable page: what Render holds, compared with the site, and one click to put it right. */
import { useEffect } from "react";
import { Button } from "../../../components/Button.tsx";
import { HostErrorNote } from "../../../components/HostErrorNote.tsx";
import { Icon } from "../../../components/Icon.tsx";
import type { RenderLinkView, SiteView } from "../../../../shared/model.ts";
import { goTo } from "../../../stores/place.ts";
import { en } from "../../../strings/en.ts";
import { sinceWhen } from "../../../strings/words.ts";
import { CheckButton, UpdateButton } from "./HeldActionButtons.tsx";
import { heldWords, wantsUpdate } from "./held-words.ts";
import { useHeld } from "./use-held.ts";

const words = en.render.held;

interface HeldCardProps {
  readonly site: SiteView;
  readonly link: RenderLinkView;
  readonly isEligible: boolean;
  /** The site answers: whoever comes here sees what Render holds without asking. */
  readonly isOnline: boolean;
}

export function HeldCard({ site, link, isEligible, isOnline }: HeldCardProps) {
  const actions = useHeld(site.id);
  const { variable: held, hasKey } = link;
  const { tone, icon, short, text } = heldWords(held);
  const looksByItself = held === null && hasKey && isOnline;
  const { check } = actions;
  useEffect(() => {
    if (looksByItself) check();
    // Once for each site: what fails is told, and tried again by the button.
  }, [site.id, looksByItself]);
  return (
    <section className="card pad vcard" aria-label={words.title}>
      <div className="chead wrap">
        <h2>{words.title}</h2>
        <span className="t2 sm">{link.service.name}</span>
        {short !== null && (
          <span className={`chip ${tone} end`}>
            <Icon name={icon} />
            {short}
          </span>
        )}
      </div>
      <p>{hasKey ? text : words.keyMissing}</p>
      <p className="t2 sm">
        {held === null ? "" : `${words.checkedAt(sinceWhen(held.checkedAt, Date.now()))} `}
        {words.neverDeploys}
      </p>
      {actions.said !== null && (
        <p className="note safe" role="status">
          <Icon name="check_ring" />
          <span>{actions.said}</span>
        </p>
      )}
      {actions.error !== null && <HostErrorNote error={actions.error} />}
      <div className="row wrap">
        {!hasKey ? (
          <Button icon="key" onClick={() => goTo("settings")}>
            {en.render.redeploy.enterKey}
          </Button>
        ) : (
          <>
            {isEligible && wantsUpdate(held) && <UpdateButton actions={actions} />}
            <CheckButton actions={actions} />
          </>
        )}
      </div>
    </section>
  );
}
