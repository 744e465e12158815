/**
 * During a redeploy the connection to the site fails at every request in turn. Nobody is lost, Render is asked to deploy once, what
 * fails says so with a next step, and going on with it brings everybody back.
 */
import { expect, it } from "vitest";
import { redeploySite } from "../../electron/engine/redeploy/redeploy-site.ts";
import { createFaultyRedeploys, expectNobodyLost } from "../support/fault-redeploy.ts";
import { FAULTS, momentsOf, requestsOf, SWEEP_TIMEOUT_MS, withFault } from "../support/fault-sweep.ts";

it("the site's connection fails once at every request", { timeout: SWEEP_TIMEOUT_MS }, async () => {
  const stage = await createFaultyRedeploys(5);
  const first = await stage.begin();
  const requests = await requestsOf(stage.proxy, async () => await redeploySite(first));
  expect(requests).toBeGreaterThan(30);
  const ends = { finished: 0, failed: 0 };
  for (const moment of momentsOf(FAULTS, requests, 1, 8)) {
    const request = await stage.begin();
    const deploysBefore = stage.service.deploys.length;
    const outcome = await withFault(stage.proxy, moment, async () => await redeploySite(request));
    ends[await expectNobodyLost(moment.what, stage, request, outcome, deploysBefore)] += 1;
  }
  expect(Math.min(ends.finished, ends.failed), JSON.stringify(ends)).toBeGreaterThan(1);
});

it("stopped when everybody is written and not yet looked at: whoever goes on knows that it was us who brought them back", async () => {
  const stage = await createFaultyRedeploys(5);
  const request = await stage.begin();
  const stop = new AbortController();
  let isRestoring = false;
  const ended = redeploySite(request, { signal: stop.signal, onProgress: ({ phase }) => {
    isRestoring ||= phase === "restoring";
    if (isRestoring && phase === "verifying") stop.abort();
  } });
  await expect(ended).rejects.toMatchObject({ code: "CANCELLED" });
  expect(await stage.onSite()).toEqual(stage.everybody);
  expect(await redeploySite({ ...request, resumeOnly: true })).toMatchObject({ outcome: "restored", restored: 5, accountsOnSite: 5, resumed: true });
  expect(await stage.onSite()).toEqual(stage.everybody);
});
