/** Asks before something is written or deleted: names the object, says what stays, focus on Cancel, tells when it did not work. */
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
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
  /** In its place while it is done, where that takes a while. */
  readonly busy?: string;
  readonly icon?: IconName;
  readonly danger?: boolean;
  readonly blocked?: string | undefined;
  readonly children?: ReactNode;
  /** Null: done, the dialog closes. */
  readonly onConfirm: () => Promise<ErrorValue | null>;
}

export function ConfirmDialog({ title, hint, confirm, busy, icon, danger = false, blocked, children, onConfirm }: ConfirmDialogProps) {
  const [error, setError] = useState<ErrorValue | null>(null);
  const formId = useId();
  const [isBusy, setIsBusy] = useState(false);
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  async function go(): Promise<void> {
    setIsBusy(true);
    const failure = await onConfirm();
    // Closed meanwhile: another dialog may lie in its place.
    if (!isOpen.current) return;
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
          <Button rank="primary" className={danger ? "danger" : ""} blocked={isBusy ? en.frame.states.busy : blocked} {...(children === undefined ? { onClick: () => void go() } : { type: "submit", form: formId })} {...(icon === undefined ? {} : { icon })}>
            {isBusy ? (busy ?? confirm) : confirm}
          </Button>
        </>
      }
    >
      <p>{hint}</p>
      {children !== undefined && (
        <form
          id={formId}
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void go();
          }}
        >
          {children}
        </form>
      )}
      {error !== null && <ErrorNote error={error} />}
    </Dialog>
  );
}
