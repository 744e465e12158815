/** What a backup file or a pasted variable holds, or why that cannot be said: damaged, newer, locked, no backup at all. */
import { Button } from "../../components/Button.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { Icon } from "../../components/Icon.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { UnlockForm } from "../../components/UnlockForm.tsx";
import { cancelOperation } from "../../api/operations.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import { en } from "../../strings/en.ts";
import { size, when } from "../../strings/words.ts";
import type { Held, Inspection } from "./use-inspect.ts";

const words = en.dialogs.inspect;

/** In the words of the Backups page; what exactly is wrong stays in the hint. */
function inOurWords(error: ErrorValue): ErrorValue {
  switch (error.code) {
    case "BACKUP_DAMAGED":
      return { ...error, message: en.backups.damaged.title, hint: `${error.message} ${words.damaged}` };
    case "BACKUP_NEWER_FORMAT":
      return { ...error, message: en.backups.newer.title, hint: en.backups.newer.hint };
    default:
      return error;
  }
}

function Facts({ held }: { readonly held: Held }) {
  const isWhole = held.problemCount === 0;
  return (
    <div className={isWhole ? "note safe" : "note risk"} role="status">
      <Icon name={isWhole ? "check_ring" : "warning"} />
      <div className="grow">
        <b>{words.holds(held.accounts)}</b>
        {held.at !== null && <p>{words.made(when(held.at, Date.now()), held.site)}</p>}
        <p>{words.what(words.kinds[held.kind], size(held.sizeBytes), held.encrypted)}</p>
        {!isWhole && <p>{words.problems(held.problemCount)}</p>}
      </div>
    </div>
  );
}

export function HeldNote({ inspection }: { readonly inspection: Inspection }) {
  const { held, error, isLocked, isWrong, running, unlock } = inspection;
  return (
    <>
      {running !== null && (
        <div className="row">
          <div className="grow">
            <ProgressBar operation={running} label={words.reading} />
          </div>
          <Button size="s" onClick={() => void cancelOperation(running.id)}>
            {en.frame.cancel}
          </Button>
        </div>
      )}
      {isLocked && (
        <div className="stack">
          <b>{en.backups.locked.title}</b>
          <UnlockForm wrong={isWrong} onUnlock={unlock} />
        </div>
      )}
      {held !== null && <Facts held={held} />}
      {error !== null && <ErrorNote error={inOurWords(error)} />}
    </>
  );
}
