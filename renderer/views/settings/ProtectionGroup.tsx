/** Whether a site's backups are locked with a passphrase. */
import { Checkbox, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { updateSite } from "../../flows/site-actions.ts";
import type { CommandInput } from "../../../shared/contract.ts";
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
  const [working, setWorking] = useState<"locking" | "unlocking" | null>(null);
  const { saved, save } = useSaved();
  const differ = again !== "" && again !== passphrase;
  /** The newest backup is opened and written again: with a passphrase each of that takes a second. */
  function change(what: "locking" | "unlocking", request: CommandInput<"site.update">): void {
    if (working !== null) return;
    setWorking(what);
    save(
      updateSite(request).then((failure) => {
        setWorking(null);
        if (failure === null) {
          setIsOpen(false);
          setPassphrase("");
          setAgain("");
        }
        return failure;
      }),
    );
  }
  function lock(): void {
    if (passphrase !== "" && again === passphrase) change("locking", { siteId: site.id, passphrase, keepUnprotected });
  }
  const blocked = working !== null ? words[working] : undefined;
  const act = site.encrypted ? words.change : words.lock;
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
          {act}
        </Button>
        {site.encrypted && (
          <Button size="s" blocked={blocked} onClick={() => change("unlocking", { siteId: site.id, passphrase: null })}>
            {working === "unlocking" ? words.unlocking : words.unlock}
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
            <Button type="submit" rank="primary" icon="lock" blocked={blocked ?? (passphrase === "" || again === "" ? words.twice : differ ? words.differ : undefined)}>
              {working === "locking" ? words.locking : act}
            </Button>
          </div>
        </form>
      )}
      {working !== null && (
        <p className="t2 sm set-note" role="status">
          {words.takes}
        </p>
      )}
      {host !== null && <p className="t3 sm set-note">{words.secrets[host.secrets]}</p>}
    </>
  );
}
