/** A search field. The place's own says its key. */
import { useHost } from "../stores/settings.ts";
import { keyNames } from "../views/frame/key-actions.ts";
import { Icon } from "./Icon.tsx";

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly withKey?: boolean;
}

export function SearchField({ label, value, onChange, withKey = true }: SearchFieldProps) {
  const host = useHost();
  const key = keyNames({ isBrowser: host?.host === "web", isMac: /darwin|mac/i.test(host?.platform ?? "") })["search"];
  return (
    <label className="in srch">
      <Icon name="search" />
      <span className="vh">{label}</span>
      <input type="search" placeholder={label} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
      {withKey && value === "" && (
        <span className="kbd" aria-hidden="true">
          {key}
        </span>
      )}
    </label>
  );
}
