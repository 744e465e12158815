/** Compares a backup with the site, once for each backup and look; by itself only where that costs the site little. */
import { useCallback, useEffect, useState } from "react";
import { resultOf, runOperation } from "../../api/operations.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { BackupEntry, SiteView } from "../../../shared/model.ts";
import type { OperationResult } from "../../../shared/operations.ts";
import { useLook } from "../../stores/looks.ts";

export type Diff = OperationResult<"diff">;

const SETTLE_MS = 300;

interface DiffView {
  readonly state: "idle" | "comparing" | "known" | "failed" | "locked";
  readonly diff: Diff | null;
  readonly error: ErrorValue | null;
  readonly passphrase: string | null;
  readonly compare: (passphrase?: string) => void;
}

/** Passphrases given in this window, by backup; they are gone with it. */
const given = new Map<string, string>();

export function useDiff(site: SiteView, entry: BackupEntry): DiffView {
  const { overview, trouble } = useLook(site.id);
  const [view, setView] = useState<Pick<DiffView, "state" | "diff" | "error">>({ state: "idle", diff: null, error: null });
  const seen = overview?.checkedAt ?? "";
  const counts = overview === null ? "" : `${overview.accounts} ${overview.missing} ${overview.changed} ${overview.notBackedUp}`;
  const isUsable = entry.state === "good" || entry.state === "locked";
  const isByItself = isUsable && site.source.kind !== "folder" && trouble === null && seen !== "";

  const compare = useCallback(
    (passphrase?: string): void => {
      if (passphrase !== undefined) given.set(entry.name, passphrase);
      const secret = given.get(entry.name);
      setView((before) => ({ ...before, state: "comparing", error: null }));
      void runOperation("diff", { siteId: site.id, left: { kind: "backup", name: entry.name }, right: { kind: "site" }, ...(secret === undefined ? {} : { passphrase: secret }) }).then((run) => {
        const error = run.ok ? run.value.error : run.error;
        const diff = run.ok ? resultOf(run.value, "diff") : null;
        if (diff !== null) setView({ state: "known", diff, error: null });
        else if (error?.code === "PASSPHRASE_NEEDED" || error?.code === "PASSPHRASE_WRONG") {
          given.delete(entry.name);
          setView({ state: "locked", diff: null, error });
        } else setView({ state: "failed", diff: null, error });
      });
    },
    [entry.name, site.id],
  );

  useEffect(() => {
    if (!isByItself) return;
    const timer = setTimeout(() => compare(), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [compare, isByItself, counts]);

  return { ...view, passphrase: given.get(entry.name) ?? null, compare };
}

