/** The one polite live region: the last thing worth saying, at most one in three seconds. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

const PAUSE_MS = 3_000;

interface Announcement {
  readonly message: string;
  /** The same words once more are news too. */
  readonly turn: number;
}

const announcerStore = createStore<Announcement>()(() => ({ message: "", turn: 0 }));

let lastAt = 0;
let waiting: ReturnType<typeof setTimeout> | null = null;

export function announce(message: string): void {
  if (waiting !== null) clearTimeout(waiting);
  const wait = Math.max(0, lastAt + PAUSE_MS - Date.now());
  waiting = setTimeout(() => {
    lastAt = Date.now();
    waiting = null;
    announcerStore.setState(({ turn }) => ({ message, turn: turn + 1 }));
  }, wait);
}

export function useAnnouncement(): Announcement {
  return useStore(announcerStore);
}
