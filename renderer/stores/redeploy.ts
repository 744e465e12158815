/** Where each site stands on its way through a redeploy, kept across starts. What it means is in views/redeploy/steps. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { ActivityView } from "../../shared/model.ts";
import { isRecord, remember, remembered } from "./persisted.ts";
import { lookOf, looksStore } from "./looks.ts";
import { newNotes, withActivity, withLook, withSilence, type RedeployNotes } from "./redeploy-steps.ts";

interface RedeployState {
  readonly bySite: Readonly<Record<string, RedeployNotes>>;
}

function readNotes(): Record<string, RedeployNotes> {
  const kept = remembered("redeploy", isRecord) ?? {};
  const notes: Record<string, RedeployNotes> = {};
  for (const [siteId, value] of Object.entries(kept)) {
    if (isRecord(value) && typeof value["startedAt"] === "string") notes[siteId] = { ...newNotes(value["startedAt"]), ...value };
  }
  return notes;
}

const redeployStore = createStore<RedeployState>()(() => ({ bySite: readNotes() }));

function put(siteId: string, notes: RedeployNotes | null): void {
  redeployStore.setState((state) => {
    const bySite: Record<string, RedeployNotes> = { ...state.bySite };
    if (notes === null) Reflect.deleteProperty(bySite, siteId);
    else bySite[siteId] = notes;
    return { bySite };
  });
  remember("redeploy", redeployStore.getState().bySite);
}

function change(siteId: string, next: (notes: RedeployNotes) => RedeployNotes): void {
  const before = redeployStore.getState().bySite[siteId];
  if (before === undefined) return;
  const after = next(before);
  if (after !== before) put(siteId, after);
}

export function beginRedeploy(siteId: string): void {
  put(siteId, newNotes(new Date().toISOString()));
}

export function endRedeploy(siteId: string): void {
  put(siteId, null);
}

export function noteRedeploy(siteId: string, notes: Partial<RedeployNotes>): void {
  change(siteId, (before) => ({ ...before, ...notes }));
}

export function noteRedeployCopy(siteId: string, copy: NonNullable<RedeployNotes["copy"]>): void {
  change(siteId, (notes) => (notes.backup === null ? notes : { ...notes, copy, withoutVariable: false }));
}

export function noteRedeployActivity(news: ActivityView): void {
  if (news.siteId === null) return;
  const { siteId } = news;
  change(siteId, (notes) => withActivity(notes, news, lookOf(siteId).overview));
}

// Every look, whoever asked for it, may tick a step.
looksStore.subscribe((state, before) => {
  for (const [siteId, look] of Object.entries(state.bySite)) {
    if (look === before.bySite[siteId] || look.fromBefore) continue;
    const { overview, trouble } = look;
    if (trouble !== null) change(siteId, (notes) => withSilence(notes, trouble.since, overview));
    else if (overview !== null) change(siteId, (notes) => withLook(notes, overview));
  }
});

export function useRedeploy(siteId: string | null): RedeployNotes | null {
  return useStore(redeployStore, (state) => (siteId === null ? null : (state.bySite[siteId] ?? null)));
}
