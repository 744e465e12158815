/** What was last seen of each site, kept across starts so that the window never opens empty. Counts only, no ids. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { ErrorValue } from "../../shared/errors.ts";
import type { Overview } from "../../shared/operations.ts";
import { isRecord, remember, remembered } from "./persisted.ts";

export interface Look {
  /** The last one that succeeded. */
  readonly overview: Overview | null;
  /** Since when the owner's site answers otherwise, and how. Null: the last look succeeded. */
  readonly trouble: { readonly error: ErrorValue; readonly since: string; readonly at: string; readonly times: number; readonly nextAt: number | null } | null;
  /** Since when a look that still runs has been waking a site that does not answer. Null: none does. */
  readonly wakingSince: string | null;
  /** When an empty or missing site was first seen so. */
  readonly wipedSince: string | null;
  /** Kept from an earlier start of the window, not seen in this one. */
  readonly fromBefore: boolean;
}

export const unseen: Look = { overview: null, trouble: null, wakingSince: null, wipedSince: null, fromBefore: true };

interface LooksState {
  readonly bySite: Readonly<Record<string, Look>>;
}

function isOverview(value: unknown): value is Overview {
  return isRecord(value) && typeof value["checkedAt"] === "string" && typeof value["accounts"] === "number" && isRecord(value["eligibility"]) && Array.isArray(value["gauge"]);
}

export const looksStore = createStore<LooksState>()(() => ({ bySite: {} }));

export function lookOf(siteId: string): Look {
  return looksStore.getState().bySite[siteId] ?? unseen;
}

function put(siteId: string, look: Look): void {
  looksStore.setState((state) => ({ bySite: { ...state.bySite, [siteId]: look } }));
}

/** Puts what was kept for these sites in place, where nothing newer is known. */
export function recallLooks(siteIds: readonly string[]): void {
  for (const siteId of siteIds) {
    if (looksStore.getState().bySite[siteId] !== undefined) continue;
    const overview = remembered(`look.${siteId}`, isOverview);
    put(siteId, { ...unseen, overview });
  }
}

export function noteOverview(siteId: string, overview: Overview): void {
  const before = lookOf(siteId);
  const wipedSince = overview.state === "wiped" ? (before.wipedSince ?? overview.checkedAt) : null;
  put(siteId, { overview, trouble: null, wakingSince: null, wipedSince, fromBefore: false });
  remember(`look.${siteId}`, { ...overview, missingIds: [] });
}

export function noteTrouble(siteId: string, error: ErrorValue, at: string, nextAt: number | null): void {
  const before = lookOf(siteId);
  const same = before.trouble?.error.code === error.code ? before.trouble : null;
  put(siteId, { ...before, fromBefore: false, wakingSince: null, trouble: { error, since: same?.since ?? at, at, times: (same?.times ?? 0) + 1, nextAt } });
}

/** What is known of the site stays; trouble that was told already stays too, until the look has ended. */
export function noteWaking(siteId: string, since: string | null): void {
  const before = lookOf(siteId);
  if (before.wakingSince !== since) put(siteId, { ...before, wakingSince: since });
}

export function useLook(siteId: string | null): Look {
  return useStore(looksStore, (state) => (siteId === null ? unseen : (state.bySite[siteId] ?? unseen)));
}

export function useLooks(): Readonly<Record<string, Look>> {
  return useStore(looksStore, (state) => state.bySite);
}
