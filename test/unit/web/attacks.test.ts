/** Everything that must not get through to the app, over real connections. Each is refused with a typed error and one line in the log. */
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { closeServer, listen } from "../../support/loopback.ts";
import { answerTo, createWebStage, expectRefused, pathOf, refusal, send } from "./web-stage.ts";

describe("another name for this computer (DNS rebinding)", () => {
  it.each(["evil.example:PORT", "evil.example", "127.0.0.1", "localhost", "127.0.0.1:1", "127.0.0.1.nip.io:PORT", "[::1]:PORT", "0.0.0.0:PORT", "2130706433:PORT", "LOCALHOST:PORT"])("%s", async (name) => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const host = name.replace("PORT", String(stage.port));
    for (const origin of [`http://${host}`, stage.origin]) {
      const answer = await stage.call("app.ready", { cookie, headers: { host, origin } });
      expectRefused(stage, answer, { status: 421, code: "SENDER_REFUSED", log: "Refused POST /api/call/ with 421: wrong Host header." });
    }
    for (const path of ["/", "/api/events", pathOf(stage.host.createLink())]) expect((await stage.send(path, { headers: { host, cookie } })).status).toBe(421);
  });

  it.each(["127.0.0.1:PORT.evil.example", "user@127.0.0.1:PORT", "127.0.0.1:PORT/", "evil example"])("%s, which is no name", async (name) => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const answer = await stage.call("app.ready", { cookie, headers: { host: name.replace("PORT", String(stage.port)) } });
    expectRefused(stage, answer, { status: 400, code: "BAD_REQUEST", log: "Refused a request with 400: malformed request." });
  });

  it("does not use the link up", async () => {
    const stage = await createWebStage();
    const path = pathOf(stage.host.url);
    expect((await stage.send(path, { headers: { host: "evil.example" } })).headers["set-cookie"]).toBeUndefined();
    expect((await stage.send(path)).headers["set-cookie"]).toHaveLength(1);
  });

  it("a Host header that is none, or two of them, or none at all", async () => {
    const stage = await createWebStage();
    const hosts = [`Host: 127.0.0.1:${stage.port} evil\r\n`, `Host: 127.0.0.1:${stage.port}\r\nHost: evil.example\r\n`, ""];
    for (const header of hosts) {
      const socket = connect(stage.port, "127.0.0.1");
      socket.write(`GET / HTTP/1.0\r\n${header}Connection: close\r\n\r\n`);
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
    expect(stage.app.calls).toEqual([]);
  });

  it("an address of its own in the request line", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    expect((await stage.send("http://evil.example/", { headers: { cookie, host: "evil.example" } })).status).toBe(421);
  });
});

describe("another page", () => {
  it.each(["https://evil.example", "http://127.0.0.1:1", "http://localhost:3000", "null", "http://127.0.0.1:PORT.evil.example", "http://evil.example#http://127.0.0.1:PORT", "https://127.0.0.1:PORT", "http://127.0.0.1:PORT/", "file://"])("posts from %s", async (name) => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const answer = await stage.call("app.ready", { cookie, headers: { origin: name.replace("PORT", String(stage.port)) } });
    expect(answer).toMatchObject({ status: 403 });
    expect(answer.json()).toMatchObject(refusal("SENDER_REFUSED", "Account Keeper answers only its own page."));
    expect(stage.app.calls).toEqual([]);
    expect(stage.refused()).toEqual([expect.stringMatching(/^Refused POST \/api\/call\/ with 403: foreign page \S+( a name)?\.$/)]);
  });

  it("the log names the other program, and nothing else of what it sent", async () => {
    const stage = await createWebStage();
    await stage.call("app.ready", { headers: { origin: "http://anna:secret@localhost:3000/anna@example.com" } });
    await stage.call("app.ready", { headers: { origin: "anna@example.com" } });
    expect(stage.refused()).toEqual(["Refused POST /api/call/ with 403: foreign page http://localhost:3000.", "Refused POST /api/call/ with 403: foreign page without a name."]);
  });

  it("posts without an Origin header", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const answer = await send(stage.port, "/api/call/app.ready", { method: "POST", body: "{}", headers: { cookie, "content-type": "application/json" } });
    expectRefused(stage, answer, { status: 403, code: "SENDER_REFUSED", log: "Refused POST /api/call/ with 403: missing Origin header." });
  });

  it("is the page under our other name: they are two origins", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const answer = await stage.call("app.ready", { cookie, headers: { origin: `http://localhost:${stage.port}` } });
    expect(answer.status).toBe(403);
    expect((await stage.call("app.ready", { cookie, headers: { host: `localhost:${stage.port}`, origin: `http://localhost:${stage.port}` } })).json()).toEqual({ ok: true, value: { done: true } });
  });

  it.each(["same-site", "cross-site", "none"])("calls, and the browser says that it is %s", async (site) => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const answer = await stage.call("app.ready", { cookie, headers: { "sec-fetch-site": site } });
    expectRefused(stage, answer, { status: 403, code: "SENDER_REFUSED", log: "Refused POST /api/call/ with 403: asked for by another page." });
  });

  it("on another local port: the browser sends our cookie along, and still nothing gets through", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const other = { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" };
    for (const path of ["/api/events", "/assets/index-1a2b.js", "/icon.svg", "/"]) {
      const answer = await stage.send(path, { headers: { cookie, ...other } });
      expect({ path, status: answer.status }).toEqual({ path, status: 403 });
    }
    // Without those headers (an old browser), the origin gives it away.
    expect((await stage.send("/api/events", { headers: { cookie, origin: "http://127.0.0.1:3000" } })).status).toBe(403);
    // A frame is a visit too; the policy forbids it, and so do we.
    expect((await stage.send("/", { headers: { cookie, "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" } })).status).toBe(403);
    // Events are no page to visit.
    for (const site of ["none", "cross-site"]) expect((await stage.send("/api/events", { headers: { cookie, "sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" } })).status).toBe(403);
    // A link to the window is fine.
    expect((await stage.send("/", { headers: { cookie, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" } })).status).toBe(200);
  });

  it("asks for leave first (OPTIONS)", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    for (const origin of ["https://evil.example", stage.origin]) {
      const answer = await stage.call("app.ready", { cookie, method: "OPTIONS", headers: { origin, "access-control-request-method": "POST", "access-control-request-private-network": "true" } });
      expectRefused(stage, answer, { status: 403, code: "SENDER_REFUSED", log: "Refused OPTIONS /api/call/ with 403: another page asked for leave (OPTIONS)." });
    }
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp", "", undefined])("posts a form as %s", async (type) => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const answer = await send(stage.port, "/api/call/app.ready", { method: "POST", body: "{}", headers: { cookie, origin: stage.origin, ...(type === undefined ? {} : { "content-type": type }) } });
    expectRefused(stage, answer, { status: 415, code: "BAD_REQUEST", log: "Refused POST /api/call/ with 415: not application/json." });
  });
});

describe("a request that is none", () => {
  it("announces 10 MB: the answer comes before they do", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const headers = { cookie, origin: stage.origin, "content-type": "application/json", "content-length": 10_000_000 };
    const request = httpRequest({ host: "127.0.0.1", port: stage.port, path: "/api/call/app.ready", method: "POST", headers, agent: false });
    onTestFinished(() => void request.destroy());
    request.on("error", () => undefined);
    request.write("{");
    expectRefused(stage, await answerTo(request), { status: 413, code: "REQUEST_TOO_LARGE", log: "Refused POST /api/call/ with 413: too large." });
  });

  it("streams without an end: the answer comes when it is too much", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const headers = { cookie, origin: stage.origin, "content-type": "application/json", "transfer-encoding": "chunked" };
    const request = httpRequest({ host: "127.0.0.1", port: stage.port, path: "/api/call/app.ready", method: "POST", headers, agent: false });
    onTestFinished(() => void request.destroy());
    request.on("error", () => undefined);
    request.write(Buffer.alloc(1_100_001, " "));
    expectRefused(stage, await answerTo(request), { status: 413, code: "REQUEST_TOO_LARGE", log: "Refused POST /api/call/ with 413: too large." });
  });

  it.each([["10 MB at once", {}], ["10 MB in pieces", { "transfer-encoding": "chunked" }]])("sends %s, and reads the answer all the same", async (_name, headers) => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const answer = await stage.call("app.ready", { cookie, body: Buffer.alloc(10_000_000, " "), headers });
    expectRefused(stage, answer, { status: 413, code: "REQUEST_TOO_LARGE", log: "Refused POST /api/call/ with 413: too large." });
  });

  it("the longest that the window sends gets through", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const body = JSON.stringify({ text: "x".repeat(1_000_000) });
    await stage.call("variable.inspect", { cookie, body });
    expect(stage.app.calls).toEqual([["variable.inspect", { text: "x".repeat(1_000_000) }]]);
  });

  it.each<[string, string | Buffer]>([
    ["nothing", ""],
    ["half an object", '{"siteId":'],
    ["two objects", "{}{}"],
    ["no JSON", "siteId=1"],
    ["bytes that are no text", Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ["__proto__", '{"__proto__":{"isAdmin":true}}'],
    ["__proto__ deep down", '{"kind":"backup","input":{"a":[{"__proto__":null}]}}'],
    ["__proto__ in other letters", '{"__pro\\u0074o__":{}}'],
    ["constructor", '{"constructor":{"prototype":{"isAdmin":true}}}'],
    ["a tower of brackets", "[".repeat(500_000) + "]".repeat(500_000)],
  ])("sends %s", async (_name, body) => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const answer = await stage.call("app.ready", { cookie, body });
    expectRefused(stage, answer, { status: 400, code: "BAD_REQUEST", log: "Refused POST /api/call/ with 400: no JSON, or keys that no request has." });
    expect(Object.hasOwn(Object.prototype, "isAdmin")).toBe(false);
  });

  it("breaks off in the middle", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const headers = { cookie, origin: stage.origin, "content-type": "application/json", "content-length": 100 };
    const request = httpRequest({ host: "127.0.0.1", port: stage.port, path: "/api/call/app.ready", method: "POST", headers, agent: false });
    request.on("error", () => undefined);
    await new Promise<void>((resolve) => void request.write("{", () => resolve()));
    request.destroy();
    await expect.poll(() => stage.refused()).toHaveLength(1);
    expect(stage.app.calls).toEqual([]);
    expect((await stage.call("app.ready", { cookie })).status).toBe(200);
  });

  it("asks for a call with GET, HEAD, PUT or DELETE", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
      const answer = await stage.call("app.ready", { cookie, method, headers: { origin: stage.origin } });
      expectRefused(stage, answer, { status: 405, code: "BAD_REQUEST", log: `Refused ${method} /api/call/ with 405: wrong method.` });
    }
    expect((await stage.call("app.ready", { cookie, method: "HEAD" })).status).toBe(405);
    expect(stage.app.calls).toEqual([]);
  });

  it("unknown commands, whatever their names, are the gate's to refuse", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    for (const name of ["nope", "__proto__", "constructor", "toString", "app.ready%20", "..%2f..%2fetc%2fpasswd"]) {
      const answer = await stage.call(name, { cookie });
      expect({ name, status: answer.status, json: answer.json() }).toMatchObject({ status: 200, json: refusal("UNKNOWN_COMMAND") });
    }
    expect(stage.app.calls.map(([name]) => name)).toEqual(["nope", "__proto__", "constructor", "toString", "app.ready ", "../../etc/passwd"]);
  });

  it.each(["/api", "/api/", "/api/call", "/api/call/", "/api/call/app.ready/more", "/api/nope"])("posts to %s", async (path) => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const answer = await stage.send(path, { method: "POST", body: "{}", headers: { cookie, origin: stage.origin, "content-type": "application/json" } });
    expect([404, 405]).toContain(answer.status);
    expect(answer.json()).toMatchObject(refusal("BAD_REQUEST"));
    expect(stage.app.calls).toEqual([]);
  });
});

describe("files that are not the window's", () => {
  it.each([
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/%252e%252e%252fsecret.txt",
    "/assets/../../secret.txt",
    "/assets/..%5c..%5csecret.txt",
    "//secret.txt",
    "/./../secret.txt",
    "/secret.txt%00.js",
    "/way-out.txt",
    "/way-out/secret.txt",
    "/.env",
    "/.git/config",
    "/%2egit/config",
    "/assets",
    "/assets/",
    "/index.html/",
    "/__proto__",
  ])("%s", async (path) => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const answer = await stage.send(path, { headers: { cookie } });
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain("the secret");
    expect(stage.refused()).toEqual(["Refused GET a page with 404: unknown address."]);
  });

  it("a path with a backslash", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const answer = await stage.send("/..\\secret.txt", { headers: { cookie } });
    expectRefused(stage, answer, { status: 400, code: "BAD_REQUEST", log: "Refused a request with 400: malformed request." });
  });

  it("a full path in place of one", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const answer = await stage.send(`${stage.folder}/secret.txt`, { headers: { cookie } });
    expect(answer).toMatchObject({ status: 404 });
  });
});

it("a page of another local server cannot reach the app through a real fetch", async () => {
  const stage = await createWebStage();
  await stage.enter();
  const { createServer } = await import("node:http");
  const other = createServer((_request, response) => response.end("<!doctype html>"));
  const port = await listen(other);
  onTestFinished(async () => await closeServer(other));
  const answer = await fetch(`${stage.origin}/api/call/app.ready`, { method: "POST", body: "{}", headers: { origin: `http://127.0.0.1:${port}`, "content-type": "application/json" } });
  expect(answer.status).toBe(403);
  expect(answer.headers.get("access-control-allow-origin")).toBeNull();
});

it("hammering at the door does not fill the log", async () => {
  const stage = await createWebStage();
  for (let index = 0; index < 70; index += 1) await stage.send("/", { headers: { host: "evil.example" } });
  const lines = stage.refused();
  expect(lines).toHaveLength(61);
  expect(lines.at(-1)).toBe("Refused more than can be told: the rest of this minute is left out.");
});
