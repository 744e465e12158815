/** How a request through the proxy goes wrong, and what then comes back. */
import type { IncomingMessage, ServerResponse } from "node:http";

export type Fault =
  | { kind: "status"; status: number; headers?: Record<string, string>; json?: unknown; html?: string }
  /** The real answer, but only this share of its body; the length in the headers is a lie, absent, or chunked and cut. */
  | { kind: "truncate"; share: number; length: "announced" | "chunked" | "until_close" }
  /** The connection breaks before the answer. */
  | { kind: "reset" }
  /** The request reaches Chroma, its answer never comes back. */
  | { kind: "lose_answer" }
  /** No answer, until the client goes away or the proxy closes. */
  | { kind: "hold" }
  /** The real answer, its body byte by byte with a pause between, or in so many pieces. */
  | { kind: "drip"; pauseMs: number; pieces?: number }
  /** The connection breaks, and nobody listens any more until `listenAgain`. */
  | { kind: "refuse" }
  /** The real answer, later. */
  | { kind: "delay"; ms: number }
  /** The request reaches Chroma; its answer comes back under its own status and type, with this for a body. */
  | { kind: "garbage"; body: Buffer }
  /** The real answer, whole; the length in the headers is wrong by so many bytes. */
  | { kind: "wrong_length"; by: number }
  /** The request reaches Chroma twice, one after the other, as from a proxy that repeats what it takes for lost. */
  | { kind: "duplicate"; answer: "first" | "second" };

/** `answered`, with this `body`, is what Chroma said. */
export function reply(response: ServerResponse, answered: IncomingMessage, body: Buffer, fault: Fault | undefined): void {
  const status = answered.statusCode ?? 500;
  const headers = { "content-type": answered.headers["content-type"] ?? "" };
  switch (fault?.kind) {
    case "lose_answer":
      response.destroy();
      return;
    case "truncate": {
      const part = body.subarray(0, Math.floor(body.length * fault.share));
      const length = fault.length === "announced" ? { "content-length": body.length } : {};
      // Without a length and without chunks only the end of the connection ends the body: nobody can tell that it is cut.
      if (fault.length === "until_close") response.useChunkedEncodingByDefault = false;
      response.writeHead(status, { ...headers, ...length, connection: "close" });
      response.write(part, () => (fault.length === "until_close" ? response.end() : response.destroy()));
      return;
    }
    case "drip":
      response.writeHead(status, { ...headers, "content-length": body.length });
      drip(response, body, fault.pauseMs, fault.pieces === undefined ? 1 : Math.ceil(body.length / fault.pieces));
      return;
    case "delay":
      setTimeout(() => reply(response, answered, body, undefined), fault.ms);
      return;
    case "garbage":
      response.writeHead(status, { ...headers, "content-length": fault.body.length });
      response.end(fault.body);
      return;
    case "wrong_length":
      response.writeHead(status, { ...headers, "content-length": Math.max(0, body.length + fault.by), connection: "close" });
      response.write(body, () => response.destroy());
      return;
    default:
      response.writeHead(status, { ...headers, "content-length": body.length });
      response.end(body);
  }
}

function drip(response: ServerResponse, body: Buffer, pauseMs: number, bytes: number): void {
  if (response.destroyed) return;
  if (body.length === 0) {
    response.end();
    return;
  }
  response.write(body.subarray(0, bytes));
  setTimeout(() => drip(response, body.subarray(bytes), pauseMs, bytes), pauseMs);
}

/** Says this in Chroma's place. */
export function answer(response: ServerResponse, what: { status: number; headers?: Record<string, string>; json?: unknown; html?: string }): void {
  const isJson = what.json !== undefined;
  response.writeHead(what.status, { "content-type": isJson ? "application/json" : "text/html; charset=utf-8", ...what.headers });
  response.end(isJson ? JSON.stringify(what.json) : (what.html ?? ""));
}
