/** Tries a source while it is being entered: 600 ms after the last change, or at once. Only the newest try counts. */
import { useCallback, useEffect, useRef, useState } from "react";
import { cancelOperation, resultOf, runOperation } from "../../api/operations.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { SourceDraft } from "../../../shared/model.ts";
import type { Operation, OperationResult } from "../../../shared/operations.ts";
import { useOperation } from "../../stores/operations.ts";

const TYPING_STOPS_MS = 600;

type Connection = OperationResult<"test_connection">;

interface ConnectionTry {
  readonly state: "idle" | "testing" | "works" | "failed";
  readonly connection: Connection | null;
  readonly error: ErrorValue | null;
  readonly operation: Operation | null;
  readonly tryNow: () => void;
  readonly stop: () => void;
}

export function useConnection(source: SourceDraft | null, automatic: boolean): ConnectionTry {
  const [outcome, setOutcome] = useState<{ state: ConnectionTry["state"]; connection: Connection | null; error: ErrorValue | null }>({ state: "idle", connection: null, error: null });
  const [operationId, setOperationId] = useState<string | null>(null);
  const operation = useOperation(operationId);
  const turn = useRef(0);
  const running = useRef<string | null>(null);
  const subject = source === null ? "" : JSON.stringify(source);

  const stop = useCallback((): void => {
    turn.current += 1;
    if (running.current !== null) void cancelOperation(running.current);
    running.current = null;
    setOutcome({ state: "idle", connection: null, error: null });
  }, []);

  const tryNow = useCallback((): void => {
    stop();
    if (subject === "") return;
    const mine = turn.current;
    setOutcome({ state: "testing", connection: null, error: null });
    void runOperation("test_connection", { source: JSON.parse(subject) as SourceDraft }, (id) => {
      running.current = id;
      setOperationId(id);
      // It was started for a source that has been typed over since.
      if (mine !== turn.current) void cancelOperation(id);
    }).then((run) => {
      if (mine !== turn.current) return;
      running.current = null;
      const connection = run.ok ? resultOf(run.value, "test_connection") : null;
      const error = run.ok ? run.value.error : run.error;
      setOutcome({ state: connection === null ? (error === null ? "idle" : "failed") : "works", connection, error });
    });
  }, [stop, subject]);

  useEffect(() => {
    if (subject === "" || !automatic) {
      stop();
      return;
    }
    stop();
    const timer = setTimeout(tryNow, TYPING_STOPS_MS);
    return () => clearTimeout(timer);
  }, [automatic, stop, subject, tryNow]);

  useEffect(() => stop, [stop]);

  return { ...outcome, operation, tryNow, stop };
}
