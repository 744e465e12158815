/** Looks at the variable at Render, and sets it there. Neither deploys anything. */
import { useState } from "react";
import { resultOf, runOperation } from "../../../api/operations.ts";
import type { ErrorValue } from "../../../../shared/errors.ts";
import { announce } from "../../../stores/announcer.ts";
import { useLatest } from "../../../stores/operations.ts";
import { en } from "../../../strings/en.ts";

const words = en.render.held;

export interface HeldActions {
  readonly isChecking: boolean;
  readonly isUpdating: boolean;
  readonly error: ErrorValue | null;
  /** What the last update has done. */
  readonly said: string | null;
  readonly check: () => void;
  readonly update: () => void;
}

export function useHeld(siteId: string): HeldActions {
  const isChecking = useLatest(siteId, "check_variable")?.state === "running";
  const isUpdating = useLatest(siteId, "set_variable")?.state === "running";
  const [error, setError] = useState<ErrorValue | null>(null);
  const [said, setSaid] = useState<string | null>(null);

  async function check(): Promise<void> {
    setError(null);
    setSaid(null);
    const run = await runOperation("check_variable", { siteId });
    setError(run.ok ? run.value.error : run.error);
  }

  async function update(): Promise<void> {
    setError(null);
    setSaid(null);
    const run = await runOperation("set_variable", { siteId });
    const set = run.ok ? resultOf(run.value, "set_variable") : null;
    const next = set === null ? null : set.wasSet ? words.set(set.accounts, set.length, set.checksum) : words.wasSet;
    setError(run.ok ? run.value.error : run.error);
    setSaid(next);
    if (next !== null) announce(next);
  }

  return { isChecking, isUpdating, error, said, check: () => void check(), update: () => void update() };
}
