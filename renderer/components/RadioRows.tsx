/** Choices as rows; the chosen one opens in place. Native radios: arrows move between them. */
import { useId, type ReactNode } from "react";
import { Icon, type IconName } from "./Icon.tsx";

export interface RadioRow<V extends string> {
  readonly value: V;
  readonly icon: IconName;
  readonly title: string;
  readonly hint: string;
  /** What belongs to it, shown while it is chosen. */
  readonly open?: ReactNode;
}

interface RadioRowsProps<V extends string> {
  readonly label: string;
  readonly rows: readonly RadioRow<V>[];
  readonly value: V | null;
  readonly onChange: (value: V) => void;
}

export function RadioRows<V extends string>({ label, rows, value, onChange }: RadioRowsProps<V>) {
  const name = useId();
  return (
    <div className="card src" role="radiogroup" aria-label={label}>
      {rows.map((row) => {
        const isOn = row.value === value;
        return (
          <div key={row.value} className={isOn ? "it on" : "it"}>
            <label className="o">
              <input type="radio" className="radio" name={name} value={row.value} checked={isOn} onChange={() => onChange(row.value)} />
              <Icon name={row.icon} />
              <span className="grow">
                <b>{row.title}</b>
                <small>{row.hint}</small>
              </span>
            </label>
            {isOn && row.open !== undefined && <div className="open">{row.open}</div>}
          </div>
        );
      })}
    </div>
  );
}
