/** How an operation tells where it stands, and how it is stopped. */
import { KeeperError } from "./errors.ts";

export const progressPhases = [
  "starting_server",
  "copying_folder",
  "connecting",
  "waking",
  "reading",
  "writing",
  "verifying",
  "planning",
  "safety_backup",
  "restoring",
  "rehearsing",
  "setting_variable",
  "checking_again",
  "deploying",
  "waiting_for_site",
] as const;

export type ProgressPhase = (typeof progressPhases)[number];

/** An absolute snapshot: a dropped or repeated one does no harm. */
export interface Progress {
  readonly phase: ProgressPhase;
  readonly done: number;
  /** Null while nobody can know it. */
  readonly total: number | null;
  readonly unit: "accounts" | "bytes" | "seconds";
  /** False while stopping would leave more work than going on. */
  readonly canCancel: boolean;
  /** How many accounts need the owner's look so far. */
  readonly problems: number;
}

/** What every operation takes besides its own request. */
export interface OperationOptions {
  /** Aborting ends the operation with code CANCELLED; what is then on disk is said at each operation. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** Throws CANCELLED when the signal was aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new KeeperError("CANCELLED", "Stopped.");
}
