/** Asks before something is written or deleted: names the object, says what stays, focus on Cancel, tells when it did not work. */
import { useState, type ReactNode } from "react";
import type { ErrorValue } from "../../shared/errors.ts";
import { closeDialog } from "../stores/place.ts";
import { en } from "../strings/en.ts";
import { Button } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";
import { ErrorNote } from "./ErrorNote.tsx";
import type { IconName } from "./Icon.tsx";

interface ConfirmDialogProps {
  readonly title: string;
  readonly hint: string;
  readonly confirm: string;
  readonly icon?: IconName;
  readonly danger?: boolean;
  readonly blocked?: string | undefined;
  readonly children?: ReactNode;
  /** Null: done, the dialog closes. */
  readonly onConfirm: () => Promise<ErrorValue | null>;
}

export function ConfirmDialog({ title, hint, confirm, icon, danger = false, blocked, children, onConfirm }: ConfirmDialogProps) {
  const [error, setError] = useState<ErrorValue | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  async function go(): Promise<void> {
    setIsBusy(true);
    const failure = await onConfirm();
    setIsBusy(false);
    setError(failure);
    if (failure === null) closeDialog();
  }
  return (
    <Dialog
      title={title}
      onClose={closeDialog}
      footer={
        <>
          <Button data-autofocus onClick={closeDialog}>
            {en.frame.cancel}
          </Button>
          <Button rank="primary" className={danger ? "danger" : ""} blocked={isBusy ? en.frame.states.busy : blocked} onClick={() => void go()} {...(icon === undefined ? {} : { icon })}>
            {confirm}
          </Button>
        </>
      }
    >
      <p>{hint}</p>
      {children}
      {error !== null && <ErrorNote error={error} />}
    </Dialog>
  );
}
