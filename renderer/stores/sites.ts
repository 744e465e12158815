/** The sites, and which of them the window shows. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { SiteView } from "../../shared/model.ts";
import { remember, remembered } from "./persisted.ts";

interface SitesState {
  /** Null until they were told for the first time. */
  readonly sites: readonly SiteView[] | null;
  readonly currentId: string | null;
}

const isText = (value: unknown): value is string => typeof value === "string";

export const sitesStore = createStore<SitesState>()(() => ({ sites: null, currentId: remembered("site", isText) }));

export function setSites(sites: readonly SiteView[]): void {
  sitesStore.setState((state) => ({
    sites,
    currentId: sites.some((site) => site.id === state.currentId) ? state.currentId : (sites[0]?.id ?? null),
  }));
}

export function selectSite(siteId: string): void {
  sitesStore.setState({ currentId: siteId });
  remember("site", siteId);
}

export function siteById(siteId: string): SiteView | null {
  return sitesStore.getState().sites?.find((site) => site.id === siteId) ?? null;
}

export function useSites(): readonly SiteView[] | null {
  return useStore(sitesStore, (state) => state.sites);
}

export function useCurrentSite(): SiteView | null {
  return useStore(sitesStore, (state) => state.sites?.find((site) => site.id === state.currentId) ?? null);
}
