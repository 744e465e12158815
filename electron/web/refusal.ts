/** Everything the browser host turns away: what the page reads of it, its HTTP status, and one line in the log. */
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { KeeperError } from "../../shared/errors.ts";
import type { Log } from "../app/keeper-app.ts";

export interface Refusal {
  readonly status: ContentfulStatusCode;
  readonly error: KeeperError;
  /** For the log: no address that was asked for, no token, nothing that was sent. */
  readonly reason: string;
}

const FROM_ELSEWHERE = "Account Keeper answers only its own page.";
const OPEN_THE_LINK = "Open the link that the terminal shows.";

/** `origin` is named in the log, so that an owner can find out which program it was. */
export const refusals = {
  wrongHost: () => refusal(421, new KeeperError("SENDER_REFUSED", "This is not the address of Account Keeper.", { hint: OPEN_THE_LINK }), "wrong Host header"),
  foreignOrigin: (origin: string) => refusal(403, new KeeperError("SENDER_REFUSED", FROM_ELSEWHERE, { hint: OPEN_THE_LINK }), `foreign page ${shownOrigin(origin)}`),
  missingOrigin: () => refusal(403, new KeeperError("SENDER_REFUSED", FROM_ELSEWHERE, { hint: OPEN_THE_LINK }), "missing Origin header"),
  crossSite: () => refusal(403, new KeeperError("SENDER_REFUSED", FROM_ELSEWHERE, { hint: OPEN_THE_LINK }), "asked for by another page"),
  preflight: () => refusal(403, new KeeperError("SENDER_REFUSED", FROM_ELSEWHERE, { hint: OPEN_THE_LINK }), "another page asked for leave (OPTIONS)"),
  noSession: () => refusal(401, new KeeperError("SENDER_REFUSED", "This browser was not let in.", { hint: OPEN_THE_LINK }), "no session"),
  usedLink: () => refusal(403, new KeeperError("SENDER_REFUSED", "This link was used already.", { hint: OPEN_THE_LINK }), "link used already, or unknown"),
  otherUser: () => refusal(403, new KeeperError("SENDER_REFUSED", "This link is for somebody else.", { hint: OPEN_THE_LINK }), "another user of this computer tried our link"),
  wrongMethod: () => refusal(405, new KeeperError("BAD_REQUEST", "This cannot be asked that way."), "wrong method"),
  unknownAddress: () => refusal(404, new KeeperError("BAD_REQUEST", "There is nothing at this address."), "unknown address"),
  wrongType: () => refusal(415, new KeeperError("BAD_REQUEST", "Account Keeper takes JSON only."), "not application/json"),
  tooLarge: () => refusal(413, new KeeperError("REQUEST_TOO_LARGE", "This is more than Account Keeper takes at once.", { hint: "Send less than 1 MB." }), "too large"),
  badJson: () => refusal(400, new KeeperError("BAD_REQUEST", "Account Keeper cannot read this request.", { hint: "Reload the page and try again." }), "no JSON, or keys that no request has"),
  wrongFileType: () => refusal(415, new KeeperError("BAD_REQUEST", "Account Keeper takes files as bytes only."), "not application/octet-stream"),
  fileTooLarge: () => refusal(413, new KeeperError("REQUEST_TOO_LARGE", "This file is too large to drop here.", { hint: "Pick it from the list of folders, or drop less than 64 MB." }), "file too large"),
  brokenOff: () => refusal(400, new KeeperError("BAD_REQUEST", "The file did not arrive.", { hint: "Drop it again." }), "file broken off"),
  malformed: () => refusal(400, new KeeperError("BAD_REQUEST", "Account Keeper cannot read this request.", { hint: "Reload the page and try again." }), "malformed request"),
} as const satisfies Record<string, (detail: string) => Refusal>;

function refusal(status: ContentfulStatusCode, error: KeeperError, reason: string): Refusal {
  return { status, error, reason };
}

/** An Origin header is free text; only what an origin can be reaches the log. */
function shownOrigin(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).origin.slice(0, 100) : "without a name";
}

const MINUTE_MS = 60_000;
const LINES_PER_MINUTE = 60;

/** Writes one line for each refusal. A page that hammers at the door must not push everything else out of the log, so a minute has a limit. */
export function createRefusalLog(log: Log, now: () => number = () => performance.now()): (refusal: Refusal, route: string) => void {
  let minuteBegan = now();
  let lines = 0;
  return ({ reason, status }, route) => {
    if (now() - minuteBegan >= MINUTE_MS) [minuteBegan, lines] = [now(), 0];
    lines += 1;
    if (lines <= LINES_PER_MINUTE) log.warn(`Refused ${route} with ${status}: ${reason}.`);
    else if (lines === LINES_PER_MINUTE + 1) log.warn("Refused more than can be told: the rest of this minute is left out.");
  };
}
