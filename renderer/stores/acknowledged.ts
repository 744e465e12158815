/** Which restores the owner has said "Got it" to, by site. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { isRecord, remember, remembered } from "./persisted.ts";

const acknowledgedStore = createStore<{ readonly untilBySite: Readonly<Record<string, string>> }>()(() => ({
  untilBySite: (remembered("acknowledged", isRecord) ?? {}) as Record<string, string>,
}));

/** Everything that happened up to this moment needs no mention any more. */
export function acknowledge(siteId: string, until: string): void {
  acknowledgedStore.setState((state) => ({ untilBySite: { ...state.untilBySite, [siteId]: until } }));
  remember("acknowledged", acknowledgedStore.getState().untilBySite);
}

export function useAcknowledgedUntil(siteId: string): string {
  return useStore(acknowledgedStore, (state) => state.untilBySite[siteId] ?? "");
}
