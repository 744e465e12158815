/** What is looked at before a request of the window goes anywhere: who sent it, and whether it is plain and small enough. Pure. */
import { KeeperError } from "../../shared/errors.ts";
import { isAppUrl } from "./app-files.ts";

/** As much of Electron's invoke event as the check needs. */
export interface Sender {
  /** Null when the frame has gone since. */
  readonly frame: { readonly url: string; readonly isMain: boolean } | null;
  readonly isOurWindow: boolean;
}

/** A pasted variable may have a million characters. */
const MAX_REQUEST = 1_100_000;

/** Throws SENDER_REFUSED: only the main frame of our own window, showing our own page, is served. */
export function checkSender({ frame, isOurWindow }: Sender): void {
  if (isOurWindow && frame !== null && frame.isMain && isAppUrl(frame.url)) return;
  const cause = new Error(frame === null ? "its frame is gone" : `our window: ${isOurWindow}, main frame: ${frame.isMain}, our page: ${isAppUrl(frame.url)}`);
  throw new KeeperError("SENDER_REFUSED", "Only Account Keeper's own window may ask this.", { cause });
}

/**
 * Throws REQUEST_TOO_LARGE, or BAD_REQUEST for what JSON cannot say: dates, maps, buffers, circles. Stops looking as soon as
 * the limit is passed, and calls itself never, so that neither size nor depth costs anything.
 */
export function checkRequest(request: unknown): void {
  let size = 0;
  const open: unknown[] = [request];
  while (open.length > 0) {
    const value = open.pop();
    size += 1;
    if (typeof value === "string") size += value.length;
    else if (Array.isArray(value)) {
      size += value.length;
      if (size <= MAX_REQUEST) for (const item of value) open.push(item);
    } else if (typeof value === "object" && value !== null) {
      if (!isPlain(value)) throw new KeeperError("BAD_REQUEST", "This window asked in a way we do not understand.", { hint: "Close it and open it again." });
      for (const [name, member] of Object.entries(value)) {
        size += name.length;
        open.push(member);
      }
    }
    // A circle grows until it gets here.
    if (size > MAX_REQUEST) throw new KeeperError("REQUEST_TOO_LARGE", "That is too much in one go.", { hint: "Take a smaller piece." });
  }
}

/** Symbols, functions and class instances do not come through the window's door; these do. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
