/** The fake Render is strict: it says so, loudly, when something happens that Render's API does not have. */
import { describe, expect, it } from "vitest";
import { startFakeRender } from "../../support/fake-render/fake-render.ts";

async function call(url: string, method: string, body?: string, headers: Record<string, string> = { "content-type": "application/json" }, key = "rnd_FakeKeyOfTheTests0123456789"): Promise<Response> {
  return await fetch(url, { method, headers: { authorization: `Bearer ${key}`, ...headers }, ...(body === undefined ? {} : { body }) });
}

describe("what makes a test fail at its end", () => {
  it("above all the call that replaces every variable, which replaces nothing here", async () => {
    const render = await startFakeRender();
    const service = render.addService({ variables: { SECRET_KEY: "kept" } });
    expect((await call(`${render.url}/services/${service.id}/env-vars`, "PUT", "[]")).status).toBe(404);
    expect([...service.variables]).toEqual([["SECRET_KEY", "kept"]]);
    await expect(render.close()).rejects.toThrow("THE CALL THAT REPLACES EVERY VARIABLE: PUT /services/");
  });

  it.each([
    ["GET", "/services/ID/env-vars", undefined],
    ["DELETE", "/services/ID", undefined],
    ["DELETE", "/services/ID/env-vars/A", undefined],
    ["POST", "/services/ID/deploys", JSON.stringify({ deployMode: "deploy_only", commitId: "abc" })],
    ["POST", "/services/ID/deploys", "not JSON"],
    ["PUT", "/services/ID/env-vars/A", JSON.stringify({ value: "x", other: 1 })],
    ["PUT", "/services/ID/env-vars/A", JSON.stringify({ value: 1 })],
    ["GET", "/services?limit=101", undefined],
    ["GET", "/services?cursor=unknown", undefined],
    ["GET", "/services?page=2", undefined],
    ["GET", "/services/ID/events?startTime=yesterday", undefined],
    ["GET", "/owners", undefined],
  ])("%s %s %s", async (method, path, body) => {
    const render = await startFakeRender();
    const service = render.addService();
    expect((await call(`${render.url}${path.replace("ID", service.id)}`, method, body)).ok).toBe(false);
    await expect(render.close()).rejects.toThrow("Calls that Render's API does not know");
  });

  it("what was announced and never happened", async () => {
    const faulty = await startFakeRender();
    faulty.inject(/GET/, { kind: "reset", carriedOut: false });
    await expect(faulty.close()).rejects.toThrow("reset for /GET/, 1 left");
    const hooked = await startFakeRender();
    hooked.beforeCall(/POST/, () => undefined);
    await expect(hooked.close()).rejects.toThrow("before /POST/, 1 left");
    const waited = await startFakeRender();
    waited.addService().beforeStatus("live", () => undefined);
    await expect(waited.close()).rejects.toThrow("before live");
  });

  it("a hook that fails", async () => {
    const render = await startFakeRender();
    render.beforeCall(/GET/, () => expect(1).toBe(2));
    await expect(call(`${render.url}/services`, "GET")).rejects.toThrow();
    await expect(render.close()).rejects.toThrow("expected 1 to be 2");
  });
});

it("wants the key, and knows no one else", async () => {
  const render = await startFakeRender();
  const refused = await call(`${render.url}/services`, "GET", undefined, {}, "rnd_other");
  expect([refused.status, await refused.json()]).toEqual([401, expect.objectContaining({ message: "Unauthorized" })]);
});

it("counts calls against the limits that Render documents, and says so in every answer", async () => {
  let nowMs = Date.parse("2026-11-24T12:00:00Z");
  const render = await startFakeRender({ now: () => new Date(nowMs) });
  const service = render.addService();
  const other = render.addService();
  const start = async (id: string): Promise<Response> => await call(`${render.url}/services/${id}/deploys`, "POST", JSON.stringify({ deployMode: "deploy_only" }));
  for (let index = 0; index < 10; index += 1) expect((await start(service.id)).headers.get("ratelimit-remaining")).toBe(String(9 - index));
  nowMs += 20_000;
  const refused = await start(service.id);
  expect([refused.status, refused.headers.get("retry-after"), refused.headers.get("ratelimit-reset"), refused.headers.get("ratelimit-limit")]).toEqual([429, "40", "40", "10"]);
  expect(service.deploys).toHaveLength(10);
  expect((await start(other.id)).status).toBe(201);
  nowMs += 40_000;
  expect((await start(service.id)).status).toBe(201);
});
