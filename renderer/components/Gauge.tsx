/** How many of the ten accounts the variable may hold are there, and how full a host's limit is. */
import { MAX_VARIABLE_ACCOUNTS } from "../../shared/eligibility.ts";

const CELLS = Array.from({ length: MAX_VARIABLE_ACCOUNTS }, (_, index) => index);

export function Gauge({ count, label }: { readonly count: number; readonly label: string }) {
  const isOver = count > MAX_VARIABLE_ACCOUNTS;
  return (
    <div role="meter" aria-valuemin={0} aria-valuemax={MAX_VARIABLE_ACCOUNTS} aria-valuenow={Math.min(count, MAX_VARIABLE_ACCOUNTS)} aria-valuetext={label} aria-label={label}>
      <div className={isOver ? "seg over10" : "seg"} aria-hidden="true">
        {CELLS.map((cell) => (
          <i key={cell} className={cell < count ? "on" : undefined} />
        ))}
      </div>
    </div>
  );
}

export function Meter({ share, label, hot = false }: { readonly share: number; readonly label: string; readonly hot?: boolean }) {
  const percent = Math.min(100, Math.max(share > 0 ? 2 : 0, share * 100));
  return (
    <div className={hot ? "meter hot" : "meter"} role="meter" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(Math.min(100, share * 100))} aria-label={label}>
      <b style={{ width: `${percent}%` }} />
    </div>
  );
}
