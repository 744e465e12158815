/** A backup that is not open yet: read with progress, or asking for its passphrase. */
import { cancelOperation } from "../../api/operations.ts";
import { Button } from "../../components/Button.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { UnlockForm } from "../../components/UnlockForm.tsx";
import { en } from "../../strings/en.ts";
import { FailedReading } from "./FailedReading.tsx";
import type { Opened } from "./use-opened.ts";

const words = en.backups.detail;

export function Opening({ opened }: { readonly opened: Opened }) {
  const { state, operation, error, isWrong, open } = opened;
  if (state === "locked") {
    return (
      <div className="sec">
        <h3>{en.backups.locked.title}</h3>
        <UnlockForm wrong={isWrong} onUnlock={open} />
      </div>
    );
  }
  if (state === "failed" && error !== null) {
    return <FailedReading error={error} onRetry={() => open()} />;
  }
  if (state === "stopped") {
    return (
      <div className="sec">
        <p className="t2 sm" role="status">
          {words.stoppedReading}
        </p>
        <Button size="s" onClick={() => open()}>
          {words.readAgain}
        </Button>
      </div>
    );
  }
  return (
    <div className="sec">
      {operation === null ? (
        <p className="t2 sm" role="status">
          {words.opening}
        </p>
      ) : (
        <>
          <ProgressBar operation={operation} label={words.opening} />
          <Button size="s" icon="close" onClick={() => void cancelOperation(operation.id)}>
            {en.frame.cancel}
          </Button>
        </>
      )}
    </div>
  );
}
