/** Opens a backup so that its accounts can be listed: a large one with progress, a locked one after its passphrase. */
import { useCallback, useEffect, useRef, useState } from "react";
import { call } from "../../api/bridge.ts";
import { cancelOperation, resultOf, runOperation } from "../../api/operations.ts";
import type { ErrorValue, Result } from "../../../shared/errors.ts";
import type { BackupEntry } from "../../../shared/model.ts";
import type { Operation } from "../../../shared/operations.ts";
import { noteRead } from "../../flows/damage.ts";
import { useOperation } from "../../stores/operations.ts";
import { forgetPassphrase, keepPassphrase, passphraseOf } from "./passphrases.ts";

/** Smaller ones are open before a bar could be drawn. */
const LARGE_BYTES = 2_000_000;

export interface Opened {
  /** stopped: by the owner. */
  readonly state: "opening" | "open" | "locked" | "failed" | "stopped";
  readonly operation: Operation | null;
  readonly error: ErrorValue | null;
  /** The passphrase just given does not open it. */
  readonly isWrong: boolean;
  readonly passphrase: string | null;
  readonly open: (passphrase?: string) => void;
}

type Outcome = Pick<Opened, "state" | "error" | "isWrong">;
const opening: Outcome = { state: "opening", error: null, isWrong: false };

export function useOpened(siteId: string, entry: BackupEntry): Opened {
  const { name, at, sizeBytes } = entry;
  const isUsable = entry.state === "good" || entry.state === "locked";
  const [outcome, setOutcome] = useState(opening);
  const [operationId, setOperationId] = useState<string | null>(null);
  const operation = useOperation(operationId);
  const turn = useRef(0);

  const open = useCallback(
    (passphrase?: string): void => {
      turn.current += 1;
      const mine = turn.current;
      const secret = passphrase ?? passphraseOf(siteId, name);
      const request = { siteId, name, ...(secret === null ? {} : { passphrase: secret }) };
      setOutcome(opening);
      const asked: Promise<Result<unknown>> =
        sizeBytes < LARGE_BYTES
          ? call("backup.accounts", { ...request, limit: 1 })
          : runOperation("open_backup", request, (id) => {
              setOperationId(id);
              if (mine !== turn.current) void cancelOperation(id);
            }).then((run) => (run.ok && resultOf(run.value, "open_backup") === null && run.value.error !== null ? { ok: false, error: run.value.error } : run));
      void asked.then((answer) => {
        if (mine !== turn.current) return;
        noteRead(siteId, { at, sizeBytes }, answer.ok ? null : answer.error);
        if (answer.ok) {
          if (passphrase !== undefined) keepPassphrase(siteId, name, passphrase);
          setOutcome({ state: "open", error: null, isWrong: false });
          return;
        }
        const { error } = answer;
        const isLocked = error.code === "PASSPHRASE_NEEDED" || error.code === "PASSPHRASE_WRONG";
        if (isLocked) forgetPassphrase(siteId, name);
        setOutcome({ state: isLocked ? "locked" : error.code === "CANCELLED" ? "stopped" : "failed", error, isWrong: passphrase !== undefined && error.code === "PASSPHRASE_WRONG" });
      });
    },
    [name, siteId, at, sizeBytes],
  );

  // The day's next backup takes over the name: what counts is the file, and then there is another `open`.
  useEffect(() => {
    if (isUsable) open();
    return () => {
      turn.current += 1;
    };
  }, [open, isUsable]);
  useEffect(() => {
    if (operationId === null) return;
    return () => void cancelOperation(operationId);
  }, [operationId]);

  return { ...outcome, operation: operation?.state === "running" ? operation : null, passphrase: passphraseOf(siteId, name), open };
}
