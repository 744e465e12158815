/** What belongs to one site: its name and source, automation, where and how long backups are kept. */
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { resultOf, runOperation } from "../../api/operations.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { usePickPath } from "../../components/use-pick-path.tsx";
import { lookAt } from "../../flows/look.ts";
import { showFolder, updateSite } from "../../flows/site-actions.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { SiteView } from "../../../shared/model.ts";
import { openDialog } from "../../stores/place.ts";
import { useCanShowFiles } from "../../stores/settings.ts";
import { en } from "../../strings/en.ts";
import { SettingRow, SwitchRow, useSaved } from "./SettingRow.tsx";

interface SiteProps {
  readonly site: SiteView;
}

function TextSetting({ label, value, onSave }: { readonly label: string; readonly value: string; readonly onSave: (value: string) => Promise<ErrorValue | null> }) {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  const { saved, save } = useSaved();
  // What was saved comes back as the app keeps it; and somebody else may have changed it.
  if (value !== known) {
    setKnown(value);
    setText(value);
  }
  function done(): void {
    const next = text.trim();
    if (next !== "" && next !== value) save(onSave(next));
    else setText(value);
  }
  return (
    <form
      className="set-row"
      onSubmit={(event) => {
        event.preventDefault();
        done();
      }}
    >
      <TextInput className="grow" label={label} value={text} onChange={(event) => setText(event.currentTarget.value)} onBlur={done} />
      {saved}
    </form>
  );
}

export function SiteGroup({ site }: SiteProps) {
  const words = en.settings.site;
  const { source } = site;
  const [test, setTest] = useState<{ state: "idle" | "testing" } | { state: "works"; collections: number } | { state: "failed"; error: ErrorValue }>({ state: "idle" });
  async function tryIt(): Promise<void> {
    setTest({ state: "testing" });
    const run = await runOperation("test_connection", { siteId: site.id });
    const error = run.ok ? run.value.error : run.error;
    const result = run.ok ? resultOf(run.value, "test_connection") : null;
    setTest(error !== null ? { state: "failed", error } : { state: "works", collections: result?.collections.length ?? 0 });
    if (result !== null) lookAt(site.id);
  }
  const isServer = source.kind === "server" || source.kind === "cloud";
  return (
    <>
      <TextSetting label={words.name} value={site.name} onSave={(name) => updateSite({ siteId: site.id, name })} />
      <SettingRow label={words.source} hint={[source.shown, source.tenant, source.database].filter((part) => part !== null).join(" · ")}>
        <Button size="s" blocked={test.state === "testing" ? words.testing : undefined} onClick={() => void tryIt()}>
          {test.state === "testing" ? words.testing : words.test}
        </Button>
      </SettingRow>
      {test.state === "works" && (
        <p className="note safe" role="status">
          {words.works(test.collections)}
        </p>
      )}
      {test.state === "failed" && <ErrorNote error={test.error} />}
      <TextSetting label={words.collection} value={site.collectionName} onSave={(collectionName) => updateSite({ siteId: site.id, collectionName })} />
      {isServer && (
        <SettingRow label={words.key} hint={source.auth === "none" && source.kind === "server" ? words.keyNone : source.hasKey ? words.keyKept : words.keyAsked}>
          <Button size="s" icon="key" onClick={() => openDialog({ kind: "new_key", siteId: site.id })}>
            {words.newKey}
          </Button>
        </SettingRow>
      )}
    </>
  );
}

export function AutomationGroup({ site }: SiteProps) {
  const words = en.settings.automation;
  const blocked = site.canBeWatched ? undefined : words.cannot;
  const set = (settings: Partial<SiteView["settings"]>): Promise<ErrorValue | null> => updateSite({ siteId: site.id, settings });
  const { settings } = site;
  return (
    <>
      <SwitchRow label={words.watch} hint={site.watching === "elsewhere" ? words.elsewhere : words.watchHint} checked={settings.watch && site.canBeWatched} blocked={blocked} onChange={(watch) => set({ watch })} />
      <SwitchRow label={words.restore} hint={words.restoreHint} checked={settings.watch && settings.restoreAfterWipe && site.canBeWatched} blocked={blocked} onChange={(restoreAfterWipe) => set({ restoreAfterWipe, ...(restoreAfterWipe ? { watch: true } : {}) })} />
      <SwitchRow label={words.rehearse} hint={words.rehearseHint} checked={settings.rehearse && site.canBeWatched} blocked={blocked} onChange={(rehearse) => set({ rehearse })} />
      {site.trouble !== null && <ErrorNote error={site.trouble} alert={false} />}
    </>
  );
}

export function KeepingGroup({ site }: SiteProps) {
  const words = en.settings.keeping;
  const { pick, picker } = usePickPath();
  const canShow = useCanShowFiles();
  const { saved, save } = useSaved();
  return (
    <>
      <SettingRow label={words.folder} hint={site.vault}>
        {saved}
        {canShow && (
          <Button size="s" icon="folder" onClick={() => void showFolder(site.id)}>
            {words.show}
          </Button>
        )}
        <Button size="s" onClick={() => void pick("vault").then((vault) => vault !== null && save(updateSite({ siteId: site.id, vault: vault.token })))}>
          {words.change}
        </Button>
      </SettingRow>
      <SettingRow label={words.rule} hint={words.ruleHint}>
        <Button size="s" onClick={() => openDialog({ kind: "prune", siteId: site.id })}>
          {words.prune}
        </Button>
      </SettingRow>
      {picker}
    </>
  );
}
