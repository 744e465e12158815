/** Words of the Activity page. */
import { accounts } from "../words.ts";

export const activity = {
  title: "Activity",
  lead: "What happened to your site, newest first.",
  filters: { label: "Show", all: "All", backups: "Backups", wipes: "Wipes and restores", signups: "Sign-ups", problems: "Problems" },
  search: "Search",
  backedUp: (count: number) => `Backed up and verified: ${accounts(count)}.`,
  nothing: "Nothing has happened yet. That is fine.",
  /** What happened is written down beside the backups. */
  folderGone: "What happened is kept in the backup folder, which is not there.",
  nothingFound: (words: string) => `Nothing matches “${words}”.`,
  nothingOfThis: "Nothing of this kind.",
  clear: "Clear search",
  loading: "Reading the activity…",
  /** Where the app's own words name a command or an option of the command line. */
  nextSteps: {
    wiped: "Until everyone is back your customers cannot sign in. The Overview brings them back.",
    older_versions: "That backup is kept. Unless the older version is right, choose it in Backups, bring just these people back from it, and tick older versions of changed accounts.",
    deletions: "That looks like someone deleted them. The Overview brings them back, or takes it that they were deleted on purpose.",
  },
  rehearseAgain: "Rehearse that backup once more to see who.",
  about: "Accounts",
  log: "In the log",
  when: "When",
} as const;
