/** Before a redeploy: from here where the site is linked to Render, else four steps that tick themselves. */
import { useState } from "react";
import { Button } from "../../components/Button.tsx";
import type { SiteView } from "../../../shared/model.ts";
import { useLatest } from "../../stores/operations.ts";
import { goTo } from "../../stores/place.ts";
import { endRedeploy, useRedeploy } from "../../stores/redeploy.ts";
import { en } from "../../strings/en.ts";
import { LinkedRedeploy } from "./linked/LinkedRedeploy.tsx";
import { RedeployByHand } from "./RedeployByHand.tsx";

const words = en.render;

/** The key went with the computer's keychain, or with the program that kept it. */
function KeyMissing() {
  return (
    <div className="note risk">
      <div className="grow">
        <b>{words.link.keyMissing}</b>
        <p>{words.link.keyMissingHint}</p>
        <div className="row wrap note-acts">
          <Button size="s" icon="key" onClick={() => goTo("settings")}>
            {words.redeploy.enterKey}
          </Button>
        </div>
      </div>
    </div>
  );
}

export function RedeployPlace({ site }: { readonly site: SiteView }) {
  const isRunning = useLatest(site.id, "redeploy")?.state === "running";
  const isByHandUnderWay = useRedeploy(site.id) !== null;
  /** The site that the owner redeploys in the dashboard all the same. */
  const [byHand, setByHand] = useState<string | null>(null);
  const { render } = site;
  const canDoIt = render?.hasKey === true;
  if (isRunning || (canDoIt && byHand !== site.id && !isByHandUnderWay)) return <LinkedRedeploy key={site.id} site={site} onByHand={() => setByHand(site.id)} />;
  return (
    <RedeployByHand
      site={site}
      notice={render?.hasKey === false ? <KeyMissing /> : null}
      onFromHere={
        canDoIt
          ? () => {
              endRedeploy(site.id);
              setByHand(null);
            }
          : null
      }
    />
  );
}
