/** A variable is offered only where a restore would bring everybody back from it, each under the own id; elsewhere it says why not. */
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { VARIABLE_NAME } from "../../shared/eligibility.ts";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { variableOfBackup, variableOfSite } from "../../electron/engine/operations/make-variable.ts";
import { siteStatus } from "../../electron/engine/operations/site-status.ts";
import { persistAccounts } from "../../electron/engine/persist-accounts.ts";
import { redeploySite } from "../../electron/engine/redeploy/redeploy-site.ts";
import { encodeVariable } from "../../electron/engine/variable/encode.ts";
import { failure, keys } from "../support/cli-cases.ts";
import { createHostedStage, SERVICE_NAME } from "../support/cli-hosted-stage.ts";
import { answerOf, createCliStage } from "../support/cli-stage.ts";
import { hasSecret, HINT, lostCases, people, withFields } from "../support/lost-in-variable.ts";
import { createRedeployStage } from "../support/redeploy-stage.ts";
import { createTestSite, type TestSite } from "../support/site.ts";
import { startTestApp } from "../support/test-app.ts";

const idsOf = (records: readonly { readonly id: string }[]): string[] => records.map(({ id }) => id).sort();
const firstCase = lostCases.slice(0, 1);

async function siteWith(records: readonly WritableRecord[]): Promise<TestSite> {
  const site = await createTestSite();
  await site.create();
  await site.add(records);
  return site;
}

/** As the start of a backend without a file. */
async function startUp(site: TestSite, variable: string, folder: string) {
  return await persistAccounts({ source: { kind: "server", url: inject("chromaUrl") }, collectionName: site.collectionName, folder, variable, log: () => undefined }).restoreOnStartup();
}

describe("where the variable would not bring everybody back", () => {
  it.each(lostCases)("it is not offered, and says why: $name", async ({ third, reason, message }) => {
    const records = [...people.slice(0, 2), third];
    const site = await siteWith(records);
    const refusal: unknown = await variableOfSite(site).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "NOT_ELIGIBLE", message, hint: HINT });
    expect(refusal).not.toHaveProperty("cause");
    expect(hasSecret(`${String(refusal)} ${JSON.stringify(refusal)}`)).toBe(false);
    expect(await siteStatus(site)).toMatchObject({ accounts: 3, eligibility: { eligible: false, reason, accounts: 3, message, hint: HINT } });

    // What the hint says instead is true: a backup brings everybody back.
    const { path } = await backupSite({ ...site });
    await expect(variableOfBackup(await openBackup({ path }))).rejects.toMatchObject({ code: "NOT_ELIGIBLE", message });
    await site.wipe();
    expect(await startUp(site, "", site.folder)).toMatchObject({ ok: true, value: { outcome: "restored", from: "file", report: { added: 3 } } });
    expect([...(await site.read()).keys()].sort()).toEqual(idsOf(records));
  });

  it.each(lostCases)("`variable` and `status` say so, to people and to machines: $name", async ({ third, reason, message }) => {
    const stage = await createCliStage([...people.slice(0, 2), third]);
    const path = await stage.backUp();
    for (const args of [["variable", ...stage.source], ["variable", "--from", path], ["variable", ...stage.source, "--dotenv"]]) {
      expect(await stage.run(args)).toMatchObject({ code: 1, stdout: "", stderr: `${message}\n${HINT}\n` });
    }
    const machine = await stage.run(["variable", ...stage.source, "--json"]);
    expect(machine.code).toBe(1);
    expect(answerOf(machine)).toEqual({ ok: false, ...failure("NOT_ELIGIBLE") });
    expect(hasSecret(machine.stdout)).toBe(false);

    const status = await stage.run(["status", ...stage.source]);
    expect(status).toMatchObject({ code: 0, stderr: "" });
    expect(status.stdout).toContain(`The variable: ${message} ${HINT}\n`);
    expect(answerOf(await stage.run(["status", ...stage.source, "--json"]))).toMatchObject({ eligibility: { eligible: false, reason, accounts: 3, message, hint: HINT } });
  });
});

describe("where it would", () => {
  it.each<[string, readonly WritableRecord[]]>([
    ["a site as the old system makes them", people],
    ["documents with spaces, other fields and another order, and no metadata", people.map((record) => ({ ...record, metadata: null, document: JSON.stringify({ plan: 1.5, ...(JSON.parse(record.document ?? "") as object) }, null, 2) }))],
    ["two addresses that differ by a capital letter", [...people.slice(0, 2), withFields(people[2], { email: "ADA.MARLOW@example.com" })]],
    ["ten", sampleAccounts(10)],
  ])("it is offered, and a wiped site comes back from it, everybody under the own id: %s", async (_, records) => {
    const site = await siteWith(records);
    const { value, accounts } = await variableOfSite(site);
    expect(accounts).toBe(records.length);
    expect(await siteStatus(site)).toMatchObject({ eligibility: { eligible: true } });
    await site.wipe();
    expect(await startUp(site, value, join(site.folder, "not-there"))).toMatchObject({ ok: true, value: { outcome: "restored", from: "variable", report: { added: records.length } } });
    expect([...(await site.read()).keys()].sort()).toEqual(idsOf(records));
  });

  it("what is no account does not stand in its way; it is left out and counted, as before", async () => {
    const note: WritableRecord = { ...people[0], id: "note", document: "Buy flour", metadata: null, uri: null, embedding: people[0]?.embedding ?? new Float32Array(384) };
    const stage = await createCliStage([...people, note]);
    const end = await stage.run(["variable", ...stage.source, "--json"]);
    expect(end.code).toBe(3);
    expect(answerOf(end)).toEqual({ ok: true, ...keys(["value", "length", "checksum", "gauge"], { accounts: 3, left_out: 1 }) });
    expect((await stage.run(["variable", ...stage.source])).stderr.split("\n")).toContain("1 record could not be read as an account and cannot go into the variable. A backup file keeps it.");
  });
});

describe("at Render", () => {
  it.each(firstCase)("nothing is set and nothing is called up to date: $name", { timeout: 60_000 }, async ({ third, message }) => {
    // As an Account Keeper set it that did not look.
    const old = encodeVariable([...people.slice(0, 2), third].map(({ document }) => document ?? ""));
    const { site, service, run } = await createHostedStage();
    await site.signUp(third);
    const at = ["--url", site.url, "--service", SERVICE_NAME];
    expect(await run(["variable", "--push", ...at])).toMatchObject({ code: 1, stdout: "", stderr: `${message}\n${HINT}\n` });
    expect(service.variables.size).toBe(0);

    service.variables.set(VARIABLE_NAME, old);
    const check = await run(["variable", "--check", ...at, "--json"]);
    expect(check.code).toBe(3);
    expect(answerOf(check)).toMatchObject({ ok: true, state: "unreadable", message: "Accounts 1 and 3 in this file have the same e-mail address." });
  });

  it.each(firstCase)("a redeploy goes without it and brings everybody back: $name", async ({ third, message }) => {
    const stage = await createRedeployStage({ accounts: 3 });
    await stage.signUp(third);
    const report = await redeploySite(stage.request);
    expect(report).toMatchObject({ outcome: "restored", restored: 3, missing: [], variable: { state: "not_eligible", message } });
    expect([...(await stage.read()).keys()].sort()).toEqual(idsOf(people));
    expect(stage.service.variables.has(VARIABLE_NAME)).toBe(false);
  });
});

describe("in the window", () => {
  it.each(lostCases)("a look says why, and neither copying nor showing gives it: $name", async ({ third, reason, message }) => {
    const site = await siteWith([...people.slice(0, 2), third]);
    const test = await startTestApp();
    const { id: siteId } = await test.addSite(site);
    expect(await test.run("look", { siteId })).toMatchObject({ state: "online", accounts: 3, eligibility: { eligible: false, reason, message, hint: HINT }, gauge: [] });
    await expect(test.run("copy_variable", { siteId })).rejects.toMatchObject({ code: "NOT_ELIGIBLE", message });
    await expect(test.ask("variable.reveal", { siteId })).rejects.toMatchObject({ code: "NOT_ELIGIBLE", message });
    expect(test.clipboard()).toBe("");
    expect(hasSecret(test.said())).toBe(false);

    await site.add(people);
    expect(await test.run("look", { siteId })).toMatchObject({ eligibility: { eligible: true } });
    expect(await test.run("copy_variable", { siteId })).toMatchObject({ accounts: 3 });
  });
});
