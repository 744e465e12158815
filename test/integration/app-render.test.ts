/** A site linked to a service at Render, as the window drives it: find, link, look at the variable, redeploy, go on after a restart. */
import { rename } from "node:fs/promises";
import { expect, test } from "vitest";
import { VARIABLE_NAME } from "../../shared/eligibility.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { decodeVariable } from "../../electron/engine/variable/decode.ts";
import { createRedeployStage, newcomer, type RedeployStage, type RedeployStageOptions } from "../support/redeploy-stage.ts";
import { startTestApp, type TestApp, type TestAppOptions } from "../support/test-app.ts";

const PACE = { lookEveryMs: 10, settleMs: 100, deployTimeoutMs: 60_000, siteTimeoutMs: 60_000 };
/** Seals without a keychain of this machine: the test only asks what is on the disk. */
const keychain = { isSafe: () => Promise.resolve(true), seal: (text: string) => Promise.resolve(Buffer.from(text).toString("hex")), open: (sealed: string) => Promise.resolve(Buffer.from(sealed, "hex").toString()) };

interface Linked {
  readonly stage: RedeployStage;
  readonly test: TestApp;
  readonly siteId: string;
}

async function startApp(stage: RedeployStage, options: TestAppOptions = {}): Promise<TestApp> {
  return await startTestApp({ renderUrl: stage.render.url, redeployPace: PACE, ports: { keychain }, ...options });
}

async function addSite(stage: RedeployStage, app: TestApp, settings: { watch: boolean } = { watch: false }): Promise<string> {
  app.pick(stage.vault);
  const { chosen } = await app.ask("dialog.choose", { what: "vault" });
  if (chosen === null) throw new Error("nothing was picked");
  const { site } = await app.ask("site.add", { name: "Marlow Bakery", source: { kind: "server", url: stage.url }, collectionName: "users", vault: chosen.token, settings });
  return site.id;
}

async function startLinked(options: RedeployStageOptions, settings?: { watch: boolean }): Promise<Linked> {
  const stage = await createRedeployStage({ realTime: true, ...options });
  const app = await startApp(stage);
  const siteId = await addSite(stage, app, settings);
  await app.run("link_service", { siteId, serviceId: stage.service.id, apiKey: stage.render.apiKey });
  return { stage, test: app, siteId };
}

async function linkOf({ test: app, siteId }: Pick<Linked, "test" | "siteId">) {
  return (await app.ask("site.list", {})).sites.find(({ id }) => id === siteId)?.render ?? null;
}

test("a service is found by name or address, linked with its advice, and forgotten again", async () => {
  const stage = await createRedeployStage({ accounts: 2, service: { name: "marlow-bakery", plan: "starter" } });
  stage.render.addService({ name: "another-shop", plan: "free" });
  const app = await startApp(stage);
  const siteId = await addSite(stage, app);
  await expect(app.run("find_services", { siteId })).rejects.toMatchObject({ code: "KEY_MISSING" });
  await expect(app.run("find_services", { siteId, apiKey: "rnd_wrong" })).rejects.toMatchObject({ code: "HOST_KEY_REFUSED" });
  const { total, services } = await app.run("find_services", { siteId, apiKey: stage.render.apiKey, search: "BAKERY" });
  expect({ total, services }).toMatchObject({ total: 1, services: [{ id: stage.service.id, name: "marlow-bakery", plan: "starter", disk: null, url: "https://marlow-bakery.onrender.com" }] });
  const { link } = await app.run("link_service", { siteId, serviceId: stage.service.id, apiKey: stage.render.apiKey });
  expect(link).toMatchObject({ hasKey: true, keepVariable: false, advice: { kind: "add_disk", hint: expect.stringContaining("/opt/render/project/src/chroma_db") as string } });
  expect(await linkOf({ test: app, siteId })).toEqual(link);
  // The key is kept now, and never told again.
  expect((await app.run("find_services", { siteId })).total).toBe(2);
  expect(app.said()).not.toContain(stage.render.apiKey);
  expect(app.logged.join("\n")).not.toContain(stage.render.apiKey);
  await app.ask("render.unlink", { siteId });
  expect(await linkOf({ test: app, siteId })).toBeNull();
  await expect(app.run("find_services", { siteId })).rejects.toMatchObject({ code: "KEY_MISSING" });
  await expect(app.run("redeploy", { siteId })).rejects.toMatchObject({ code: "NOT_AVAILABLE_HERE" });
});

test("the variable at Render: not set, set, stale, brought up to date; its value is never told", async () => {
  const { stage, test: app, siteId } = await startLinked({ accounts: 3 });
  expect((await app.run("check_variable", { siteId })).held).toMatchObject({ state: "not_set" });
  expect(await app.run("set_variable", { siteId })).toMatchObject({ accounts: 3, wasSet: true });
  expect((await linkOf({ test: app, siteId }))?.variable).toMatchObject({ state: "current", accounts: 3 });
  await stage.signUp(newcomer());
  expect(await app.run("check_variable", { siteId })).toMatchObject({ held: { state: "stale", missing: 1, changed: 0, gone: 0 }, missingIds: [newcomer().id] });
  expect(await app.run("set_variable", { siteId })).toMatchObject({ accounts: 4, wasSet: true });
  expect(await app.run("set_variable", { siteId })).toMatchObject({ accounts: 4, wasSet: false });
  stage.service.variables.set(VARIABLE_NAME, (stage.service.variables.get(VARIABLE_NAME) ?? "").slice(0, -40));
  expect((await app.run("check_variable", { siteId })).held).toMatchObject({ state: "unreadable" });
  expect(app.said()).not.toContain((stage.service.variables.get(VARIABLE_NAME) ?? "").slice(0, 40));
  expect(stage.service.deploys).toEqual([]);
});

test("a watched site whose variable goes stale is told of once, and kept up to date when that is wanted", async () => {
  const { stage, test: app, siteId } = await startLinked({ accounts: 3 });
  await app.run("set_variable", { siteId });
  const stale = app.nextEvent((event) => event.type === "activity" && event.activity.kind === "variable_stale");
  await stage.signUp(newcomer());
  // The first look of a watcher comes at once.
  await app.ask("site.update", { siteId, settings: { watch: true } });
  expect(await stale).toMatchObject({ activity: { level: "attention", message: "The variable at Render is out of date.", hint: expect.stringContaining("1 account missing") as string } });
  expect((await linkOf({ test: app, siteId }))?.variable).toMatchObject({ state: "stale", missing: 1 });
  const updated = app.nextEvent((event) => event.type === "activity" && event.activity.kind === "variable_set");
  await app.ask("render.update", { siteId, keepVariable: true });
  expect(await updated).toMatchObject({ activity: { level: "info", accounts: 4 } });
  expect(decodeVariable(stage.service.variables.get(VARIABLE_NAME) ?? "").accounts).toHaveLength(4);
  expect(stage.service.deploys).toEqual([]);
});

test.each([false, true])("a site that has outgrown its variable is told so once, and not to bring it up to date (kept up to date: %s)", async (keepVariable) => {
  const { stage, test: app, siteId } = await startLinked({ accounts: 10 });
  await app.run("set_variable", { siteId });
  await app.ask("render.update", { siteId, keepVariable });
  for (const index of [0, 1]) {
    await stage.signUp(newcomer(index));
    await app.run("backup", { siteId });
    await expect.poll(async () => (await linkOf({ test: app, siteId }))?.variable).toMatchObject({ state: "stale", missing: index + 1 });
  }
  const stale = (await app.ask("activity.list", { siteId })).activities.filter(({ kind }) => kind === "variable_stale");
  expect(stale).toMatchObject([{ hint: expect.stringMatching(/^1 account missing in it\. 11 accounts are one too many for the variable\./) as string }]);
});

test("who signs up while Render is being asked is in the variable too: one more look follows", async () => {
  const { stage, test: app, siteId } = await startLinked({ accounts: 3 });
  await app.run("set_variable", { siteId });
  await stage.signUp(newcomer(0));
  // The value that is on its way by then was made without them.
  stage.render.beforeCall(/^PUT .*\/env-vars\//, async () => {
    await stage.signUp(newcomer(1));
    await app.run("backup", { siteId });
  });
  await app.ask("render.update", { siteId, keepVariable: true });
  await expect.poll(() => decodeVariable(stage.service.variables.get(VARIABLE_NAME) ?? "").accounts.length, { timeout: 15_000 }).toBe(5);
  await expect.poll(async () => (await linkOf({ test: app, siteId }))?.variable).toMatchObject({ state: "current", accounts: 5 });
});

test("a variable that is kept up to date goes on holding whom a wipe took, until they are back", async () => {
  const { stage, test: app, siteId } = await startLinked({ accounts: 3 });
  await app.run("backup", { siteId });
  await app.run("set_variable", { siteId });
  await app.ask("render.update", { siteId, keepVariable: true });
  await stage.wipe();
  await stage.signUp(newcomer(), ...sampleAccounts(1));
  // Kept apart; the variable is looked at all the same, and lacks nobody who is in no backup.
  await app.run("backup", { siteId });
  await expect.poll(async () => (await linkOf({ test: app, siteId }))?.variable).toMatchObject({ state: "stale", gone: 2 });
  await stage.signUp(...sampleAccounts(3));
  await app.run("backup", { siteId });
  await expect.poll(async () => (await linkOf({ test: app, siteId }))?.variable).toMatchObject({ state: "current", accounts: 4 });
  const sent = stage.render.calls.filter(({ method }) => method === "PUT").map(({ body }) => decodeVariable((JSON.parse(body) as { value: string }).value).accounts.length);
  expect(sent).toEqual([3, 4]);
  const { activities } = await app.ask("activity.list", { siteId });
  expect(activities.filter(({ kind }) => kind === "variable_stale")).toEqual([]);
});

test("a site that is linked to another service while the first is asked: nothing is set there, and nothing said of it", async () => {
  const { stage, test: app, siteId } = await startLinked({ accounts: 3 });
  await app.run("set_variable", { siteId });
  await stage.signUp(newcomer());
  const other = stage.render.addService({ name: "another-shop" });
  stage.render.beforeCall(new RegExp(`^GET .*${stage.service.id}/env-vars/`), async () => {
    await app.ask("render.unlink", { siteId });
    await app.run("link_service", { siteId, serviceId: other.id, apiKey: stage.render.apiKey });
    await app.ask("render.update", { siteId, keepVariable: false });
  });
  await app.ask("render.update", { siteId, keepVariable: true });
  await expect.poll(async () => (await linkOf({ test: app, siteId }))?.variable?.state, { timeout: 15_000 }).toBe("not_set");
  const told = app.events.flatMap((event) => (event.type === "sites" ? event.sites : [])).filter(({ render }) => render?.service.id === other.id);
  expect(new Set(told.map(({ render }) => render?.variable?.state))).toEqual(new Set([undefined, "not_set"]));
  expect(stage.render.lines().filter((line) => line.startsWith("PUT "))).toHaveLength(1);
  expect(decodeVariable(stage.service.variables.get(VARIABLE_NAME) ?? "").accounts).toHaveLength(3);
});

test("a look by hand that ends after the site was linked to another service is not kept for that one", async () => {
  const { stage, test: app, siteId } = await startLinked({ accounts: 3 });
  const other = stage.render.addService({ name: "another-shop" });
  stage.render.beforeCall(/^GET .*\/env-vars\//, async () => {
    await app.run("link_service", { siteId, serviceId: other.id });
  });
  expect(await app.run("check_variable", { siteId })).toMatchObject({ held: { state: "not_set" } });
  expect(await linkOf({ test: app, siteId })).toMatchObject({ service: { id: other.id }, variable: null });
});

test("a redeploy from the window, beside a watcher: everybody is there again, and it is in the log", async () => {
  const { stage, test: app, siteId } = await startLinked({ accounts: 7, restoresItself: true }, { watch: true });
  const report = await app.run("redeploy", { siteId });
  expect(report).toMatchObject({ outcome: "restored_itself", accountsOnSite: 7, missingIds: [], variable: { state: expect.stringMatching(/^(?:set|was_current)$/) as string } });
  expect([...(await stage.read()).keys()].sort()).toEqual(sampleAccounts(7).map(({ id }) => id).sort());
  const { activities } = await app.ask("activity.list", { siteId });
  expect(activities.find(({ kind }) => kind === "redeployed")).toMatchObject({ level: "info", message: "Your site was redeployed and restored itself. All 7 accounts are there." });
  expect(activities.filter(({ kind }) => kind === "wiped" || kind === "restored")).toEqual([]);
});

test("a backup by hand looks at the variable at Render too", async () => {
  const { stage, test: app, siteId } = await startLinked({ accounts: 3 });
  const seen = app.nextEvent((event) => event.type === "sites" && event.sites.some(({ render }) => render?.variable?.state === "not_set"));
  await app.run("backup", { siteId });
  await seen;
  expect(stage.service.deploys).toEqual([]);
});

test("a redeploy that fails is in the log, and the owner is told wherever they are", async () => {
  const { stage, test: app, siteId } = await startLinked({ accounts: 3 });
  stage.service.planDeploys({ statuses: ["update_in_progress", "update_failed"] });
  await expect(app.run("redeploy", { siteId })).rejects.toMatchObject({ code: "DEPLOY_FAILED" });
  const message = "The redeploy did not end well. Render could not deploy your site. Your 3 accounts are safe in the newest backup.";
  expect((await app.ask("activity.list", { siteId })).activities[0]).toMatchObject({ kind: "failed", level: "problem", message });
  expect(app.notices).toMatchObject([{ title: "Marlow Bakery", body: message, siteId }]);
});

test("an app that was closed in the middle, and opened without the drive of its backups, goes on when that is plugged in", async () => {
  const { stage, test: app, siteId } = await startLinked({ accounts: 5 }, { watch: true });
  stage.service.planDeploys({ manual: true });
  const begun = stage.render.nextCall(/^GET .*\/deploys\//);
  await app.start("redeploy", { siteId });
  await begun;
  await app.app.close();
  await rename(stage.vault, `${stage.vault}.away`);
  await stage.service.advance();
  await stage.service.advance();
  const again = await startApp(stage, { dataFolder: app.dataFolder });
  await expect.poll(async () => (await again.ask("site.list", {})).sites[0]?.watching).toBe("failed");
  await rename(`${stage.vault}.away`, stage.vault);
  const ended = again.nextEvent((event) => event.type === "operation" && event.operation.kind === "redeploy" && event.operation.endedAt !== null);
  // Looks again at once; by itself that takes a minute.
  await again.ask("site.update", { siteId, settings: { rehearse: false } });
  expect(await ended).toMatchObject({ operation: { state: "done", result: { accountsOnSite: 5, resumed: true } } });
  expect(stage.service.deploys).toHaveLength(1);
});

test("an app that was closed in the middle goes on when it is opened again", async () => {
  const { stage, test: app, siteId } = await startLinked({ accounts: 5 });
  stage.service.planDeploys({ manual: true });
  const begun = stage.render.nextCall(/^GET .*\/deploys\//);
  await app.start("redeploy", { siteId });
  await begun;
  await app.app.close();
  await stage.service.advance();
  await stage.service.advance();
  expect(await stage.read()).toEqual(new Map());
  const again = await startApp(stage, { dataFolder: app.dataFolder });
  const [running] = (await again.ask("operation.list", {})).operations.filter(({ kind }) => kind === "redeploy");
  if (running === undefined) {
    const event = await again.nextEvent((each) => each.type === "operation" && each.operation.kind === "redeploy");
    if (event.type !== "operation") throw new Error("another event");
    expect(await again.ended(event.operation.id)).toMatchObject({ state: "done", result: { outcome: "restored", restored: 5, resumed: true } });
  } else {
    expect(await again.ended(running.id)).toMatchObject({ state: "done", result: { outcome: "restored", restored: 5, resumed: true } });
  }
  expect([...(await stage.read()).keys()].sort()).toEqual(sampleAccounts(5).map(({ id }) => id).sort());
  expect(stage.service.deploys).toHaveLength(1);
});

test("two changes of one site at the same moment are both kept", async () => {
  const { stage, test: app, siteId } = await startLinked({ accounts: 1 });
  await Promise.all([
    app.ask("site.update", { siteId, name: "Marlow & Daughters" }),
    app.ask("render.update", { siteId, keepVariable: true }),
    app.run("link_service", { siteId, serviceId: stage.service.id }),
    app.ask("site.update", { siteId, settings: { rehearse: false } }),
  ]);
  const { sites } = await app.ask("site.list", {});
  expect(sites).toMatchObject([{ name: "Marlow & Daughters", settings: { rehearse: false }, render: { keepVariable: true } }]);
});

test("a key that cannot be kept is asked for again, and the link stays", async () => {
  const stage = await createRedeployStage({ accounts: 2, realTime: true });
  const app = await startApp(stage, { ports: { keychain: null } });
  const siteId = await addSite(stage, app);
  await app.run("link_service", { siteId, serviceId: stage.service.id, apiKey: stage.render.apiKey });
  await app.app.close();
  const again = await startApp(stage, { dataFolder: app.dataFolder, ports: { keychain: null } });
  expect(await linkOf({ test: again, siteId })).toMatchObject({ hasKey: false, service: { name: "marlow-bakery" } });
  await expect(again.run("redeploy", { siteId })).rejects.toMatchObject({ code: "KEY_MISSING" });
  expect(stage.service.deploys).toEqual([]);
});
