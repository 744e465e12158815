/** Opens the connection to a server or to Chroma Cloud: finds out who answers, and whether the key and the names are right. */
import { z } from "zod";
import { isKeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { parseAddress, type ServerAddress } from "./address.ts";
import { createAsker, type Asker } from "./ask.ts";
import { authHeaders, createRedactor } from "./auth.ts";
import { cloudUnreachable, RequestFailure, type Answer } from "./classify.ts";
import { checkDatabase, createConnection, type ChromaConnection, type ServerLimits } from "./connection.ts";
import { firstAnswer, requireChroma } from "./first-contact.ts";
import { DEFAULT_RETRIES, type RetryBudget } from "./retry.ts";
import { CLOUD_URL, DEFAULT_DATABASE, DEFAULT_TENANT, type Auth, type CloudSource, type ServerSource } from "./source.ts";
import { createTransport, DEFAULT_TIMEOUTS, type Timeouts } from "./transport.ts";

export interface ConnectOptions extends OperationOptions {
  /** How long to wait for a site that seems asleep. Default 90 s: a free plan takes up to a minute. */
  wakeTimeoutMs?: number | undefined;
  /** How long the first answer may take when that is longer: for who does not wait for a site to wake. Default 0. */
  answerTimeoutMs?: number | undefined;
  /** After how long without an answer the owner reads that the site is being woken. Default 3 s. */
  slowAfterMs?: number | undefined;
  timeouts?: Partial<Timeouts> | undefined;
  retries?: RetryBudget | undefined;
  /**
   * Connect although tenant or database are missing, as a restore after a wipe has to: `ensureDatabase` makes them.
   * Default false.
   */
  allowMissingDatabase?: boolean | undefined;
}

const DEFAULT_WAKE_TIMEOUT_MS = 90_000;
const DEFAULT_SLOW_AFTER_MS = 3_000;

/** Chroma Cloud allows 300 records in a read and in a write. */
const CLOUD_RECORDS_PER_CALL = 300;
/** A local server turns each record into one SQL variable, of which SQLite has 32,766; one more record and it answers 500. */
const LOCAL_RECORDS_PER_GET = 32_766;
/** For servers that do not say: far below the smallest limit seen, 5,461. */
const UNKNOWN_BATCH_SIZE = 100;

/**
 * Connects and checks everything that can be checked before the first account is read. Phases "connecting" and
 * "waking". Throws INVALID_ADDRESS, SERVER_UNREACHABLE, SITE_ASLEEP, TLS_FAILED, NOT_CHROMA, CHROMA_TOO_OLD, KEY_REFUSED
 * (also when only the data is guarded), TENANT_NOT_FOUND, DATABASE_NOT_FOUND, RATE_LIMITED, SERVER_FAILED, BAD_ANSWER;
 * CANCELLED at once when `signal` aborts. Nothing stays open after a failure.
 */
export async function connect(source: ServerSource | CloudSource, options: ConnectOptions = {}): Promise<ChromaConnection> {
  const { signal } = options;
  throwIfCancelled(signal);
  const startMs = performance.now();
  const report = (total: number | null): void => {
    const done = Math.round((performance.now() - startMs) / 1000);
    options.onProgress?.({ phase: "connecting", done, total: total === null ? null : done, unit: "seconds", canCancel: true, problems: 0 });
  };

  const address = parseAddress(source.kind === "cloud" ? (source.url ?? CLOUD_URL) : source.url);
  const auth = authOf(source, address);
  const ca = source.kind === "server" ? source.ca : undefined;
  report(null);
  let { asker, shown } = openAsker(address, address.origin, auth, ca, options);
  try {
    let answer = await meet(asker, options);
    const httpsOrigin = movedToHttps(address, answer);
    if (httpsOrigin !== null) {
      await asker.close();
      ({ asker, shown } = openAsker(address, httpsOrigin, auth, ca, options));
      answer = await meet(asker, options);
    }
    await requireChroma(asker, answer, signal);
    const isCloud = source.kind === "cloud" || /(?:^|\.)trychroma\.com$/.test(address.host);
    // None of them waits for another's answer: on a distant server each would take a moment.
    const [limits, version, names] = await Promise.all([readLimits(asker, isCloud, signal), readVersion(asker, signal), resolveDatabase(asker, source, options)]);
    report(0);
    return createConnection(asker, { address: shown, ...names, limits, isCloud, version });
  } catch (error) {
    await asker.close();
    const isAway = error instanceof RequestFailure && (error.code === "SERVER_UNREACHABLE" || error.code === "SITE_ASLEEP");
    throw isAway && source.kind === "cloud" ? cloudUnreachable(error) : error;
  }
}

/** What was given apart from the address is newer than what stands in it. */
function authOf(source: ServerSource | CloudSource, address: ServerAddress): Auth {
  if (source.kind === "cloud") return { kind: "chroma_token", token: source.apiKey };
  const given = source.auth ?? { kind: "none" };
  return given.kind === "none" ? (address.auth ?? given) : given;
}

function openAsker(address: ServerAddress, origin: string, auth: Auth, ca: string | undefined, options: ConnectOptions): { asker: Asker; shown: string } {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const transport = createTransport({ origin, basePath: address.basePath, headers: authHeaders(auth), ca, timeouts });
  return { asker: createAsker(transport, options.retries ?? DEFAULT_RETRIES, createRedactor(auth)), shown: `${origin}${address.basePath}` };
}

async function meet(asker: Asker, options: ConnectOptions): Promise<Answer> {
  return await firstAnswer(asker, {
    signal: options.signal,
    onProgress: options.onProgress,
    wakeTimeoutMs: options.wakeTimeoutMs ?? DEFAULT_WAKE_TIMEOUT_MS,
    answerTimeoutMs: options.answerTimeoutMs ?? 0,
    slowAfterMs: options.slowAfterMs ?? DEFAULT_SLOW_AFTER_MS,
    budget: options.retries ?? DEFAULT_RETRIES,
  });
}

/**
 * Hosts send plain http to https. Followed only there: same host, more safety. Any other redirect would carry the key
 * to somebody else.
 */
function movedToHttps(address: ServerAddress, answer: Answer): string | null {
  if (answer.status < 300 || answer.status > 399 || answer.location === undefined || !address.origin.startsWith("http:")) return null;
  if (!URL.canParse(answer.location, address.origin)) return null;
  const target = new URL(answer.location, address.origin);
  return target.protocol === "https:" && target.hostname === address.host ? target.origin : null;
}

const preFlightChecks = z.object({ max_batch_size: z.int().positive(), supports_base64_encoding: z.boolean().default(false) });

async function readLimits(asker: Asker, isCloud: boolean, signal: AbortSignal | undefined): Promise<ServerLimits> {
  const checks = await orElse(asker.parsed({ method: "GET", path: "/api/v2/pre-flight-checks" }, preFlightChecks, { signal }), null);
  const maxBatchSize = checks?.max_batch_size ?? UNKNOWN_BATCH_SIZE;
  return {
    maxBatchSize: isCloud ? Math.min(CLOUD_RECORDS_PER_CALL, maxBatchSize) : maxBatchSize,
    maxRecordsPerGet: isCloud ? CLOUD_RECORDS_PER_CALL : LOCAL_RECORDS_PER_GET,
    maxIdsPerGet: isCloud ? CLOUD_RECORDS_PER_CALL : null,
    base64: checks?.supports_base64_encoding ?? false,
  };
}

async function readVersion(asker: Asker, signal: AbortSignal | undefined): Promise<string> {
  return await orElse(asker.parsed({ method: "GET", path: "/api/v2/version" }, z.string().max(100), { signal }), "unknown");
}

/** `fallback` where a server or the proxy in front does not offer something that we can do without. */
async function orElse<T, F>(answer: Promise<T>, fallback: F): Promise<T | F> {
  try {
    return await answer;
  } catch (error) {
    const isAbsent = isKeeperError(error, "NOT_CHROMA") || isKeeperError(error, "SERVER_REFUSED") || isKeeperError(error, "SERVER_FAILED") || isKeeperError(error, "BAD_ANSWER");
    if (isAbsent) return fallback;
    throw error;
  }
}

interface DatabaseNames {
  tenant: string;
  database: string;
}

/** Tenant and database as configured, else the default ones, else the ones the key belongs to; known to exist. */
async function resolveDatabase(asker: Asker, source: ServerSource | CloudSource, options: ConnectOptions): Promise<DatabaseNames> {
  const { signal } = options;
  const isComplete = source.tenant !== undefined && source.database !== undefined;
  const own = source.kind === "cloud" && !isComplete ? await identity(asker, signal) : null;
  const names = { tenant: source.tenant ?? own?.tenant ?? DEFAULT_TENANT, database: source.database ?? own?.database ?? DEFAULT_DATABASE };
  try {
    await checkDatabase(asker, names, { signal });
    return names;
  } catch (error) {
    const isMissing = isKeeperError(error, "TENANT_NOT_FOUND") || isKeeperError(error, "DATABASE_NOT_FOUND");
    // A key for one tenant only may not even ask for the default one.
    if (!isMissing && !isKeeperError(error, "KEY_REFUSED")) throw error;
    const other = isComplete || own !== null ? null : await identity(asker, signal);
    const better = { tenant: source.tenant ?? other?.tenant ?? names.tenant, database: source.database ?? other?.database ?? names.database };
    if (better.tenant !== names.tenant || better.database !== names.database) {
      await checkDatabase(asker, better, { signal });
      return better;
    }
    if (isMissing && options.allowMissingDatabase === true) return names;
    throw error;
  }
}

const identityAnswer = z.object({ tenant: z.string().nullish(), databases: z.array(z.string()).nullish() });

/** What the key belongs to. A name is undefined where there are several databases or the server does not say. */
async function identity(asker: Asker, signal: AbortSignal | undefined): Promise<Partial<DatabaseNames>> {
  const answer = await orElse(asker.parsed({ method: "GET", path: "/api/v2/auth/identity" }, identityAnswer, { signal }), null);
  const [database, ...others] = answer?.databases ?? [];
  // "*" means any.
  const isName = (name: string | null | undefined): name is string => typeof name === "string" && name !== "" && name !== "*";
  return {
    ...(isName(answer?.tenant) ? { tenant: answer.tenant } : {}),
    ...(isName(database) && others.length === 0 ? { database } : {}),
  };
}
