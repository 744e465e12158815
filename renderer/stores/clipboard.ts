/** What was copied last and how long it stays on the clipboard. Never the value itself. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { ErrorValue } from "../../shared/errors.ts";

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

interface ClipboardState {
  readonly copied: Copied | null;
  readonly busySiteId: string | null;
  readonly failed: { readonly siteId: string; readonly error: ErrorValue } | null;
}

export const clipboardStore = createStore<ClipboardState>()(() => ({ copied: null, busySiteId: null, failed: null }));

export function setCopied(copied: Copied): void {
  clipboardStore.setState({ copied, busySiteId: null, failed: null });
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

export function useClipboard(): ClipboardState {
  return useStore(clipboardStore);
}
