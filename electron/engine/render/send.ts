/** One call to Render from end to end: where to, with which key, sent, repeated where that does no harm, its answer read. */
import type { z } from "zod";
import { KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled } from "../../../shared/progress.ts";
import type { Answer } from "../chroma/classify.ts";
import { withRetries, type RetryBudget } from "../chroma/retry.ts";
import { createTransport, type Timeouts } from "../chroma/transport.ts";
import { systemClock, type Clock } from "../clock.ts";
import { fromRefusal, fromTransport, parseJson, refusedKey, unreadable, type RenderAsked } from "./failures.ts";

export interface RenderSettings {
  /** Made in Render under Account settings, API keys. */
  apiKey: string;
  /** Another than Render's own only for tests: https, or http on this machine. */
  baseUrl?: string | undefined;
  clock?: Clock | undefined;
  /** Told when Render asks us to wait: for how long, in milliseconds. */
  onWait?: ((ms: number) => void) | undefined;
  timeouts?: Timeouts | undefined;
  retries?: RetryBudget | undefined;
}

const RENDER_URL = "https://api.render.com/v1";
const RENDER_TIMEOUTS: Timeouts = { connectMs: 10_000, firstByteMs: 30_000, bodyIdleMs: 30_000 };
const RENDER_RETRIES: RetryBudget = { retries: 4, firstPauseMs: 500 };
/** A hundred services are a few hundred kilobytes; a variable is 131,072 bytes at most. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** A cancel cannot end this one: short. */
const ONCE_PAUSE_MS = 1_000;
const NEVER = new AbortController().signal;

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "localhost"]);

export type Question = Omit<RenderAsked, "redact" | "path"> & {
  /** Below the address, without query. */
  readonly path: string;
  readonly query?: URLSearchParams | undefined;
  readonly body?: object | undefined;
};

interface SendOptions {
  signal?: AbortSignal | undefined;
  /** `once`: repeated only after a 429, and seen through when it is on its way. Default: freely. */
  repeat?: "freely" | "once";
}

export interface Sender {
  /** A success. Throws what `failures.ts` makes of everything else. */
  send(question: Question, options?: SendOptions): Promise<Answer>;
  /** Its JSON as `schema` describes it; BAD_ANSWER when it is something else. */
  read<T>(question: Question, schema: z.ZodType<T>, options?: SendOptions): Promise<T>;
  close(): Promise<void>;
}

/** Throws HOST_KEY_REFUSED for what cannot be a key, INVALID_ADDRESS for an address the key must not be sent to. */
export function createSender(settings: RenderSettings): Sender {
  const { clock = systemClock, onWait, retries = RENDER_RETRIES } = settings;
  const key = checkedKey(settings.apiKey);
  const base = checkedAddress(settings.baseUrl ?? RENDER_URL);
  const basePath = base.pathname.replace(/\/+$/, "");
  const transport = createTransport({ origin: base.origin, basePath: "", headers: { authorization: `Bearer ${key}` }, timeouts: settings.timeouts ?? RENDER_TIMEOUTS });
  const redact = (text: string): string => text.replaceAll(key, "[key]");

  async function attempt(question: Question, signal: AbortSignal | undefined): Promise<Answer> {
    const { method, query, body } = question;
    const asked = { ...question, path: `${basePath}${question.path}`, redact };
    const answer = await transport
      .send(
        { method, path: asked.path, redact, query: query === undefined || query.size === 0 ? undefined : `?${query.toString()}`, body: body === undefined ? undefined : JSON.stringify(body) },
        { signal, maxAnswerBytes: MAX_ANSWER_BYTES },
      )
      .catch((error: unknown) => {
        throw fromTransport(error);
      });
    if (answer.status < 200 || answer.status > 299) throw fromRefusal(answer, asked, clock.now().getTime());
    return answer;
  }

  async function send(question: Question, { signal, repeat = "freely" }: SendOptions = {}): Promise<Answer> {
    const once = repeat === "once";
    const sleep = async (ms: number): Promise<void> => await clock.sleep(ms, signal ?? NEVER);
    if (!once) return await withRetries(async () => await attempt(question, signal), { budget: retries, signal, onWait, sleep });
    const task = async (): Promise<Answer> => {
      throwIfCancelled(signal);
      return await attempt(question, undefined);
    };
    // Without the signal: it would turn whatever a request on its way comes to into CANCELLED. The wait ends with it, and `task` looks at it.
    return await withRetries(task, { budget: { ...retries, maxPauseMs: ONCE_PAUSE_MS }, isWorthIt: ({ status }) => status === 429, onWait, sleep });
  }

  return {
    send,
    async read(question, schema, options) {
      const answer = await send(question, options);
      const result = schema.safeParse(parseJson(answer.body));
      // Where it went wrong, never what stood there.
      if (!result.success) throw unreadable(question, `${answer.status} without the promised ${result.error.issues[0]?.path.join(".") ?? ""}`.trim());
      return result.data;
    },
    close: async () => await transport.close(),
  };
}

/** Without its surrounding spaces. What is no header text would fail in the middle of a request, with the key in the error. */
function checkedKey(typed: string): string {
  const key = typed.trim();
  if (!/^[!-~]+$/.test(key)) throw refusedKey("not the form of a key");
  return key;
}

function checkedAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url !== undefined && (url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.has(url.hostname))) && url.username === "" && url.password === "";
  if (!isSafe) throw new KeeperError("INVALID_ADDRESS", "This is not an address of Render.", { hint: "Leave the address out: Render has only one." });
  return url;
}
