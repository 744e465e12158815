/** Render refuses, stumbles, is silent or talks nonsense: what each comes to, what is repeated, and that no secret gets out. */
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { toErrorValue } from "../../../shared/errors.ts";
import { createRenderClient, DeployUncertain, type RenderClient } from "../../../electron/engine/render/render-client.ts";
import { rateLimited, type RenderFault } from "../../support/fake-render/faults.ts";
import { createCertificate, findFreePort, startRedirect, startTcpServer, startWebsite } from "../../support/loopback.ts";
import { startFrontProxy } from "../../support/front-proxy.ts";
import { createRenderStage, NOW, type RenderStage } from "./stage.ts";

const KEY = "USER_BACKUP_DATA";
const VALUE = "W3sidXNlcl9pZCI6InNlY3JldCJ9XQ==";

type Call = (client: RenderClient, serviceId: string, signal?: AbortSignal) => Promise<unknown>;

const REPEATABLE: [string, RegExp, Call][] = [
  ["listServices", /^GET \/services\?/, async (client, _, signal) => await client.listServices({ signal })],
  ["readService", /^GET \/services\/[^/]+$/, async (client, id, signal) => await client.readService(id, { signal })],
  ["readVariable", /^GET \S+\/env-vars\//, async (client, id, signal) => await client.readVariable(id, KEY, { signal })],
  ["writeVariable", /^PUT \S+\/env-vars\//, async (client, id, signal) => await client.writeVariable(id, KEY, VALUE, { signal })],
  ["readDeploy", /^GET \S+\/deploys\//, async (client, id, signal) => await client.readDeploy(id, "dep-1", { signal })],
  ["listDeploys", /^GET \S+\/deploys\?/, async (client, id, signal) => await client.listDeploys(id, { signal })],
  ["listEvents", /^GET \S+\/events/, async (client, id, signal) => await client.listEvents(id, { signal })],
];
const START: [string, RegExp, Call] = ["startDeploy", /^POST \S+\/deploys$/, async (client, id, signal) => await client.startDeploy(id, { mode: "deploy_only", signal })];
const EVERY = [...REPEATABLE, START];

async function stageWithDeploy(): Promise<RenderStage> {
  const stage = await createRenderStage({ variables: { [KEY]: VALUE } });
  stage.service.planDeploys({ id: "dep-1" });
  stage.service.startDeploy("manual", false);
  return stage;
}

describe.each(EVERY)("%s", (name, pattern, call) => {
  it.each<[string, RenderFault, string]>([
    ["401", { kind: "status", status: 401, json: { message: "Unauthorized" } }, "HOST_KEY_REFUSED"],
    ["403", { kind: "status", status: 403, json: {} }, "HOST_KEY_REFUSED"],
    ["400", { kind: "status", status: 400, json: { message: "no" } }, "HOST_REFUSED"],
    ["402", { kind: "status", status: 402, json: {} }, "HOST_REFUSED"],
    ["409", { kind: "status", status: 409, json: {} }, "HOST_REFUSED"],
    ["a redirect", { kind: "status", status: 307, headers: { location: "https://example.com/" } }, "BAD_ANSWER"],
  ])("%s is an answer, and not asked for twice", async (_, fault, code) => {
    const { client, service, render } = await createRenderStage();
    render.inject(pattern, fault);
    await expect(call(client, service.id)).rejects.toMatchObject({ code, message: expect.stringMatching(/^[A-Z].*\.$/) as string, hint: expect.stringMatching(/\.$/) as string });
    expect(render.calls).toHaveLength(1);
    expect(service.deploys).toEqual([]);
  });

  it("waits for as long as Render asks, says so, and goes on", async () => {
    const { client, service, render, told, slept } = await stageWithDeploy();
    render.inject(pattern, rateLimited({ retryAfter: 17 }));
    render.inject(pattern, rateLimited({ reset: 23 }));
    await call(client, service.id);
    expect(told).toEqual([17_000, 23_000]);
    expect(slept).toEqual(told);
    expect(service.deploys.filter(({ trigger }) => trigger === "api")).toHaveLength(name === "startDeploy" ? 1 : 0);
  });

  it.each<[string, { retryAfter?: number; reset?: number }, number[]]>([
    ["a moment instead of a duration", { reset: NOW.getTime() / 1000 + 40 }, [40_000]],
    ["a moment that is over", { reset: NOW.getTime() / 1000 - 40 }, []],
    ["a moment by a wrong clock", { reset: NOW.getTime() / 1000 + 86_400 }, [60_000]],
    ["nothing", {}, [5_000]],
  ])("understands a reset given as %s", async (_, told, expected) => {
    const stage = await stageWithDeploy();
    stage.render.inject(pattern, rateLimited(told));
    await call(stage.client, stage.service.id);
    expect(stage.told).toEqual(expected);
  });

  it("does not wait for hours", async () => {
    const { client, service, render, slept } = await createRenderStage();
    render.inject(pattern, rateLimited({ retryAfter: 3600 }));
    await expect(call(client, service.id)).rejects.toMatchObject({ code: "HOST_RATE_LIMITED" });
    expect(slept).toEqual([]);
    expect(service.deploys).toEqual([]);
  });

  it("gives up when it is refused again and again", async () => {
    const { client, service, render } = await createRenderStage();
    render.inject(pattern, rateLimited({ retryAfter: 1 }), { times: 3 });
    await expect(call(client, service.id)).rejects.toMatchObject({ code: "HOST_RATE_LIMITED" });
    expect(service.deploys).toEqual([]);
  });

  it("can be cancelled while it waits, and nothing is sent after that", async () => {
    const { service, render, connect } = await createRenderStage();
    render.inject(pattern, rateLimited({ retryAfter: 30 }));
    const stop = new AbortController();
    // The system's own clock: the wait itself has to end.
    await expect(call(connect({ clock: undefined, onWait: () => stop.abort() }), service.id, stop.signal)).rejects.toMatchObject({ code: "CANCELLED" });
    expect(render.calls).toHaveLength(1);
  });

  it("is not even sent when it was cancelled before", async () => {
    const { client, service, render } = await createRenderStage();
    await expect(call(client, service.id, AbortSignal.abort())).rejects.toMatchObject({ code: "CANCELLED" });
    expect(render.calls).toEqual([]);
  });

  it("says that nobody answers", async () => {
    const { service, connect } = await createRenderStage();
    const client = connect({ baseUrl: `http://127.0.0.1:${await findFreePort()}/v1` });
    await expect(call(client, service.id)).rejects.toMatchObject({ code: "HOST_UNREACHABLE" });
  });

  it("gives nobody the key who cannot prove to be Render", async () => {
    const { service, render, connect } = await createRenderStage();
    const proxy = await startFrontProxy({ target: render.url, tls: await createCertificate() });
    await expect(call(connect({ baseUrl: `${proxy.url}/v1` }), service.id)).rejects.toMatchObject({ code: "TLS_FAILED", message: "We cannot be sure that this is Render." });
    expect(proxy.requests).toEqual([]);
    await proxy.close();
  });

  it("follows no redirect with the key", async () => {
    const { service, render, connect } = await createRenderStage();
    const elsewhere = await startRedirect((path) => `${render.url}${path.replace("/v1", "")}`);
    onTestFinished(async () => await elsewhere.close());
    await expect(call(connect({ baseUrl: `${elsewhere.url}/v1` }), service.id)).rejects.toMatchObject({ code: "BAD_ANSWER" });
    expect(render.calls).toEqual([]);
  });

  it.each([400, 401, 404, 409, 429, 500])("lets neither key nor value out when a %i repeats everything that was sent", async (status) => {
    const { client, service, render } = await createRenderStage();
    render.injectAlways(/./, { kind: "echo", status });
    const error: unknown = await call(client, service.id).then(
      () => "no error",
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    for (const text of [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(toErrorValue(error))]) {
      expect(text).not.toContain(render.apiKey);
      expect(text).not.toContain(VALUE);
    }
  });
});

describe.each(REPEATABLE)("%s", (name, pattern, call) => {
  it.each<[string, RenderFault]>([
    ["500", { kind: "status", status: 500, json: {} }],
    ["503", { kind: "status", status: 503, text: "<h1>Service unavailable</h1>" }],
    ["a broken connection", { kind: "reset", carriedOut: false }],
    ["an answer that got lost", { kind: "reset", carriedOut: true }],
    ["half an answer", { kind: "cut" }],
  ])("is asked again after %s", async (_, fault) => {
    const { client, service, render } = await stageWithDeploy();
    render.inject(pattern, fault, { times: 2 });
    await call(client, service.id);
    // A list is over when its next page is empty.
    expect(render.calls).toHaveLength(name === "listServices" || name === "listEvents" ? 4 : 3);
  });

  it.each<[string, RenderFault, string]>([
    ["500", { kind: "status", status: 500, json: {} }, "HOST_FAILED"],
    ["a broken connection", { kind: "reset", carriedOut: false }, "HOST_UNREACHABLE"],
  ])("gives up after the third %s", async (_, fault, code) => {
    const { client, service, render } = await createRenderStage();
    render.inject(pattern, fault, { times: 3 });
    await expect(call(client, service.id)).rejects.toMatchObject({ code });
  });

  it.each<[string, RenderFault]>([
    ["a page", { kind: "status", status: 200, text: "<!doctype html>" }],
    ["nothing", { kind: "status", status: 200 }],
    ["other JSON", { kind: "status", status: 200, json: { status: "ok" } }],
    ["entries without what they should have", { kind: "status", status: 200, json: [{ cursor: "x" }] }],
    ["null", { kind: "status", status: 200, json: null }],
  ])("makes no sense of %s", async (_, fault) => {
    const { client, service, render } = await createRenderStage();
    render.inject(pattern, fault);
    await expect(call(client, service.id)).rejects.toMatchObject({ code: "BAD_ANSWER" });
  });

  it("does not read an answer without an end", async () => {
    const { client, service, render } = await createRenderStage();
    render.inject(pattern, { kind: "huge", bytes: 9 * 1024 * 1024 });
    await expect(call(client, service.id)).rejects.toMatchObject({ code: "ANSWER_TOO_LARGE" });
  });

  it("can be cancelled on its way", async () => {
    const { client, service, render } = await createRenderStage();
    render.inject(pattern, { kind: "hold", carriedOut: false });
    const stop = new AbortController();
    const arrived = render.nextCall(pattern);
    const asked = call(client, service.id, stop.signal);
    void arrived.then(() => stop.abort());
    await expect(asked).rejects.toMatchObject({ code: "CANCELLED" });
  });
});

it("does not wait for ever for an answer", async () => {
  const { service, render, connect } = await createRenderStage();
  render.inject(/^GET/, { kind: "hold", carriedOut: false });
  const client = connect({ timeouts: { connectMs: 5_000, firstByteMs: 50, bodyIdleMs: 5_000 } });
  await expect(client.readService(service.id)).rejects.toMatchObject({ code: "HOST_UNREACHABLE" });
});

describe("a deploy whose start was not answered", () => {
  it.each<[string, RenderFault, boolean, number]>([
    ["500", { kind: "status", status: 500, json: {} }, false, 0],
    ["502 of somebody in front", { kind: "status", status: 502, text: "<h1>Bad gateway</h1>" }, false, 0],
    ["408", { kind: "status", status: 408 }, false, 0],
    ["a connection that broke before", { kind: "reset", carriedOut: false }, false, 0],
    ["a connection that broke after", { kind: "reset", carriedOut: true }, false, 1],
    ["half an answer", { kind: "cut" }, false, 1],
    ["silence before", { kind: "hold", carriedOut: false }, false, 0],
    ["silence after", { kind: "hold", carriedOut: true }, false, 1],
    ["an answer without an end", { kind: "huge", bytes: 9 * 1024 * 1024 }, false, 0],
    ["a yes without a deploy", { kind: "status", status: 201, json: { ok: true } }, true, 0],
    ["a page", { kind: "status", status: 200, text: "<!doctype html>" }, true, 0],
  ])("%s: it may have begun, and is not started again", async (_, fault, accepted, deploys) => {
    const { service, render, connect } = await createRenderStage();
    render.inject(START[1], fault);
    const client = connect({ timeouts: { connectMs: 5_000, firstByteMs: 100, bodyIdleMs: 100 } });
    const error: unknown = await client.startDeploy(service.id, { mode: "deploy_only" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DeployUncertain);
    expect(error).toMatchObject({ code: "DEPLOY_UNCERTAIN", retryable: false, accepted, hint: "Look at the service's deploys before you start another." });
    expect(inspect(error)).toContain(accepted ? "accepted, without naming the deploy" : "unknown whether it started");
    expect(render.lines()).toEqual([`POST /services/${service.id}/deploys`]);
    expect(await client.listDeploys(service.id)).toHaveLength(deploys);
  });

  it("a 202 without a body: it is queued, and found in the list", async () => {
    const { client, service } = await createRenderStage();
    service.planDeploys({ queued: true });
    await expect(client.startDeploy(service.id, { mode: "deploy_only" })).rejects.toMatchObject({ code: "DEPLOY_UNCERTAIN", accepted: true });
    expect(await client.listDeploys(service.id)).toMatchObject([{ id: service.deploys[0]?.id }]);
  });

  it("is seen through when it is cancelled on its way: what was started is known", async () => {
    const { client, service, render } = await createRenderStage();
    const stop = new AbortController();
    render.beforeCall(START[1], () => stop.abort());
    expect(await client.startDeploy(service.id, { mode: "deploy_only", signal: stop.signal })).toMatchObject({ id: service.deploys[0]?.id });
  });

  it("stays uncertain when it was cancelled on its way and never answered", async () => {
    const { client, service, render } = await createRenderStage();
    const stop = new AbortController();
    render.inject(START[1], { kind: "reset", carriedOut: true });
    render.beforeCall(START[1], () => stop.abort());
    await expect(client.startDeploy(service.id, { mode: "deploy_only", signal: stop.signal })).rejects.toBeInstanceOf(DeployUncertain);
  });
});

describe("who answers in Render's place", () => {
  it("a website makes no sense, and knows no service", async () => {
    const { service, connect } = await createRenderStage();
    const website = await startWebsite();
    onTestFinished(async () => await website.close());
    await expect(connect({ baseUrl: website.url }).readService(service.id)).rejects.toMatchObject({ code: "BAD_ANSWER" });
  });

  it("what speaks no HTTP makes no sense", async () => {
    const { service, connect } = await createRenderStage();
    const server = await startTcpServer("220 mail ready\r\n");
    onTestFinished(async () => await server.close());
    await expect(connect({ baseUrl: server.url }).readService(service.id)).rejects.toMatchObject({ code: "BAD_ANSWER" });
  });
});

describe("the key and where it goes", () => {
  it("a wrong key is refused", async () => {
    const { service, connect } = await createRenderStage();
    await expect(connect({ apiKey: "rnd_other" }).readService(service.id)).rejects.toMatchObject({
      code: "HOST_KEY_REFUSED",
      message: "Render does not accept this key.",
      hint: "Make a new one in Render under Account settings, API keys.",
    });
  });

  it("spaces around it are a matter of pasting", async () => {
    const { service, render, connect } = await createRenderStage();
    expect(await connect({ apiKey: ` ${render.apiKey}\n` }).readService(service.id)).toMatchObject({ id: service.id });
  });

  it.each(["", "  ", "rnd_a b", "rnd_a\nb", "rnd_ä"])("%j can be no key, and is not in the error", (apiKey) => {
    let error: unknown;
    try {
      createRenderClient({ apiKey });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "HOST_KEY_REFUSED" });
    if (apiKey.trim() !== "") expect(inspect(error, { showHidden: true })).not.toContain(apiKey.trim());
  });

  it.each(["http://api.render.com/v1", "http://192.168.0.2/v1", "http://127.0.0.1.example.com/v1", "ftp://127.0.0.1", "https://me:secret@api.render.com/v1", "nonsense"])("is not sent to %s", (baseUrl) => {
    expect(() => createRenderClient({ apiKey: "rnd_x", baseUrl })).toThrow(expect.objectContaining({ code: "INVALID_ADDRESS" }) as Error);
  });

  it("an error of Render keeps its words for the log, where they hold no secret", async () => {
    const { client, service, render } = await createRenderStage();
    render.inject(/GET \S+\/deploys\?/, { kind: "status", status: 400, json: { message: `bad limit for ${render.apiKey}` } });
    const error: unknown = await client.listDeploys(service.id).catch((thrown: unknown) => thrown);
    expect(inspect(error)).toContain(`GET /v1/services/${service.id}/deploys: 400 application/json; charset=utf-8 bad limit for [key]`);
  });
});
