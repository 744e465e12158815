/** Step three: the site is added and backed up for the first time; then the Overview. */
import { useEffect, useRef, useState } from "react";
import { call } from "../../api/bridge.ts";
import { resultOf, runOperation } from "../../api/operations.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { Icon } from "../../components/Icon.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import type { CommandInput } from "../../../shared/contract.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import { useOperation } from "../../stores/operations.ts";
import { en } from "../../strings/en.ts";

const words = en.firstRun.first;
/** Long enough to read that it worked. */
const LINGER_MS = 900;

interface FirstStepProps {
  readonly request: CommandInput<"site.add">;
  readonly onAdded: () => void;
  readonly onDone: (siteId: string) => void;
  readonly onBack: () => void;
}

export function FirstStep({ request, onAdded, onDone, onBack }: FirstStepProps) {
  const [error, setError] = useState<ErrorValue | null>(null);
  const [operationId, setOperationId] = useState<string | null>(null);
  const [count, setCount] = useState<number | null>(null);
  const [siteId, setSiteId] = useState<string | null>(null);
  const operation = useOperation(operationId);
  const begun = useRef(false);

  async function begin(known: string | null): Promise<void> {
    setError(null);
    let added = known;
    if (added === null) {
      const answer = await call("site.add", request);
      if (!answer.ok) {
        setError(answer.error);
        return;
      }
      added = answer.value.site.id;
      setSiteId(added);
      onAdded();
    }
    const run = await runOperation("backup", { siteId: added }, setOperationId);
    const failure = run.ok ? run.value.error : run.error;
    const result = run.ok ? resultOf(run.value, "backup") : null;
    if (result !== null) setCount(result.accounts);
    // A site without accounts is fine: the Overview says so.
    if (result === null && failure !== null && failure.code !== "NO_ACCOUNTS_YET" && failure.code !== "SITE_EMPTY" && failure.code !== "COLLECTION_NOT_FOUND" && failure.code !== "BUSY") {
      setError(failure);
      return;
    }
    const done = added;
    setTimeout(() => onDone(done), LINGER_MS);
  }
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void begin(null);
  });
  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      <p className="lead">{words.hint}</p>
      <div className="card pad stack first first-fields">
        {operation?.state === "running" && <ProgressBar operation={operation} label={words.title} />}
        {operation === null && error === null && <p role="status">{words.adding}</p>}
        {count !== null && (
          <p className="note safe" role="status">
            <Icon name="check_ring" />
            <b>{words.done(count)}</b>
          </p>
        )}
        {error !== null && (
          <ErrorNote
            error={error}
            action={
              <Button rank="primary" size="s" icon="again" onClick={() => void begin(siteId)}>
                {en.frame.retry}
              </Button>
            }
          />
        )}
        {error !== null && (
          <div className="row">
            {siteId === null ? (
              <Button icon="backward" onClick={onBack}>
                {en.firstRun.back}
              </Button>
            ) : (
              <Button onClick={() => onDone(siteId)}>{words.open}</Button>
            )}
          </div>
        )}
      </div>
    </>
  );
}
