/**
 * During a redeploy Render fails at every call in turn, once or from then on. Nobody is lost, nothing is deployed twice, what fails says
 * so with a next step, and going on with it brings everybody back.
 */
import { expect, it } from "vitest";
import { redeploySite } from "../../electron/engine/redeploy/redeploy-site.ts";
import { rateLimited, type RenderFault } from "../support/fake-render/faults.ts";
import { createFaultyRedeploys, expectNobodyLost } from "../support/fault-redeploy.ts";
import { momentsOf, outcomeOf, SWEEP_TIMEOUT_MS } from "../support/fault-sweep.ts";

const html = { text: "<h1>Something else</h1>" };
const RENDER_FAULTS = new Map<string, RenderFault>([
  ["500", { kind: "status", status: 500, json: { message: "internal" } }],
  ["502", { kind: "status", status: 502, ...html }],
  ["503", { kind: "status", status: 503, ...html }],
  ["429, and a moment", rateLimited({ retryAfter: 2 })],
  ["429, and an hour", rateLimited({ retryAfter: 3_600 })],
  ["a page in place of an answer", { kind: "status", status: 200, ...html }],
  ["another one's JSON", { kind: "status", status: 200, json: { ok: true } }],
  ["reset before", { kind: "reset", carriedOut: false }],
  ["reset after", { kind: "reset", carriedOut: true }],
  ["no answer, and nothing done", { kind: "hold", carriedOut: false }],
  ["no answer, and done", { kind: "hold", carriedOut: true }],
  ["an answer cut in half", { kind: "cut" }],
]);

it.each([["fails once at", 9], ["fails from", 10]] as const)("Render %s every call", { timeout: SWEEP_TIMEOUT_MS }, async (mode, sweep) => {
  const stage = await createFaultyRedeploys(5);
  const { render, service } = stage;
  const current: { left: number; fault: RenderFault | null; heal: () => void } = { left: 0, fault: null, heal: () => undefined };
  render.beforeCall(/./, () => {
    const { fault } = current;
    if (fault === null) return;
    current.left -= 1;
    if (current.left >= 0) return;
    current.fault = null;
    if (mode === "fails from") current.heal = render.injectAlways(/./, fault);
    else render.inject(/./, fault);
  }, Number.POSITIVE_INFINITY);

  const first = await stage.begin();
  await redeploySite(first);
  const calls = render.calls.length;
  expect(calls).toBeGreaterThan(6);
  const ends = { finished: 0, failed: 0 };
  for (const { what, nth, fault } of momentsOf(RENDER_FAULTS, calls, 1, sweep)) {
    const request = await stage.begin();
    const deploysBefore = service.deploys.length;
    Object.assign(current, { left: nth, fault });
    const outcome = await outcomeOf(what, async () => await redeploySite(request));
    current.heal();
    expect(current.fault, `${what} happened`).toBeNull();
    ends[await expectNobodyLost(what, stage, request, outcome, deploysBefore)] += 1;
  }
  expect(Math.min(ends.finished, ends.failed), JSON.stringify(ends)).toBeGreaterThan(1);
});
