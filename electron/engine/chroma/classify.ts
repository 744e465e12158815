/**
 * The one place that decides what a failed request means: from error codes, status codes, content type and the JSON
 * `error` field. Owns the owner's words for it. What a server says itself only goes into the cause, without secrets.
 */
import { errors } from "undici";
import { z } from "zod";
import { KeeperError, type ErrorCode } from "../../../shared/errors.ts";

/** What was asked, so that a failure can say where it happened and what a "not found" is about. */
export interface Asked {
  readonly method: "GET" | "POST" | "PUT";
  /** Path below the address, without query. */
  readonly path: string;
  /** What a 404 by Chroma says is missing. */
  readonly subject?: "tenant" | "database" | "collection" | undefined;
  /** Removes keys and passwords from a text. */
  readonly redact: (text: string) => string;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** Seconds or a date, as the server wrote it. */
  readonly retryAfter: string | undefined;
  /** When the server's limit on requests begins anew, as it wrote it. */
  readonly rateLimitReset?: string | undefined;
  /** Where a redirect points to. */
  readonly location: string | undefined;
  readonly body: Buffer;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

interface FailureOptions {
  cause: string;
  transient?: boolean;
  retryAfterMs?: number | undefined;
  status?: number;
  timedOut?: "connecting" | "answering" | undefined;
  networkCode?: string | undefined;
  said?: string | undefined;
}

/** A request that failed. `transient`: the same request may succeed in a moment, so a harmless one is repeated. */
export class RequestFailure extends KeeperError {
  readonly transient: boolean;
  /** How long the server asked to be left alone. */
  readonly retryAfterMs: number | undefined;
  /** Of the answer; undefined when there was none. */
  readonly status: number | undefined;
  /** Waited in vain: for a connection, or for the answer over one that stood. */
  readonly timedOut: "connecting" | "answering" | undefined;
  /** Of the system or undici, when nobody answered. */
  readonly networkCode: string | undefined;
  /** The server's own reason, without keys and without values of accounts; undefined where it gave none, or is none of ours. */
  readonly said: string | undefined;

  constructor(meaning: Meaning, options: FailureOptions) {
    super(meaning.code, meaning.message, { hint: meaning.hint, cause: new Error(options.cause) });
    this.transient = options.transient ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
    this.timedOut = options.timedOut;
    this.networkCode = options.networkCode;
    this.said = options.said;
  }
}

const UNREACHABLE: Meaning = { code: "SERVER_UNREACHABLE", message: "Nobody answers at this address.", hint: "Check the address, or ask whoever built your site." };
const CLOUD_UNREACHABLE: Meaning = { code: "SERVER_UNREACHABLE", message: "Chroma Cloud does not answer.", hint: "Check your internet connection and try again." };
const STOPPED_ANSWERING: Meaning = { code: "SERVER_UNREACHABLE", message: "The server stopped answering.", hint: "Try again in a minute. If it stays like this, look at your host's log." };
const ASLEEP: Meaning = { code: "SITE_ASLEEP", message: "Your site is asleep.", hint: "Free plans sleep after 15 quiet minutes. Try again in a minute, or look at your host's log." };
const NOT_CHROMA: Meaning = { code: "NOT_CHROMA", message: "Something answers here, but it is not ChromaDB.", hint: "You may have the address of the website. The database has its own." };
const TOO_OLD: Meaning = { code: "CHROMA_TOO_OLD", message: "The ChromaDB at this address is too old.", hint: "Ask whoever built your site to update it to 0.5.16 or newer, or choose its data folder instead." };
const KEY: Meaning = { code: "KEY_REFUSED", message: "The server wants another key.", hint: "Enter the key your site uses for its database." };
const CUT: Meaning = { code: "BAD_ANSWER", message: "The server's answer was cut off.", hint: "Nothing was changed by it. Try again." };
const UNREADABLE: Meaning = { code: "BAD_ANSWER", message: "The server's answer makes no sense.", hint: "Try again. If it stays like this, ask whoever built your site." };
const ANSWER_TOO_LARGE: Meaning = { code: "ANSWER_TOO_LARGE", message: "The server's answer is too large to read.", hint: "Copy the details for whoever built your site." };
const RATE: Meaning = { code: "RATE_LIMITED", message: "The server asks us to slow down.", hint: "Try again in a few minutes." };
const QUOTA: Meaning = { code: "QUOTA_EXCEEDED", message: "The server's plan does not allow this much.", hint: "Look at the limits of your Chroma Cloud plan." };
const TOO_LARGE: Meaning = { code: "REQUEST_TOO_LARGE", message: "An account is too large for the server to take.", hint: "Ask whoever built your site to raise the limit of the server or of the proxy in front of it." };
const REFUSED: Meaning = { code: "SERVER_REFUSED", message: "The server does not accept this.", hint: "Copy the details for whoever built your site." };
const FAILED: Meaning = { code: "SERVER_FAILED", message: "The server made a mistake.", hint: "Try again in a minute. If it stays like this, look at your host's log." };
const MISSING = {
  tenant: { code: "TENANT_NOT_FOUND", message: "The server does not know this tenant.", hint: "Check the name of the tenant. Most servers have one only: default_tenant. A wiped server forgets the others." },
  database: { code: "DATABASE_NOT_FOUND", message: "The server does not know this database.", hint: "Check the name of the database. Most servers have one only: default_database. A wiped server forgets the others." },
  collection: { code: "COLLECTION_NOT_FOUND", message: "The accounts' collection is not on the server.", hint: "Check its name. If the site was wiped, restore the newest backup." },
} as const satisfies Record<string, Meaning>;

/** The proxy or host in front says that the site behind it is not there: 502–504, and 520–524, 530 of Cloudflare. */
const GATEWAY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504, 520, 521, 522, 523, 524, 530]);

export function isGatewayStatus(status: number | undefined): boolean {
  return status !== undefined && GATEWAY_STATUSES.has(status);
}

/** TLS failures that carry neither prefix below. */
const TLS_CODES: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "HOSTNAME_MISMATCH",
  "EPROTO",
]);

const BROKEN_OFF: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);
/** The smallest limit in the wild: nginx takes 1 MiB unless told otherwise. */
const LARGE_BODY_BYTES = 1024 * 1024;

export function cancelled(): KeeperError {
  return new KeeperError("CANCELLED", "Stopped.");
}

/** Nothing woke the site up in time. `last` is what the last try met. */
export function asleep(last: RequestFailure): RequestFailure {
  return new RequestFailure(ASLEEP, { cause: last.cause instanceof Error ? last.cause.message : last.code });
}

/** Its address is none that the owner could have got wrong, and it does not sleep. */
export function cloudUnreachable(last: RequestFailure): RequestFailure {
  return new RequestFailure(CLOUD_UNREACHABLE, { cause: last.cause instanceof Error ? last.cause.message : last.code });
}

export function notChroma(cause: string): RequestFailure {
  return new RequestFailure(NOT_CHROMA, { cause });
}

export function tooOld(cause: string): RequestFailure {
  return new RequestFailure(TOO_OLD, { cause });
}

export function missing(subject: "tenant" | "database" | "collection", asked: Asked): RequestFailure {
  return new RequestFailure(MISSING[subject], { cause: `${where(asked)}: not found`, status: 404 });
}

/** An answer that is not what the API promises. */
export function unreadable(asked: Asked, what: string): RequestFailure {
  return new RequestFailure(UNREADABLE, { cause: `${where(asked)}: ${what}` });
}

export function cutAnswer(asked: Asked, what: string): RequestFailure {
  return new RequestFailure(CUT, { cause: `${where(asked)}: ${what}`, transient: true });
}

export function answerTooLarge(asked: Asked): RequestFailure {
  return new RequestFailure(ANSWER_TOO_LARGE, { cause: where(asked) });
}

/**
 * What an error thrown by the HTTP client means. Its own text is not kept: a code says as much and holds no secret.
 * `gotHeaders`: the answer had begun. `bodyBytes`: size of what was being sent.
 */
export function fromNetworkError(error: unknown, asked: Asked, gotHeaders: boolean, bodyBytes = 0): KeeperError {
  if (error instanceof KeeperError) return error;
  const code = codeOf(error);
  const cause = `${where(asked)}: ${code}`;
  if (code.startsWith("ERR_TLS_") || code.startsWith("ERR_SSL_") || code.startsWith("ERR_OSSL_") || code.startsWith("CERT_") || TLS_CODES.has(code)) {
    return new RequestFailure(tlsMeaning(code), { cause });
  }
  // The other side does not speak HTTP at all.
  if (code.startsWith("HPE_") && !gotHeaders) return new RequestFailure(NOT_CHROMA, { cause });
  if (gotHeaders) return new RequestFailure(CUT, { cause, transient: true });
  // Repeating what a server was too slow for makes it slower; the first contact has its own patience.
  if (code === "UND_ERR_HEADERS_TIMEOUT") return new RequestFailure(STOPPED_ANSWERING, { cause, timedOut: "answering" });
  // A server or proxy that finds a body too large says so and hangs up while it is still being sent: what it said is lost.
  if (BROKEN_OFF.has(code) && bodyBytes >= LARGE_BODY_BYTES) return new RequestFailure(TOO_LARGE, { cause, transient: true });
  const timedOut = code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT" ? "connecting" : undefined;
  // A name that does not exist will not exist in a second either; EAI_AGAIN (no network yet) may.
  return new RequestFailure(UNREACHABLE, { cause, timedOut, transient: code !== "ENOTFOUND", networkCode: code });
}

function tlsMeaning(code: string): Meaning {
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG") {
    return { code: "TLS_FAILED", message: "The server does not speak https.", hint: "If it is yours and you trust the network between, write http:// in front of the address." };
  }
  if (code === "CERT_HAS_EXPIRED") {
    return { code: "TLS_FAILED", message: "The server's certificate has expired.", hint: "Ask whoever runs the server to renew it." };
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return { code: "TLS_FAILED", message: "The server's certificate belongs to another address.", hint: "Check the address for a typing mistake." };
  }
  return { code: "TLS_FAILED", message: "We cannot be sure that this is your server.", hint: "Its certificate is signed by nobody we know. The command line takes one that you made yourself, with --ca-file." };
}

/** The code an operating system, OpenSSL or undici error carries, also inside an AggregateError or a cause. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "UNKNOWN";
  // The only error of undici that comes without a code when the very first bytes are no HTTP.
  if (error instanceof errors.HTTPParserError) return error.code || "HPE_NO_HTTP";
  if ("code" in error && typeof error.code === "string") {
    // undici wraps socket errors; what the socket said is closer to the truth.
    const inner = error.code === "UND_ERR_SOCKET" && error.cause !== undefined ? codeOf(error.cause) : "UNKNOWN";
    return inner === "UNKNOWN" ? error.code : inner;
  }
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error.cause === undefined ? "UNKNOWN" : codeOf(error.cause);
}

const errorBody = z.object({ error: z.string(), message: z.string().optional() });

/** Chroma's own error answer; null when somebody else wrote it. */
function chromaError(answer: Answer): z.infer<typeof errorBody> | null {
  if (!isJson(answer)) return null;
  try {
    return errorBody.parse(JSON.parse(answer.body.toString("utf8")));
  } catch {
    return null;
  }
}

export function isJson(answer: Answer): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\b/i.test(answer.contentType);
}

/** What an answer that is no success means. `nowMs` is for tests of dates in Retry-After. */
export function fromAnswer(answer: Answer, asked: Asked, nowMs = Date.now()): RequestFailure {
  const { status } = answer;
  const said = chromaError(answer);
  const retryAfterMs = parseRetryAfter(answer.retryAfter, nowMs);
  const fail = (meaning: Meaning, transient = false, cause = describe(answer, asked, said)): RequestFailure =>
    new RequestFailure(meaning, { cause, transient, retryAfterMs, status });
  const refused = (meaning: Meaning): RequestFailure => new RequestFailure(meaning, { cause: describe(answer, asked, said), status, said: said === null ? undefined : asked.redact(reasonOf(said, ": ")) });

  // What a gatekeeper says about a key may repeat the key: not kept.
  if (status === 401 || status === 403) return fail(KEY, false, `${where(asked)}: ${status}`);
  if (isGatewayStatus(status)) return fail(said === null ? ASLEEP : FAILED, true);
  if (status === 429) return fail(RATE, true);
  if (status === 413) return fail(TOO_LARGE);
  if (status === 404) return fail(said !== null && asked.subject !== undefined ? MISSING[asked.subject] : NOT_CHROMA);
  // Chroma Cloud answers 422 both for a malformed body and for a full plan, and the error field is the same: only the
  // message tells them apart. Its official client looks for the same words.
  if (status === 422 && said?.message?.startsWith("Quota exceeded") === true) return refused(QUOTA);
  // What a server does not know, such as the sparse vectors of Chroma Cloud on a local one, it will not know in a minute either.
  if (status >= 500 && status !== 501) return fail(FAILED);
  if (status >= 400) return said === null ? fail(NOT_CHROMA) : refused(REFUSED);
  // A redirect, mostly to a page to sign in on.
  return fail(NOT_CHROMA);
}

function where(asked: Asked): string {
  return `${asked.method} ${asked.path}`;
}

function describe(answer: Answer, asked: Asked, said: z.infer<typeof errorBody> | null): string {
  const start = `${where(asked)}: ${answer.status}`;
  if (said === null) return `${start} ${answer.contentType}`.trim();
  return asked.redact(`${start} ${reasonOf(said, " ")}`).trim();
}

/**
 * Chroma quotes values it could not take, and those are accounts: left out, also one that holds quotes itself or is cut
 * off, and whatever looks like an e-mail address or a hash.
 */
function reasonOf({ error, message }: z.infer<typeof errorBody>, separator: string): string {
  const told = (message ?? "").slice(0, 2_000).replace(/"(?:\\.|[^"\\])*(?:"|$)|`[^`]*(?:`|$)/gs, "…").replace(/\S*[@$]\S*/g, "…");
  return [error.slice(0, 100), told.slice(0, 300)].filter((part) => part !== "").join(separator);
}

/** Milliseconds to wait, from seconds or an HTTP date; undefined when absent or unreadable. */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
