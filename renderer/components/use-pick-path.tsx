/** Picks a file or folder: with the system's dialog where the host has one, else with a small browser of folders. */
import { useCallback, useRef, useState, type ReactNode } from "react";
import { call } from "../api/bridge.ts";
import { addNotice, settingsStore } from "../stores/settings.ts";
import { FolderBrowser } from "./FolderBrowser.tsx";

export interface PickedPath {
  readonly token: string;
  readonly shown: string;
}

type What = "vault" | "data_folder" | "backup_file" | "export_file";

interface PickPath {
  /** Null: nothing was picked. */
  readonly pick: (what: What, suggestedName?: string) => Promise<PickedPath | null>;
  /** Has to be on the page. */
  readonly picker: ReactNode;
}

export function usePickPath(): PickPath {
  const [browsing, setBrowsing] = useState<What | null>(null);
  const answer = useRef<((picked: PickedPath | null) => void) | null>(null);
  const pick = useCallback(async (what: What, suggestedName?: string): Promise<PickedPath | null> => {
    if (settingsStore.getState().host?.dialogs !== false) {
      const asked = await call("dialog.choose", { what, ...(suggestedName === undefined ? {} : { suggestedName }) });
      if (!asked.ok) addNotice(asked.error);
      return asked.ok ? asked.value.chosen : null;
    }
    setBrowsing(what);
    return new Promise((resolve) => {
      answer.current = resolve;
    });
  }, []);
  const picker =
    browsing === null ? null : (
      <FolderBrowser
        wants={browsing === "backup_file" ? "file" : "folder"}
        onPicked={(picked) => {
          setBrowsing(null);
          answer.current?.(picked);
          answer.current = null;
        }}
      />
    );
  return { pick, picker };
}
