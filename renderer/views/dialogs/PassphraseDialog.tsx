/** The passphrase that a site's backups are locked with already. It is tried on the newest one before it is kept, which takes a moment. */
import { Checkbox, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { ConfirmDialog } from "../../components/ConfirmDialog.tsx";
import { lookAt } from "../../flows/look.ts";
import { updateSite } from "../../flows/site-actions.ts";
import { useHost } from "../../stores/settings.ts";
import { en } from "../../strings/en.ts";

const words = en.dialogs.passphrase;

export function PassphraseDialog({ siteId }: { readonly siteId: string }) {
  const [passphrase, setPassphrase] = useState("");
  const [keepUnprotected, setKeepUnprotected] = useState(false);
  const host = useHost();
  return (
    <ConfirmDialog
      title={words.title}
      hint={words.hint}
      confirm={words.confirm}
      busy={words.trying}
      icon="lock"
      blocked={passphrase === "" ? words.title : undefined}
      onConfirm={async () => {
        const failure = await updateSite({ siteId, passphrase, keepUnprotected });
        if (failure === null) lookAt(siteId);
        return failure;
      }}
    >
      <PasswordInput label={en.frame.passphrase} autoComplete="off" data-autofocus value={passphrase} onChange={(event) => setPassphrase(event.currentTarget.value)} />
      {host?.secrets === "plain" && <Checkbox label={en.firstRun.keychain.keep} checked={keepUnprotected} onChange={(event) => setKeepUnprotected(event.currentTarget.checked)} />}
      {host !== null && <p className="t3 sm">{en.settings.protection.secrets[host.secrets]}</p>}
    </ConfirmDialog>
  );
}
