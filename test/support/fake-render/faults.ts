/** How a call to the fake Render goes wrong. */
import type { ServerResponse } from "node:http";
import type { FakeAnswer, FakeCall } from "./routes.ts";

export type RenderFault =
  /** Not carried out. */
  | { kind: "status"; status: number; headers?: Record<string, string>; json?: unknown; text?: string }
  /** Not carried out; the answer repeats everything that was asked, key and body included. */
  | { kind: "echo"; status: number }
  /** The connection breaks; `carriedOut` says whether before or after it was done. */
  | { kind: "reset"; carriedOut: boolean }
  /** No answer until the client goes away. */
  | { kind: "hold"; carriedOut: boolean }
  /** The real answer, half of it. */
  | { kind: "cut" }
  /** An answer of this many bytes. */
  | { kind: "huge"; bytes: number };

/** As Render says it: `retryAfter` and `reset` in seconds; `reset` may also be a moment, in seconds since 1970. */
export function rateLimited(told: { retryAfter?: number; reset?: number }): RenderFault {
  const headers: Record<string, string> = { "ratelimit-limit": "10", "ratelimit-remaining": "0" };
  if (told.retryAfter !== undefined) headers["retry-after"] = String(told.retryAfter);
  if (told.reset !== undefined) headers["ratelimit-reset"] = String(told.reset);
  return { kind: "status", status: 429, headers, json: { message: "rate limit exceeded" } };
}

export function isCarriedOut(fault: RenderFault): boolean {
  return fault.kind === "cut" || ((fault.kind === "reset" || fault.kind === "hold") && fault.carriedOut);
}

/** `real` is the answer of a call that was carried out. */
export function sendFault(response: ServerResponse, fault: RenderFault, call: FakeCall, real: FakeAnswer | undefined): void {
  switch (fault.kind) {
    case "status":
      response.writeHead(fault.status, { "content-type": fault.text === undefined ? "application/json; charset=utf-8" : "text/html", ...fault.headers });
      response.end(fault.text ?? (fault.json === undefined ? "" : JSON.stringify(fault.json)));
      return;
    case "echo":
      response.writeHead(fault.status, { "content-type": "application/json; charset=utf-8" });
      response.end(JSON.stringify({ message: `${call.body} ${String(call.headers["authorization"])} ${call.method} ${call.path} ${JSON.stringify(call.headers)}`, key: call.body, id: call.headers["authorization"] }));
      return;
    case "reset":
      response.destroy();
      return;
    case "hold":
      return;
    case "cut": {
      const text = JSON.stringify(real?.json);
      response.writeHead(real?.status ?? 500, { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(text) });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
      return;
    }
    case "huge":
      response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
      response.end(`["${"x".repeat(fault.bytes)}"]`);
  }
}
