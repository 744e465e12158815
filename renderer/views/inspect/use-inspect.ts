/** Reads a backup file or a pasted variable to its end, without a site, and says what it holds. Only the newest look counts. */
import { useCallback, useRef, useState } from "react";
import { cancelOperation, resultOf, runOperation } from "../../api/operations.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { Operation, OperationInput, OperationResult } from "../../../shared/operations.ts";
import { useOperation } from "../../stores/operations.ts";

export type Held = OperationResult<"inspect_backup">;
type InspectFrom = OperationInput<"inspect_backup">["from"];

export interface Inspection {
  readonly held: Held | null;
  /** Null while it waits for a passphrase. */
  readonly error: ErrorValue | null;
  readonly isLocked: boolean;
  /** The passphrase just given does not open it. */
  readonly isWrong: boolean;
  readonly passphrase: string | null;
  readonly running: Operation | null;
  readonly look: (from: InspectFrom) => void;
  readonly unlock: (passphrase: string) => void;
  readonly forget: () => void;
}

type Outcome = Pick<Inspection, "held" | "error" | "isLocked" | "isWrong" | "passphrase">;
const nothing: Outcome = { held: null, error: null, isLocked: false, isWrong: false, passphrase: null };

export function useInspect(): Inspection {
  const [outcome, setOutcome] = useState(nothing);
  const [operationId, setOperationId] = useState<string | null>(null);
  const operation = useOperation(operationId);
  const from = useRef<InspectFrom | null>(null);
  const turn = useRef(0);

  const read = useCallback((passphrase: string | null): void => {
    turn.current += 1;
    const mine = turn.current;
    setOutcome(nothing);
    if (from.current === null) return;
    void runOperation("inspect_backup", { from: from.current, ...(passphrase === null ? {} : { passphrase }) }, (id) => {
      setOperationId(id);
      if (mine !== turn.current) void cancelOperation(id);
    }).then((run) => {
      if (mine !== turn.current) return;
      const held = run.ok ? resultOf(run.value, "inspect_backup") : null;
      const error = run.ok ? run.value.error : run.error;
      const isWrong = error?.code === "PASSPHRASE_WRONG";
      const isLocked = isWrong || error?.code === "PASSPHRASE_NEEDED";
      setOutcome({ held, error: isLocked || error?.code === "CANCELLED" ? null : error, isLocked, isWrong, passphrase: held === null ? null : passphrase });
    });
  }, []);
  const look = useCallback(
    (next: InspectFrom): void => {
      from.current = next;
      read(null);
    },
    [read],
  );
  const forget = useCallback((): void => {
    from.current = null;
    read(null);
  }, [read]);

  return { ...outcome, running: operation?.state === "running" && outcome.held === null && outcome.error === null ? operation : null, look, unlock: read, forget };
}
