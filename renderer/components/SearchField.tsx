/** A search field that says its key. */
import { useHost } from "../stores/settings.ts";
import { keyNames } from "../views/frame/key-actions.ts";
import { Icon } from "./Icon.tsx";

export function SearchField({ label, value, onChange }: { readonly label: string; readonly value: string; readonly onChange: (value: string) => void }) {
  const host = useHost();
  const key = keyNames({ isBrowser: host?.host === "web", isMac: /darwin|mac/i.test(host?.platform ?? "") })["search"];
  return (
    <label className="in srch">
      <Icon name="search" />
      <span className="vh">{label}</span>
      <input type="search" placeholder={label} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
      {value === "" && (
        <span className="kbd" aria-hidden="true">
          {key}
        </span>
      )}
    </label>
  );
}
