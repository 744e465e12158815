/** Removes the backups that have had their time: says how many before it does. */
import { useEffect, useState } from "react";
import { resultOf, runOperation } from "../../api/operations.ts";
import { Button } from "../../components/Button.tsx";
import { ConfirmDialog } from "../../components/ConfirmDialog.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import type { ErrorValue } from "../../../shared/errors.ts";
import { announce } from "../../stores/announcer.ts";
import { closeDialog } from "../../stores/place.ts";
import { en } from "../../strings/en.ts";

const words = en.dialogs.prune;

/** How many went, or would go. */
async function prune(siteId: string, dryRun: boolean): Promise<{ readonly removed: number } | { readonly error: ErrorValue | null }> {
  const run = await runOperation("prune", { siteId, dryRun });
  const result = run.ok ? resultOf(run.value, "prune") : null;
  return result === null ? { error: run.ok ? run.value.error : run.error } : { removed: result.removed.length };
}

export function PruneDialog({ siteId }: { readonly siteId: string }) {
  const [count, setCount] = useState<number | null>(null);
  const [error, setError] = useState<ErrorValue | null>(null);
  useEffect(() => {
    void prune(siteId, true).then((plan) => {
      if ("removed" in plan) setCount(plan.removed);
      else setError(plan.error);
    });
  }, [siteId]);
  if (count !== null && count > 0) {
    return (
      <ConfirmDialog
        title={words.title(count)}
        hint={words.hint}
        confirm={words.confirm(count)}
        icon="trash"
        danger
        onConfirm={async () => {
          const done = await prune(siteId, false);
          if (!("removed" in done)) return done.error;
          announce(words.done(done.removed));
          return null;
        }}
      />
    );
  }
  return (
    <Dialog
      title={count === null ? words.name : words.titleNone}
      onClose={closeDialog}
      footer={
        <Button data-autofocus onClick={closeDialog}>
          {en.frame.close}
        </Button>
      }
    >
      {error === null ? <p role="status">{count === null ? words.planning : words.hint}</p> : <ErrorNote error={error} />}
    </Dialog>
  );
}
