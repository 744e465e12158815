/** Every operation the app has told of, as absolute snapshots by id. */
import { createStore } from "zustand/vanilla";
import { useStore } from "zustand";
import type { ErrorValue } from "../../shared/errors.ts";
import { operationKindsThatWrite } from "../api/operation-kinds.ts";
import type { Operation, OperationKind } from "../../shared/operations.ts";

interface OperationsState {
  readonly byId: Readonly<Record<string, Operation>>;
  /** Outcomes the owner has put aside. */
  readonly dismissed: Readonly<Record<string, true>>;
  /** Those that were asked to stop. */
  readonly stopping: Readonly<Record<string, true>>;
}

export const operationsStore = createStore<OperationsState>()(() => ({ byId: {}, dismissed: {}, stopping: {} }));

export function putOperation(operation: Operation): void {
  operationsStore.setState((state) => ({ byId: { ...state.byId, [operation.id]: operation } }));
}

/** What runs as far as the window knows. */
export function runningIds(): ReadonlySet<string> {
  return new Set(Object.values(operationsStore.getState().byId).flatMap(({ id, state }) => (state === "running" ? [id] : [])));
}

/** All that the app knows. What is of `ranBefore`, still runs here and is not among them has been lost with an engine that stopped. */
export function putOperations(operations: readonly Operation[], ranBefore: ReadonlySet<string>, lost: ErrorValue): void {
  operationsStore.setState((state) => {
    const told = Object.fromEntries(operations.map((operation) => [operation.id, laterOf(state.byId[operation.id], operation)]));
    const before = Object.values(state.byId).map((operation) => {
      const isLost = operation.state === "running" && !(operation.id in told) && ranBefore.has(operation.id);
      return [operation.id, isLost ? { ...operation, state: "failed" as const, endedAt: new Date().toISOString(), progress: null, error: lost } : operation] as const;
    });
    return { byId: { ...Object.fromEntries(before), ...told } };
  });
}

/** What the app has told to have ended has: a list may be older than that. What was only taken for lost may go on. */
function laterOf(known: Operation | undefined, told: Operation): Operation {
  const hasEnded = known !== undefined && known.state !== "running" && known.error?.code !== "ENGINE_STOPPED";
  return hasEnded && told.state === "running" ? known : told;
}

export function dismissOperation(operationId: string): void {
  operationsStore.setState((state) => ({ dismissed: { ...state.dismissed, [operationId]: true } }));
}

export function noteStopping(operationId: string): void {
  operationsStore.setState((state) => ({ stopping: { ...state.stopping, [operationId]: true } }));
}

function newest(operations: readonly Operation[], wanted: (operation: Operation) => boolean): Operation | null {
  let best: Operation | null = null;
  for (const operation of operations) {
    if (wanted(operation) && (best === null || operation.startedAt >= best.startedAt)) best = operation;
  }
  return best;
}

function pick(state: OperationsState, siteId: string | null, wanted: (operation: Operation) => boolean): Operation | null {
  return newest(Object.values(state.byId), (operation) => operation.siteId === siteId && wanted(operation));
}

export function useOperation(operationId: string | null): Operation | null {
  return useStore(operationsStore, (state) => (operationId === null ? null : (state.byId[operationId] ?? null)));
}

/** What writes to this site or its backups right now. */
export function useRunningWrite(siteId: string | null): Operation | null {
  return useStore(operationsStore, (state) => pick(state, siteId, (operation) => operation.state === "running" && operationKindsThatWrite.has(operation.kind)));
}

export function useLatestEnded(siteId: string | null, kinds: readonly OperationKind[]): Operation | null {
  return useStore(operationsStore, (state) => pick(state, siteId, (operation) => operation.state !== "running" && kinds.includes(operation.kind)));
}

export function useLatest(siteId: string | null, kind: OperationKind): Operation | null {
  return useStore(operationsStore, (state) => pick(state, siteId, (operation) => operation.kind === kind));
}

export function useIsStopping(operationId: string): boolean {
  return useStore(operationsStore, (state) => operationId in state.stopping);
}

export function useIsDismissed(operationId: string | null): boolean {
  return useStore(operationsStore, (state) => operationId !== null && operationId in state.dismissed);
}
