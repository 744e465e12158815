/** What happens to calls on an open connection: collections that come back as they were, faults, and cancellation. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { connect } from "../../electron/engine/chroma/connect.ts";
import type { ChromaConnection, CollectionInfo, NewCollection } from "../../electron/engine/chroma/connection.ts";
import { canonicalJson, isJsonObject, parseLossless, stringifyLossless, type JsonObject } from "../../electron/engine/json/text.ts";
import { startFrontProxy, type Fault, type FrontProxy } from "../support/front-proxy.ts";

const target = inject("chromaUrl");

let proxy: FrontProxy;
let connection: ChromaConnection;
beforeEach(async () => {
  proxy = await startFrontProxy({ target });
  connection = await connect({ kind: "server", url: proxy.url }, { retries: { retries: 2, firstPauseMs: 10 }, timeouts: { firstByteMs: 60_000, bodyIdleMs: 1_000 } });
});
afterEach(async () => {
  await connection.close();
  await proxy.close();
});

function object(text: string): JsonObject {
  const value = parseLossless(text);
  if (!isJsonObject(value)) throw new Error("not an object");
  return value;
}

function uniqueName(): string {
  return `conn-${randomUUID()}`;
}

async function create(wanted: Partial<NewCollection> = {}): Promise<CollectionInfo> {
  return await connection.createCollection({ name: uniqueName(), metadata: null, configuration: null, schema: null, ...wanted });
}

/** What has to come back, whatever the order of keys. */
function substance(collection: CollectionInfo): string[] {
  return [collection.metadata, collection.configuration, collection.schema].map((part) => canonicalJson(stringifyLossless(part)));
}

describe("collections", () => {
  const embeddingFunction = '{"type":"known","name":"my_ef","config":{"model":"m","ratio":1.0}}';
  it.each([
    ["l2", '{"configuration":{"hnsw":{"space":"l2"}}}'],
    ["cosine", '{"configuration":{"hnsw":{"space":"cosine"}}}'],
    ["custom ip", `{"configuration":{"hnsw":{"space":"ip","ef_construction":150,"ef_search":77,"max_neighbors":24,"resize_factor":1.5,"sync_threshold":500},"embedding_function":${embeddingFunction}}}`],
    ["threads and batch size, which only the schema tells", '{"configuration":{"hnsw":{"space":"l2","batch_size":50,"num_threads":1}}}'],
    ["spann", '{"configuration":{"spann":{"space":"cosine","search_nprobe":10}}}'],
    ["an index for one key", '{"schema":{"defaults":{"string":{"string_inverted_index":{"enabled":false,"config":{}}}},"keys":{"email":{"string":{"string_inverted_index":{"enabled":true,"config":{}}}}}}}'],
    ["metadata with a float, an int64 and a flag", '{"metadata":{"f":1.0,"n":9007199254740993,"s":"1.0","b":true}}'],
    ["settings in metadata, as old sites write them", '{"metadata":{"hnsw:space":"cosine","hnsw:M":20}}'],
  ])("comes back as it was: %s", async (_what, text) => {
    const original = await create(object(text));
    const listed = (await connection.listCollections()).find(({ id }) => id === original.id);
    expect(listed && substance(listed)).toEqual(substance(original));
    const again = await create({ metadata: original.metadata, configuration: original.configuration, schema: original.schema });
    expect(substance(again)).toEqual(substance(original));
    const found = await connection.findCollection(again.name);
    expect(found && substance(found)).toEqual(substance(original));
    expect(again.id).not.toBe(original.id);
  });

  it("keeps at least its distance on a server that knows no schema", async () => {
    proxy.inject(/openapi/, { kind: "status", status: 404, html: "no" });
    const { configuration, schema } = await create({ configuration: object('{"hnsw":{"space":"cosine"}}') });
    const again = await create({ configuration, schema });
    expect(substance(again)[1]).toBe(canonicalJson(stringifyLossless(configuration)));
  });

  it("is the site's own when the site was quicker", async () => {
    const original = await create();
    await expect(connection.createCollection({ name: original.name, metadata: null, configuration: null, schema: null })).resolves.toMatchObject({ id: original.id });
  });

  it("is found although the answer to its creation was lost, and made once", async () => {
    proxy.inject(/^POST .*\/collections$/, { kind: "lose_answer" });
    const made = await create();
    await expect(connection.findCollection(made.name)).resolves.toMatchObject({ id: made.id });
    expect(proxy.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("is refused under a name Chroma does not allow", async () => {
    await expect(create({ name: "x" })).rejects.toMatchObject({ code: "SERVER_REFUSED" });
  });

  it("is not there: null, whatever the name", async () => {
    for (const name of [uniqueName(), "", ".", "..", "../databases", "a/b", "a%2Fb?c#d", "ключ", " "]) await expect(connection.findCollection(name)).resolves.toBeNull();
  });

  it.each([
    [400, { error: "InvalidCollection", message: "Collection nope does not exist." }],
    [500, { error: "ValueError('Collection nope does not exist.')" }],
  ])("is looked up in the list where an older server answers %i for a missing one", async (status, json) => {
    const { name, id } = await create();
    proxy.injectAlways(new RegExp(`^GET .*/collections/`), { kind: "status", status, json });
    await expect(connection.findCollection(uniqueName())).resolves.toBeNull();
    await expect(connection.findCollection(name)).resolves.toMatchObject({ id });
  });

  it("is listed once, also when the server gives less than a page", async () => {
    const names = [await create(), await create(), await create()].map(({ name }) => name);
    const all = await connection.listCollections();
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });
});

describe("records", () => {
  const upsert = JSON.stringify({ ids: ["a", "b"], embeddings: [[1, 0], [0, 1]], documents: ["one", "two"], metadatas: [{ n: 1 }, null], uris: [null, null] });
  const get = JSON.stringify({ include: ["documents"] });

  it("are written, counted and read", async () => {
    const { id, name } = await create();
    expect(await connection.count(id)).toBe(0);
    await connection.post(id, "upsert", upsert);
    await connection.post(id, "upsert", Buffer.from(upsert));
    expect(await connection.count(id)).toBe(2);
    expect(JSON.parse((await connection.post(id, "get", get)).toString())).toMatchObject({ ids: ["a", "b"], documents: ["one", "two"] });
    await expect(connection.findCollection(name)).resolves.toMatchObject({ dimension: 2 });
  });

  it("of a collection that is gone", async () => {
    await expect(connection.count(randomUUID())).rejects.toMatchObject({ code: "COLLECTION_NOT_FOUND" });
    await expect(connection.post(randomUUID(), "get", get)).rejects.toMatchObject({ code: "COLLECTION_NOT_FOUND" });
  });

  it("too many for one body", async () => {
    const { id } = await create();
    // The server's limit is 40 MiB.
    await expect(connection.post(id, "upsert", Buffer.alloc(41 * 1024 * 1024, 0x20))).rejects.toMatchObject({ code: "REQUEST_TOO_LARGE" });
  });

  it("in a vector the collection does not take", async () => {
    const { id } = await create();
    await connection.post(id, "upsert", upsert);
    await expect(connection.post(id, "upsert", JSON.stringify({ ids: ["c"], embeddings: [[1, 2, 3]] }))).rejects.toMatchObject({ code: "SERVER_REFUSED" });
  });

  it("in an answer larger than wanted", async () => {
    const { id } = await create();
    await connection.post(id, "upsert", upsert);
    await expect(connection.post(id, "get", get, { maxAnswerBytes: 20 })).rejects.toMatchObject({ code: "ANSWER_TOO_LARGE" });
    expect((await connection.post(id, "get", get, { maxAnswerBytes: 2_000 })).length).toBeLessThan(2_000);
  });
});

describe("faults", () => {
  const get = JSON.stringify({ include: ["documents"] });
  const passing: [string, Fault][] = [
    ["a reset", { kind: "reset" }],
    ["a lost answer", { kind: "lose_answer" }],
    ["an answer cut short of its length", { kind: "truncate", share: 0.5, length: "announced" }],
    ["an answer cut in its chunks", { kind: "truncate", share: 0.5, length: "chunked" }],
    ["an answer cut without a sign", { kind: "truncate", share: 0.5, length: "until_close" }],
    ["an empty answer", { kind: "truncate", share: 0, length: "until_close" }],
    ["503", { kind: "status", status: 503, html: "no" }],
    ["429", { kind: "status", status: 429, headers: { "retry-after": "0" } }],
    ["a body that stops coming", { kind: "drip", pauseMs: 5_000 }],
  ];

  it.each(passing)("%s passes when it happens once, for a read and for a write", async (_what, fault) => {
    const { id } = await create();
    proxy.inject(/\/upsert$/, fault);
    proxy.inject(/\/get$/, fault);
    await connection.post(id, "upsert", JSON.stringify({ ids: ["a"], embeddings: [[1, 0]], documents: ["one"] }));
    expect(JSON.parse((await connection.post(id, "get", get)).toString())).toMatchObject({ ids: ["a"] });
  });

  it.each<[string, Fault, string]>([
    ["a reset", { kind: "reset" }, "SERVER_UNREACHABLE"],
    ["an answer cut short of its length", { kind: "truncate", share: 0.5, length: "announced" }, "BAD_ANSWER"],
    ["an answer cut in its chunks", { kind: "truncate", share: 0.5, length: "chunked" }, "BAD_ANSWER"],
    ["an answer cut without a sign", { kind: "truncate", share: 0.5, length: "until_close" }, "BAD_ANSWER"],
    ["503", { kind: "status", status: 503, html: "no" }, "SITE_ASLEEP"],
    ["429", { kind: "status", status: 429 }, "RATE_LIMITED"],
  ])("%s is named when it does not pass", async (_what, fault, code) => {
    const { id } = await create();
    proxy.inject(/\/get$/, fault, 3);
    await expect(connection.post(id, "get", get)).rejects.toMatchObject({ code });
  });

  it.each<[string, Fault, string]>([
    ["a page instead of JSON", { kind: "status", status: 200, html: "<h1>Hello</h1>" }, "NOT_CHROMA"],
    ["500", { kind: "status", status: 500, json: { error: "InternalError", message: "too many SQL variables" } }, "SERVER_FAILED"],
    ["a full plan", { kind: "status", status: 422, json: { error: "ChromaError", message: "Quota exceeded: records" } }, "QUOTA_EXCEEDED"],
    ["a proxy's own limit", { kind: "status", status: 413, html: "too large" }, "REQUEST_TOO_LARGE"],
  ])("%s is not tried again", async (_what, fault, code) => {
    const { id } = await create();
    proxy.inject(/\/get$/, fault);
    await expect(connection.post(id, "get", get)).rejects.toMatchObject({ code });
  });

  it("answers that are JSON but not what was asked for", async () => {
    const { id } = await create();
    proxy.inject(/\/count$/, { kind: "status", status: 200, json: "many" });
    await expect(connection.count(id)).rejects.toMatchObject({ code: "BAD_ANSWER" });
    proxy.inject(/\/collections\?/, { kind: "status", status: 200, json: { not: "a list" } });
    await expect(connection.listCollections()).rejects.toMatchObject({ code: "BAD_ANSWER" });
    proxy.inject(/\/collections\?/, { kind: "status", status: 200, json: [{ id: 5 }] });
    await expect(connection.listCollections()).rejects.toMatchObject({ code: "BAD_ANSWER" });
  });

  it("leaves a server alone for as long as it asks", async () => {
    const { id } = await create();
    proxy.inject(/\/count$/, { kind: "status", status: 429, headers: { "retry-after": "1" } });
    expect(await connection.count(id)).toBe(0);
    const [first, second] = proxy.requests.filter(({ path }) => path.endsWith("/count")).map(({ atMs }) => atMs);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_000);
  });
});

describe("cancellation", () => {
  const calls: [string, RegExp, (signal: AbortSignal, id: string) => Promise<unknown>][] = [
    ["listCollections", /\/collections\?/, async (signal) => await connection.listCollections({ signal })],
    ["findCollection", /\/collections\/x{3}/, async (signal) => await connection.findCollection("xxx", { signal })],
    ["createCollection", /^POST .*\/collections$/, async (signal) => await connection.createCollection({ name: uniqueName(), metadata: null, configuration: null, schema: null }, { signal })],
    ["ensureDatabase", /^GET .*\/tenants\//, async (signal) => await connection.ensureDatabase({ signal })],
    ["count", /\/count$/, async (signal, id) => await connection.count(id, { signal })],
    ["post", /\/get$/, async (signal, id) => await connection.post(id, "get", "{}", { signal })],
  ];

  it.each(calls)("ends %s while the server says nothing", async (_name, pattern, call) => {
    const { id } = await create();
    proxy.inject(pattern, { kind: "hold" });
    const controller = new AbortController();
    const asked = proxy.nextRequest(pattern);
    const running = call(controller.signal, id);
    const outcome = expect(running).rejects.toMatchObject({ code: "CANCELLED" });
    await asked;
    controller.abort(new Error("a reason of its own"));
    await outcome;
    await expect(call(controller.signal, id)).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("ends in the middle of an answer, and between two tries", async () => {
    const { id } = await create();
    proxy.inject(/\/get$/, { kind: "drip", pauseMs: 500 });
    const inAnswer = new AbortController();
    const dripping = expect(connection.post(id, "get", "{}", { signal: inAnswer.signal })).rejects.toMatchObject({ code: "CANCELLED" });
    await proxy.nextRequest(/\/get$/);
    inAnswer.abort();
    await dripping;
    proxy.inject(/\/count$/, { kind: "status", status: 429, headers: { "retry-after": "30" } });
    const inPause = new AbortController();
    const asked = proxy.nextRequest(/\/count$/);
    const pausing = expect(connection.count(id, { signal: inPause.signal })).rejects.toMatchObject({ code: "CANCELLED" });
    await asked;
    inPause.abort();
    await pausing;
  });

  it("close ends what is under way", async () => {
    const { id } = await create();
    proxy.inject(/\/count$/, { kind: "hold" });
    const asked = proxy.nextRequest(/\/count$/);
    const running = expect(connection.count(id)).rejects.toMatchObject({ code: "SERVER_UNREACHABLE" });
    await asked;
    await connection.close();
    await running;
  });
});
