/** The backups of each site, newest first, as the app lists them. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { ErrorValue } from "../../shared/errors.ts";
import type { BackupEntry } from "../../shared/model.ts";

interface BackupsOfSite {
  readonly entries: readonly BackupEntry[];
  readonly total: number;
  readonly error: ErrorValue | null;
  readonly loaded: boolean;
}

const none: BackupsOfSite = { entries: [], total: 0, error: null, loaded: false };

const backupsStore = createStore<{ readonly bySite: Readonly<Record<string, BackupsOfSite>> }>()(() => ({ bySite: {} }));

export function setBackups(siteId: string, backups: Partial<BackupsOfSite>): void {
  backupsStore.setState((state) => ({ bySite: { ...state.bySite, [siteId]: { ...none, ...state.bySite[siteId], ...backups } } }));
}

export function useBackups(siteId: string | null): BackupsOfSite {
  return useStore(backupsStore, (state) => (siteId === null ? none : (state.bySite[siteId] ?? none)));
}

export function backupsOf(siteId: string): BackupsOfSite {
  return backupsStore.getState().bySite[siteId] ?? none;
}
