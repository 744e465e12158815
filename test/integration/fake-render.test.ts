/** The fake Render with a real Chroma behind it: a deploy takes the accounts, and what the tests of a redeploy rely on holds. */
import { describe, expect, it, onTestFinished } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { createRenderClient, type RenderClient } from "../../electron/engine/render/render-client.ts";
import { encodeVariable } from "../../electron/engine/variable/encode.ts";
import { startBundledSite, type BundledSite } from "../support/fake-render/bundled-site.ts";
import { startFakeRender, type FakeRender } from "../support/fake-render/fake-render.ts";
import type { FakeService, FakeServiceOptions } from "../support/fake-render/service.ts";

const people = sampleAccounts(3);
const ids = people.map(({ id }) => id).sort();
const value = encodeVariable(people.map(({ document }) => document ?? ""));

interface Stage {
  readonly render: FakeRender;
  readonly service: FakeService;
  readonly client: RenderClient;
}

async function host(site: BundledSite, options: FakeServiceOptions = {}): Promise<Stage> {
  const render = await startFakeRender();
  const service = render.addService({ site: site.hooks, ...options });
  await site.signUp(...people);
  expect(await site.accountIds()).toEqual(ids);
  const client = createRenderClient({ apiKey: render.apiKey, baseUrl: render.url });
  onTestFinished(async () => await client.close());
  return { render, service, client };
}

/** Status of what callers see at the site's address; null when nobody listens. */
async function heartbeat(site: BundledSite): Promise<number | null> {
  return await fetch(`${site.url}/api/v2/heartbeat`).then(
    ({ status }) => status,
    () => null,
  );
}

async function deploy({ client, service }: Stage): Promise<string> {
  const { id } = await client.startDeploy(service.id, { mode: "deploy_only" });
  for (;;) {
    const { status, finishedAt } = await client.readDeploy(service.id, id);
    if (finishedAt !== null) return status;
  }
}

describe("a deploy of a real site", () => {
  it("takes its accounts at the moment it goes live, and the address stays", async () => {
    const site = await startBundledSite();
    const stage = await host(site);
    let lastSeen: string[] = [];
    stage.service.beforeStatus("live", async () => {
      await site.signUpSomeone();
      lastSeen = await site.accountIds();
      expect(await heartbeat(site)).toBe(200);
    });
    expect(await deploy(stage)).toBe("live");
    expect(lastSeen).toHaveLength(4);
    expect(await site.accountIds()).toEqual([]);
    expect(await heartbeat(site)).toBe(200);
  });

  it("lets the reference site restore itself from the variable it finds at its start", async () => {
    const site = await startBundledSite({ restoresItself: true });
    const stage = await host(site);
    // Set, and nothing happens yet.
    await stage.client.writeVariable(stage.service.id, "USER_BACKUP_DATA", value);
    expect(stage.service.deploys).toEqual([]);
    await site.signUpSomeone();
    await deploy(stage);
    expect(await site.accountIds()).toEqual(ids);
  });

  it("leaves everything as it was when it fails, also when the site was away meanwhile", async () => {
    const site = await startBundledSite({ down: "refuse" });
    const stage = await host(site);
    stage.service.planDeploys({ statuses: ["update_in_progress", "update_failed"], downFrom: "update_in_progress" });
    stage.service.afterStatus("update_in_progress", async () => expect(await heartbeat(site)).toBeNull());
    expect(await deploy(stage)).toBe("update_failed");
    expect(await heartbeat(site)).toBe(200);
    expect(await site.accountIds()).toEqual(ids);
  });

  it("may be live long before the site answers", async () => {
    const site = await startBundledSite();
    const stage = await host(site);
    stage.service.planDeploys({ staysDown: true });
    expect(await deploy(stage)).toBe("live");
    expect(await heartbeat(site)).toBe(502);
    await stage.service.comeUp();
    expect(await heartbeat(site)).toBe(200);
    expect(await site.accountIds()).toEqual([]);
  });

  it("keeps the accounts of a service with a disk", async () => {
    const site = await startBundledSite();
    const stage = await host(site, { mountPath: "/opt/render/project/src/chroma_db" });
    expect(await deploy(stage)).toBe("live");
    expect(await site.accountIds()).toEqual(ids);
  });

  it("can be joined by a sign-up at any call", async () => {
    const site = await startBundledSite();
    const stage = await host(site);
    const newcomers: string[] = [];
    let atTheEnd: string[] = [];
    const join = async (): Promise<void> => void newcomers.push(await site.signUpSomeone());
    stage.render.beforeCall(/^POST /, join);
    stage.render.afterCall(/^GET \S+\/deploys\//, join);
    stage.service.beforeStatus("live", async () => {
      atTheEnd = await site.accountIds();
    });
    await deploy(stage);
    expect(newcomers).toHaveLength(2);
    expect(atTheEnd).toEqual([...ids, ...newcomers].sort());
  });
});
