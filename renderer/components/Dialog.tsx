/** A dialog over the window: the system's own element, so that focus stays inside and goes back to where it came from. */
import { useEffect, useId, useRef, type ReactNode } from "react";
import { IconButton } from "./Button.tsx";
import { en } from "../strings/en.ts";

interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** The buttons. One with data-autofocus gets the focus: Cancel where something is written or deleted. */
  readonly footer?: ReactNode;
  readonly wide?: boolean;
  readonly onClose: () => void;
}

export function Dialog({ title, children, footer, wide = false, onClose }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = element.current;
    const opener = document.activeElement;
    if (dialog === null) return;
    if (!dialog.open) dialog.showModal();
    const first = dialog.querySelector<HTMLElement>("[data-autofocus]") ?? dialog.querySelector<HTMLElement>("input, textarea");
    first?.focus();
    return () => {
      dialog.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
      else document.querySelector<HTMLElement>("main h1")?.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      className={wide ? "dialog wide" : "dialog"}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        // A dialog inside this one: React lets its event rise, the browser does not.
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="dialog-head">
        <h2 id={titleId} className="dialog-title">
          {title}
        </h2>
        <IconButton icon="close" label={en.frame.close} onClick={onClose} />
      </div>
      <div className="dialog-body">{children}</div>
      {footer !== undefined && <div className="dialog-foot">{footer}</div>}
    </dialog>
  );
}
