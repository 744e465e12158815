/** What a host gets: one gate for every command, one stream of events, and an end. */
import type { AppEvent, TakenFile } from "../../shared/contract.ts";
import type { Result } from "../../shared/errors.ts";

export interface KeeperApp {
  /**
   * The one gate: parses the request, runs the handler, parses the response. Whoever calls has checked the sender.
   * Never rejects: UNKNOWN_COMMAND, BAD_REQUEST, and what the command's handler throws come back as values.
   */
  call(command: string, request: unknown): Promise<Result<unknown>>;
  /**
   * Gives the window a token for a file that its owner handed over. Beside the gate, because no page may name a path:
   * whoever calls has checked the sender, and knows the path from the system or has made the file. `path` is absolute;
   * `shown` is what the owner calls it, left out: its base name. Never rejects.
   */
  giveToken(path: string, shown?: string): Promise<Result<TakenFile>>;
  /** Returns how to stop listening. A listener that throws is logged and goes on being called. */
  onEvent(listener: (event: AppEvent) => void): () => void;
  /** Cancels what runs, waits for it, ends watching and every server of ours. May be called more than once. */
  close(): Promise<void>;
}

/** Where what must not reach the window goes: stacks, refused requests. Without e-mail addresses, hashes and keys. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  /** Returns a short word that finds this line again; it is shown to the owner. */
  error(message: string, error: unknown): string;
}
