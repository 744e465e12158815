/** The bridge over HTTP: one POST a call, one event stream. Reconnects by itself, and says when it did. */
import type { CommandName } from "../../shared/channels.ts";
import type { AppEvent, CommandInput, CommandResponse, KeeperBridge } from "../../shared/contract.ts";
import type { ErrorValue, Result } from "../../shared/errors.ts";
import { en } from "../strings/en.ts";

const GONE: ErrorValue = { code: "ENGINE_STOPPED", ...en.errors.programGone, retryable: true };

function isResult(value: unknown): value is Result<never> {
  return typeof value === "object" && value !== null && "ok" in value && typeof value.ok === "boolean" && (value.ok ? "value" in value : "error" in value);
}

function isEvent(value: unknown): value is AppEvent {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** `onReconnect` runs each time the stream is back after it was lost. */
export function createWebBridge(onReconnect: () => void): KeeperBridge {
  const listeners = new Set<(event: AppEvent) => void>();
  let stream: EventSource | null = null;
  let wasLost = false;

  function open(): void {
    const source = new EventSource("/api/events");
    stream = source;
    source.onopen = () => {
      if (wasLost) onReconnect();
      wasLost = false;
    };
    source.onmessage = (message: MessageEvent<string>) => {
      const event: unknown = JSON.parse(message.data);
      if (!isEvent(event)) return;
      for (const listener of listeners) listener(event);
    };
    source.onerror = () => {
      wasLost = true;
      // A closed stream does not come back by itself, as after an answer other than 200.
      if (source.readyState !== EventSource.CLOSED || stream !== source) return;
      setTimeout(open, 3_000);
    };
  }

  return {
    async call<C extends CommandName>(command: C, request: CommandInput<C>): Promise<Result<CommandResponse<C>>> {
      try {
        const answer = await fetch(`/api/call/${command}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          credentials: "same-origin",
          body: JSON.stringify(request),
        });
        const result: unknown = await answer.json();
        // The gate on the other side has parsed it by the contract already.
        if (isResult(result)) return result;
        return { ok: false, error: GONE };
      } catch {
        return { ok: false, error: GONE };
      }
    },
    onEvent(listener) {
      listeners.add(listener);
      if (stream === null) open();
      return () => listeners.delete(listener);
    },
  };
}
