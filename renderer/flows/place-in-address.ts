/** The place is in the address, so that the browser's own ways (back, forward, load again, open in a new tab) lead where the owner was. */
import { goTo, places, placeStore } from "../stores/place.ts";

function addressed(): (typeof places)[number] {
  const name = window.location.hash.slice(1);
  return places.find((place) => place === name) ?? "overview";
}

export function keepPlaceInAddress(): void {
  goTo(addressed());
  placeStore.subscribe(({ place }) => {
    // A site that is being added is not there again after a reload.
    if (place !== "add_site" && place !== addressed()) window.history.pushState(null, "", place === "overview" ? window.location.pathname : `#${place}`);
  });
  // A dialog is about what lies under it.
  window.addEventListener("popstate", () => placeStore.setState({ place: addressed(), backupName: null, dialog: null }));
}
