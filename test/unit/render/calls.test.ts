/** Every call to Render against a strict fake of it: what is asked, what comes back, how lists are followed. */
import { describe, expect, it } from "vitest";
import { deployEnd, type DeployStatus } from "../../../electron/engine/render/model.ts";
import { createRenderStage } from "./stage.ts";

const KEY = "USER_BACKUP_DATA";

describe("services", () => {
  it("says of each what the owner needs to know it by", async () => {
    const { client, service, render } = await createRenderStage({ name: "marlow-bakery", plan: "starter", mountPath: "/var/data" });
    const bare = render.addService({ name: "nightly", type: "cron_job", plan: null, url: null, suspended: true });
    expect(await client.readService(service.id)).toEqual({
      id: service.id,
      name: "marlow-bakery",
      type: "web_service",
      dashboardUrl: `https://dashboard.render.com/web/${service.id}`,
      url: "https://marlow-bakery.onrender.com",
      plan: "starter",
      disk: { mountPath: "/var/data" },
      suspended: false,
      ownerId: "tea-0123456789",
    });
    expect(await client.readService(bare.id)).toMatchObject({ type: "cron_job", url: null, plan: null, disk: null, suspended: true });
  });

  it("lists them all, over as many pages as there are", async () => {
    const { client, render } = await createRenderStage();
    for (let index = 1; index < 205; index += 1) render.addService({ name: `service-${index}` });
    const found = await client.listServices();
    expect(found).toHaveLength(205);
    expect(new Set(found.map(({ id }) => id)).size).toBe(205);
    expect(render.calls[0]?.path).toBe("/services?limit=100");
    expect(render.calls[1]?.path).toMatch(/^\/services\?limit=100&cursor=[\w%]+$/);
  });

  it("finds one by its name", async () => {
    const { client, service, render } = await createRenderStage({ name: "marlow-bakery" });
    render.addService({ name: "marlow-bakery-2" });
    expect((await client.listServices({ name: "marlow-bakery" })).map(({ id }) => id)).toEqual([service.id]);
    expect(await client.listServices({ name: "marlow" })).toEqual([]);
  });

  it("does not follow a list that never ends", async () => {
    const { client, render } = await createRenderStage();
    const entry = (cursor: string) => ({ kind: "status", status: 200, json: [{ cursor, service: { id: "srv-1", name: "x", type: "web_service", dashboardUrl: "", ownerId: "", suspended: "not_suspended", serviceDetails: {} } }] }) as const;
    render.inject(/GET \/services\?/, entry("same"), { times: 2 });
    await expect(client.listServices()).rejects.toMatchObject({ code: "BAD_ANSWER" });
    for (let index = 0; index < 20; index += 1) render.inject(/GET \/services\?/, entry(`cursor-${index}`));
    await expect(client.listServices()).rejects.toMatchObject({ code: "BAD_ANSWER" });
  });
});

describe("one variable", () => {
  it("is read, written and read back; the others stay, and nothing is deployed", async () => {
    const { client, service, render } = await createRenderStage({ variables: { SECRET_KEY: "unchanged" } });
    expect(await client.readVariable(service.id, KEY)).toBeNull();
    const value = `W3si${"A".repeat(131_050)}`;
    await client.writeVariable(service.id, KEY, value);
    expect(await client.readVariable(service.id, KEY)).toBe(value);
    expect(service.variables).toEqual(new Map([["SECRET_KEY", "unchanged"], [KEY, value]]));
    expect(service.deploys).toEqual([]);
    expect(render.lines().filter((line) => !line.startsWith("GET"))).toEqual([`PUT /services/${service.id}/env-vars/${KEY}`]);
  });

  it("may be empty, which is not the same as missing", async () => {
    const { client, service } = await createRenderStage({ variables: { [KEY]: "" } });
    expect(await client.readVariable(service.id, KEY)).toBe("");
  });

  it("is not missing when it is the service that is gone", async () => {
    const { client, service, render } = await createRenderStage();
    render.removeService(service);
    await expect(client.readVariable(service.id, KEY)).rejects.toMatchObject({ code: "HOST_SERVICE_NOT_FOUND", hint: expect.stringMatching(/\.$/) as string });
    await expect(client.writeVariable(service.id, KEY, "x")).rejects.toMatchObject({ code: "HOST_SERVICE_NOT_FOUND" });
  });

  it("is not believed when Render answers with another one", async () => {
    const { client, service, render } = await createRenderStage();
    render.inject(/GET \S+\/env-vars\//, { kind: "status", status: 200, json: { key: "OTHER", value: "x" } });
    await expect(client.readVariable(service.id, KEY)).rejects.toMatchObject({ code: "BAD_ANSWER" });
  });

  it.each(["", "/", "..", ".", "A/B", "A?x", "%2e%2e", "1A", "A B"])("%j is no name of one, and is never sent", async (key) => {
    const { client, service, render } = await createRenderStage();
    await expect(client.writeVariable(service.id, key, "x")).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(client.readVariable(service.id, key)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    expect(render.calls).toEqual([]);
  });
});

it.each(["", "..", "srv-1/env-vars", "srv-1?x", "srv-1#", "SRV 1", "../x"])("%j is no service, and is never asked for", async (id) => {
  const { client, render } = await createRenderStage();
  const calls = [client.readService(id), client.readVariable(id, KEY), client.writeVariable(id, KEY, ""), client.startDeploy(id, { mode: "deploy_only" }), client.readDeploy(id, "dep-1"), client.listDeploys(id), client.listEvents(id)];
  for (const result of await Promise.allSettled(calls)) expect(result).toMatchObject({ status: "rejected", reason: { code: "HOST_SERVICE_NOT_FOUND" } });
  expect(render.calls).toEqual([]);
});

describe("a deploy", () => {
  it("goes from its start to live, with its events in order", async () => {
    const { client, service, render } = await createRenderStage();
    const started = await client.startDeploy(service.id, { mode: "deploy_only" });
    expect(started).toMatchObject({ status: "created", finishedAt: null });
    expect(JSON.parse(render.calls[0]?.body ?? "")).toEqual({ deployMode: "deploy_only" });
    expect((await client.readDeploy(service.id, started.id)).status).toBe("update_in_progress");
    expect(service.wipes).toBe(0);
    expect(await client.readDeploy(service.id, started.id)).toMatchObject({ id: started.id, status: "live", createdAt: started.createdAt, finishedAt: expect.any(String) as string });
    expect(service.wipes).toBe(1);
    expect((await client.listEvents(service.id)).map(({ type, deployId, status }) => [type, deployId, status])).toEqual([
      ["deploy_started", started.id, null],
      ["deploy_ended", started.id, "succeeded"],
      ["server_available", null, null],
    ]);
  });

  it.each([
    [{ statuses: ["build_in_progress", "build_failed"] }, "failed", "failed"],
    [{ statuses: ["pre_deploy_in_progress", "pre_deploy_failed"] }, "failed", "failed"],
    [{ statuses: ["update_in_progress", "update_failed"] }, "failed", "failed"],
    [{ statuses: ["canceled"] }, "cancelled", "canceled"],
  ] as const)("%j ends as %s, and the site keeps its accounts", async (plan, end, status) => {
    const { client, service } = await createRenderStage();
    service.planDeploys(plan);
    const { id } = await client.startDeploy(service.id, { mode: "deploy_only" });
    const seen: DeployStatus[] = [];
    for (let last: ReturnType<typeof deployEnd> = null; last === null; last = deployEnd(seen.at(-1) ?? "other")) seen.push((await client.readDeploy(service.id, id)).status);
    expect(seen).toEqual(plan.statuses);
    expect(deployEnd(seen.at(-1) ?? "other")).toBe(end);
    expect((await client.listEvents(service.id)).at(-1)).toMatchObject({ type: "deploy_ended", deployId: id, status });
    expect(service.wipes).toBe(0);
  });

  it("may take its time, or wait for the test", async () => {
    const { client, service } = await createRenderStage();
    service.planDeploys({ slow: 2 }, { manual: true });
    const slow = await client.startDeploy(service.id, { mode: "deploy_only" });
    const seen = [];
    for (let asked = 0; asked < 6; asked += 1) seen.push((await client.readDeploy(service.id, slow.id)).status);
    expect(seen).toEqual(["created", "created", "update_in_progress", "update_in_progress", "update_in_progress", "live"]);
    const manual = await client.startDeploy(service.id, { mode: "deploy_only" });
    expect((await client.readDeploy(service.id, manual.id)).status).toBe("created");
    await service.advance();
    await service.advance();
    expect((await client.listDeploys(service.id)).map(({ id, status }) => [id, status])).toEqual([[manual.id, "live"], [slow.id, "deactivated"]]);
    expect(deployEnd("deactivated")).toBe("replaced");
  });

  it("is not started on a suspended service", async () => {
    const { client, service } = await createRenderStage({ suspended: true });
    await expect(client.startDeploy(service.id, { mode: "deploy_only" })).rejects.toMatchObject({ code: "HOST_REFUSED", message: "Render cannot do this right now." });
    expect(service.deploys).toEqual([]);
  });

  it("that nobody knows is told from a service that nobody knows", async () => {
    const { client, service, render } = await createRenderStage();
    await expect(client.readDeploy(service.id, "dep-0")).rejects.toMatchObject({ code: "HOST_DEPLOY_NOT_FOUND" });
    await expect(client.readDeploy(service.id, "../env-vars")).rejects.toMatchObject({ code: "HOST_DEPLOY_NOT_FOUND" });
    render.removeService(service);
    await expect(client.readDeploy(service.id, "dep-0")).rejects.toMatchObject({ code: "HOST_SERVICE_NOT_FOUND" });
    await expect(client.listDeploys(service.id)).rejects.toMatchObject({ code: "HOST_SERVICE_NOT_FOUND" });
    await expect(client.listEvents(service.id)).rejects.toMatchObject({ code: "HOST_SERVICE_NOT_FOUND" });
    await expect(client.startDeploy(service.id, { mode: "deploy_only" })).rejects.toMatchObject({ code: "HOST_SERVICE_NOT_FOUND" });
  });

  it("lists as many as asked for, the newest first, whatever order Render uses", async () => {
    const { client, service, render } = await createRenderStage();
    for (let index = 0; index < 3; index += 1) await client.startDeploy(service.id, { mode: "deploy_only" });
    expect(await client.listDeploys(service.id, { limit: 2 })).toHaveLength(2);
    const deploy = (id: string, createdAt: string) => ({ deploy: { id, status: "live", createdAt } });
    render.inject(/GET \S+\/deploys\?/, { kind: "status", status: 200, json: [deploy("dep-1", "2026-11-24T10:00:00Z"), deploy("dep-2", "2026-11-24T12:00:00+01:00")] });
    expect((await client.listDeploys(service.id)).map(({ id }) => id)).toEqual(["dep-2", "dep-1"]);
  });

  it("has a status of its own for a word nobody knows yet", async () => {
    const { client, service, render } = await createRenderStage();
    render.inject(/GET \S+\/deploys\/dep-1$/, { kind: "status", status: 200, json: { id: "dep-1", status: "teleporting", createdAt: "2026-11-24T10:00:00Z", new: {} } });
    expect(await client.readDeploy(service.id, "dep-1")).toEqual({ id: "dep-1", status: "other", createdAt: "2026-11-24T10:00:00Z", finishedAt: null });
    expect(deployEnd("other")).toBeNull();
  });
});

describe("events", () => {
  it("are those since a moment, over all pages", async () => {
    const { client, service, render } = await createRenderStage();
    for (let index = 0; index < 10; index += 1) service.startDeploy("manual", false);
    const since = new Date(Date.now() - 60_000);
    expect(await client.listEvents(service.id, { since })).toHaveLength(10);
    expect(render.calls[0]?.path).toBe(`/services/${service.id}/events?startTime=${encodeURIComponent(since.toISOString())}&limit=100`);
    expect(await client.listEvents(service.id, { since: new Date(Date.now() + 60_000) })).toEqual([]);
  });

  it("need no details and no cursor", async () => {
    const { client, service, render } = await createRenderStage();
    render.inject(/GET \S+\/events/, { kind: "status", status: 200, json: [{ event: { id: "evt-1", type: "brand_new", timestamp: "2026-11-24T10:00:00Z", serviceId: service.id } }] });
    expect(await client.listEvents(service.id)).toEqual([{ id: "evt-1", type: "brand_new", at: "2026-11-24T10:00:00Z", deployId: null, status: null }]);
  });
});
