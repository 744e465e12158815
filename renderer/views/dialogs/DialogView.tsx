/** Whichever dialog is open; fetched when the first one opens. */
import { call } from "../../api/bridge.ts";
import { startOperation } from "../../api/operations.ts";
import { Button } from "../../components/Button.tsx";
import { ConfirmDialog } from "../../components/ConfirmDialog.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { loadBackups } from "../../flows/start-up.ts";
import { backupsOf } from "../../stores/backups.ts";
import { closeDialog, goTo, openBackup, type DialogView as DialogState } from "../../stores/place.ts";
import { useHost } from "../../stores/settings.ts";
import { siteById } from "../../stores/sites.ts";
import { en } from "../../strings/en.ts";
import { whenMade } from "../backups/when-made.ts";
import { keyNames } from "../frame/key-actions.ts";
import { FewerDialog } from "./FewerDialog.tsx";
import { InspectDialog } from "./InspectDialog.tsx";
import { NewKeyDialog } from "./NewKeyDialog.tsx";
import { PassphraseDialog } from "./PassphraseDialog.tsx";
import { PruneDialog } from "./PruneDialog.tsx";
import { RestoreDialog } from "./RestoreDialog.tsx";
import { UndoDialog } from "./UndoDialog.tsx";
import { UnlinkDialog } from "./UnlinkDialog.tsx";

function DeleteBackup({ siteId, name }: { readonly siteId: string; readonly name: string }) {
  const entry = backupsOf(siteId).entries.find((other) => other.name === name);
  const words = en.dialogs.remove;
  // What a damaged one says of itself is not what it can give back.
  const count = entry === undefined || entry.state === "damaged" ? null : entry.accounts;
  return (
    <ConfirmDialog
      title={words.title(entry === undefined || entry.at === null ? name : whenMade(entry, Date.now()))}
      hint={count === null ? words.hintUnknown : words.hint(count)}
      confirm={words.confirm}
      icon="trash"
      danger
      onConfirm={async () => {
        const answer = await call("backup.delete", { siteId, name });
        if (!answer.ok) return answer.error;
        openBackup(null);
        await loadBackups(siteId);
        return null;
      }}
    />
  );
}

function StopKeeping({ siteId }: { readonly siteId: string }) {
  const words = en.dialogs.stop;
  return (
    <ConfirmDialog
      title={words.title(siteById(siteId)?.name ?? "")}
      hint={words.hint(backupsOf(siteId).entries.length)}
      confirm={words.confirm}
      danger
      onConfirm={async () => {
        const answer = await call("site.remove", { siteId });
        if (!answer.ok) return answer.error;
        goTo("overview");
        return null;
      }}
    />
  );
}

function WipeDemo({ siteId }: { readonly siteId: string }) {
  const words = en.dialogs.wipe;
  return (
    <ConfirmDialog
      title={words.title}
      hint={words.hint}
      confirm={words.confirm}
      icon="wiped"
      danger
      onConfirm={async () => {
        const started = await startOperation("wipe_demo", { siteId });
        return started.ok ? null : started.error;
      }}
    />
  );
}

function Keys() {
  const host = useHost();
  const names = keyNames({ isBrowser: host?.host === "web", isMac: /darwin|mac/i.test(host?.platform ?? "") });
  return (
    <Dialog
      title={en.dialogs.keys.title}
      onClose={closeDialog}
      footer={
        <Button data-autofocus onClick={closeDialog}>
          {en.frame.close}
        </Button>
      }
    >
      <dl className="keys">
        {en.dialogs.keys.list.map(([key, what]) => (
          <div key={key}>
            <dt>{what}</dt>
            <dd>
              <kbd className="kbd">{names[key]}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

export function DialogView({ dialog }: { readonly dialog: DialogState }) {
  switch (dialog.kind) {
    case "restore":
      return <RestoreDialog siteId={dialog.siteId} from={dialog.from} only={dialog.only} />;
    case "undo":
      return <UndoDialog siteId={dialog.siteId} />;
    case "delete_backup":
      return <DeleteBackup siteId={dialog.siteId} name={dialog.name} />;
    case "prune":
      return <PruneDialog siteId={dialog.siteId} />;
    case "fewer":
      return <FewerDialog siteId={dialog.siteId} />;
    case "new_key":
      return <NewKeyDialog siteId={dialog.siteId} />;
    case "passphrase":
      return <PassphraseDialog siteId={dialog.siteId} />;
    case "stop_keeping":
      return <StopKeeping siteId={dialog.siteId} />;
    case "wipe_demo":
      return <WipeDemo siteId={dialog.siteId} />;
    case "unlink_render":
      return <UnlinkDialog siteId={dialog.siteId} />;
    case "inspect":
      return <InspectDialog siteId={dialog.siteId} given={dialog.file ?? null} />;
    case "keys":
      return <Keys />;
    default:
      return dialog satisfies never;
  }
}
