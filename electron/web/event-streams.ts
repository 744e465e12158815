/** The app's events as server-sent events: one `data:` line of JSON each. A page that cannot keep up is let go and comes back. */
import type { KeeperApp } from "../app/keeper-app.ts";

export interface EventStreams {
  /** Ends when the reader goes, when it falls too far behind, or with `close`. */
  open(): ReadableStream<Uint8Array>;
  close(): void;
}

/** How long a browser waits before it comes back. */
const RETRY_MS = 1_000;
/** Keeps the connection from being taken for dead, and finds out that a page is gone. */
const HEARTBEAT_MS = 15_000;
/** A page that was suspended reads nothing. An event is always the whole new state, so it loses nothing by asking again. */
const MAX_BACKLOG_BYTES = 1_000_000;

export function createEventStreams(app: KeeperApp, heartbeatMs = HEARTBEAT_MS): EventStreams {
  const open = new Set<{ send(text: string): void; end(): void }>();
  const heartbeat = setInterval(() => {
    for (const stream of open) stream.send(":\n\n");
  }, heartbeatMs);
  heartbeat.unref();

  function start(controller: ReadableStreamDefaultController<Uint8Array>): () => void {
    const encoder = new TextEncoder();
    const stream = {
      send(text: string) {
        controller.enqueue(encoder.encode(text));
        if ((controller.desiredSize ?? 0) <= 0) stream.end();
      },
      end() {
        forget();
        controller.close();
      },
    };
    const stopListening = app.onEvent((event) => stream.send(`data: ${JSON.stringify(event)}\n\n`));
    const forget = (): void => {
      stopListening();
      open.delete(stream);
    };
    open.add(stream);
    stream.send(`retry: ${RETRY_MS}\n\n`);
    return forget;
  }

  return {
    open() {
      let forget = (): void => undefined;
      return new ReadableStream<Uint8Array>(
        {
          start: (controller) => {
            forget = start(controller);
          },
          cancel: () => forget(),
        },
        new ByteLengthQueuingStrategy({ highWaterMark: MAX_BACKLOG_BYTES }),
      );
    },
    close() {
      clearInterval(heartbeat);
      for (const stream of [...open]) stream.end();
    },
  };
}
