/** The one polite live region: the last thing worth saying, at most one in three seconds. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

const PAUSE_MS = 3_000;

const announcerStore = createStore<{ readonly message: string }>()(() => ({ message: "" }));

let lastAt = 0;
let waiting: ReturnType<typeof setTimeout> | null = null;

export function announce(message: string): void {
  if (waiting !== null) clearTimeout(waiting);
  const wait = Math.max(0, lastAt + PAUSE_MS - Date.now());
  waiting = setTimeout(() => {
    lastAt = Date.now();
    waiting = null;
    announcerStore.setState({ message });
  }, wait);
}

export function useAnnouncement(): string {
  return useStore(announcerStore, (state) => state.message);
}
