/** What went wrong: sentence, hint, one action, "Copy details". The details hold no key, password or address. */
import type { ReactNode } from "react";
import type { ErrorValue } from "../../shared/errors.ts";
import { settingsStore } from "../stores/settings.ts";
import { en } from "../strings/en.ts";
import { inWindow } from "../strings/in-window.ts";
import { IconButton } from "./Button.tsx";
import { CopyDetails } from "./CopyDetails.tsx";
import { Icon } from "./Icon.tsx";

/** As it is copied for support. */
export function detailsOf(told: ErrorValue, more: readonly string[] = []): string {
  const error = inWindow(told);
  const words = en.errors.details;
  const version = settingsStore.getState().host?.version;
  return [
    `${words.what}: ${error.code}`,
    `${words.said}: ${error.message}`,
    ...(error.hint === undefined ? [] : [`${words.hint}: ${error.hint}`]),
    ...(error.ref === undefined ? [] : [`${words.reference}: ${error.ref}`]),
    ...more,
    ...(version === undefined ? [] : [`${words.version}: ${version}`]),
  ].join("\n");
}

interface ErrorNoteProps {
  readonly error: ErrorValue;
  readonly action?: ReactNode;
  /** An error that answers what the owner just did is told at once. */
  readonly alert?: boolean;
  readonly onDismiss?: () => void;
}

export function ErrorNote({ error: told, action, alert = true, onDismiss }: ErrorNoteProps) {
  const error = inWindow(told);
  return (
    <div className="note risk" role={alert ? "alert" : undefined}>
      <Icon name="warning" />
      <div className="grow">
        <b>{error.message}</b>
        {error.hint !== undefined && <p>{error.hint}</p>}
        <div className="row wrap note-acts">
          {action}
          <CopyDetails size="s" text={() => detailsOf(told)} />
        </div>
      </div>
      {onDismiss !== undefined && <IconButton icon="close" label={en.frame.dismiss} onClick={onDismiss} />}
    </div>
  );
}
