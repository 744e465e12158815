/** The shrink guard: accounts of the last backup are gone from the site. Keeping both is the default; agreeing takes a second yes. */
import { useState } from "react";
import { Button } from "../../components/Button.tsx";
import { ConfirmDialog } from "../../components/ConfirmDialog.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { backUp } from "../../flows/site-actions.ts";
import { useLook } from "../../stores/looks.ts";
import { closeDialog } from "../../stores/place.ts";
import { en } from "../../strings/en.ts";
import { masked } from "../../strings/words.ts";

const words = en.dialogs.fewer;

export function FewerDialog({ siteId }: { readonly siteId: string }) {
  const { overview } = useLook(siteId);
  const [isAgreeing, setIsAgreeing] = useState(false);
  const [showsWho, setShowsWho] = useState(false);
  if (overview === null) return null;
  const { missing, missingIds } = overview;
  if (isAgreeing) {
    return (
      <ConfirmDialog
        title={words.acceptTitle(missing)}
        hint={words.acceptHint}
        confirm={words.acceptConfirm}
        onConfirm={async () => {
          await backUp(siteId, { sure: true, acceptFewer: true });
          return null;
        }}
      />
    );
  }
  return (
    <Dialog
      title={words.title(overview.accounts, overview.newestBackup?.accounts ?? overview.accounts + missing)}
      onClose={closeDialog}
      footer={
        <>
          <Button rank="quiet" onClick={() => setIsAgreeing(true)}>
            {words.accept}
          </Button>
          <Button
            data-autofocus
            onClick={() => {
              closeDialog();
              void backUp(siteId, { sure: true });
            }}
          >
            {words.keepBoth}
          </Button>
        </>
      }
    >
      <p>{words.hint(missing)}</p>
      {missingIds.length > 0 && (
        <div>
          <button type="button" className="link sm" aria-expanded={showsWho} onClick={() => setShowsWho(!showsWho)}>
            {words.showMissing}
          </button>
          {showsWho && (
            <ul className="id-list mono" tabIndex={0} aria-label={words.showMissing}>
              {missingIds.map((id) => (
                <li key={id}>{masked(id)}</li>
              ))}
              {missing > missingIds.length && <li>{en.dialogs.restore.moreIds(missing - missingIds.length)}</li>}
            </ul>
          )}
        </div>
      )}
    </Dialog>
  );
}
