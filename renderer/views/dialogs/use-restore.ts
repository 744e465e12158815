/** A restore, step by step: where from, the plan, the owner's yes, the operation, how it ended. A stale plan is made again. */
import { useCallback, useEffect, useRef, useState } from "react";
import { cancelOperation, resultOf, runOperation } from "../../api/operations.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { From, OperationResult } from "../../../shared/operations.ts";
import { noteCompared } from "../../flows/look.ts";
import { closeDialog } from "../../stores/place.ts";
import { passphraseOf } from "../backups/passphrases.ts";

export type RestorePlan = OperationResult<"plan_restore">;
export type RestoreReport = OperationResult<"restore">;

export type RestoreStage =
  | { readonly name: "choose" }
  | { readonly name: "planning"; readonly operationId: string | null }
  | { readonly name: "locked"; readonly wrong: boolean }
  | { readonly name: "no_dimension" }
  | { readonly name: "plan"; readonly plan: RestorePlan; readonly stale: boolean }
  | { readonly name: "running"; readonly operationId: string | null; readonly plan: RestorePlan }
  | { readonly name: "done"; readonly report: RestoreReport; readonly plan: RestorePlan }
  | { readonly name: "failed"; readonly error: ErrorValue; readonly plan: RestorePlan | null };

interface Options {
  readonly overwrite: boolean;
  readonly passphrase: string | null;
  readonly dimension: number | null;
}

interface RestoreFlow {
  readonly stage: RestoreStage;
  readonly options: Options;
  /** Makes a plan from here; options that are left out stay as they are. */
  readonly planFrom: (from: From, change?: Partial<Options>) => void;
  readonly replan: (change?: Partial<Options>, stale?: boolean) => void;
  readonly confirm: () => void;
  readonly stop: () => void;
}

export function useRestore(siteId: string, startFrom: From | null, only: readonly string[] | null): RestoreFlow {
  const [stage, setStage] = useState<RestoreStage>(startFrom === null ? { name: "choose" } : { name: "planning", operationId: null });
  const [options, setOptions] = useState<Options>({ overwrite: false, passphrase: startFrom?.kind === "backup" ? passphraseOf(siteId, startFrom.name) : null, dimension: null });
  const from = useRef(startFrom);
  const open = useRef(true);
  const latest = useRef(options);
  const isChosenHere = startFrom === null;

  const show = useCallback((next: RestoreStage): void => {
    if (open.current) setStage(next);
  }, []);

  const makePlan = useCallback(
    async (stale: boolean): Promise<void> => {
      if (from.current === null) return;
      const { overwrite, passphrase, dimension } = latest.current;
      show({ name: "planning", operationId: null });
      const input = {
        siteId,
        from: from.current,
        policy: overwrite ? ("overwrite" as const) : ("add_missing" as const),
        ...(only === null ? {} : { only: [...only] }),
        ...(passphrase === null ? {} : { passphrase }),
        ...(dimension === null ? {} : { dimension }),
      };
      const run = await runOperation("plan_restore", input, (operationId) => show({ name: "planning", operationId }));
      const error = run.ok ? run.value.error : run.error;
      const plan = run.ok ? resultOf(run.value, "plan_restore") : null;
      // Chosen people are not everyone who is missing.
      if (plan !== null && only === null) noteCompared(siteId, plan.from.name, plan.add);
      if (plan !== null) show({ name: "plan", plan, stale });
      else if (error?.code === "PASSPHRASE_NEEDED" || error?.code === "PASSPHRASE_WRONG") show({ name: "locked", wrong: error.code === "PASSPHRASE_WRONG" });
      else if (error?.code === "VECTOR_DIMENSION_UNKNOWN") show({ name: "no_dimension" });
      else if (error !== null) show({ name: "failed", error, plan: null });
      else if (isChosenHere) show({ name: "choose" });
      // Whoever did not choose here wanted nothing but out.
      else if (open.current) closeDialog();
    },
    [isChosenHere, only, show, siteId],
  );

  const replan = useCallback(
    (change: Partial<Options> = {}, stale = false): void => {
      latest.current = { ...latest.current, ...change };
      setOptions(latest.current);
      void makePlan(stale);
    },
    [makePlan],
  );

  const planFrom = useCallback(
    (next: From, change: Partial<Options> = {}): void => {
      from.current = next;
      replan({ passphrase: null, ...change });
    },
    [replan],
  );

  const confirm = useCallback((): void => {
    if (stage.name !== "plan") return;
    const { plan } = stage;
    show({ name: "running", operationId: null, plan });
    void runOperation("restore", { siteId, planId: plan.planId }, (operationId) => show({ name: "running", operationId, plan })).then((run) => {
      const error = run.ok ? run.value.error : run.error;
      const report = run.ok ? resultOf(run.value, "restore") : null;
      if (report !== null) show({ name: "done", report, plan });
      else if (error?.code === "PLAN_STALE") replan({}, true);
      else if (error !== null && error.code !== "CANCELLED") show({ name: "failed", error, plan });
      else replan();
    });
  }, [replan, show, siteId, stage]);

  const stop = useCallback((): void => {
    if ((stage.name === "planning" || stage.name === "running") && stage.operationId !== null) void cancelOperation(stage.operationId);
  }, [stage]);

  useEffect(() => {
    open.current = true;
    if (startFrom !== null) void makePlan(false);
    return () => {
      open.current = false;
    };
    // One dialog is one restore: it begins once.
  }, []);

  return { stage, options, planFrom, replan, confirm, stop };
}
