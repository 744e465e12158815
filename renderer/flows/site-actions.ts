/** What can be done to a site with one call, for buttons, keys and menus alike. */
import { call } from "../api/bridge.ts";
import { startOperation } from "../api/operations.ts";
import type { CommandInput } from "../../shared/contract.ts";
import type { ErrorValue } from "../../shared/errors.ts";
import { links, type LinkName } from "../../shared/links.ts";
import { announce } from "../stores/announcer.ts";
import { lookOf } from "../stores/looks.ts";
import { openDialog } from "../stores/place.ts";
import { addNotice, settingsStore } from "../stores/settings.ts";
import { en } from "../strings/en.ts";

/** Backs up; where accounts of the last backup are gone for a reason other than a wipe, asks first. */
export async function backUp(siteId: string, options: { readonly sure?: boolean; readonly acceptFewer?: boolean } = {}): Promise<void> {
  const { overview } = lookOf(siteId);
  // Where nobody is there at all nothing would be written: the app says so, and what to do.
  const wouldShrink = overview !== null && overview.missing > 0 && overview.accounts > 0 && overview.newestBackup !== null;
  if (wouldShrink && options.sure !== true) {
    openDialog({ kind: "fewer", siteId });
    return;
  }
  // A double click is one wish.
  if (starting.has(siteId)) return;
  starting.add(siteId);
  const started = await startOperation("backup", { siteId, acceptFewer: options.acceptFewer ?? false });
  starting.delete(siteId);
  if (!started.ok) addNotice(started.error);
}

/** Sites whose backup has been asked for and not begun. */
const starting = new Set<string>();

export async function updateSite(request: CommandInput<"site.update">): Promise<ErrorValue | null> {
  const answer = await call("site.update", request);
  if (!answer.ok) return answer.error;
  announce(en.frame.saved);
  return null;
}

export async function showFolder(siteId: string, name?: string): Promise<void> {
  const answer = await call("host.show", { siteId, ...(name === undefined ? {} : { name }) });
  if (!answer.ok) addNotice(answer.error);
}

export async function openLink(link: LinkName): Promise<void> {
  if (settingsStore.getState().host?.host === "web") {
    window.open(links[link], "_blank", "noopener,noreferrer");
    return;
  }
  const answer = await call("host.open", { link });
  if (!answer.ok) addNotice(answer.error);
}
