/** Compares a backup with the site, once for each backup and look; by itself only where that costs the site little. */
import { useCallback, useEffect, useRef, useState } from "react";
import { cancelOperation, resultOf, runOperation } from "../../api/operations.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { BackupEntry, SiteView } from "../../../shared/model.ts";
import { noteCompared } from "../../flows/look.ts";
import { useLook } from "../../stores/looks.ts";
import type { Diff } from "./choice.ts";
import { passphraseOf } from "./passphrases.ts";

const SETTLE_MS = 300;

interface DiffView {
  readonly state: "idle" | "comparing" | "known" | "failed";
  readonly diff: Diff | null;
  readonly error: ErrorValue | null;
  readonly compare: () => void;
}

/** `isOpen`: it can be read; a locked one is compared once its passphrase is known. */
export function useDiff(site: SiteView, entry: BackupEntry, isOpen: boolean): DiffView {
  const { overview, trouble } = useLook(site.id);
  const [view, setView] = useState<Pick<DiffView, "state" | "diff" | "error">>({ state: "idle", diff: null, error: null });
  const seen = overview?.checkedAt ?? "";
  const counts = overview === null ? "" : `${overview.accounts} ${overview.missing} ${overview.changed} ${overview.notBackedUp}`;
  const isByItself = isOpen && site.source.kind !== "folder" && trouble === null && seen !== "";

  const running = useRef<string | null>(null);
  const isGone = useRef(false);

  // Nobody waits for it any more once another backup is open.
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      if (running.current !== null) void cancelOperation(running.current);
    };
  }, []);

  const compare = useCallback((): void => {
    const secret = passphraseOf(site.id, entry.name);
    setView((before) => ({ ...before, state: "comparing", error: null }));
    void runOperation("diff", { siteId: site.id, left: { kind: "backup", name: entry.name }, right: { kind: "site" }, ...(secret === null ? {} : { passphrase: secret }) }, (id) => {
      running.current = id;
      if (isGone.current) void cancelOperation(id);
    }).then((run) => {
      const diff = run.ok ? resultOf(run.value, "diff") : null;
      if (diff !== null) noteCompared(site.id, entry.name, diff.counts.missing);
      setView({ state: diff === null ? "failed" : "known", diff, error: run.ok ? run.value.error : run.error });
    });
  }, [entry.name, site.id]);

  useEffect(() => {
    if (!isByItself) return;
    const timer = setTimeout(() => compare(), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [compare, isByItself, counts]);

  return { ...view, compare };
}
