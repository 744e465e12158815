/** What verifying, rehearsing and exporting ended with. */
import { useState } from "react";
import { resultOf } from "../../api/operations.ts";
import { Button } from "../../components/Button.tsx";
import type { Operation } from "../../../shared/operations.ts";
import { en } from "../../strings/en.ts";
import { masked } from "../../strings/words.ts";

const words = en.backups.detail;

export function Outcome({ operation }: { readonly operation: Operation }) {
  const [showsWho, setShowsWho] = useState(false);
  const verified = resultOf(operation, "verify");
  if (verified !== null) return <p className="note safe">{words.verifiedNow(verified.accounts)}</p>;
  const exported = resultOf(operation, "export_backup");
  if (exported !== null) return <p className="note safe path">{words.exported(exported.shown)}</p>;
  const drill = resultOf(operation, "drill");
  if (drill === null) return null;
  if (drill.passed) return <p className="note safe">{words.rehearsed(drill.restored)}</p>;
  return (
    <div className="note risk">
      <div className="grow">
        <b>{words.rehearsedTrouble(drill.couldNotSignInCount, drill.records)}</b>
        {drill.couldNotSignIn.length > 0 && (
          <Button size="s" aria-expanded={showsWho} onClick={() => setShowsWho(!showsWho)}>
            {words.showWho}
          </Button>
        )}
        {showsWho && (
          <ul className="id-list" tabIndex={0} aria-label={words.showWho}>
            {drill.couldNotSignIn.map(({ id, reasons }) => (
              <li key={id}>
                <span className="mono">{masked(id)}</span> {reasons[0]?.message}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
