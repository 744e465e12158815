/**
 * The first question to an address: who is there? Owns the patience with hosts that put quiet sites to sleep, and the
 * difference between a Chroma, an old Chroma, and something else.
 */
import { z } from "zod";
import type { OperationOptions } from "../../../shared/progress.ts";
import type { Asker } from "./ask.ts";
import { asleep, fromAnswer, isGatewayStatus, isJson, notChroma, RequestFailure, tooOld, type Answer } from "./classify.ts";
import { withRetries, type RetryBudget } from "./retry.ts";

export interface WakeOptions extends OperationOptions {
  /** How long to go on asking a site that seems asleep. */
  readonly wakeTimeoutMs: number;
  /** How long one answer may take, also where nothing is asked a second time. */
  readonly answerTimeoutMs: number;
  /** A site that accepted the connection and has said nothing for so long counts as asleep. */
  readonly slowAfterMs: number;
  /** For what fails otherwise. */
  readonly budget: RetryBudget;
}

const HEARTBEAT = { method: "GET", path: "/api/v2/heartbeat" } as const;
const V1_HEARTBEAT = { method: "GET", path: "/api/v1/heartbeat" } as const;
const TICK_MS = 1_000;

/**
 * Asks for the heartbeat. While the host in front answers 502–504 (and Cloudflare's 52x), or nobody says anything, goes
 * on for `wakeTimeoutMs`, with progress phase "waking" every second. A refused connection is only tried a few times:
 * nothing sleeps behind it. Any other answer is returned for `requireChroma`. Throws SITE_ASLEEP, SERVER_UNREACHABLE,
 * TLS_FAILED, NOT_CHROMA (no HTTP), RATE_LIMITED, CANCELLED.
 */
export async function firstAnswer(asker: Asker, options: WakeOptions): Promise<Answer> {
  const { signal, wakeTimeoutMs, answerTimeoutMs } = options;
  const startMs = performance.now();
  const elapsedMs = (): number => performance.now() - startMs;
  const site = { seemsAsleep: false };

  const report = (): void => {
    if (!site.seemsAsleep && elapsedMs() >= options.slowAfterMs) site.seemsAsleep = asker.hasConnected();
    if (site.seemsAsleep) options.onProgress?.({ phase: "waking", done: Math.round(elapsedMs() / 1000), total: null, unit: "seconds", canCancel: true, problems: 0 });
  };

  async function attempt(): Promise<Answer> {
    const answer = await asker.once(HEARTBEAT, { signal, firstByteMs: Math.max(1, answerTimeoutMs, Math.ceil(wakeTimeoutMs - elapsedMs())) });
    if (isGatewayStatus(answer.status)) {
      site.seemsAsleep = true;
      report();
    } else if (answer.status !== 429) {
      return answer;
    }
    throw fromAnswer(answer, { ...HEARTBEAT, redact: asker.redact });
  }

  const ticking = setInterval(report, Math.min(TICK_MS, options.slowAfterMs));
  try {
    return await withRetries(
      // A site that is starting drops connections too: from the first sign of sleep on, the large budget covers all of it.
      async () => await withRetries(attempt, { budget: options.budget, signal, isWorthIt: (failure) => failure.transient && failure.timedOut === undefined && !site.seemsAsleep }),
      {
        budget: { retries: Number.POSITIVE_INFINITY, firstPauseMs: Math.min(1_000, wakeTimeoutMs / 10), maxPauseMs: 4_000, maxTimeMs: wakeTimeoutMs },
        signal,
        isWorthIt: (failure) => failure.transient && site.seemsAsleep,
      },
    );
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    throw error.timedOut === "answering" || (site.seemsAsleep && error.transient) ? asleep(error) : error;
  } finally {
    clearInterval(ticking);
  }
}

/** Returns when `answer` is the heartbeat of a Chroma we can talk to. Throws NOT_CHROMA, CHROMA_TOO_OLD, KEY_REFUSED, SERVER_FAILED. */
export async function requireChroma(asker: Asker, answer: Answer, signal: AbortSignal | undefined): Promise<void> {
  if (isHeartbeat(answer)) return;
  const { status } = answer;
  if (status === 401 || status === 403 || status >= 500) throw fromAnswer(answer, { ...HEARTBEAT, redact: asker.redact });
  // Servers up to 0.5.15 know only the first API. Later ones answer 410 there, so this is never taken for one of those.
  const older = await asker.once(V1_HEARTBEAT, { signal });
  if (isHeartbeat(older)) throw tooOld(`GET ${V1_HEARTBEAT.path}: ${older.status}`);
  throw notChroma(`GET ${HEARTBEAT.path}: ${status} ${answer.contentType}`.trim());
}

const heartbeat = z.object({ "nanosecond heartbeat": z.number() });

function isHeartbeat(answer: Answer): boolean {
  if (answer.status !== 200 || !isJson(answer)) return false;
  try {
    return heartbeat.safeParse(JSON.parse(answer.body.toString("utf8"))).success;
  } catch {
    return false;
  }
}
