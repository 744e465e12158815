/** One page, a card for each group; everything saves at once. The dangerous end is at the end. */
import type { ReactNode } from "react";
import { Button } from "../../components/Button.tsx";
import type { SiteView } from "../../../shared/model.ts";
import { openDialog } from "../../stores/place.ts";
import { en } from "../../strings/en.ts";
import { PageHead } from "../frame/Page.tsx";
import { AppGroup, NoticesGroup } from "./AppGroups.tsx";
import { ProtectionGroup } from "./ProtectionGroup.tsx";
import { canBeLinked } from "./render/can-be-linked.ts";
import { RenderGroup } from "./render/RenderGroup.tsx";
import { AutomationGroup, KeepingGroup, SiteGroup } from "./SiteGroups.tsx";

const words = en.settings;
const groupNames = ["site", "render", "automation", "keeping", "protection", "notices", "app"] as const;

function Group({ name, children }: { readonly name: (typeof groupNames)[number]; readonly children: ReactNode }) {
  return (
    <section className="card set-group" id={`settings-${name}`} aria-labelledby={`settings-${name}-title`}>
      <h2 id={`settings-${name}-title`} tabIndex={-1}>
        {words.groups[name]}
      </h2>
      {children}
    </section>
  );
}

export function SettingsPlace({ site }: { readonly site: SiteView }) {
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      <div className="set">
        <nav className="set-nav" aria-label={words.contents}>
          {groupNames.filter((name) => name !== "render" || canBeLinked(site)).map((name) => (
            <a
              key={name}
              href={`#settings-${name}`}
              onClick={(event) => {
                event.preventDefault();
                const title = document.getElementById(`settings-${name}-title`);
                title?.scrollIntoView({ block: "center" });
                title?.focus({ preventScroll: true });
              }}
            >
              {words.groups[name]}
            </a>
          ))}
        </nav>
        <div className="set-groups">
          <Group name="site">
            <SiteGroup key={site.id} site={site} />
          </Group>
          {canBeLinked(site) && (
            <Group name="render">
              <RenderGroup key={site.id} site={site} />
            </Group>
          )}
          <Group name="automation">
            <AutomationGroup site={site} />
          </Group>
          <Group name="keeping">
            <KeepingGroup site={site} />
          </Group>
          <Group name="protection">
            <ProtectionGroup site={site} />
          </Group>
          <Group name="notices">
            <NoticesGroup />
          </Group>
          <Group name="app">
            <AppGroup />
          </Group>
          <section className="set-danger" aria-label={words.danger.title}>
            <p className="t2 sm grow">{words.danger.hint}</p>
            <Button className="danger" onClick={() => openDialog({ kind: "stop_keeping", siteId: site.id })}>
              {words.danger.action(site.name)}
            </Button>
          </section>
        </div>
      </div>
    </>
  );
}
