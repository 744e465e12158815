/** A redeploy around which something goes wrong or goes on: it is told as what it is, comes to an end, and nobody is left behind. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { VARIABLE_NAME } from "../../shared/eligibility.ts";
import { connect } from "../../electron/engine/chroma/connect.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { chooseBackup } from "../../electron/engine/operations/restore-site.ts";
import { readJournal } from "../../electron/engine/redeploy/journal.ts";
import { redeploySite } from "../../electron/engine/redeploy/redeploy-site.ts";
import { encodeVariable } from "../../electron/engine/variable/encode.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { createRedeployStage, newcomer, type RedeployStage } from "../support/redeploy-stage.ts";

const MINUTE = 60_000;
const NIGHT_MS = 8 * 60 * MINUTE;
const idsOf = (accounts: number): string[] => sampleAccounts(accounts).map(({ id }) => id).sort();
const onSite = async (stage: RedeployStage): Promise<string[]> => [...(await stage.read()).keys()].sort();

test("a deploy that fails while the site is away: whoever is missing when it comes up is brought back first", async () => {
  const stage = await createRedeployStage({ accounts: 12 });
  stage.service.planDeploys({ statuses: ["update_in_progress", "update_failed"] });
  stage.service.beforeStatus("update_failed", async () => {
    await stage.shut();
    await stage.wipe();
    stage.after(2 * MINUTE, async () => await stage.service.comeUp());
  });
  await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "DEPLOY_FAILED", message: expect.stringContaining("Render could not deploy your site.") as string });
  expect(await onSite(stage)).toEqual(idsOf(12));
  expect(await readJournal(stage.vault)).toBeNull();
});

test("a site that wants another key after the deploy is told as that, and not as one that has not come back", async () => {
  const stage = await createRedeployStage({ accounts: 3 });
  const proxy = await startFrontProxy({ target: stage.url });
  stage.service.afterStatus("live", () => proxy.injectAlways(/./, { kind: "status", status: 401, json: { error: "AuthError", message: "no" } }));
  const ended = redeploySite({ ...stage.request, source: { kind: "server", url: proxy.url } });
  await expect(ended).rejects.toMatchObject({
    code: "KEY_REFUSED",
    message: "The server wants another key. Your 3 accounts are safe in the newest backup.",
    hint: expect.stringMatching(/^Enter the key your site uses for its database\. Then go on with this redeploy/) as string,
  });
  expect(await readJournal(stage.vault)).not.toBeNull();
  await proxy.close();
});

test("a deploy that does not end is told as one that goes on, and gone on with later", async () => {
  const stage = await createRedeployStage({ accounts: 3 });
  stage.service.planDeploys({ manual: true });
  const request = { ...stage.request, pace: { lookEveryMs: 30_000 } };
  await expect(redeploySite(request)).rejects.toMatchObject({ code: "DEPLOY_UNFINISHED", retryable: true, message: "Render is still deploying after a long while. Your 3 accounts are safe in the newest backup." });
  await stage.service.advance();
  await stage.service.advance();
  expect(await redeploySite({ ...request, resumeOnly: true })).toMatchObject({ outcome: "restored", restored: 3 });
});

test("an account that the site itself deletes each time it is brought back is asked about in the end", { timeout: 60_000 }, async () => {
  const stage = await createRedeployStage({ accounts: 12 });
  const [first = ""] = idsOf(12);
  const purge = async (): Promise<void> => {
    await stage.deleteAccounts([first]);
    stage.after(1_000, purge);
  };
  stage.service.afterStatus("live", () => stage.after(1_000, purge));
  expect(await redeploySite(stage.request)).toMatchObject({ outcome: "restored", missing: [first], accountsOnSite: 11 });
  expect(await onSite(stage)).toEqual(idsOf(12).slice(1));
  expect((await readdir(join(stage.vault, "safety"))).length).toBeLessThan(10);
  expect((await chooseBackup({ kind: "vault", folder: stage.vault })).backup.accountCount).toBe(12);
});

test.each([undefined, "/opt/render/project/src/chroma_db"])("a site on which somebody signs up every second comes to an end (disk: %s)", { timeout: 60_000 }, async (mountPath) => {
  const stage = await createRedeployStage({ accounts: 12, service: mountPath === undefined ? {} : { mountPath } });
  let people = 0;
  const signUp = async (): Promise<void> => {
    people += 1;
    await stage.signUp(newcomer(people));
    stage.after(1_000, signUp);
  };
  stage.service.afterStatus("live", () => stage.after(1_000, signUp));
  const report = await redeploySite({ ...stage.request, pace: { settleMs: 5_000 } });
  expect(report).toMatchObject({ outcome: mountPath === undefined ? "restored" : "kept", missing: [] });
  expect(await onSite(stage)).toHaveLength(12 + people);
});

test.each([400, 413])("Render does not take a value this long (%i): everybody comes back from the backup", async (status) => {
  const stage = await createRedeployStage({ accounts: 3 });
  stage.render.injectAlways(/^PUT .*\/env-vars\//, { kind: "status", status, json: { message: "invalid value" } });
  expect(await redeploySite(stage.request)).toMatchObject({ outcome: "restored", restored: 3, remarks: [], variable: { state: "not_eligible", message: expect.stringMatching(/^Render does not take a variable of [\d,]+ characters\.$/) as string } });
});

test("whoever is deleted while Render builds comes back with everyone else, and that is said", async () => {
  const stage = await createRedeployStage({ accounts: 12 });
  const [gone = ""] = sampleAccounts(1).map(({ id }) => id);
  stage.service.planDeploys({ statuses: ["build_in_progress", "update_in_progress", "live"] });
  stage.service.afterStatus("build_in_progress", async () => await stage.deleteAccounts([gone]));
  const report = await redeploySite(stage.request);
  expect(report).toMatchObject({ outcome: "restored", restored: 12, missing: [], remarks: [`1 account was deleted from your site while Render deployed, and came back with everyone else: ${gone}. Delete it again if that was meant.`] });
});

test("a site that restored itself from an old variable before anybody looked: the old passwords do not become the newest backup", async () => {
  const people = sampleAccounts(12).map((person) => ({ ...person, document: (person.document ?? "").replace(/"password_hash":"[^"]*"/, '"password_hash":"today"') }));
  const old = sampleAccounts(9).map(({ document }) => document ?? "");
  const stage = await createRedeployStage({ accounts: 0, restoresItself: true, service: { variables: { [VARIABLE_NAME]: encodeVariable(old) } } });
  await stage.signUp(...people);
  const connection = await connect({ kind: "server", url: stage.url });
  await backupSite({ connection, collectionName: "users", site: connection.address, folder: stage.vault });
  await connection.close();
  stage.service.startDeploy("new_commit", false);
  await stage.service.advance();
  await stage.service.advance();
  await stage.signUp(...people.slice(9));
  expect(await redeploySite(stage.request)).toMatchObject({ outcome: "restored", putRight: 18, accountsOnSite: 12 });
  expect([...(await stage.read()).values()].filter(({ document }) => document?.includes("today") !== true)).toEqual([]);
});

/** As a task of the stage's clock. */
const jump = (stage: RedeployStage, ms: number) => async (): Promise<void> => {
  stage.jump(ms);
  await Promise.resolve();
};

test("a computer that sleeps for a night goes on where it was, also when its network needs a moment", async () => {
  const stage = await createRedeployStage({ accounts: 3 });
  stage.service.planDeploys({ staysDown: true });
  stage.service.afterStatus("live", () => {
    stage.after(20_000, jump(stage, NIGHT_MS));
    stage.after(NIGHT_MS + 30_000, async () => await stage.service.comeUp());
  });
  expect(await redeploySite(stage.request)).toMatchObject({ outcome: "restored", restored: 3 });
});

test("a clock that is put back does not make it wait until it is that late again", { timeout: 30_000 }, async () => {
  const stage = await createRedeployStage({ accounts: 3, service: { mountPath: "/opt/render/project/src/chroma_db" } });
  stage.service.afterStatus("live", () => stage.after(5_000, jump(stage, -NIGHT_MS)));
  const report = await redeploySite(stage.request);
  expect(report).toMatchObject({ outcome: "kept", accountsOnSite: 3 });
  expect(report.endedAt.getTime()).toBeLessThan(report.startedAt.getTime());
});
