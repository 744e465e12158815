/** The one door to the app: the preload's bridge where there is one, else HTTP. Which of the two it is, nobody else can tell. */
import { BRIDGE_NAME, type CommandName } from "../../shared/channels.ts";
import type { AppEvent, CommandInput, CommandResponse, KeeperBridge, TakenFile } from "../../shared/contract.ts";
import type { Result } from "../../shared/errors.ts";
import { createWebBridge } from "./web-bridge.ts";

declare global {
  interface Window {
    readonly [BRIDGE_NAME]?: KeeperBridge;
  }
}

/** Told when events may have been missed: everything known is asked for again. */
type GapListener = () => void;
const gapListeners = new Set<GapListener>();

const bridge: KeeperBridge =
  window[BRIDGE_NAME] ??
  createWebBridge(() => {
    for (const listener of gapListeners) listener();
  });

/** Never rejects. */
export function call<C extends CommandName>(command: C, request: CommandInput<C>): Promise<Result<CommandResponse<C>>> {
  return bridge.call(command, request);
}

/** Of the drop's own File; never rejects. */
export function takeFile(file: unknown): Promise<Result<TakenFile>> {
  return bridge.takeFile(file);
}

export function onEvent(listener: (event: AppEvent) => void): () => void {
  return bridge.onEvent(listener);
}

export function onGap(listener: GapListener): () => void {
  gapListeners.add(listener);
  return () => gapListeners.delete(listener);
}
