/** The backups of each site, newest first, as the app lists them, and which of them turned out to be damaged when they were read. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { ErrorValue } from "../../shared/errors.ts";
import type { BackupEntry } from "../../shared/model.ts";
import type { Overview } from "../../shared/operations.ts";

interface BackupsOfSite {
  /** What is known of them: a damaged one is listed as damaged, whatever its head says. */
  readonly entries: readonly BackupEntry[];
  /** As the app told them, which reads heads only. */
  readonly listed: readonly BackupEntry[];
  readonly total: number;
  readonly error: ErrorValue | null;
  readonly loaded: boolean;
}

interface BackupsState {
  readonly bySite: Readonly<Record<string, BackupsOfSite>>;
  /** What is wrong, by site and file. */
  readonly damage: Readonly<Record<string, Readonly<Record<string, ErrorValue>>>>;
}

const none: BackupsOfSite = { entries: [], listed: [], total: 0, error: null, loaded: false };

const backupsStore = createStore<BackupsState>()(() => ({ bySite: {}, damage: {} }));

/** What tells one file from another. Names change hands: the day's next backup takes over the plain one. */
export type BackupFile = Pick<BackupEntry, "at" | "sizeBytes">;

function fileOf({ at, sizeBytes }: BackupFile): string {
  return `${at ?? ""} ${sizeBytes}`;
}

function withDamage(listed: readonly BackupEntry[], damage: Readonly<Record<string, ErrorValue>>): readonly BackupEntry[] {
  return listed.map((entry) => {
    const error = entry.state === "good" || entry.state === "locked" ? damage[fileOf(entry)] : undefined;
    return error === undefined ? entry : { ...entry, state: "damaged" as const, error };
  });
}

export function setBackups(siteId: string, backups: { readonly entries: readonly BackupEntry[] } | { readonly error: ErrorValue }): void {
  backupsStore.setState(({ bySite, damage }) => {
    const before = bySite[siteId] ?? none;
    const after: BackupsOfSite =
      "error" in backups
        ? { ...before, error: backups.error, loaded: true }
        : { entries: withDamage(backups.entries, damage[siteId] ?? {}), listed: backups.entries, total: backups.entries.length, error: null, loaded: true };
    return { bySite: { ...bySite, [siteId]: after } };
  });
}

function setDamage(siteId: string, change: (damage: Readonly<Record<string, ErrorValue>>) => Readonly<Record<string, ErrorValue>>): void {
  backupsStore.setState(({ bySite, damage }) => {
    const now = change(damage[siteId] ?? {});
    const before = bySite[siteId];
    return {
      damage: { ...damage, [siteId]: now },
      ...(before === undefined ? {} : { bySite: { ...bySite, [siteId]: { ...before, entries: withDamage(before.listed, now) } } }),
    };
  });
}

export function noteDamaged(siteId: string, entry: BackupFile, error: ErrorValue): void {
  setDamage(siteId, (damage) => ({ ...damage, [fileOf(entry)]: error }));
}

export function noteWhole(siteId: string, entry: BackupFile): void {
  const file = fileOf(entry);
  if (backupsStore.getState().damage[siteId]?.[file] === undefined) return;
  setDamage(siteId, (damage) => Object.fromEntries(Object.entries(damage).filter(([known]) => known !== file)));
}

/** The newest one that a restore would take, as the list tells it. */
export function newestOf(entries: readonly BackupEntry[]): Overview["newestBackup"] {
  const entry = entries.find(({ shelf, state, accounts }) => shelf === "normal" && state === "good" && accounts !== null);
  if (entry === undefined) return null;
  return { name: entry.name, at: entry.at, accounts: entry.accounts ?? 0, rehearsedAt: entry.rehearsed?.at ?? null, rehearsedOk: entry.rehearsed?.ok ?? null };
}

export function useBackups(siteId: string | null): BackupsOfSite {
  return useStore(backupsStore, (state) => (siteId === null ? none : (state.bySite[siteId] ?? none)));
}

export function backupsOf(siteId: string): BackupsOfSite {
  return backupsStore.getState().bySite[siteId] ?? none;
}
