/**
 * Everything that runs, by id: started, told about, cancelled, remembered for a window that is loaded again. Owns when
 * progress is told; the runners own what is done.
 */
import { randomUUID } from "node:crypto";
import { isKeeperError, KeeperError, type ErrorValue } from "../../../shared/errors.ts";
import { isOperationKind, operationKinds, type Operation, type OperationKind, type OperationRequest, type OperationResult } from "../../../shared/operations.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { asLoggedValue, badRequest } from "../gate.ts";
import type { Log } from "../keeper-app.ts";

/** What a runner hands back. */
export interface Finished<K extends OperationKind> {
  readonly result: OperationResult<K>;
  /** It is done, and somebody should look at something. */
  readonly hasProblems?: boolean;
}

type Runner<K extends OperationKind> = (request: OperationRequest<K>, options: Required<OperationOptions>) => Promise<Finished<K>>;
/** A kind without a runner does not compile. */
export type Runners = { readonly [K in OperationKind]: Runner<K> };

export interface OperationRegistry {
  /** Returns at once. Throws BAD_REQUEST, and BUSY while another one writes to the same site. */
  start(kind: string, input: unknown): string;
  list(): readonly Operation[];
  /** False when it has ended already. Throws OPERATION_NOT_FOUND. */
  cancel(operationId: string): boolean;
  /** Resolves with the operation when it has ended. Throws OPERATION_NOT_FOUND. */
  ended(operationId: string): Promise<Operation>;
  /** Runs `work` while nothing writes to the site. Throws BUSY while something does, and what `work` throws. */
  withoutWriters<T>(siteId: string, work: () => Promise<T>): Promise<T>;
  /** Cancels everything and waits until it has ended. Nothing is started afterwards. */
  close(): Promise<void>;
}

interface RegistryOptions {
  readonly runners: Runners;
  readonly log: Log;
  /** Told of every change; of progress at most ten times a second, and always of another phase and of the end. */
  readonly onChange: (operation: Operation) => void;
  readonly now: () => Date;
}

interface Entry {
  operation: Operation;
  readonly controller: AbortController;
  readonly ended: Promise<Operation>;
  toldAtMs: number;
}

/** Nothing on a screen changes faster for a person. */
const TELL_EVERY_MS = 100;
/** What ended last is remembered for a window that is loaded again, not for ever. */
const MAX_ENDED = 50;

export function createOperationRegistry({ runners, log, onChange, now }: RegistryOptions): OperationRegistry {
  const entries = new Map<string, Entry>();
  /** By id, in the order in which they ended: a redeploy outlasts many a look that began after it. */
  const ended: string[] = [];
  /** Sites to which nothing may write just now. */
  const quiet = new Set<string | null>();
  let isClosed = false;

  function entryOf(operationId: string): Entry {
    const entry = entries.get(operationId);
    if (entry === undefined) throw new KeeperError("OPERATION_NOT_FOUND", "This is not running any more.", { hint: "Look at the list of what happened." });
    return entry;
  }

  function change(entry: Entry, part: Partial<Operation>): void {
    entry.operation = { ...entry.operation, ...part };
    entry.toldAtMs = performance.now();
    onChange(entry.operation);
  }

  function forgetOldest(endedId: string): void {
    ended.push(endedId);
    for (const id of ended.splice(0, Math.max(0, ended.length - MAX_ENDED))) entries.delete(id);
  }

  function refuseSecondWriter(siteId: string | null): void {
    const isOther = ({ operation }: Entry): boolean => operation.siteId === siteId && operation.endedAt === null && operationKinds[operation.kind].writes;
    if (quiet.has(siteId) || [...entries.values()].some(isOther)) throw new KeeperError("BUSY", "Something else is at work on this site.", { hint: "Wait until it is done, then try again." });
  }

  async function run(kind: OperationKind, request: unknown, entry: Entry): Promise<void> {
    const { signal } = entry.controller;
    try {
      // Kind, input and runner belong together by the type of `Runners`; TypeScript cannot follow that through a union.
      const runner = runners[kind] as (request: unknown, options: Required<OperationOptions>) => Promise<Finished<OperationKind>>;
      const { result, hasProblems = false } = await runner(request, {
        signal,
        onProgress: (progress) => {
          const before = entry.operation.progress;
          entry.operation = { ...entry.operation, progress };
          // A new phase may be the last thing that is told for minutes, and whether a stop is possible must never be out of date.
          const isNews = before?.phase !== progress.phase || before.canCancel !== progress.canCancel;
          if (isNews || performance.now() - entry.toldAtMs >= TELL_EVERY_MS) change(entry, {});
        },
      });
      change(entry, { state: hasProblems ? "done_with_problems" : "done", result: operationKinds[kind].result.parse(result), endedAt: now().toISOString() });
    } catch (error) {
      // Whatever broke after it was told to stop broke because of that.
      const isCancelled = signal.aborted || isKeeperError(error, "CANCELLED");
      const value: ErrorValue | null = isCancelled ? null : asLoggedValue(error, kind, log);
      change(entry, { state: isCancelled ? "cancelled" : "failed", error: value, endedAt: now().toISOString() });
    }
    forgetOldest(entry.operation.id);
  }

  return {
    start(kind, input) {
      if (isClosed) throw new KeeperError("CANCELLED", "Account Keeper is closing.");
      if (!isOperationKind(kind)) throw badRequest([`kind: unknown`]);
      const parsed = operationKinds[kind].input.safeParse(input);
      if (!parsed.success) throw badRequest(parsed.error.issues.map(({ path, code }) => `${path.join(".")}: ${code}`));
      const siteId = "siteId" in parsed.data ? parsed.data.siteId : null;
      if (operationKinds[kind].writes) refuseSecondWriter(siteId);
      const operation: Operation = { id: randomUUID(), kind, siteId, state: "running", startedAt: now().toISOString(), endedAt: null, progress: null, error: null, result: null };
      const { promise, resolve } = deferred<Operation>();
      const entry: Entry = { operation, controller: new AbortController(), ended: promise, toldAtMs: -Infinity };
      entries.set(operation.id, entry);
      change(entry, {});
      void run(kind, parsed.data, entry).finally(() => resolve(entry.operation));
      return operation.id;
    },
    list: () => [...entries.values()].map(({ operation }) => operation),
    cancel(operationId) {
      const { controller, operation } = entryOf(operationId);
      if (operation.endedAt !== null) return false;
      controller.abort();
      return true;
    },
    ended: async (operationId) => await entryOf(operationId).ended,
    async withoutWriters(siteId, work) {
      refuseSecondWriter(siteId);
      quiet.add(siteId);
      try {
        return await work();
      } finally {
        quiet.delete(siteId);
      }
    },
    async close() {
      isClosed = true;
      const running = [...entries.values()].filter(({ operation }) => operation.endedAt === null);
      for (const { controller } of running) controller.abort();
      await Promise.all(running.map(async ({ ended }) => await ended));
    },
  };
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
