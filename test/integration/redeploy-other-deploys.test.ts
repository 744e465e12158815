/** A redeploy that is not the only one: Render has others in its queue, somebody pushes meanwhile, clocks differ. */
import { expect, test } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { readJournal } from "../../electron/engine/redeploy/journal.ts";
import { redeploySite } from "../../electron/engine/redeploy/redeploy-site.ts";
import { createRedeployStage, type RedeployStage } from "../support/redeploy-stage.ts";

const POST = /^POST .*\/deploys/;
const MINUTE = 60_000;
const idsOf = (accounts: number): string[] => sampleAccounts(accounts).map(({ id }) => id).sort();
const onSite = async (stage: RedeployStage): Promise<string[]> => [...(await stage.read()).keys()].sort();

test("one that waits in Render's queue is followed, not the one before it", async () => {
  const stage = await createRedeployStage({ accounts: 12 });
  stage.service.planDeploys({ manual: true }, { manual: true, queued: true });
  stage.service.startDeploy("new_commit", false);
  stage.after(10_000, async () => await stage.service.advance());
  stage.after(20_000, async () => await stage.service.advance());
  stage.after(3 * MINUTE, async () => await stage.service.advance());
  stage.after(4 * MINUTE, async () => await stage.service.advance());
  const report = await redeploySite(stage.request);
  expect(report).toMatchObject({ outcome: "restored", deployId: stage.service.deploys[1]?.id, accountsOnSite: 12 });
  expect(stage.service.wipes).toBe(2);
  expect(await onSite(stage)).toEqual(idsOf(12));
});

test("one that Render takes without naming it, and lists only later, is waited for", async () => {
  const stage = await createRedeployStage({ accounts: 3 });
  stage.render.inject(POST, { kind: "status", status: 202, text: "" });
  stage.after(20_000, async () => {
    await Promise.resolve();
    stage.service.startDeploy("api", false);
  });
  expect(await redeploySite(stage.request)).toMatchObject({ outcome: "restored", restored: 3 });
  expect(stage.service.deploys).toHaveLength(1);
});

test("an earlier deploy is not taken for ours when Render's answer is lost and nothing was begun", async () => {
  const stage = await createRedeployStage({ accounts: 3 });
  stage.service.startDeploy("new_commit", false);
  await stage.service.advance();
  await stage.service.advance();
  await stage.wipe();
  await stage.signUp(...sampleAccounts(3));
  stage.render.inject(POST, { kind: "reset", carriedOut: false });
  await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "DEPLOY_UNCERTAIN" });
  expect(await redeploySite({ ...stage.request, resumeOnly: true })).toMatchObject({ outcome: "nothing_begun" });
});

test.each([-10, 10])("whose answer is lost is found though the clock of this computer is %i minutes off", async (minutes) => {
  const stage = await createRedeployStage({ accounts: 3, renderAheadMs: -minutes * MINUTE });
  stage.render.inject(POST, { kind: "reset", carriedOut: true });
  expect(await redeploySite(stage.request)).toMatchObject({ outcome: "restored", restored: 3 });
  expect(stage.service.deploys).toHaveLength(1);
});

test("one that Render cancels because somebody has pushed: the deploy that took its place is followed", async () => {
  const stage = await createRedeployStage({ accounts: 12 });
  stage.service.planDeploys({ statuses: ["update_in_progress", "canceled"] }, { slow: 5 });
  stage.service.beforeStatus("canceled", () => void stage.service.startDeploy("new_commit", true));
  const report = await redeploySite(stage.request);
  expect(report).toMatchObject({ outcome: "restored", restored: 12, deployId: stage.service.deploys[1]?.id });
  expect(await onSite(stage)).toEqual(idsOf(12));
  expect(await readJournal(stage.vault)).toBeNull();
});

test("one that is live while another comes after it: that one's wipe is mended too", async () => {
  const stage = await createRedeployStage({ accounts: 12 });
  stage.service.planDeploys({}, { slow: 30 });
  stage.service.beforeStatus("live", () => void stage.service.startDeploy("new_commit", true));
  const report = await redeploySite(stage.request);
  expect(report).toMatchObject({ outcome: "restored", accountsOnSite: 12 });
  expect(stage.service.wipes).toBe(2);
  expect(await onSite(stage)).toEqual(idsOf(12));
});

test("one that is cancelled, and the one after it failed: the old site goes on, and it is said", async () => {
  const stage = await createRedeployStage({ accounts: 3 });
  stage.service.planDeploys({ statuses: ["update_in_progress", "canceled"] }, { statuses: ["build_in_progress", "build_failed"] });
  stage.service.beforeStatus("canceled", () => void stage.service.startDeploy("new_commit", true));
  await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "DEPLOY_FAILED" });
  expect(await onSite(stage)).toEqual(idsOf(3));
  expect(await readJournal(stage.vault)).toBeNull();
});
