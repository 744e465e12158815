/** What was copied last and how long it stays on the clipboard. Never the value itself. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { ErrorValue } from "../../shared/errors.ts";
import { isRecord, remember, remembered } from "./persisted.ts";

export type VariableForm = "value" | "name_value" | "dotenv";

export interface Copied {
  readonly siteId: string;
  readonly form: VariableForm;
  readonly accounts: number;
  readonly length: number;
  readonly checksum: string;
  readonly at: number;
  /** Null: it stays there. */
  readonly clearsAt: number | null;
  /** unknown: the browser does not let the page see the clipboard. */
  readonly state: "there" | "cleared" | "left" | "unknown";
}

/** What is remembered of it across starts of the window. */
export type LastCopy = Pick<Copied, "at" | "length">;

interface ClipboardState {
  readonly copied: Copied | null;
  readonly lastBySite: Readonly<Record<string, LastCopy>>;
  readonly busySiteId: string | null;
  readonly failed: { readonly siteId: string; readonly error: ErrorValue } | null;
}

function areCopies(value: unknown): value is Record<string, LastCopy> {
  return isRecord(value) && Object.values(value).every((copy) => isRecord(copy) && typeof copy["at"] === "number" && typeof copy["length"] === "number");
}

export const clipboardStore = createStore<ClipboardState>()(() => ({ copied: null, lastBySite: remembered("copies", areCopies) ?? {}, busySiteId: null, failed: null }));

export function setCopied(copied: Copied): void {
  const lastBySite = { ...clipboardStore.getState().lastBySite, [copied.siteId]: { at: copied.at, length: copied.length } };
  clipboardStore.setState({ copied, lastBySite, busySiteId: null, failed: null });
  remember("copies", lastBySite);
}

export function setCopying(busySiteId: string): void {
  clipboardStore.setState({ busySiteId, failed: null });
}

export function setCopyFailed(siteId: string, error: ErrorValue): void {
  clipboardStore.setState({ busySiteId: null, failed: { siteId, error } });
}

export function setCopyStopped(): void {
  clipboardStore.setState({ busySiteId: null });
}

export function setClipboardState(state: Copied["state"]): void {
  clipboardStore.setState((before) => (before.copied === null ? before : { copied: { ...before.copied, state } }));
}

export function useLastCopy(siteId: string): LastCopy | null {
  return useStore(clipboardStore, (state) => state.lastBySite[siteId] ?? null);
}

export function useClipboard(): ClipboardState {
  return useStore(clipboardStore);
}
