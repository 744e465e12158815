/** Connecting to a real Chroma through everything that can stand in between: keys, prefixes, TLS, sleep, and impostors. */
import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, inject, it } from "vitest";
import { connect, type ConnectOptions } from "../../electron/engine/chroma/connect.ts";
import type { ChromaConnection } from "../../electron/engine/chroma/connection.ts";
import type { Auth, CloudSource, ServerSource } from "../../electron/engine/chroma/source.ts";
import { isKeeperError, type ErrorCode, type KeeperError } from "../../shared/errors.ts";
import type { Progress } from "../../shared/progress.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { createCertificate, findFreePort, startOtherApi, startRedirect, startTcpServer, startV1Server, startWebsite } from "../support/loopback.ts";

const target = inject("chromaUrl");
/** Unlike anything else, so that it can be looked for in every text. */
const TOKEN = "tok-8c1f4a";
const quick = { retries: { retries: 2, firstPauseMs: 10 } } satisfies ConnectOptions;

const open: { close(): Promise<void> }[] = [];
/** In the order of opening, so that a proxy is closed last and can complain. */
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
function keep<T extends { close(): Promise<void> }>(one: T): T {
  open.push(one);
  return one;
}

async function connectTo(url: string, more: Partial<ServerSource> = {}, options: ConnectOptions = quick): Promise<ChromaConnection> {
  return keep(await connect({ kind: "server", url, ...more }, options));
}

/** The failure, after making sure that it can be shown to anybody. */
async function failureOf(source: ServerSource | CloudSource, options: ConnectOptions = quick): Promise<KeeperError> {
  const error: unknown = await connect(source, options).then(
    async (connection) => {
      await connection.close();
      throw new Error("connected");
    },
    (reason: unknown) => reason,
  );
  if (!isKeeperError(error)) throw error;
  const texts = [error.message, error.hint, error.stack, error.cause instanceof Error ? error.cause.stack : error.cause].join(" ");
  for (const secret of [TOKEN, Buffer.from(`eve:${TOKEN}`).toString("base64")]) expect(texts).not.toContain(secret);
  expect(error.message).toMatch(/^[A-Z].*\.$/);
  expect(error.hint).toMatch(/^[A-Z].*\.$/);
  return error;
}

describe("a Chroma that answers", () => {
  it("tells its limits and forgets the credentials of its address", async () => {
    const connection = await connectTo(target.replace("://", `://eve:${TOKEN}@`) + "/api/v2/");
    expect(connection).toMatchObject({ address: target, tenant: "default_tenant", database: "default_database", isCloud: false });
    expect(connection.limits).toEqual({ maxBatchSize: 5461, maxRecordsPerGet: 32_766, maxIdsPerGet: null, base64: true });
    expect(connection.version).toMatch(/^\d+\.\d+/);
    expect(JSON.stringify(connection)).not.toContain(TOKEN);
  });

  it("reports connecting, from the beginning to the end", async () => {
    const seen: Progress[] = [];
    await connectTo(target, {}, { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ phase, total }) => [phase, total])).toEqual([
      ["connecting", null],
      ["connecting", seen.at(-1)?.done],
    ]);
  });

  it("answers below the prefix of a proxy", async () => {
    const proxy = keep(await startFrontProxy({ target, prefix: "/db/chroma" }));
    const connection = await connectTo(`${proxy.url}/`);
    expect(connection.address).toBe(proxy.url);
    expect(await connection.findCollection(`none-${randomUUID()}`)).toBeNull();
  });

  it("offers what an endpoint would say that is not there", async () => {
    const proxy = keep(await startFrontProxy({ target }));
    proxy.inject(/pre-flight-checks/, { kind: "status", status: 404, json: { detail: "Not Found" } });
    proxy.inject(/v2\/version/, { kind: "status", status: 404, html: "no" });
    const connection = await connectTo(proxy.url);
    expect(connection).toMatchObject({ version: "unknown", limits: { maxBatchSize: 100, base64: false } });
  });
});

describe("keys", () => {
  const forms: Auth[] = [
    { kind: "bearer", token: TOKEN },
    { kind: "chroma_token", token: TOKEN },
    { kind: "basic", user: "eve", password: TOKEN },
    { kind: "header", name: "X-Door-Key", value: TOKEN },
  ];
  const wrong: Auth[] = [
    { kind: "bearer", token: `${TOKEN}x` },
    { kind: "chroma_token", token: `${TOKEN}x` },
    { kind: "basic", user: "eve", password: `${TOKEN}x` },
    { kind: "header", name: "X-Door-Key", value: `${TOKEN}x` },
  ];

  it.each(forms.map((guard) => [guard.kind, guard] as const))("%s opens the door it fits, and no other", async (kind, guard) => {
    const proxy = keep(await startFrontProxy({ target, guard }));
    const connection = await connectTo(proxy.url, { auth: guard });
    await connection.listCollections();
    for (const auth of [...forms.filter((form) => form.kind !== kind), ...wrong, { kind: "none" } as const]) {
      expect(await failureOf({ kind: "server", url: proxy.url, auth })).toMatchObject({ code: "KEY_REFUSED", message: "The server wants another key." });
    }
  });

  it("come out of the address, too", async () => {
    const proxy = keep(await startFrontProxy({ target, guard: { kind: "basic", user: "eve", password: TOKEN } }));
    const connection = await connectTo(proxy.url.replace("://", `://eve:${TOKEN}@`));
    expect(connection.address).toBe(proxy.url);
  });

  it.each([401, 403])("are asked for when only the data is guarded (%i)", async (status) => {
    const refusal = { status, json: { error: "Forbidden", message: `not with ${TOKEN}` } };
    const proxy = keep(await startFrontProxy({ target, guard: { kind: "bearer", token: TOKEN }, guarded: "data", refusal }));
    expect((await failureOf({ kind: "server", url: proxy.url })).code).toBe("KEY_REFUSED");
    await connectTo(proxy.url, { auth: { kind: "bearer", token: TOKEN } });
  });

  it("are asked for when they stop working later", async () => {
    const proxy = keep(await startFrontProxy({ target }));
    const connection = await connectTo(proxy.url, { auth: { kind: "bearer", token: TOKEN } });
    proxy.inject(/\/collections/, { kind: "status", status: 401 });
    await expect(connection.listCollections()).rejects.toMatchObject({ code: "KEY_REFUSED" });
  });

  it("tell tenant and database of their owner when the default ones are not theirs", async () => {
    const proxy = keep(await startFrontProxy({ target }));
    const [tenant, database] = [`t-${randomUUID()}`, `d-${randomUUID()}`];
    const other = await connectTo(target, { tenant, database }, { ...quick, allowMissingDatabase: true });
    await other.ensureDatabase();
    proxy.injectAlways(/auth\/identity/, { kind: "status", status: 200, json: { user_id: "u", tenant, databases: [database] } });
    proxy.inject(/default_tenant/, { kind: "status", status: 403, json: { error: "Forbidden" } });
    expect(await connectTo(proxy.url)).toMatchObject({ tenant, database });
  });
});

describe("Chroma Cloud", () => {
  it("is asked with its own header, finds tenant and database by the key, and keeps to its limits", async () => {
    const proxy = keep(await startFrontProxy({ target, guard: { kind: "chroma_token", token: TOKEN } }));
    const connection = keep(await connect({ kind: "cloud", apiKey: TOKEN, url: proxy.url }, quick));
    expect(connection).toMatchObject({ isCloud: true, tenant: "default_tenant", database: "default_database" });
    expect(connection.limits).toMatchObject({ maxBatchSize: 300, maxRecordsPerGet: 300, maxIdsPerGet: 300 });
    expect(proxy.requests.map(({ path }) => path)).toContain("/api/v2/auth/identity");
    expect((await failureOf({ kind: "cloud", apiKey: "other", url: proxy.url })).code).toBe("KEY_REFUSED");
  });
});

describe("names that are not there", () => {
  it("misses a name with half a character in it, as no server can have one", async () => {
    expect((await failureOf({ kind: "server", url: target, tenant: "t-\ud83d" })).code).toBe("TENANT_NOT_FOUND");
    expect((await failureOf({ kind: "server", url: target, database: "d-\ud83d" })).code).toBe("DATABASE_NOT_FOUND");
    expect(await (await connectTo(target)).findCollection("c-\ud83d")).toBeNull();
  });

  it("tells tenant from database", async () => {
    const name = `none-${randomUUID()}`;
    expect((await failureOf({ kind: "server", url: target, tenant: name })).code).toBe("TENANT_NOT_FOUND");
    expect((await failureOf({ kind: "server", url: target, database: name })).code).toBe("DATABASE_NOT_FOUND");
    expect((await failureOf({ kind: "server", url: target, tenant: "..", database: "../.." })).code).toBe("TENANT_NOT_FOUND");
  });

  it("lets a restore in, and makes them for it", async () => {
    const names = { tenant: `t-${randomUUID()}`, database: `d-${randomUUID()}` };
    const connection = await connectTo(target, names, { ...quick, allowMissingDatabase: true });
    await expect(connection.listCollections()).rejects.toMatchObject({ code: "TENANT_NOT_FOUND" });
    await expect(connection.findCollection("users")).rejects.toMatchObject({ code: "TENANT_NOT_FOUND" });
    await expect(connection.createCollection({ name: "users", metadata: null, configuration: null, schema: null })).rejects.toMatchObject({ code: "TENANT_NOT_FOUND" });
    await connection.ensureDatabase();
    await connection.ensureDatabase();
    expect(await connection.listCollections()).toEqual([]);
    expect(await connection.findCollection("users")).toBeNull();
    expect(await connection.createCollection({ name: "users", metadata: null, configuration: null, schema: null })).toMatchObject({ name: "users", ...names });
    await connectTo(target, names);
  });
});

describe("addresses with somebody else behind", () => {
  it.each<[string, () => Promise<{ url: string; close(): Promise<void> }>, ErrorCode]>([
    ["a website", async () => await startWebsite(), "NOT_CHROMA"],
    ["a website without this page", async () => await startWebsite(404), "NOT_CHROMA"],
    ["another API", async () => await startOtherApi(), "NOT_CHROMA"],
    ["a redirect to a login page", async () => await startRedirect((path) => `https://login.example.com/?next=${path}`), "NOT_CHROMA"],
    ["something that is no HTTP", async () => await startTcpServer("SSH-2.0-OpenSSH_9.2\r\n"), "NOT_CHROMA"],
    ["a Chroma with the first API only", async () => await startV1Server(), "CHROMA_TOO_OLD"],
  ])("%s", async (_what, start, code) => {
    const server = keep(await start());
    expect((await failureOf({ kind: "server", url: server.url, auth: { kind: "bearer", token: TOKEN } })).code).toBe(code);
  });

  it("nobody", async () => {
    const port = await findFreePort();
    expect(await failureOf({ kind: "server", url: `http://eve:${TOKEN}@127.0.0.1:${port}` })).toMatchObject({ code: "SERVER_UNREACHABLE", message: "Nobody answers at this address." });
  });

  it("nobody, where the address is Chroma Cloud's", async () => {
    const url = `http://127.0.0.1:${await findFreePort()}`;
    expect(await failureOf({ kind: "cloud", apiKey: TOKEN, url })).toMatchObject({ code: "SERVER_UNREACHABLE", message: "Chroma Cloud does not answer.", hint: "Check your internet connection and try again." });
  });

  it("a name that does not exist", async () => {
    expect((await failureOf({ kind: "server", url: "http://no-such-host.invalid:8000" })).code).toBe("SERVER_UNREACHABLE");
  });

  it("an address that is none", async () => {
    expect((await failureOf({ kind: "server", url: `ftp://eve:${TOKEN}@example.com` })).code).toBe("INVALID_ADDRESS");
  });
});

describe("TLS", () => {
  it("refuses a certificate nobody vouches for, and takes it when it was added", async () => {
    const tls = await createCertificate();
    const proxy = keep(await startFrontProxy({ target, tls }));
    expect((await failureOf({ kind: "server", url: proxy.url, auth: { kind: "bearer", token: TOKEN } })).code).toBe("TLS_FAILED");
    expect(proxy.requests).toEqual([]);
    const connection = await connectTo(proxy.url, { ca: tls.cert });
    await connection.listCollections();
  });

  it("refuses a certificate for another name, even an added one", async () => {
    const tls = await createCertificate("db.example.com");
    const proxy = keep(await startFrontProxy({ target, tls }));
    expect(await failureOf({ kind: "server", url: proxy.url, ca: tls.cert })).toMatchObject({ code: "TLS_FAILED", message: "The server's certificate belongs to another address." });
  });

  it("says so when the server speaks none, and when the added certificate is none", async () => {
    expect(await failureOf({ kind: "server", url: target.replace("http:", "https:") })).toMatchObject({ code: "TLS_FAILED", message: "The server does not speak https." });
    expect((await failureOf({ kind: "server", url: target, ca: "-----BEGIN nonsense" })).code).toBe("TLS_FAILED");
  });

  it("follows a host that sends plain http to https, on the same host only", async () => {
    const tls = await createCertificate();
    const proxy = keep(await startFrontProxy({ target, tls }));
    const plain = keep(await startRedirect((path) => `${proxy.url}${path}`));
    const connection = await connectTo(plain.url, { ca: tls.cert });
    expect(connection.address).toBe(proxy.url);
    await connection.listCollections();
    const elsewhere = keep(await startRedirect((path) => `https://localhost:${new URL(proxy.url).port}${path}`));
    expect((await failureOf({ kind: "server", url: elsewhere.url, ca: tls.cert })).code).toBe("NOT_CHROMA");
  });
});

describe("a site that sleeps", () => {
  it.each([502, 503, 504])("is woken: %i for a while, then Chroma", async (status) => {
    const proxy = keep(await startFrontProxy({ target }));
    proxy.inject(/heartbeat/, { kind: "status", status, html: "<h1>Starting</h1>" });
    proxy.inject(/heartbeat/, { kind: "reset" });
    const seen: Progress[] = [];
    await connectTo(proxy.url, {}, { ...quick, wakeTimeoutMs: 20_000, onProgress: (progress) => seen.push(progress) });
    expect(seen.find(({ phase }) => phase === "waking")).toEqual({ phase: "waking", done: 0, total: null, unit: "seconds", canCancel: true, problems: 0 });
    expect(seen.at(-1)).toMatchObject({ phase: "connecting" });
  });

  it("is said to be asleep when nothing wakes it", async () => {
    const proxy = keep(await startFrontProxy({ target }));
    proxy.injectAlways(/heartbeat/, { kind: "status", status: 502, html: "<h1>Bad Gateway</h1>" });
    const failure = await failureOf({ kind: "server", url: proxy.url }, { ...quick, wakeTimeoutMs: 3_000 });
    expect(failure).toMatchObject({ code: "SITE_ASLEEP", message: "Your site is asleep." });
    expect(proxy.requests.length).toBeGreaterThan(1);
  });

  it("is said to be asleep when it takes the connection and never answers", async () => {
    const silent = keep(await startTcpServer());
    const seen: Progress[] = [];
    const failure = await failureOf({ kind: "server", url: silent.url }, { ...quick, wakeTimeoutMs: 1_500, slowAfterMs: 200, onProgress: (progress) => seen.push(progress) });
    expect(failure.code).toBe("SITE_ASLEEP");
    expect(seen.map(({ phase }) => phase)).toContain("waking");
  });

  it("can be left alone at any moment", async () => {
    const silent = keep(await startTcpServer());
    const proxy = keep(await startFrontProxy({ target }));
    proxy.injectAlways(/heartbeat/, { kind: "status", status: 502 });
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = expect(connect({ kind: "server", url: silent.url }, { signal })).rejects.toMatchObject({ code: "CANCELLED" });
    const pausing = expect(connect({ kind: "server", url: proxy.url }, { signal })).rejects.toMatchObject({ code: "CANCELLED" });
    await proxy.nextRequest(/heartbeat/);
    controller.abort();
    await Promise.all([waiting, pausing]);
    await expect(connect({ kind: "server", url: target }, { signal })).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("keeps its patience for the first contact: later a gateway's refusal ends after a few tries", async () => {
    const proxy = keep(await startFrontProxy({ target }));
    const connection = await connectTo(proxy.url);
    proxy.inject(/\/collections/, { kind: "status", status: 503, html: "no" }, 3);
    await expect(connection.listCollections()).rejects.toMatchObject({ code: "SITE_ASLEEP" });
  });
});
