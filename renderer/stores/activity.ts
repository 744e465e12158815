/** What happened, newest first, for all sites together. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { ActivityView } from "../../shared/model.ts";

const MOST_KEPT = 5_000;

const activityStore = createStore<{ readonly entries: readonly ActivityView[] | null }>()(() => ({ entries: null }));

const newestFirst = (a: ActivityView, b: ActivityView): number => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0);

export function setActivity(entries: readonly ActivityView[]): void {
  activityStore.setState({ entries: entries.toSorted(newestFirst) });
}

export function addActivity(entry: ActivityView): void {
  activityStore.setState((state) => ({ entries: [entry, ...(state.entries ?? [])].toSorted(newestFirst).slice(0, MOST_KEPT) }));
}

export function useActivity(): readonly ActivityView[] | null {
  return useStore(activityStore, (state) => state.entries);
}
