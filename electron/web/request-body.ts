/** Reads the JSON of a call: never more than fits, and never keys that JavaScript takes for something else. */
import { refusals, type Refusal } from "./refusal.ts";

/** The longest thing the window sends is the text of a variable: 1,000,000 characters. */
const MAX_BODY_BYTES = 1_100_000;

/** No request has such a key; in plain objects they stand for something else. */
const DANGEROUS_KEYS: readonly string[] = ["__proto__", "constructor", "prototype"];

export type Body = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refusal: Refusal };

/** Never throws. Stops reading as soon as it is too much; what was announced as too much is not read at all. */
export async function readJsonBody(request: Request): Promise<Body> {
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers.get("content-type") ?? "")) return { ok: false, refusal: refusals.wrongType() };
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) return { ok: false, refusal: refusals.tooLarge() };
  try {
    const bytes = await readUpTo(request.body, MAX_BODY_BYTES);
    if (bytes === null) return { ok: false, refusal: refusals.tooLarge() };
    return { ok: true, value: parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch {
    // No JSON, no UTF-8, nested deeper than the stack, or the sender is gone.
    return { ok: false, refusal: refusals.badJson() };
  }
}

function parse(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => {
    if (DANGEROUS_KEYS.includes(key)) throw new Error("key");
    return value;
  });
}

/** Null when there is more. */
async function readUpTo(body: ReadableStream<Uint8Array> | null, limit: number): Promise<Buffer | null> {
  if (body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    size += value.byteLength;
    // Not cancelled: that would cut the connection before the answer is out. The server drains what still comes.
    if (size > limit) return null;
    chunks.push(value);
  }
}
