/** The bridge over HTTP: one POST a call or a dropped file, one event stream. Reconnects by itself, and says when it did. */
import type { CommandName } from "../../shared/channels.ts";
import type { AppEvent, CommandInput, CommandResponse, KeeperBridge, TakenFile } from "../../shared/contract.ts";
import type { ErrorValue, Result } from "../../shared/errors.ts";
import { en } from "../strings/en.ts";

const GONE: ErrorValue = { code: "ENGINE_STOPPED", ...en.errors.programGone, retryable: true };
/** Of the same words as on the desktop. */
const NO_FILE: ErrorValue = { code: "BAD_REQUEST", message: "This is no file of this computer.", hint: "Drop a backup file from one of your folders.", retryable: false };

/** The browser gives a folder as a File too, and a file that is gone since the drop: neither can be read. */
async function isReadable(file: File): Promise<boolean> {
  return await file.slice(0, 1).arrayBuffer().then(() => true, () => false);
}

async function answerOf(request: Promise<Response>): Promise<Result<never>> {
  try {
    const result: unknown = await (await request).json();
    // The other side has parsed it by the contract already.
    return isResult(result) ? result : { ok: false, error: GONE };
  } catch {
    return { ok: false, error: GONE };
  }
}

/** A browser keeps six connections to one address, over all its tabs: one that nobody looks at gives its own back, at once when another tab needs one. */
const HIDDEN_MS = 60_000;
const OPENING = "account-keeper stream";

function isResult(value: unknown): value is Result<never> {
  return typeof value === "object" && value !== null && "ok" in value && typeof value.ok === "boolean" && (value.ok ? "value" in value : "error" in value);
}

function isEvent(value: unknown): value is AppEvent {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** A stream that is lost is mostly back by then; else whoever sent it may be gone, and nobody else would tell. */
const MISSED_MS = 3_000;
const AGAIN_MS = 3_000;

/** `onGap` runs when the stream is back after it was lost, and before that once, when it stays away. */
export function createWebBridge(onGap: () => void): KeeperBridge {
  const listeners = new Set<(event: AppEvent) => void>();
  let stream: EventSource | null = null;
  let wasLost = false;
  let missing: ReturnType<typeof setTimeout> | null = null;
  let closing: ReturnType<typeof setTimeout> | null = null;
  const otherTabs = new BroadcastChannel(OPENING);

  let settle = (): void => undefined;
  /** The first stream is open, or has failed. What is asked before that may be answered before news of it can be heard. */
  const isSettled = new Promise<void>((resolve) => {
    settle = resolve;
  });

  function found(): void {
    if (missing !== null) clearTimeout(missing);
    missing = null;
  }

  function open(): void {
    otherTabs.postMessage(OPENING);
    const source = new EventSource("/api/events");
    stream = source;
    source.onopen = () => {
      settle();
      found();
      if (wasLost) onGap();
      wasLost = false;
    };
    source.onmessage = (message: MessageEvent<string>) => {
      const event: unknown = JSON.parse(message.data);
      if (!isEvent(event)) return;
      for (const listener of listeners) listener(event);
    };
    source.onerror = () => {
      settle();
      wasLost = true;
      missing ??= setTimeout(onGap, MISSED_MS);
      // A closed stream does not come back by itself, as after an answer other than 200.
      if (source.readyState !== EventSource.CLOSED || stream !== source) return;
      setTimeout(() => {
        if (stream === source) open();
      }, AGAIN_MS);
    };
  }

  function giveBack(): void {
    stream?.close();
    stream = null;
    found();
    // Whoever waits for a first stream that never came is answered without.
    settle();
    wasLost = true;
  }

  function onVisibility(): void {
    if (closing !== null) clearTimeout(closing);
    closing = document.visibilityState === "hidden" ? setTimeout(giveBack, HIDDEN_MS) : null;
    if (closing === null && stream === null) open();
  }

  return {
    async call<C extends CommandName>(command: C, request: CommandInput<C>): Promise<Result<CommandResponse<C>>> {
      if (stream !== null) await isSettled;
      return await answerOf(fetch(`/api/call/${command}`, { method: "POST", headers: { "content-type": "application/json" }, credentials: "same-origin", body: JSON.stringify(request) }));
    },
    async takeFile(file): Promise<Result<TakenFile>> {
      if (!(file instanceof File) || !(await isReadable(file))) return { ok: false, error: NO_FILE };
      const headers = { "content-type": "application/octet-stream" };
      return await answerOf(fetch(`/api/file?name=${encodeURIComponent(file.name)}`, { method: "POST", headers, credentials: "same-origin", body: file }));
    },
    onEvent(listener) {
      listeners.add(listener);
      if (stream === null && listeners.size === 1) {
        open();
        document.addEventListener("visibilitychange", onVisibility);
        otherTabs.onmessage = () => {
          if (document.visibilityState === "hidden") giveBack();
        };
        // Opened in the background, nothing tells that it is hidden.
        onVisibility();
      }
      return () => listeners.delete(listener);
    },
  };
}
