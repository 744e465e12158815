/** A site's service at Render: link it, see what to know about its plan, let the variable be kept up to date, unlink it. */
import { useState } from "react";
import { call } from "../../../api/bridge.ts";
import { Button } from "../../../components/Button.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { useKeptFocus } from "../../../components/use-kept-focus.ts";
import { openLink } from "../../../flows/site-actions.ts";
import type { RenderLinkView, SiteView } from "../../../../shared/model.ts";
import { openDialog } from "../../../stores/place.ts";
import { en } from "../../../strings/en.ts";
import { SettingRow, SwitchRow } from "../SettingRow.tsx";
import { KeyAgainForm, LinkForm } from "./LinkForm.tsx";
import { serviceLine } from "./services.ts";

const words = en.render.link;

const tones: Record<RenderLinkView["advice"]["kind"], "safe" | "risk" | ""> = { disk_keeps: "safe", disk_elsewhere: "risk", add_disk: "", free_plan: "risk", no_place: "risk" };

function Advice({ advice }: Pick<RenderLinkView, "advice">) {
  const isAboutDisks = advice.kind === "add_disk" || advice.kind === "disk_elsewhere" || advice.kind === "free_plan";
  return (
    <div className={`note ${tones[advice.kind]}`}>
      <Icon name={advice.kind === "disk_keeps" ? "check_ring" : advice.kind === "free_plan" ? "moon" : "disk"} />
      <div className="grow">
        <b>{advice.message}</b>
        <p>{advice.hint}</p>
        {isAboutDisks && (
          <div className="row wrap note-acts">
            <Button size="s" icon="open" onClick={() => void openLink("render_disks")}>
              {words.disks}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

function Linked({ site, link }: { readonly site: SiteView; readonly link: RenderLinkView }) {
  const [isChanging, setIsChanging] = useState(false);
  const { service, advice, hasKey, keepVariable } = link;
  return (
    <>
      <SettingRow label={service.name} hint={serviceLine(service)}>
        {hasKey && (
          <Button size="s" aria-expanded={isChanging} onClick={() => setIsChanging(!isChanging)}>
            {words.change}
          </Button>
        )}
        <Button size="s" onClick={() => openDialog({ kind: "unlink_render", siteId: site.id })}>
          {words.unlink}
        </Button>
      </SettingRow>
      {hasKey ? isChanging && <LinkForm site={site} hasKey onLinked={() => setIsChanging(false)} /> : <KeyAgainForm site={site} serviceId={service.id} />}
      <Advice advice={advice} />
      <SwitchRow
        label={words.keep}
        hint={words.keepHint}
        checked={keepVariable}
        onChange={async (keep) => {
          const answer = await call("render.update", { siteId: site.id, keepVariable: keep });
          return answer.ok ? null : answer.error;
        }}
      />
    </>
  );
}

export function RenderGroup({ site }: { readonly site: SiteView }) {
  const { render } = site;
  useKeptFocus(`${render?.service.id ?? ""} ${String(render?.hasKey)}`, "#settings-render-title");
  if (render !== null) return <Linked site={site} link={render} />;
  return (
    <>
      <p className="t2">{words.why}</p>
      <LinkForm site={site} hasKey={false} />
    </>
  );
}
