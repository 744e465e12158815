/** Looks inside a backup file from anywhere: what it holds, and compared with the site where there is one. Nothing is changed. */
import { useEffect, useState } from "react";
import { resultOf, runOperation } from "../../api/operations.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { usePickPath, type PickedPath } from "../../components/use-pick-path.tsx";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { OperationResult } from "../../../shared/operations.ts";
import { useOperation } from "../../stores/operations.ts";
import { closeDialog, openDialog } from "../../stores/place.ts";
import { en } from "../../strings/en.ts";
import { HeldNote } from "../inspect/HeldNote.tsx";
import { useInspect } from "../inspect/use-inspect.ts";

const words = en.dialogs.inspect;
type Diff = OperationResult<"diff">;

interface InspectDialogProps {
  readonly siteId: string | null;
  /** Dropped on the window; else it is chosen here. */
  readonly given: PickedPath | null;
}

export function InspectDialog({ siteId, given }: InspectDialogProps) {
  const [file, setFile] = useState(given);
  const [diff, setDiff] = useState<Diff | null>(null);
  const [error, setError] = useState<ErrorValue | null>(null);
  const [kept, setKept] = useState<number | null>(null);
  const [isKeeping, setIsKeeping] = useState(false);
  const [operationId, setOperationId] = useState<string | null>(null);
  const operation = useOperation(operationId);
  const inspection = useInspect();
  const { pick, picker } = usePickPath();
  const { held, look, passphrase } = inspection;
  const token = file?.token ?? null;
  const secret = passphrase === null ? {} : { passphrase };

  useEffect(() => {
    if (token !== null) look({ kind: "file", file: token });
  }, [look, token]);
  useEffect(() => {
    setDiff(null);
    setError(null);
    if (siteId === null || token === null || held === null) return;
    let isNewest = true;
    void runOperation("diff", { siteId, left: { kind: "file", file: token }, right: { kind: "site" }, ...(passphrase === null ? {} : { passphrase }) }, setOperationId).then((run) => {
      if (!isNewest) return;
      setError(run.ok ? run.value.error : run.error);
      if (run.ok) setDiff(resultOf(run.value, "diff"));
    });
    return () => {
      isNewest = false;
    };
  }, [siteId, token, held, passphrase]);

  async function keep(inSite: string, picked: PickedPath): Promise<void> {
    setIsKeeping(true);
    const run = await runOperation("import_backup", { siteId: inSite, file: picked.token, ...secret }, setOperationId);
    setIsKeeping(false);
    setError(run.ok ? run.value.error : run.error);
    if (run.ok) setKept(resultOf(run.value, "import_backup")?.accounts ?? null);
  }
  const counts = diff?.counts;
  const missing = counts?.missing ?? 0;
  return (
    <Dialog
      title={file?.shown ?? words.title}
      onClose={closeDialog}
      footer={
        <>
          <Button data-autofocus onClick={closeDialog}>
            {en.frame.close}
          </Button>
          {siteId !== null && file !== null && held !== null && kept === null && <Button blocked={isKeeping ? en.frame.states.busy : undefined} onClick={() => void keep(siteId, file)}>{words.keep}</Button>}
          {siteId !== null && file !== null && missing > 0 && (
            <Button rank="primary" icon="restore" onClick={() => openDialog({ kind: "restore", siteId, from: { kind: "file", file: file.token }, only: null })}>
              {words.bringBack(missing)}
            </Button>
          )}
        </>
      }
    >
      <p>{words.hint}</p>
      {file === null && (
        <Button icon="folder" onClick={() => void pick("backup_file").then((picked) => picked !== null && setFile(picked))}>
          {en.dialogs.restore.pickFile}
        </Button>
      )}
      <HeldNote inspection={inspection} />
      {operation?.state === "running" && <ProgressBar operation={operation} label={isKeeping ? words.keep : words.comparing} />}
      {counts !== undefined && (
        <ul className="facts-list">
          <li>{words.same(counts.same)}</li>
          {counts.missing > 0 && <li className="bad">{words.missing(counts.missing)}</li>}
          {counts.changed > 0 && <li>{words.changed(counts.changed)}</li>}
          {counts.added > 0 && <li>{words.added(counts.added)}</li>}
        </ul>
      )}
      {kept !== null && <p role="status">{words.kept(kept)}</p>}
      {error !== null && <ErrorNote error={error} />}
      {picker}
    </Dialog>
  );
}
