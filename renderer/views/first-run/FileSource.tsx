/** When the site itself cannot be reached: what a backup file or a pasted variable holds. */
import { Textarea } from "@mantine/core";
import { useEffect, useState } from "react";
import { call } from "../../api/bridge.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { Icon } from "../../components/Icon.tsx";
import { usePickPath, type PickedPath } from "../../components/use-pick-path.tsx";
import type { CommandResponse } from "../../../shared/contract.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import { en } from "../../strings/en.ts";
import { accounts } from "../../strings/words.ts";
import { HeldNote } from "../inspect/HeldNote.tsx";
import { useInspect } from "../inspect/use-inspect.ts";

const words = en.firstRun.source;
const TYPING_STOPS_MS = 400;

/** A variable is read as fast as it is pasted. */
function Pasted({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) {
  const [held, setHeld] = useState<CommandResponse<"variable.inspect"> | null>(null);
  const [error, setError] = useState<ErrorValue | null>(null);
  useEffect(() => {
    setHeld(null);
    setError(null);
    if (text.trim() === "") return;
    let isNewest = true;
    const timer = setTimeout(() => {
      void call("variable.inspect", { text }).then((answer) => {
        if (!isNewest) return;
        setHeld(answer.ok ? answer.value : null);
        setError(answer.ok ? null : answer.error);
      });
    }, TYPING_STOPS_MS);
    return () => {
      isNewest = false;
      clearTimeout(timer);
    };
  }, [text]);
  return (
    <>
      <Textarea label={words.pasted} description={words.pastedHint} rows={3} spellCheck={false} value={text} onChange={(event) => onText(event.currentTarget.value)} classNames={{ input: "mono" }} />
      {held !== null && (
        <p className="note safe" role="status">
          <Icon name="check_ring" />
          <span>
            <b>{accounts(held.accounts)}.</b> {held.remarks.map(({ message }) => message).join(" ")}
          </span>
        </p>
      )}
      {error !== null && <ErrorNote error={error} alert={false} />}
    </>
  );
}

export function FileSource({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) {
  const [file, setFile] = useState<PickedPath | null>(null);
  const inspection = useInspect();
  const { pick, picker } = usePickPath();
  async function choose(): Promise<void> {
    const picked = await pick("backup_file");
    if (picked === null) return;
    setFile(picked);
    inspection.look({ kind: "file", file: picked.token });
  }
  return (
    <div className="stack">
      <div className="row wrap">
        <Button icon="folder" onClick={() => void choose()}>
          {words.pickFile}
        </Button>
        {file !== null && <span className="sm t2 path">{words.picked(file.shown)}</span>}
      </div>
      <HeldNote inspection={inspection} />
      <Pasted text={text} onText={onText} />
      {picker}
    </div>
  );
}
