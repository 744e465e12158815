/** What happened, newest first, for all sites together. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { ActivityView } from "../../shared/model.ts";

const MOST_KEPT = 5_000;

export const activityStore = createStore<{ readonly entries: readonly ActivityView[] | null }>()(() => ({ entries: null }));

const newestFirst = (a: ActivityView, b: ActivityView): number => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0);

/** `news`: what was told while the list was read, which may hold some of it already. */
export function setActivity(listed: readonly ActivityView[], news: readonly ActivityView[]): void {
  const known = new Set(listed.map(nameOf));
  activityStore.setState({ entries: [...news.filter((entry) => !known.has(nameOf(entry))), ...listed].toSorted(newestFirst) });
}

/** Nothing happens to a site twice at one moment and in the same words. */
function nameOf({ siteId, at, kind, message }: ActivityView): string {
  return `${siteId ?? ""} ${at} ${kind} ${message}`;
}

export function addActivity(entry: ActivityView): void {
  activityStore.setState((state) => ({ entries: [entry, ...(state.entries ?? [])].toSorted(newestFirst).slice(0, MOST_KEPT) }));
}

export function useActivity(): readonly ActivityView[] | null {
  return useStore(activityStore, (state) => state.entries);
}
