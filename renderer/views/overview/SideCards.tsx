/** Cards that stand beside or under the hero in particular states: the plan after a wipe, the switch, details for support. */
import { Switch } from "@mantine/core";
import { useState } from "react";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { Icon, type IconName } from "../../components/Icon.tsx";
import { updateSite } from "../../flows/site-actions.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { SiteView } from "../../../shared/model.ts";
import type { Overview } from "../../../shared/operations.ts";
import type { Look } from "../../stores/looks.ts";
import { en } from "../../strings/en.ts";
import { sinceWhen, theBackupOf } from "../../strings/words.ts";

export function WipePlan({ overview, now }: { readonly overview: Overview; readonly now: number }) {
  const { plan } = en.overview.wiped;
  const lines: readonly (readonly [IconName, readonly [string, string]])[] = [
    ["person_new", plan.added(overview.missing, theBackupOf(overview.newestBackup?.at ?? null, now))],
    ["shield", plan.nobody],
    ["eye", plan.read],
    ...(overview.accounts > 0 ? [["backup", plan.safetyCopy] as const] : []),
  ];
  return (
    <section className="card pad" aria-label={plan.title}>
      <div className="chead">
        <h2>{plan.title}</h2>
      </div>
      <ul className="list plan-list">
        {lines.map(([icon, [bold, rest]]) => (
          <li key={bold}>
            <span className="t3">
              <Icon name={icon} />
            </span>
            <span className="grow">
              <b className="b">{bold}</b>
              <span className="t2">{rest}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function NextTime({ site }: { readonly site: SiteView }) {
  const [error, setError] = useState<ErrorValue | null>(null);
  const { next } = en.overview.wiped;
  const isOn = site.settings.watch && site.settings.restoreAfterWipe;
  return (
    <section className="card pad vcard" aria-label={next.title}>
      <div className="chead">
        <h2>{next.title}</h2>
      </div>
      <p className="t2">{next.text}</p>
      {error !== null && <ErrorNote error={error} />}
      {site.canBeWatched && (
        <Switch
          withThumbIndicator={false}
          className="switch-row"
          labelPosition="left"
          label={en.settings.automation.restore}
          checked={isOn}
          onChange={(event) => {
            const restoreAfterWipe = event.currentTarget.checked;
            void updateSite({ siteId: site.id, settings: { restoreAfterWipe, ...(restoreAfterWipe ? { watch: true } : {}) } }).then(setError);
          }}
        />
      )}
    </section>
  );
}

export function Support({ look, now }: { readonly look: Look; readonly now: number }) {
  const words = en.errors.details;
  const { trouble } = look;
  if (trouble === null) return null;
  return (
    <section className="card pad vcard" aria-label={words.title}>
      <div className="chead">
        <h2>{words.title}</h2>
      </div>
      <dl className="det">
        <dt>{words.what}</dt>
        <dd className="mono">{trouble.error.code}</dd>
        <dt>{words.said}</dt>
        <dd>{trouble.error.message}</dd>
        <dt>{words.tried}</dt>
        <dd>{words.times(trouble.times, sinceWhen(trouble.since, now))}</dd>
        {trouble.error.ref !== undefined && (
          <>
            <dt>{words.reference}</dt>
            <dd className="mono">{trouble.error.ref}</dd>
          </>
        )}
      </dl>
      <p className="note vcard-foot">
        <Icon name="lock" />
        <span>{words.note}</span>
      </p>
    </section>
  );
}
