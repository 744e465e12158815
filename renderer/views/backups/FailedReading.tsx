/** What is said in the detail of a backup when something of it could not be read, with the one way on. */
import type { ErrorValue } from "../../../shared/errors.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { en } from "../../strings/en.ts";

export function FailedReading({ error, onRetry }: { readonly error: ErrorValue; readonly onRetry: () => void }) {
  return (
    <div className="sec">
      <ErrorNote
        error={error}
        alert={false}
        action={
          <Button size="s" icon="again" onClick={onRetry}>
            {en.frame.retry}
          </Button>
        }
      />
    </div>
  );
}
