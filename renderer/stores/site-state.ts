/** What state a site is in, from what was last seen of it. Pure: the switcher, the tally and the hero agree because they all ask here. */
import type { ErrorValue } from "../../shared/errors.ts";
import type { Operation, Overview } from "../../shared/operations.ts";
import type { SiteView } from "../../shared/model.ts";
import type { Look } from "./looks.ts";

export type SiteState = "safe" | "risk" | "wiped" | "deletions" | "asleep" | "unreach" | "empty" | "unknown";

/** Worst first. */
const severity: Record<SiteState, number> = { wiped: 0, deletions: 1, risk: 2, unreach: 3, asleep: 4, unknown: 5, empty: 6, safe: 7 };

export function bySeverity(a: SiteState, b: SiteState): number {
  return severity[a] - severity[b];
}

/** Sites on this computer need no network. */
export function needsNetwork(site: SiteView): boolean {
  return site.source.kind === "cloud" || (site.source.kind === "server" && !/^https?:\/\/(localhost|127\.|\[::1\])/.test(site.source.shown));
}

export function isKeyTrouble(error: ErrorValue): boolean {
  return error.code === "KEY_REFUSED" || error.code === "KEY_MISSING";
}

/** The site answers; what cannot be read is its newest backup. */
export function isPassphraseTrouble(error: ErrorValue): boolean {
  return error.code === "PASSPHRASE_NEEDED" || error.code === "PASSPHRASE_WRONG";
}

/** The folder of the backups is not there, or not ours to use: nothing can be said of what is in it. */
export function isFolderGone(error: ErrorValue): boolean {
  return error.code === "FOLDER_NOT_FOUND" || error.code === "FOLDER_NOT_WRITABLE";
}

/** Nothing is wrong with the site; what it is safe in is. */
export function isBackupTrouble(error: ErrorValue): boolean {
  return isPassphraseTrouble(error) || isFolderGone(error) || error.code === "DISK_FULL";
}

/** How many accounts would be lost if the site were wiped now. */
export function atRisk(overview: Overview): number {
  return overview.notBackedUp + overview.changed;
}

/** The newest backup holds everybody who is on the site, perhaps in an older version. */
export function holdsEverybody(overview: Overview): boolean {
  return overview.newestBackup !== null && overview.notBackedUp === 0;
}

function stateOfOverview(overview: Overview): SiteState {
  if (overview.state === "wiped") return "wiped";
  if (overview.state === "deletions") return "deletions";
  if (overview.state === "no_accounts") return "empty";
  if (overview.newestBackup === null || atRisk(overview) > 0) return "risk";
  return "safe";
}

export function stateOf({ overview, trouble, wakingSince }: Pick<Look, "overview" | "trouble" | "wakingSince">): SiteState {
  if (trouble !== null) return trouble.error.code === "SITE_ASLEEP" ? "asleep" : isBackupTrouble(trouble.error) ? "risk" : "unreach";
  if (wakingSince !== null) return "asleep";
  return overview === null ? "unknown" : stateOfOverview(overview);
}

/** The word for a running operation, where it says more than the site's state. */
export function busyState(running: Operation | null): "backing_up" | "restoring" | "busy" | null {
  if (running === null) return null;
  if (running.kind === "backup") return "backing_up";
  return running.kind === "restore" || running.kind === "undo" ? "restoring" : "busy";
}
