/**
 * Sends one request and reads one whole answer, over keep-alive connections. Owns timeouts, TLS, cancellation and the
 * size of answers; knows nothing of Chroma or Render. Any status is an answer, a broken connection is a `RequestFailure`.
 */
import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { Agent, type Dispatcher } from "undici";
import { KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled } from "../../../shared/progress.ts";
import { answerTooLarge, cancelled, cutAnswer, fromNetworkError, type Answer, type Asked } from "./classify.ts";

export interface Timeouts {
  /** Until a connection stands, TLS included. */
  readonly connectMs: number;
  /** From the request sent to the first byte of the answer. */
  readonly firstByteMs: number;
  /** Without a byte in the middle of an answer. */
  readonly bodyIdleMs: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 10_000, firstByteMs: 60_000, bodyIdleMs: 60_000 };

/** An answer is read as one text in the end, and V8 ends at 512 Mi characters. */
const MAX_ANSWER_BYTES = 512 * 1024 * 1024;

export interface Request extends Asked {
  /** Appended to the path, with its question mark. */
  readonly query?: string | undefined;
  readonly body?: string | Buffer | undefined;
}

export interface SendOptions {
  signal?: AbortSignal | undefined;
  /** Overrides the connection's patience for this request, in milliseconds. */
  firstByteMs?: number | undefined;
  /** An answer over this is dropped unread: ANSWER_TOO_LARGE. Default 512 MiB. */
  maxAnswerBytes?: number | undefined;
  /** What the answer is likely to be, byte by byte: when it is, this is given back and the answer takes no memory. */
  expected?: Buffer | undefined;
}

export interface Transport {
  /** One attempt. Throws SERVER_UNREACHABLE, TLS_FAILED, NOT_CHROMA (no HTTP), BAD_ANSWER (cut off), ANSWER_TOO_LARGE, CANCELLED. */
  send(request: Request, options?: SendOptions): Promise<Answer>;
  /** Whether anybody ever accepted a connection. */
  hasConnected(): boolean;
  /** Ends what is under way and closes every connection. */
  close(): Promise<void>;
}

interface TransportSettings {
  readonly origin: string;
  readonly basePath: string;
  readonly headers: Record<string, string>;
  readonly ca?: string | undefined;
  readonly timeouts: Timeouts;
}

/** Throws TLS_FAILED when `ca` is no certificate. */
export function createTransport(settings: TransportSettings): Transport {
  const { origin, basePath, timeouts } = settings;
  const ca = settings.ca === undefined ? undefined : checkedCertificate(settings.ca);
  const agent = new Agent({
    connect: {
      timeout: timeouts.connectMs,
      // `ca` replaces the well-known authorities, so they are given along.
      ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    },
    headersTimeout: timeouts.firstByteMs,
    bodyTimeout: timeouts.bodyIdleMs,
    // Pipelining would make one slow answer delay another, and one broken connection fail several requests.
    pipelining: 1,
  });
  let connected = false;
  agent.once("connect", () => {
    connected = true;
  });

  async function exchange(request: Request, options: SendOptions): Promise<Answer> {
    let gotHeaders = false;
    try {
      const response = await agent.request({
        origin,
        // Given apart from the origin, the path is sent as it is: a URL parser would resolve dots in a name.
        path: `${basePath}${request.path}${request.query ?? ""}`,
        method: request.method,
        headers: {
          accept: "application/json",
          "user-agent": "account-keeper",
          ...(request.body === undefined ? {} : { "content-type": "application/json" }),
          ...settings.headers,
        },
        body: request.body ?? null,
        signal: options.signal ?? null,
        ...(options.firstByteMs === undefined ? {} : { headersTimeout: options.firstByteMs }),
      });
      gotHeaders = true;
      return {
        status: response.statusCode,
        contentType: single(response.headers["content-type"]) ?? "",
        retryAfter: single(response.headers["retry-after"]),
        rateLimitReset: single(response.headers["ratelimit-reset"]),
        location: single(response.headers["location"]),
        body: await readBody(response, request, options),
      };
    } catch (error) {
      throw fromNetworkError(error, request, gotHeaders, request.body?.length);
    }
  }

  return {
    async send(request, options = {}) {
      return await orCancelled(options.signal, () => exchange(request, options));
    },
    hasConnected: () => connected,
    close: async () => await agent.destroy(),
  };
}

/** Runs `task`, but rejects with CANCELLED at once when the signal aborts: undici itself first finishes connecting. */
async function orCancelled<T>(signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> {
  if (signal === undefined) return await task();
  throwIfCancelled(signal);
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(cancelled());
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([task(), aborted]);
  } catch (error) {
    throw signal.aborted ? cancelled() : error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** An announced answer of this size gets its memory at once: in pieces first and then as a whole it would take twice as much. */
const LARGE_ANSWER_BYTES = 1024 * 1024;

/** Leaving the loop early, by throwing, also closes the connection: the rest of a large answer is not sent for nothing. */
async function readBody(response: Dispatcher.ResponseData, request: Request, { maxAnswerBytes = MAX_ANSWER_BYTES, expected }: SendOptions): Promise<Buffer> {
  const announced = single(response.headers["content-length"]);
  const announcedBytes = Number(announced ?? 0);
  const kept = createCollector(announcedBytes);
  let sizeBytes = 0;
  /** `expected`, until the answer turns out to be another. */
  let same = expected;
  for await (const chunk of response.body) {
    if (!Buffer.isBuffer(chunk)) continue;
    if (sizeBytes + chunk.length > maxAnswerBytes || announcedBytes > maxAnswerBytes) throw answerTooLarge(request);
    if (same?.subarray(sizeBytes, sizeBytes + chunk.length).equals(chunk) === false) {
      kept.add(same.subarray(0, sizeBytes));
      same = undefined;
    }
    if (same === undefined) kept.add(chunk);
    sizeBytes += chunk.length;
  }
  if (announced !== undefined && announcedBytes !== sizeBytes) throw cutAnswer(request, `${sizeBytes} of ${announced} bytes`);
  if (same !== undefined) return sizeBytes === same.length ? same : same.subarray(0, sizeBytes);
  return kept.whole();
}

/** An answer's pieces. */
function createCollector(announcedBytes: number): { add(chunk: Buffer): void; whole(): Buffer } {
  let announced: Buffer | null = null;
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  return {
    add(chunk) {
      if (announcedBytes >= LARGE_ANSWER_BYTES && sizeBytes + chunk.length <= announcedBytes) {
        announced ??= Buffer.allocUnsafeSlow(announcedBytes);
        chunk.copy(announced, sizeBytes);
      } else chunks.push(chunk);
      sizeBytes += chunk.length;
    },
    whole() {
      if (announced !== null) return announced;
      return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, sizeBytes);
    },
  };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function checkedCertificate(pem: string): string {
  try {
    new X509Certificate(pem);
    return pem;
  } catch {
    throw new KeeperError("TLS_FAILED", "The certificate you added cannot be read.", { hint: "It is a text that begins with -----BEGIN CERTIFICATE-----." });
  }
}
