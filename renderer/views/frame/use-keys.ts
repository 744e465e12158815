/** The keys of the window. In a browser the browser keeps its own, so ours move from Ctrl to Alt Shift. */
import { useEffect } from "react";
import { copyVariable } from "../../flows/copy-variable.ts";
import { backUp } from "../../flows/site-actions.ts";
import { lookOf } from "../../stores/looks.ts";
import { goTo, openDialog, places, placeStore } from "../../stores/place.ts";
import { settingsStore } from "../../stores/settings.ts";
import { selectSite, sitesStore } from "../../stores/sites.ts";
import { operationsStore } from "../../stores/operations.ts";
import { operationKindsThatWrite } from "../../api/operation-kinds.ts";
import { actionOfKey, type KeyAction } from "./key-actions.ts";

function isBusy(siteId: string): boolean {
  return Object.values(operationsStore.getState().byId).some((operation) => operation.siteId === siteId && operation.state === "running" && operationKindsThatWrite.has(operation.kind));
}

/** Whether the place says what became of a copy, or why there is none. */
function showsCopies(siteId: string): boolean {
  const { place } = placeStore.getState();
  return (place === "overview" || place === "redeploy") && lookOf(siteId).overview?.eligibility.eligible === true;
}

/** Sidebar, content, detail, and round again. */
function nextRegion(): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter((region) => region.offsetParent !== null || region.offsetWidth > 0);
  // A detail lies inside the content: the innermost one that holds the focus counts.
  const here = regions.findLastIndex((region) => region.contains(document.activeElement));
  const next = regions[(here + 1) % regions.length];
  // Some buttons are there in narrow windows only.
  const targets = [...(next?.querySelectorAll<HTMLElement>("h1, h2[tabindex], button, a[href]") ?? [])];
  (targets.find((target) => target.checkVisibility({ visibilityProperty: true })) ?? next)?.focus();
}

function act(action: KeyAction): boolean {
  const { currentId, sites } = sitesStore.getState();
  if (action.kind === "help") {
    openDialog({ kind: "keys" });
    return true;
  }
  if (currentId === null || sites === null) return false;
  switch (action.kind) {
    case "backup":
      if (!isBusy(currentId)) void backUp(currentId);
      return true;
    case "copy":
      if (!showsCopies(currentId)) goTo("variable");
      void copyVariable(currentId);
      return true;
    case "restore":
      openDialog({ kind: "restore", siteId: currentId, from: null, only: null });
      return true;
    case "redeploy":
      goTo("redeploy");
      return true;
    case "search": {
      const field = document.querySelector<HTMLInputElement>("input[type=search]");
      field?.focus();
      return field !== null;
    }
    case "site": {
      const site = sites[action.index];
      if (site !== undefined) selectSite(site.id);
      return site !== undefined;
    }
    case "place": {
      const place = places[action.index];
      if (place !== undefined) goTo(place);
      return place !== undefined;
    }
    case "settings":
      goTo("settings");
      return true;
    case "regions":
      nextRegion();
      return true;
    default:
      return action.kind satisfies never;
  }
}

export function useKeys(): void {
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (placeStore.getState().dialog !== null) return;
      const target = event.target instanceof HTMLElement ? event.target : null;
      const isTyping = target !== null && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
      const { host } = settingsStore.getState();
      const action = actionOfKey(event, { isTyping, isBrowser: host?.host === "web", isMac: /darwin|mac/i.test(host?.platform ?? "") });
      if (action !== null && act(action)) event.preventDefault();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
