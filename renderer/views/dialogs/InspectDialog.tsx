/** Looks inside a backup file from anywhere: what it holds, compared with the site. Nothing is changed. */
import { useState } from "react";
import { resultOf, runOperation } from "../../api/operations.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { UnlockForm } from "../../components/UnlockForm.tsx";
import { usePickPath, type PickedPath } from "../../components/use-pick-path.tsx";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { OperationResult } from "../../../shared/operations.ts";
import { useOperation } from "../../stores/operations.ts";
import { closeDialog, openDialog } from "../../stores/place.ts";
import { en } from "../../strings/en.ts";

const words = en.dialogs.inspect;
type Diff = OperationResult<"diff">;

export function InspectDialog({ siteId }: { readonly siteId: string }) {
  const [file, setFile] = useState<PickedPath | null>(null);
  const [diff, setDiff] = useState<Diff | null>(null);
  const [error, setError] = useState<ErrorValue | null>(null);
  const [kept, setKept] = useState<number | null>(null);
  const [passphrase, setPassphrase] = useState<string | null>(null);
  const [operationId, setOperationId] = useState<string | null>(null);
  const operation = useOperation(operationId);
  const { pick, picker } = usePickPath();
  const secret = passphrase === null ? {} : { passphrase };

  async function compare(picked: PickedPath, given: { passphrase?: string }): Promise<void> {
    setFile(picked);
    setDiff(null);
    setError(null);
    const run = await runOperation("diff", { siteId, left: { kind: "file", file: picked.token }, right: { kind: "site" }, ...given }, setOperationId);
    setError(run.ok ? run.value.error : run.error);
    if (run.ok) setDiff(resultOf(run.value, "diff"));
  }
  async function keep(picked: PickedPath): Promise<void> {
    const run = await runOperation("import_backup", { siteId, file: picked.token, ...secret }, setOperationId);
    setError(run.ok ? run.value.error : run.error);
    if (run.ok) setKept(resultOf(run.value, "import_backup")?.accounts ?? null);
  }
  const isLocked = error?.code === "PASSPHRASE_NEEDED" || error?.code === "PASSPHRASE_WRONG";
  const counts = diff?.counts;
  const inFile = counts === undefined ? 0 : counts.same + counts.changed + counts.missing;
  return (
    <Dialog
      title={file?.shown ?? words.title}
      onClose={closeDialog}
      footer={
        <>
          <Button data-autofocus onClick={closeDialog}>
            {en.frame.close}
          </Button>
          {file !== null && counts !== undefined && (
            <>
              {kept === null && <Button onClick={() => void keep(file)}>{words.keep}</Button>}
              {counts.missing > 0 && (
                <Button rank="primary" icon="restore" onClick={() => openDialog({ kind: "restore", siteId, from: { kind: "file", file: file.token }, only: null })}>
                  {words.bringBack(counts.missing)}
                </Button>
              )}
            </>
          )}
        </>
      }
    >
      {file === null && (
        <>
          <p>{words.hint}</p>
          <Button icon="folder" onClick={() => void pick("backup_file").then((picked) => picked !== null && void compare(picked, {}))}>
            {en.dialogs.restore.pickFile}
          </Button>
        </>
      )}
      {operation?.state === "running" && <ProgressBar operation={operation} label={words.comparing} />}
      {counts !== undefined && (
        <ul className="facts-list">
          <li>
            <b className="b">{words.holds(inFile)}</b>
          </li>
          <li>{words.same(counts.same)}</li>
          {counts.missing > 0 && <li className="bad">{words.missing(counts.missing)}</li>}
          {counts.changed > 0 && <li>{words.changed(counts.changed)}</li>}
          {counts.added > 0 && <li>{words.added(counts.added)}</li>}
        </ul>
      )}
      {kept !== null && <p role="status">{words.kept(kept)}</p>}
      {isLocked && file !== null && (
        <UnlockForm
          wrong={error.code === "PASSPHRASE_WRONG"}
          onUnlock={(given) => {
            setPassphrase(given);
            void compare(file, { passphrase: given });
          }}
        />
      )}
      {error !== null && !isLocked && <ErrorNote error={error} />}
      {picker}
    </Dialog>
  );
}
