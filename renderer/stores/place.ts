/** Where the owner is in the window, and which dialog lies over it. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { From } from "../../shared/operations.ts";

export const places = ["overview", "redeploy", "backups", "variable", "activity", "settings"] as const;
export type Place = (typeof places)[number] | "add_site";

export type DialogView =
  | { readonly kind: "restore"; readonly siteId: string; readonly from: From | null; readonly only: readonly string[] | null }
  | { readonly kind: "undo"; readonly siteId: string }
  | { readonly kind: "delete_backup"; readonly siteId: string; readonly name: string }
  | { readonly kind: "prune"; readonly siteId: string }
  | { readonly kind: "fewer"; readonly siteId: string }
  | { readonly kind: "new_key"; readonly siteId: string }
  | { readonly kind: "passphrase"; readonly siteId: string }
  | { readonly kind: "stop_keeping"; readonly siteId: string }
  | { readonly kind: "wipe_demo"; readonly siteId: string }
  | { readonly kind: "unlink_render"; readonly siteId: string }
  /** Without a site there is nothing to compare with. */
  | { readonly kind: "inspect"; readonly siteId: string | null; readonly file?: { readonly token: string; readonly shown: string } }
  | { readonly kind: "keys" };

interface PlaceState {
  readonly place: Place;
  /** The backup that is open beside the table. */
  readonly backupName: string | null;
  readonly dialog: DialogView | null;
}

export const placeStore = createStore<PlaceState>()(() => ({ place: "overview", backupName: null, dialog: null }));

export function goTo(place: Place, backupName: string | null = null): void {
  placeStore.setState({ place, backupName });
}

export function openBackup(backupName: string | null): void {
  placeStore.setState({ backupName });
}

export function openDialog(dialog: DialogView): void {
  placeStore.setState({ dialog });
}

export function closeDialog(): void {
  placeStore.setState({ dialog: null });
}

export function usePlace(): Place {
  return useStore(placeStore, (state) => state.place);
}

export function useOpenBackup(): string | null {
  return useStore(placeStore, (state) => state.backupName);
}

export function useDialog(): DialogView | null {
  return useStore(placeStore, (state) => state.dialog);
}
