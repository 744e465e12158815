/** Asks for a backup's passphrase. */
import { PasswordInput } from "@mantine/core";
import { useState } from "react";
import { en } from "../strings/en.ts";
import { Button } from "./Button.tsx";

export function UnlockForm({ wrong, onUnlock }: { readonly wrong: boolean; readonly onUnlock: (passphrase: string) => void }) {
  const [passphrase, setPassphrase] = useState("");
  return (
    <form
      className="unlock"
      onSubmit={(event) => {
        event.preventDefault();
        if (passphrase !== "") onUnlock(passphrase);
      }}
    >
      <PasswordInput className="grow" autoFocus={wrong} label={en.frame.passphrase} autoComplete="off" value={passphrase} onChange={(event) => setPassphrase(event.currentTarget.value)} {...(wrong ? { error: en.backups.locked.wrong } : {})} />
      <Button type="submit" rank="primary" icon="lock">
        {en.backups.locked.action}
      </Button>
    </form>
  );
}
