/** Words of the Activity page. */
import { accounts } from "../words.ts";

export const activity = {
  title: "Activity",
  lead: "What happened to your site, newest first.",
  filters: { label: "Show", all: "All", backups: "Backups", wipes: "Wipes and restores", signups: "Sign-ups", problems: "Problems" },
  search: "Search",
  backedUp: (count: number) => `Backed up and verified: ${accounts(count)}.`,
  nothing: "Nothing has happened yet. That is fine.",
  nothingFound: (words: string) => `Nothing matches “${words}”.`,
  nothingOfThis: "Nothing of this kind.",
  clear: "Clear search",
  loading: "Reading the activity…",
  copyDetails: "Copy details",
  about: "Accounts",
  log: "In the log",
  when: "When",
} as const;
