/** A new key for a site. Where there is no keychain, the owner says whether it may lie on disk. */
import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { ConfirmDialog } from "../../components/ConfirmDialog.tsx";
import { authOf, emptyKey } from "../../components/key-draft.ts";
import { KeyFields } from "../../components/KeyFields.tsx";
import { lookAt } from "../../flows/look.ts";
import { updateSite } from "../../flows/site-actions.ts";
import { useHost } from "../../stores/settings.ts";
import { siteById } from "../../stores/sites.ts";
import { en } from "../../strings/en.ts";

export function NewKeyDialog({ siteId }: { readonly siteId: string }) {
  const before = siteById(siteId)?.source.auth;
  const [key, setKey] = useState({ ...emptyKey, kind: before === undefined || before === "none" ? emptyKey.kind : before });
  const [keepUnprotected, setKeepUnprotected] = useState(false);
  const host = useHost();
  const auth = authOf(key);
  return (
    <ConfirmDialog
      title={en.dialogs.key.title}
      hint={host?.secrets === "plain" ? `${en.firstRun.keychain.title} ${en.firstRun.keychain.hint}` : en.firstRun.secrets[host?.secrets ?? "memory"]}
      confirm={en.dialogs.key.save}
      icon="key"
      blocked={auth === null || auth.kind === "none" ? en.dialogs.key.title : undefined}
      onConfirm={async () => {
        if (auth === null) return null;
        const failure = await updateSite({ siteId, auth, keepUnprotected });
        if (failure === null) lookAt(siteId);
        return failure;
      }}
    >
      <KeyFields value={key} onChange={setKey} />
      {host?.secrets === "plain" && <Checkbox label={en.firstRun.keychain.keep} checked={keepUnprotected} onChange={(event) => setKeepUnprotected(event.currentTarget.checked)} />}
    </ConfirmDialog>
  );
}
