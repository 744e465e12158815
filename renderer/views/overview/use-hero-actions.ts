/** What a click on each of the hero's buttons does. */
import { cancelOperation } from "../../api/operations.ts";
import { backUp, showFolder } from "../../flows/site-actions.ts";
import { lookAt, stopLooking } from "../../flows/look.ts";
import type { SiteView } from "../../../shared/model.ts";
import type { Operation } from "../../../shared/operations.ts";
import { acknowledge } from "../../stores/acknowledged.ts";
import type { Look } from "../../stores/looks.ts";
import { goTo, openDialog } from "../../stores/place.ts";
import type { HeroActionId } from "./hero.ts";

interface Subject {
  readonly site: SiteView;
  readonly look: Look;
  readonly running: Operation | null;
}

export function heroAction(id: Exclude<HeroActionId, "copy_details">, { site, look, running }: Subject): void {
  const siteId = site.id;
  const newest = look.overview?.newestBackup?.name ?? null;
  switch (id) {
    case "backup":
      void backUp(siteId);
      return;
    case "redeploy":
      goTo("redeploy");
      return;
    case "restore":
      openDialog({ kind: "restore", siteId, from: null, only: null });
      return;
    case "bring_back":
      openDialog({ kind: "restore", siteId, from: { kind: "newest" }, only: null });
      return;
    case "choose_people":
      goTo("backups", newest);
      return;
    case "older_backup":
      goTo("backups");
      return;
    case "cancel":
      if (running !== null) void cancelOperation(running.id);
      return;
    case "got_it":
      acknowledge(siteId, new Date().toISOString());
      return;
    case "see_what":
      goTo("activity");
      return;
    case "undo":
      openDialog({ kind: "undo", siteId });
      return;
    case "on_purpose":
      openDialog({ kind: "fewer", siteId });
      return;
    case "show_problems":
      goTo("backups", newest);
      return;
    case "look":
      lookAt(siteId);
      return;
    case "stop_waiting":
      stopLooking(siteId);
      return;
    case "new_key":
      openDialog({ kind: "new_key", siteId });
      return;
    case "passphrase":
      openDialog({ kind: "passphrase", siteId });
      return;
    case "settings":
      goTo("settings");
      return;
    case "show_folder":
      void showFolder(siteId);
      return;
    case "wipe_demo":
      openDialog({ kind: "wipe_demo", siteId });
      return;
    default:
      id satisfies never;
  }
}
