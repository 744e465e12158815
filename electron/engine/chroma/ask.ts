/** A request to Chroma from end to end: sent, repeated where that helps, its answer classified and parsed. */
import type { z } from "zod";
import { parseLossless, type JsonValue } from "../json/text.ts";
import { cutAnswer, fromAnswer, isJson, notChroma, unreadable, type Answer } from "./classify.ts";
import { withRetries, type RetryBudget } from "./retry.ts";
import type { Request, SendOptions, Transport } from "./transport.ts";

export type Question = Omit<Request, "redact">;

export interface AskOptions extends SendOptions {
  /** False for what must not arrive twice. Default true. */
  repeatable?: boolean | undefined;
}

/** Asks the server at one address. Everything throws the codes of `classify.ts`, and CANCELLED when `signal` aborts. */
export interface Asker {
  /** Bytes of a JSON answer; not parsed, but whole. */
  bytes(question: Question, options?: AskOptions): Promise<Buffer>;
  /** The answer, numbers as their exact text. BAD_ANSWER when it is no JSON. */
  json(question: Question, options?: AskOptions): Promise<JsonValue>;
  /** The answer as `schema` describes it, for what holds no metadata. BAD_ANSWER when it is something else. */
  parsed<T>(question: Question, schema: z.ZodType<T>, options?: AskOptions): Promise<T>;
  /** Any answer, also a failure; one attempt. */
  once(question: Question, options?: SendOptions): Promise<Answer>;
  readonly redact: (text: string) => string;
  /** Whether anybody ever accepted a connection. */
  hasConnected(): boolean;
  close(): Promise<void>;
}

export function createAsker(transport: Transport, budget: RetryBudget, redact: (text: string) => string): Asker {
  async function bytes(question: Question, options: AskOptions = {}): Promise<Buffer> {
    const request = { ...question, redact };
    const attempt = async (): Promise<Buffer> => {
      const answer = await transport.send(request, options);
      if (answer.status < 200 || answer.status > 299) throw fromAnswer(answer, request);
      if (!isJson(answer)) throw notChroma(`${request.method} ${request.path}: ${answer.status} ${answer.contentType}`);
      // Without a length in its headers a cut answer looks like a whole one.
      if (!looksWhole(answer.body)) throw cutAnswer(request, `${answer.body.length} bytes that do not end as they began`);
      return answer.body;
    };
    if (options.repeatable === false) return await attempt();
    return await withRetries(attempt, { budget, signal: options.signal });
  }

  return {
    bytes,
    async json(question, options) {
      const body = await bytes(question, options);
      try {
        return parseLossless(body.toString("utf8"));
      } catch (error) {
        throw unreadable({ ...question, redact }, error instanceof Error ? error.name : "not JSON");
      }
    },
    async parsed(question, schema, options) {
      const body = await bytes(question, options);
      const result = schema.safeParse(parseOrUndefined(body));
      if (!result.success) throw unreadable({ ...question, redact }, "not the promised shape");
      return result.data;
    },
    once: async (question, options) => await transport.send({ ...question, redact }, options),
    redact,
    hasConnected: () => transport.hasConnected(),
    close: async () => await transport.close(),
  };
}

const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const CLOSING: ReadonlyMap<number, number> = new Map([
  [0x7b, 0x7d],
  [0x5b, 0x5d],
]);

/** Whether JSON that begins with a bracket ends with its partner. Other values are left to the parser. */
function looksWhole(body: Buffer): boolean {
  let first = 0;
  while (SPACES.has(body[first] ?? 0)) first += 1;
  let last = body.length - 1;
  while (SPACES.has(body[last] ?? 0)) last -= 1;
  const closing = CLOSING.get(body[first] ?? 0);
  return closing === undefined ? body.length > 0 : body[last] === closing && last > first;
}

function parseOrUndefined(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
