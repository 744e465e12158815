/** A small browser of folders for hosts without dialogs. It holds names and tokens, never a path it could make up. */
import { useCallback, useEffect, useState } from "react";
import { call } from "../api/bridge.ts";
import type { CommandResponse } from "../../shared/contract.ts";
import type { ErrorValue } from "../../shared/errors.ts";
import { en } from "../strings/en.ts";
import { Button } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";
import { ErrorNote } from "./ErrorNote.tsx";
import { Icon } from "./Icon.tsx";
import type { PickedPath } from "./use-pick-path.tsx";

const words = en.dialogs.browse;

interface FolderBrowserProps {
  readonly wants: "folder" | "file";
  readonly onPicked: (picked: PickedPath | null) => void;
}

export function FolderBrowser({ wants, onPicked }: FolderBrowserProps) {
  const [folder, setFolder] = useState<CommandResponse<"folder.browse"> | null>(null);
  const [error, setError] = useState<ErrorValue | null>(null);
  const open = useCallback(async (token?: string): Promise<void> => {
    const answer = await call("folder.browse", token === undefined ? {} : { folder: token });
    if (answer.ok) setFolder(answer.value);
    setError(answer.ok ? null : answer.error);
  }, []);
  useEffect(() => {
    void open();
  }, [open]);
  const parent = folder?.parent ?? null;
  return (
    <Dialog
      title={words.title[wants]}
      onClose={() => onPicked(null)}
      footer={
        <>
          <Button onClick={() => onPicked(null)} data-autofocus>
            {en.frame.cancel}
          </Button>
          {wants === "folder" && (
            <Button rank="primary" blocked={folder === null ? words.title.folder : undefined} onClick={() => folder !== null && onPicked({ token: folder.token, shown: folder.shown })}>
              {words.useThis}
            </Button>
          )}
        </>
      }
    >
      {error !== null && <ErrorNote error={error} />}
      {folder !== null && (
        <>
          <p className="mono sm path">{folder.shown}</p>
          <ul className="browse" aria-label={words.list}>
            {parent !== null && (
              <li>
                <button type="button" onClick={() => void open(parent)}>
                  <Icon name="backward" />
                  {words.up}
                </button>
              </li>
            )}
            {folder.entries
              .filter(({ kind }) => kind === "folder" || wants === "file")
              .map(({ name, token, kind }) => (
                <li key={token}>
                  <button type="button" onClick={() => (kind === "folder" ? void open(token) : onPicked({ token, shown: name }))}>
                    <Icon name={kind === "folder" ? "folder" : "file"} />
                    {name}
                  </button>
                </li>
              ))}
            {folder.entries.length === 0 && <li className="t2 sm none">{words.empty}</li>}
          </ul>
        </>
      )}
    </Dialog>
  );
}
