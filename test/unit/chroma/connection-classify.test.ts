/** Which failure means what: status codes, error codes, and no word of a secret or an account. */
import { describe, expect, it } from "vitest";
import { fromAnswer, fromNetworkError, parseRetryAfter, type Answer, type Asked } from "../../../electron/engine/chroma/classify.ts";

const asked: Asked = { method: "GET", path: "/api/v2/tenants/t", subject: "tenant", redact: (text) => text.replaceAll("tok-1", "[secret]") };

function answer(status: number, body: string | object = "<h1>x</h1>", more: Partial<Answer> = {}): Answer {
  const isText = typeof body === "string";
  return {
    status,
    contentType: isText ? "text/html" : "application/json",
    retryAfter: undefined,
    location: undefined,
    body: Buffer.from(isText ? body : JSON.stringify(body)),
    ...more,
  };
}

describe("answers", () => {
  const notFound = { error: "NotFoundError", message: "x" };
  it.each([
    [answer(401), "KEY_REFUSED", false],
    [answer(403, { error: "Forbidden" }), "KEY_REFUSED", false],
    [answer(404), "NOT_CHROMA", false],
    [answer(404, notFound), "TENANT_NOT_FOUND", false],
    [answer(409, { error: "ChromaError", message: "exists" }), "SERVER_REFUSED", false],
    [answer(400, { error: "InvalidArgumentError" }), "SERVER_REFUSED", false],
    [answer(400), "NOT_CHROMA", false],
    [answer(422, { error: "ChromaError", message: "Failed to deserialize" }), "SERVER_REFUSED", false],
    [answer(422, { error: "ChromaError", message: "Quota exceeded: 'Number of records'" }), "QUOTA_EXCEEDED", false],
    [answer(413, { error: "ChromaError" }), "REQUEST_TOO_LARGE", false],
    [answer(413), "REQUEST_TOO_LARGE", false],
    [answer(429), "RATE_LIMITED", true],
    [answer(500, { error: "InternalError" }), "SERVER_FAILED", false],
    [answer(501, { error: "ChromaError", message: "Unimplemented" }), "SERVER_REFUSED", false],
    [answer(502), "SITE_ASLEEP", true],
    [answer(503), "SITE_ASLEEP", true],
    [answer(504), "SITE_ASLEEP", true],
    [answer(522), "SITE_ASLEEP", true],
    [answer(503, { error: "UnavailableError" }), "SERVER_FAILED", true],
    [answer(302), "NOT_CHROMA", false],
    // Says it is JSON and is not: not Chroma's word.
    [answer(404, "{", { contentType: "application/json" }), "NOT_CHROMA", false],
  ])("%o", (given, code, transient) => {
    const failure = fromAnswer(given, asked);
    expect(failure).toMatchObject({ code, transient, status: given.status });
    expect(failure.hint).toMatch(/\.$/);
  });

  it.each(["tenant", "database", "collection"] as const)("a 404 of Chroma is about the %s that was asked for", (subject) => {
    expect(fromAnswer(answer(404, notFound), { ...asked, subject }).code).toBe(`${subject.toUpperCase()}_NOT_FOUND`);
  });

  it("keeps what the server says in the cause, without keys and without values of accounts", () => {
    const failure = fromAnswer(answer(400, { error: "InvalidArgumentError", message: 'bad tok-1: invalid type "ada@example.com" or `$2b$hash`' }), asked);
    expect(String(failure.cause)).toContain("InvalidArgumentError bad [secret]: invalid type … or …");
    expect(`${failure.message} ${failure.hint ?? ""}`).not.toContain("bad");
  });

  it.each([
    ["a value with quotes of its own", JSON.stringify('{"email":"ada@example.com","password_hash":"$2b$12$abc"}')],
    ["one that is cut off", '"{\\"password_hash\\":\\"$2b$12$abc'],
    ["one without quotes", "$2b$12$abc of ada@example.com,"],
  ])("keeps no value of an account: %s", (_, value) => {
    const failure = fromAnswer(answer(422, { error: "ChromaError", message: `invalid type: string ${value} at line 1` }), asked);
    const kept = `${String(failure.cause)} ${failure.said ?? ""}`;
    expect(kept).toContain("invalid type: string …");
    expect(kept).not.toMatch(/2b|abc|ada|example|password/);
  });

  it("hands on the reason of a refusal, and of nothing else", () => {
    const told = { error: "InvalidArgumentError", message: "Collection expecting embedding with dimension of 3, got 384 by tok-1" };
    expect(fromAnswer(answer(400, told), asked).said).toBe("InvalidArgumentError: Collection expecting embedding with dimension of 3, got 384 by [secret]");
    expect(fromAnswer(answer(400, { error: "InvalidArgumentError" }), asked).said).toBe("InvalidArgumentError");
    // A full plan too: whether it is the number of accounts or the length of one stands nowhere else.
    expect(fromAnswer(answer(422, { error: "ChromaError", message: "Quota exceeded: 'Document size' exceeded quota limit" }), asked).said).toBe("ChromaError: Quota exceeded: 'Document size' exceeded quota limit");
    for (const status of [401, 403, 404, 413, 429, 500]) expect(fromAnswer(answer(status, told), asked).said).toBeUndefined();
  });

  it("keeps nothing of what a gatekeeper says about a key", () => {
    expect(String(fromAnswer(answer(401, { error: "bad key tok-2" }), asked).cause)).not.toContain("tok-2");
  });

  it("passes on how long to wait", () => {
    expect(fromAnswer(answer(429, "", { retryAfter: "7" }), asked).retryAfterMs).toBe(7_000);
    const nowMs = Date.parse("2026-11-23T10:00:00Z");
    expect(parseRetryAfter("Mon, 23 Nov 2026 10:00:05 GMT", nowMs)).toBe(5_000);
    expect(parseRetryAfter("Mon, 23 Nov 2026 09:00:00 GMT", nowMs)).toBe(0);
    expect(parseRetryAfter("soon", nowMs)).toBeUndefined();
    expect(parseRetryAfter(undefined, nowMs)).toBeUndefined();
  });
});

describe("broken connections", () => {
  const error = (code: string, more: object = {}): Error => Object.assign(new Error("with tok-1 inside"), { code, ...more });
  it.each([
    [error("ECONNREFUSED"), false, "SERVER_UNREACHABLE", true],
    [error("ENOTFOUND"), false, "SERVER_UNREACHABLE", false],
    [error("EAI_AGAIN"), false, "SERVER_UNREACHABLE", true],
    [error("UND_ERR_CONNECT_TIMEOUT"), false, "SERVER_UNREACHABLE", true],
    [error("UND_ERR_HEADERS_TIMEOUT"), false, "SERVER_UNREACHABLE", false],
    [error("UND_ERR_SOCKET"), false, "SERVER_UNREACHABLE", true],
    [error("UND_ERR_SOCKET"), true, "BAD_ANSWER", true],
    [error("UND_ERR_BODY_TIMEOUT"), true, "BAD_ANSWER", true],
    [error("HPE_INVALID_CONSTANT"), false, "NOT_CHROMA", false],
    [error("DEPTH_ZERO_SELF_SIGNED_CERT"), false, "TLS_FAILED", false],
    [error("CERT_HAS_EXPIRED"), false, "TLS_FAILED", false],
    [error("ERR_TLS_CERT_ALTNAME_INVALID"), false, "TLS_FAILED", false],
    [error("ERR_SSL_WRONG_VERSION_NUMBER"), false, "TLS_FAILED", false],
    [new AggregateError([error("ECONNREFUSED"), error("ECONNREFUSED")]), false, "SERVER_UNREACHABLE", true],
    [new Error("outer", { cause: error("ECONNRESET") }), false, "SERVER_UNREACHABLE", true],
  ])("%o, answer begun: %s", (given, gotHeaders, code, transient) => {
    const failure = fromNetworkError(given, asked, gotHeaders);
    expect(failure).toMatchObject({ code, transient });
    expect(`${failure.message} ${failure.hint ?? ""} ${String(failure.cause)}`).not.toContain("tok-1");
  });
});
