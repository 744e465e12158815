/**
 * One fault at each request of an operation in turn. Every request meets some of the kinds and every kind some of the
 * requests, shuffled by a seed: the full product of both takes minutes. `FAULTS=all` runs all of it, `FAULTS=<number>` is
 * another seed: over seeds every pair comes.
 */
import { expect } from "vitest";
import { KeeperError } from "../../shared/errors.ts";
import type { ConnectOptions } from "../../electron/engine/chroma/connect.ts";
import type { Fault, FrontProxy } from "./front-proxy.ts";
import { createChance } from "./seeded.ts";

/** Impatient: a fault must not be waited out, and without a second try it reaches whoever asked. */
export const ONE_TRY: ConnectOptions = {
  retries: { retries: 0, firstPauseMs: 1 },
  wakeTimeoutMs: 400,
  timeouts: { connectMs: 2_000, firstByteMs: 1_000, bodyIdleMs: 2_000 },
};
/** As owners have it, but for the pauses: what passes by itself is not even noticed. */
export const TWO_TRIES: ConnectOptions = { ...ONE_TRY, retries: { retries: 1, firstPauseMs: 1 } };

const bytes = createChance(7);
const json = { error: "InternalError", message: "disk I/O error" };

export const FAULTS = new Map<string, Fault>([
  ["refused from here on", { kind: "refuse" }],
  ["reset", { kind: "reset" }],
  ["answer lost", { kind: "lose_answer" }],
  ["late", { kind: "delay", ms: 20 }],
  ["no answer", { kind: "hold" }],
  ["cut, the length announced", { kind: "truncate", share: 0.6, length: "announced" }],
  ["cut, in chunks", { kind: "truncate", share: 0.6, length: "chunked" }],
  ["cut, nobody can tell", { kind: "truncate", share: 0.6, length: "until_close" }],
  ["500 of Chroma", { kind: "status", status: 500, json }],
  ["500 of a proxy", { kind: "status", status: 500, html: "<h1>Internal Server Error</h1>" }],
  ["502", { kind: "status", status: 502, html: "<h1>Bad Gateway</h1>" }],
  ["503", { kind: "status", status: 503, html: "<h1>Service Unavailable</h1>" }],
  ["429", { kind: "status", status: 429, json: { error: "RateLimited", message: "slow down" } }],
  ["bytes that are no text", { kind: "garbage", body: Buffer.from(Array.from({ length: 700 }, () => bytes.below(256))) }],
  ["another one's JSON", { kind: "garbage", body: Buffer.from('{"ok":true}') }],
  ["a page that calls itself JSON", { kind: "garbage", body: Buffer.from("<!doctype html><title>Hello</title>") }],
  ["in small pieces", { kind: "drip", pauseMs: 1, pieces: 8 }],
  ["a length too large", { kind: "wrong_length", by: 7 }],
  ["a length too small", { kind: "wrong_length", by: -7 }],
  ["twice, the first answer", { kind: "duplicate", answer: "first" }],
  ["twice, the second answer", { kind: "duplicate", answer: "second" }],
]);

/** For a test that sweeps. */
export const SWEEP_TIMEOUT_MS = (process.env["FAULTS"] === "all" ? 60 : 4) * 60_000;

export interface FaultyMoment<T> {
  /** For messages: which request, and what happened to it. */
  readonly what: string;
  /** The number of the request, from 0. */
  readonly nth: number;
  readonly fault: T;
}

/** `requests` times `perRequest` moments, or all there are. `sweep`: another number, another choice. */
export function momentsOf<T>(faults: ReadonlyMap<string, T>, requests: number, perRequest: number, sweep: number): FaultyMoment<T>[] {
  const wish = process.env["FAULTS"] ?? "1";
  const each = wish === "all" ? faults.size : perRequest;
  const order = createChance(100 * sweep + (Number(wish) || 1)).shuffled([...faults]);
  return Array.from({ length: requests * each }, (_, index) => {
    const [name, fault] = order[index % order.length] ?? raise();
    const nth = Math.floor(index / each);
    return { what: `${name}, request ${nth + 1} of ${requests}`, nth, fault };
  });
}

function raise(): never {
  throw new Error("no faults");
}

export type Outcome<T> = { readonly ended: T; readonly error?: undefined } | { readonly ended?: undefined; readonly error: KeeperError };

/** An operation may end, or fail with a code, a sentence and a next step. Anything else is a defect, and thrown. */
export async function outcomeOf<T>(what: string, work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ended: await work() };
  } catch (error) {
    if (!(error instanceof KeeperError) || error.code === "INTERNAL") throw new Error(`${what}: not a failure anybody can act on`, { cause: error });
    expect([error.message, error.hint], what).toEqual([expect.stringMatching(/\w.*[.?:]$/s), expect.stringMatching(/\w/)]);
    return { error };
  }
}

/** Runs `work` with the fault at its request, and makes the proxy whole again. */
export async function withFault<T>(proxy: FrontProxy, { what, nth, fault }: FaultyMoment<Fault>, work: () => Promise<T>): Promise<Outcome<T>> {
  proxy.injectNth(nth, fault);
  try {
    return await outcomeOf(what, work);
  } finally {
    await proxy.listenAgain();
  }
}

/** How many requests it sends when nothing goes wrong. */
export async function requestsOf(proxy: FrontProxy, work: () => Promise<unknown>): Promise<number> {
  const before = proxy.requests.length;
  await work();
  return proxy.requests.length - before;
}
