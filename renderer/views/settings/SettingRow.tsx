/** A line of the settings: what it is, what it means, the control. */
import { Switch } from "@mantine/core";
import { useId, useState, type ReactNode } from "react";
import { Icon } from "../../components/Icon.tsx";
import type { ErrorValue } from "../../../shared/errors.ts";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { en } from "../../strings/en.ts";

export function SettingRow({ label, hint, children }: { readonly label: ReactNode; readonly hint?: ReactNode; readonly children?: ReactNode }) {
  return (
    <div className="set-row">
      <div className="grow">
        <div className="set-label">{label}</div>
        {hint !== undefined && <p className="t2 sm path">{hint}</p>}
      </div>
      {children}
    </div>
  );
}

/** A quiet "Saved" for a moment. */
export function useSaved(): { readonly saved: ReactNode; readonly save: (action: Promise<ErrorValue | null>) => void } {
  const [state, setState] = useState<"saved" | null>(null);
  const [error, setError] = useState<ErrorValue | null>(null);
  const saved =
    error !== null ? (
      <ErrorNote error={error} onDismiss={() => setError(null)} />
    ) : state === null ? null : (
      <span className="ok xs fact">
        <Icon name="check" />
        {en.settings.saved}
      </span>
    );
  return {
    saved,
    save: (action) => {
      void action.then((failure) => {
        setError(failure);
        setState(failure === null ? "saved" : null);
        if (failure === null) setTimeout(() => setState(null), 2_500);
      });
    },
  };
}

interface SwitchRowProps {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  /** Why it cannot be changed. */
  readonly blocked?: string | undefined;
  readonly onChange: (checked: boolean) => Promise<ErrorValue | null>;
}

export function SwitchRow({ label, hint, checked, blocked, onChange }: SwitchRowProps) {
  const id = useId();
  const { saved, save } = useSaved();
  return (
    <div className="set-row">
      <div className="grow">
        <label htmlFor={id} className="set-label">
          {label}
        </label>
        {(blocked ?? hint) !== undefined && (
          <p className="t2 sm" id={`${id}-hint`}>
            {blocked ?? hint}
          </p>
        )}
      </div>
      {saved}
      <Switch withThumbIndicator={false} id={id} aria-describedby={(blocked ?? hint) === undefined ? undefined : `${id}-hint`} aria-disabled={blocked !== undefined} checked={checked} onChange={(event) => blocked === undefined && save(onChange(event.currentTarget.checked))} />
    </div>
  );
}
