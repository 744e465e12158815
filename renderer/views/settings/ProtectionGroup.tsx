/** Whether a site's backups are locked with a passphrase. */
import { Checkbox, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { updateSite } from "../../flows/site-actions.ts";
import type { SiteView } from "../../../shared/model.ts";
import { useHost } from "../../stores/settings.ts";
import { en } from "../../strings/en.ts";
import { SettingRow, useSaved } from "./SettingRow.tsx";

const words = en.settings.protection;

export function ProtectionGroup({ site }: { readonly site: SiteView }) {
  const host = useHost();
  const [isOpen, setIsOpen] = useState(false);
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [keepUnprotected, setKeepUnprotected] = useState(false);
  const { saved, save } = useSaved();
  const differ = again !== "" && again !== passphrase;
  function lock(): void {
    if (passphrase === "" || again !== passphrase) return;
    save(
      updateSite({ siteId: site.id, passphrase, keepUnprotected }).then((failure) => {
        if (failure === null) {
          setIsOpen(false);
          setPassphrase("");
          setAgain("");
        }
        return failure;
      }),
    );
  }
  return (
    <>
      <SettingRow
        label={
          <span className="fact">
            <span className={site.encrypted ? "ok" : "t3"}>
              <Icon name="lock" />
            </span>
            {site.encrypted ? words.locked : words.open}
          </span>
        }
        hint={words.explain}
      >
        {saved}
        <Button size="s" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {site.encrypted ? words.change : words.lock}
        </Button>
        {site.encrypted && (
          <Button size="s" onClick={() => save(updateSite({ siteId: site.id, passphrase: null }))}>
            {words.unlock}
          </Button>
        )}
      </SettingRow>
      {isOpen && (
        <form
          className="stack set-form"
          onSubmit={(event) => {
            event.preventDefault();
            lock();
          }}
        >
          <PasswordInput label={words.passphrase} autoComplete="new-password" value={passphrase} onChange={(event) => setPassphrase(event.currentTarget.value)} />
          <PasswordInput label={words.again} autoComplete="new-password" value={again} onChange={(event) => setAgain(event.currentTarget.value)} {...(differ ? { error: words.differ } : {})} />
          {host?.secrets === "plain" && <Checkbox label={en.firstRun.keychain.keep} checked={keepUnprotected} onChange={(event) => setKeepUnprotected(event.currentTarget.checked)} />}
          <div className="row">
            <Button type="submit" rank="primary" icon="lock" blocked={passphrase === "" || again !== passphrase ? words.differ : undefined}>
              {words.lock}
            </Button>
          </div>
        </form>
      )}
      {host !== null && <p className="t3 sm set-note">{words.secrets[host.secrets]}</p>}
    </>
  );
}
