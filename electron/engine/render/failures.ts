/** What a failed call to Render means, from status and network codes, in the owner's words. Holds neither the key nor a variable's value. */
import { z } from "zod";
import { KeeperError, type ErrorCode } from "../../../shared/errors.ts";
import { parseRetryAfter, RequestFailure, type Answer } from "../chroma/classify.ts";

/** What a 404 is about: a call below a service also fails so when the service is gone. */
type Subject = "service" | "deploy" | "list";

export interface RenderAsked {
  readonly method: "GET" | "POST" | "PUT";
  /** With the version in front, without query. */
  readonly path: string;
  readonly subject: Subject;
  /** The answer may repeat a variable's value: nothing of it is kept. */
  readonly secret: boolean;
  readonly redact: (text: string) => string;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

const KEY: Meaning = { code: "HOST_KEY_REFUSED", message: "Render does not accept this key.", hint: "Make a new one in Render under Account settings, API keys." };
const FORBIDDEN: Meaning = { code: "HOST_KEY_REFUSED", message: "This key may not do that in Render.", hint: "Make a key as someone who may deploy this service, in Render under Account settings, API keys." };
const NO_SERVICE: Meaning = { code: "HOST_SERVICE_NOT_FOUND", message: "Render does not know this service.", hint: "It was deleted, or it belongs to someone else than the key. Choose the service again." };
const NO_DEPLOY: Meaning = { code: "HOST_DEPLOY_NOT_FOUND", message: "Render does not know this deploy.", hint: "Look at the service's events in Render's dashboard." };
const UNREACHABLE: Meaning = { code: "HOST_UNREACHABLE", message: "Render does not answer.", hint: "Check your internet connection and try again. Whether Render has trouble is said at status.render.com." };
const FAILED: Meaning = { code: "HOST_FAILED", message: "Render has trouble right now.", hint: "Try again in a few minutes. What is known about it is said at status.render.com." };
const RATE: Meaning = { code: "HOST_RATE_LIMITED", message: "Render asks us to slow down.", hint: "Try again in a few minutes." };
const CONFLICT: Meaning = { code: "HOST_REFUSED", message: "Render cannot do this right now.", hint: "The service may be suspended or already deploying. Look at it in Render's dashboard." };
const REFUSED: Meaning = { code: "HOST_REFUSED", message: "Render does not accept this.", hint: "Look at the service in Render's dashboard; if nothing is wrong there, copy the details for whoever built your site." };
const UNPAID: Meaning = { code: "HOST_REFUSED", message: "Render wants to be paid first.", hint: "Enter a way to pay in Render under Billing." };
const CUT: Meaning = { code: "BAD_ANSWER", message: "Render's answer was cut off.", hint: "Try again." };
const UNREADABLE: Meaning = { code: "BAD_ANSWER", message: "Render's answer makes no sense.", hint: "Try again. If it stays like this, something on your network may answer in Render's place." };
const TOO_LARGE: Meaning = { code: "ANSWER_TOO_LARGE", message: "Render's answer is too large to read.", hint: "Something on your network may answer in Render's place." };
const TLS: Meaning = { code: "TLS_FAILED", message: "We cannot be sure that this is Render.", hint: "A proxy or virus scanner may stand between. Try again on another network." };

/** Waiting for longer than the window of Render's limits (a minute) makes no sense: where it seems so, a clock is wrong. */
const LONGEST_RESET_MS = 60_000;
/** A 429 that does not say for how long. */
const UNTOLD_WAIT_MS = 5_000;
/** Above this a reset is a moment (seconds since 1970), below a duration: Render documents both. */
const FIRST_MOMENT_SECONDS = 1_000_000_000;

/** The connection never stood, so nothing was asked. */
const NEVER_SENT: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);

/** A deploy that may or may not have begun: DEPLOY_UNCERTAIN. Ask for the list of deploys before doing anything else. */
export class DeployUncertain extends KeeperError {
  /** Render took the request, and did not say which deploy it made of it: one is coming. */
  readonly accepted: boolean;

  constructor(accepted: boolean, why: string) {
    super("DEPLOY_UNCERTAIN", accepted ? "Render has taken the deploy but does not say which one it is." : "Render has not said whether the deploy began.", {
      hint: "Look at the service's deploys before you start another.",
      cause: new Error(`${accepted ? "accepted, without naming the deploy" : "unknown whether it started"}: ${why}`),
    });
    this.accepted = accepted;
  }
}

export function noService(cause: string): RequestFailure {
  return new RequestFailure(NO_SERVICE, { cause, status: 404 });
}

export function noDeploy(cause: string): RequestFailure {
  return new RequestFailure(NO_DEPLOY, { cause, status: 404 });
}

export function unreadable(asked: Pick<RenderAsked, "method" | "path">, what: string): RequestFailure {
  return new RequestFailure(UNREADABLE, { cause: `${where(asked)}: ${what}` });
}

export function refusedKey(cause: string): RequestFailure {
  return new RequestFailure(KEY, { cause });
}

/** The transport's failure in Render's words; CANCELLED and defects stay what they are. */
export function fromTransport(error: unknown): unknown {
  if (!(error instanceof RequestFailure)) return error;
  const { transient, timedOut, networkCode } = error;
  const cause = error.cause instanceof Error ? error.cause.message : error.code;
  return new RequestFailure(meaningOf(error), { cause, transient, timedOut, networkCode });
}

function meaningOf({ code, transient }: RequestFailure): Meaning {
  switch (code) {
    case "TLS_FAILED":
      return TLS;
    case "ANSWER_TOO_LARGE":
      return TOO_LARGE;
    case "BAD_ANSWER":
      return transient ? CUT : UNREADABLE;
    case "NOT_CHROMA":
      return UNREADABLE;
    default:
      return UNREACHABLE;
  }
}

/** What an answer that is no success means. */
export function fromRefusal(answer: Answer, asked: RenderAsked, nowMs: number): RequestFailure {
  const { status } = answer;
  const fail = (meaning: Meaning, transient = false): RequestFailure =>
    new RequestFailure(meaning, { cause: describe(answer, asked), status, transient, retryAfterMs: transient ? waitMs(answer, nowMs) : undefined });
  if (status === 401) return fail(KEY);
  if (status === 403) return fail(FORBIDDEN);
  if (status === 402) return fail(UNPAID);
  if (status === 404 || status === 410) return fail(asked.subject === "list" ? UNREADABLE : asked.subject === "deploy" ? NO_DEPLOY : NO_SERVICE);
  if (status === 409) return fail(CONFLICT);
  if (status === 429) return fail(RATE, true);
  if (status >= 500 || status === 408) return fail(FAILED, true);
  // A redirect is none of Render's, and the key does not follow it.
  return fail(status >= 400 ? REFUSED : UNREADABLE);
}

/** Whether a request that failed so may have been carried out all the same. */
export function mayHaveArrived(failure: RequestFailure): boolean {
  if (failure.status !== undefined) return failure.status >= 500 || failure.status === 408;
  if (failure.code === "TLS_FAILED") return false;
  return failure.networkCode === undefined || !NEVER_SENT.has(failure.networkCode);
}

function waitMs(answer: Answer, nowMs: number): number | undefined {
  const asked = parseRetryAfter(answer.retryAfter, nowMs);
  return asked ?? (answer.status === 429 ? (parseReset(answer.rateLimitReset, nowMs) ?? UNTOLD_WAIT_MS) : undefined);
}

function parseReset(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined || !/^\d+$/.test(text.trim())) return undefined;
  const seconds = Number(text);
  const ms = seconds < FIRST_MOMENT_SECONDS ? seconds * 1000 : seconds * 1000 - nowMs;
  return Math.min(Math.max(ms, 0), LONGEST_RESET_MS);
}

const errorBody = z.object({ message: z.string() });

function describe(answer: Answer, asked: RenderAsked): string {
  const start = `${where(asked)}: ${answer.status} ${answer.contentType.slice(0, 100)}`.trim();
  // What a gatekeeper says about a key may repeat it in another spelling.
  if (asked.secret || answer.status === 401 || answer.status === 403) return start;
  const said = errorBody.safeParse(parseJson(answer.body));
  return said.success ? asked.redact(`${start} ${said.data.message}`).slice(0, 300) : start;
}

/** Undefined when it is no JSON. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

function where({ method, path }: Pick<RenderAsked, "method" | "path">): string {
  return `${method} ${path}`;
}
