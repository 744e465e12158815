/** What the window says of Render: stages, endings, the report, the variable as Render holds it. */
import { describe, expect, it } from "vitest";
import { activityIcon } from "../../../renderer/views/activity-icon.ts";
import { canStop, endingOf, isBringing, stageOf, wasBegun } from "../../../renderer/views/redeploy/linked/stage.ts";
import { reportLines, reportTitle, type RedeployResult } from "../../../renderer/views/redeploy/linked/report-words.ts";
import { canBeLinked } from "../../../renderer/views/settings/render/can-be-linked.ts";
import { isWhole, matching, serviceLine } from "../../../renderer/views/settings/render/services.ts";
import { heldWords, wantsUpdate } from "../../../renderer/views/variable/held/held-words.ts";
import type { ErrorCode } from "../../../shared/errors.ts";
import type { HeldVariableView, RenderServiceView, SourceView } from "../../../shared/model.ts";
import type { Operation } from "../../../shared/operations.ts";
import type { Progress, ProgressPhase } from "../../../shared/progress.ts";

const at = (phase: ProgressPhase, canCancel: boolean, done = 3): Progress => ({ phase, done, total: null, unit: "seconds", canCancel, problems: 0 });
const ended = (state: Operation["state"], progress: Progress | null, code?: ErrorCode): Operation => ({
  id: "operation-0001",
  kind: "redeploy",
  siteId: "site-0001",
  state,
  startedAt: "2026-11-24T14:00:00.000Z",
  endedAt: "2026-11-24T14:02:00.000Z",
  progress,
  error: code === undefined ? null : { code, message: "", retryable: false },
  result: null,
});
const report: RedeployResult = {
  outcome: "restored",
  accounts: 7,
  accountsOnSite: 8,
  restored: 8,
  newcomers: 1,
  missingIds: [],
  putRight: 0,
  variable: { state: "set", accounts: 8, length: 3_100, checksum: "8409 C1EC" },
  startedAt: "2026-11-24T14:00:00.000Z",
  downAt: null,
  backAt: null,
  wipedAt: "2026-11-24T14:01:00.000Z",
  endedAt: "2026-11-24T14:02:00.000Z",
  resumed: false,
  remarks: [],
};

describe("the stages of a redeploy at Render", () => {
  it("follow the phases", () => {
    expect(stageOf(null)).toBe("backup");
    for (const phase of ["connecting", "waking", "reading", "writing", "verifying"] as const) expect(stageOf(at(phase, true))).toBe("backup");
    expect(stageOf(at("setting_variable", true))).toBe("variable");
    expect(stageOf(at("checking_again", true))).toBe("last_look");
    expect(stageOf(at("deploying", false))).toBe("deploy");
    expect(stageOf(at("waiting_for_site", false))).toBe("wait");
    expect(stageOf(at("restoring", false))).toBe("wait");
  });
  it("take a backup that cannot be stopped for one during the deploy", () => {
    expect(stageOf(at("reading", false))).toBe("deploy");
    expect(stageOf(at("writing", false), "wait")).toBe("wait");
  });
  it("begin again for new accounts, and never go back behind the deploy", () => {
    expect(stageOf(at("reading", true), "last_look")).toBe("backup");
    expect(stageOf(at("deploying", false), "wait")).toBe("wait");
  });
  it("say when accounts come back, and whether it can be stopped", () => {
    expect([at("restoring", false), at("waiting_for_site", false), null].map(isBringing)).toEqual([true, false, false]);
    expect([null, at("reading", true), at("deploying", false)].map(canStop)).toEqual([true, true, false]);
  });
});

describe("a redeploy that did not end well", () => {
  it("is gone on with once Render deploys", () => {
    expect(wasBegun(ended("failed", at("waiting_for_site", false), "SITE_ASLEEP"))).toBe(true);
    expect(wasBegun(ended("failed", at("deploying", false), "HOST_UNREACHABLE"))).toBe(true);
    expect(wasBegun(ended("failed", at("verifying", false), "SERVER_UNREACHABLE"))).toBe(true);
    expect(wasBegun(ended("failed", at("deploying", false, 0), "DEPLOY_UNCERTAIN"))).toBe(true);
  });
  it("is started again when nothing was deployed, or the deploy is over", () => {
    expect(wasBegun(ended("failed", null, "KEY_MISSING"))).toBe(false);
    expect(wasBegun(ended("failed", at("reading", true), "SITE_ASLEEP"))).toBe(false);
    expect(wasBegun(ended("failed", at("deploying", false, 0), "HOST_REFUSED"))).toBe(false);
    expect(wasBegun(ended("failed", at("deploying", false), "DEPLOY_FAILED"))).toBe(false);
  });
  it("ends in one of four ways", () => {
    expect(endingOf(ended("running", null), null)).toBeNull();
    expect(endingOf(ended("cancelled", at("setting_variable", true)), null)).toBe("stopped");
    expect(endingOf(ended("cancelled", at("deploying", false)), null)).toBe("failed");
    expect(endingOf(ended("failed", null, "HOST_KEY_REFUSED"), null)).toBe("failed");
    expect(endingOf(ended("done", null), { ...report, outcome: "nothing_begun" })).toBe("never_begun");
    expect(endingOf(ended("done_with_problems", null), report)).toBe("done");
  });
});

describe("the report", () => {
  it("says in one sentence who is there", () => {
    expect(reportTitle(report)).toBe("All 8 accounts are there again.");
    expect(reportTitle({ ...report, outcome: "restored_itself", accountsOnSite: 1 })).toBe("Your 1 account is there again.");
    expect(reportTitle({ ...report, outcome: "kept" })).toBe("All 8 accounts are still there.");
    expect(reportTitle({ ...report, accountsOnSite: 0 })).toBe("There are no accounts on your site.");
    expect(reportTitle({ ...report, missingIds: ["a", "b"] })).toBe("2 accounts are gone from your site, the rest is there.");
  });
  it("tells the rest in short lines", () => {
    expect(reportLines(report)).toEqual(["It took 2 minutes. We brought back 8 accounts.", "1 person signed up meanwhile and is among them.", "The variable at Render holds all 8 accounts."]);
    expect(reportLines({ ...report, outcome: "restored_itself", newcomers: 0, putRight: 1, variable: { state: "unknown" } })).toEqual(["It took 2 minutes. Your site restored itself.", "1 account had come back in an older version and was put right."]);
    expect(reportLines({ ...report, outcome: "kept", newcomers: 0, variable: { state: "not_eligible", message: "11 accounts are one too many for the variable." } })).toEqual(["It took 2 minutes. Its disk was not emptied this time.", "11 accounts are one too many for the variable."]);
  });
});

describe("the variable at Render", () => {
  const held = (state: HeldVariableView["state"], more: Partial<HeldVariableView> = {}): HeldVariableView => ({ checkedAt: "2026-11-24T14:00:00.000Z", state, accounts: 7, missing: 0, changed: 0, gone: 0, ...more });
  it("is told with what is wrong about it", () => {
    expect(heldWords(held("current")).text).toBe("At Render: the same 7 accounts as your site.");
    expect(heldWords(held("stale", { missing: 2 })).text).toBe("Out of date at Render: 2 missing.");
    expect(heldWords(held("stale", { missing: 1, changed: 2, gone: 3 })).text).toBe("Out of date at Render: 1 missing, 2 in an older version, 3 no longer on your site.");
    expect(heldWords(held("not_set")).short).toBe("Not set");
    expect(heldWords(held("unreadable")).tone).toBe("risk");
    expect(heldWords(null).short).toBeNull();
  });
  it("is offered an update only where that is known to change something", () => {
    expect([null, held("current"), held("stale"), held("not_set"), held("unreadable")].map(wantsUpdate)).toEqual([false, false, true, true, true]);
  });
});

describe("linking", () => {
  const bakery: RenderServiceView = { id: "srv-1", name: "marlow-bakery", url: "https://marlow-bakery.onrender.com", plan: "starter", disk: null, suspended: false };
  const yoga: RenderServiceView = { ...bakery, id: "srv-2", name: "Tidewater", url: null, plan: null, suspended: true };
  it("shows a service by address and plan", () => {
    expect([bakery, yoga].map(serviceLine)).toEqual(["marlow-bakery.onrender.com · starter plan", "No address of its own · suspended"]);
  });
  it("finds by name and address", () => {
    expect(matching([bakery, yoga], " TIDE ")).toEqual([yoga]);
    expect(matching([bakery, yoga], "onrender")).toEqual([bakery]);
    expect([isWhole({ total: 2, services: [bakery, yoga] }), isWhole({ total: 3, services: [bakery, yoga] })]).toEqual([true, false]);
  });
  it("is for sites that a host deploys", () => {
    const source = (kind: SourceView["kind"]): SourceView => ({ kind, shown: "", tenant: null, database: null, auth: "none", hasKey: true });
    expect((["server", "cloud", "folder", "demo"] as const).map((kind) => canBeLinked({ source: source(kind), render: null }))).toEqual([true, true, false, false]);
  });
});

it("has an icon for what happens at Render", () => {
  const entry = { at: "", level: "info", site: "", siteId: null, message: "" } as const;
  expect(["redeployed", "variable_set", "variable_stale"].map((kind) => activityIcon({ ...entry, kind })[0])).toEqual(["redeploy", "variable", "variable"]);
});
