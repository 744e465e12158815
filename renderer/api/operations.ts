/** Starting an operation and waiting for its end. The state of all of them lives in the operations store. */
import type { Operation, OperationInput, OperationKind, OperationResult } from "../../shared/operations.ts";
import type { Result } from "../../shared/errors.ts";
import { noteStopping, operationsStore, putOperation } from "../stores/operations.ts";
import { call } from "./bridge.ts";

/** The result of a finished operation of this kind, else null. Its shape was checked by the app before it was sent. */
export function resultOf<K extends OperationKind>(operation: Operation | null | undefined, kind: K): OperationResult<K> | null {
  if (operation?.kind !== kind || operation.result === null || operation.result === undefined) return null;
  return operation.result as OperationResult<K>;
}

export async function startOperation<K extends OperationKind>(kind: K, input: OperationInput<K>): Promise<Result<string>> {
  const answer = await call("operation.start", { kind, input });
  if (!answer.ok) return answer;
  const { operationId } = answer.value;
  // Noted at once: should the engine stop before it tells of it, the end is told by the next reading of the lists.
  if (!(operationId in operationsStore.getState().byId)) putOperation(justStarted(operationId, kind, input));
  return { ok: true, value: operationId };
}

/** Resolves when the operation has ended, however it ended. */
function endOf(operationId: string): Promise<Operation> {
  return new Promise((resolve) => {
    function ended(): boolean {
      const operation = operationsStore.getState().byId[operationId];
      if (operation === undefined || operation.state === "running") return false;
      resolve(operation);
      return true;
    }
    if (ended()) return;
    const stop = operationsStore.subscribe(() => {
      if (ended()) stop();
    });
  });
}

function justStarted(id: string, kind: OperationKind, input: object): Operation {
  const siteId = "siteId" in input && typeof input.siteId === "string" ? input.siteId : null;
  return { id, kind, siteId, state: "running", startedAt: new Date().toISOString(), endedAt: null, progress: null, error: null, result: null };
}

/** Starts it and waits for the end; `onStart` gets the id as soon as there is one. */
export async function runOperation<K extends OperationKind>(kind: K, input: OperationInput<K>, onStart?: (operationId: string) => void): Promise<Result<Operation>> {
  const started = await startOperation(kind, input);
  if (!started.ok) return started;
  onStart?.(started.value);
  return { ok: true, value: await endOf(started.value) };
}

export async function cancelOperation(operationId: string): Promise<void> {
  noteStopping(operationId);
  await call("operation.cancel", { operationId });
}
