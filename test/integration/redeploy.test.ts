/** A redeploy without a gap, on a real ChromaDB that each deploy wipes, at a fake Render that follows its API. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { VARIABLE_NAME } from "../../shared/eligibility.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { encodeVariable } from "../../electron/engine/variable/encode.ts";
import { decodeVariable } from "../../electron/engine/variable/decode.ts";
import { openBackup } from "../../electron/engine/backup/read-backup.ts";
import { chooseBackup } from "../../electron/engine/operations/restore-site.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import { connect } from "../../electron/engine/chroma/connect.ts";
import { readJournal } from "../../electron/engine/redeploy/journal.ts";
import { redeploySite } from "../../electron/engine/redeploy/redeploy-site.ts";
import type { Progress } from "../../shared/progress.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { createRedeployStage, newcomer, type RedeployStage } from "../support/redeploy-stage.ts";

const ids = (records: readonly { readonly id: string }[]): string[] => records.map(({ id }) => id).sort();
const onSite = async (stage: RedeployStage): Promise<string[]> => [...(await stage.read()).keys()].sort();

async function idsInNewestBackup(stage: RedeployStage): Promise<string[]> {
  const { backup } = await chooseBackup({ kind: "vault", folder: stage.vault });
  const found: string[] = [];
  for await (const page of backup.records()) found.push(...page.map(({ id }) => id));
  return found.sort();
}

/** Metadata has no order. */
function comparable(records: ReadonlyMap<string, AccountRecord>): Map<string, object> {
  return new Map([...records].map(([id, record]) => [id, { ...record, metadata: JSON.parse(record.metadata ?? "null") as unknown }]));
}

/** A site that restores itself makes vectors of its own. */
function withoutVectors(records: ReadonlyMap<string, object>): Map<string, object> {
  return new Map([...records].map(([id, record]) => [id, { ...record, embedding: null }]));
}

/** The same person with another password. */
function withPassword(record: WritableRecord, hash: string): WritableRecord {
  return { ...record, document: JSON.stringify({ ...(JSON.parse(record.document ?? "") as object), password_hash: hash }) };
}

describe("all goes well", () => {
  test("a wiped site gets everybody back, exactly as they were, and the variable is set before the deploy", async () => {
    const stage = await createRedeployStage({ accounts: 7 });
    const before = await stage.read();
    const progress: Progress[] = [];
    const report = await redeploySite(stage.request, { onProgress: (each) => progress.push(each) });
    expect(report).toMatchObject({ outcome: "restored", accounts: 7, accountsOnSite: 7, restored: 7, missing: [], remarks: [], resumed: false, variable: { state: "set", accounts: 7 } });
    expect(comparable(await stage.read())).toEqual(comparable(before));
    expect(stage.service.wipes).toBe(1);
    expect(decodeVariable(stage.service.variables.get(VARIABLE_NAME) ?? "").accounts).toHaveLength(7);
    const lines = stage.render.lines();
    expect(lines.findIndex((line) => line.startsWith("PUT"))).toBeLessThan(lines.findIndex((line) => line.startsWith("POST")));
    expect(lines.filter((line) => line.startsWith("POST"))).toHaveLength(1);
    expect(await readJournal(stage.vault)).toBeNull();
    // A stop is offered until Render is asked, and not afterwards.
    const asked = progress.findIndex(({ phase }) => phase === "deploying");
    expect(progress.slice(0, asked).every(({ canCancel }) => canCancel)).toBe(true);
    expect(progress.slice(asked).some(({ canCancel }) => canCancel)).toBe(false);
    expect(new Set(progress.map(({ phase }) => phase))).toEqual(new Set(["connecting", "reading", "writing", "verifying", "setting_variable", "checking_again", "deploying", "waiting_for_site", "restoring", "planning"].filter((phase) => progress.some((each) => each.phase === phase))));
  });

  test("more than ten accounts: no variable, everybody comes back from the backup", async () => {
    const stage = await createRedeployStage({ accounts: 12 });
    const report = await redeploySite(stage.request);
    expect(report).toMatchObject({ outcome: "restored", restored: 12, variable: { state: "not_eligible" } });
    expect(await onSite(stage)).toEqual(ids(sampleAccounts(12)));
    expect(stage.service.variables.has(VARIABLE_NAME)).toBe(false);
  });

  test("a site that restores itself is left in peace, and what the variable could not carry is put right", async () => {
    const stage = await createRedeployStage({ accounts: 7, restoresItself: true });
    const [first] = sampleAccounts(1);
    if (first === undefined) throw new Error("nobody");
    await stage.signUp({ ...first, metadata: JSON.stringify({ ...(JSON.parse(first.metadata ?? "{}") as object), loyalty_points: 12 }) });
    const before = await stage.read();
    const report = await redeploySite(stage.request);
    expect(report).toMatchObject({ outcome: "restored_itself", restored: 0, accountsOnSite: 7, missing: [] });
    expect(withoutVectors(comparable(await stage.read()))).toEqual(withoutVectors(comparable(before)));
    expect(await idsInNewestBackup(stage)).toEqual(ids(sampleAccounts(7)));
  });

  test("an old variable does not bring old passwords back, on the site or into the backups", async () => {
    const people = sampleAccounts(12);
    const old = people.slice(0, 9).map((person) => withPassword(person, "$2b$12$the.old.one").document ?? "");
    const stage = await createRedeployStage({ accounts: 12, restoresItself: true, service: { variables: { [VARIABLE_NAME]: encodeVariable(old) } } });
    const before = await stage.read();
    const report = await redeploySite(stage.request);
    expect(report).toMatchObject({ restored: 3, putRight: 9, accountsOnSite: 12 });
    const documents = new Map([...(await stage.read())].map(([id, { document }]) => [id, document]));
    expect(documents).toEqual(new Map([...before].map(([id, { document }]) => [id, document])));
    const { backup } = await chooseBackup({ kind: "vault", folder: stage.vault });
    for await (const page of backup.records()) for (const record of page) expect(record.document).not.toContain("the.old.one");
  });

  test("a site with a disk keeps its accounts", async () => {
    const stage = await createRedeployStage({ accounts: 5, service: { mountPath: "/opt/render/project/src/chroma_db" } });
    const report = await redeploySite(stage.request);
    expect(report).toMatchObject({ outcome: "kept", restored: 0, accountsOnSite: 5, wipedAt: null });
    expect(stage.service.wipes).toBe(0);
  });

  test("a slow deploy, and a site that is away for minutes afterwards", async () => {
    const stage = await createRedeployStage({ accounts: 4, down: "bad_gateway" });
    stage.service.planDeploys({ slow: 5, staysDown: true });
    stage.service.afterStatus("live", () => stage.after(4 * 60_000, async () => await stage.service.comeUp()));
    const report = await redeploySite(stage.request);
    expect(stage.render.lines().filter((line) => /^GET .*\/deploys\//.test(line)).length).toBeGreaterThan(5);
    expect(report).toMatchObject({ outcome: "restored", restored: 4 });
    expect((report.backAt?.getTime() ?? 0) - (report.downAt?.getTime() ?? 0)).toBeGreaterThan(3 * 60_000);
  });
});

describe("somebody signs up at each step in turn", () => {
  // The eleventh turns the variable off on the way.
  test.each([10])("with %i accounts: nobody is lost", { timeout: 240_000 }, async (accounts) => {
    // Whoever signs up in the very moment in which the disk goes, after the last look, cannot be seen by anybody.
    let lastMoments = 0;
    for (let at = 1; ; at += 1) {
      const stage = await createRedeployStage({ accounts });
      const person = newcomer(at);
      let calls = 0;
      let wipesBefore: number | null = null;
      const moment = { wasLast: false };
      stage.render.beforeCall(/./, async () => {
        calls += 1;
        if (calls !== at) return;
        wipesBefore = stage.service.wipes;
        await stage.signUp(person);
      }, Number.POSITIVE_INFINITY);
      stage.render.afterCall(/./, () => {
        if (calls === at && wipesBefore !== null && stage.service.wipes > wipesBefore) moment.wasLast = true;
      }, Number.POSITIVE_INFINITY);
      const report = await redeploySite(stage.request);
      if (calls < at) {
        // One of the calls is the one during which the disk goes, and no more.
        expect(lastMoments).toBe(1);
        return;
      }
      if (moment.wasLast) lastMoments += 1;
      const expected = moment.wasLast ? ids(sampleAccounts(accounts)) : ids([...sampleAccounts(accounts), person]);
      expect({ at, there: await onSite(stage), report: report.missing }).toEqual({ at, there: expected, report: [] });
      // Whoever signs up after the last look is on the site, and in the next backup.
      expect(await idsInNewestBackup(stage)).toEqual(expect.arrayContaining(ids(sampleAccounts(accounts))));
      await stage.render.close();
    }
  });

  test("a password that is changed while Render builds is the one that comes back", async () => {
    const stage = await createRedeployStage({ accounts: 12 });
    const [first] = sampleAccounts(1);
    if (first === undefined) throw new Error("nobody");
    stage.service.planDeploys({ statuses: ["build_in_progress", "update_in_progress", "live"] });
    stage.service.afterStatus("build_in_progress", async () => await stage.signUp(withPassword(first, "new-hash")));
    expect(await redeploySite(stage.request)).toMatchObject({ outcome: "restored", restored: 12 });
    expect((await stage.read()).get(first.id)?.document).toContain("new-hash");
  });

  test("one leaves and one signs up while Render builds: the number stays, and nobody is lost", async () => {
    const stage = await createRedeployStage({ accounts: 12 });
    const person = newcomer();
    stage.service.planDeploys({ statuses: ["build_in_progress", "update_in_progress", "live"] });
    stage.service.afterStatus("build_in_progress", async () => {
      await stage.deleteAccounts([sampleAccounts(1)[0]?.id ?? ""]);
      await stage.signUp(person);
    });
    await redeploySite(stage.request);
    expect(await onSite(stage)).toEqual(expect.arrayContaining(ids([...sampleAccounts(12).slice(1), person])));
  });

  test("whoever signs up on the wiped site before we get there stays", async () => {
    const stage = await createRedeployStage({ accounts: 7 });
    const person = newcomer();
    stage.service.afterStatus("live", async () => await stage.signUp(person));
    const report = await redeploySite(stage.request);
    expect(report).toMatchObject({ outcome: "restored", restored: 7, accountsOnSite: 8 });
    expect(await onSite(stage)).toEqual(ids([...sampleAccounts(7), person]));
    // The variable is brought up to date afterwards: the next redeploy begins with it.
    expect(decodeVariable(stage.service.variables.get(VARIABLE_NAME) ?? "").accounts).toHaveLength(8);
  });
});

describe("what goes wrong leaves everybody safe, with a next step", () => {
  const POST = /^POST .*\/deploys/;

  test("a wrong key: nothing is deployed and nothing written", async () => {
    const stage = await createRedeployStage({ accounts: 3 });
    stage.render.injectAlways(/./, { kind: "status", status: 401, json: { message: "Unauthorized" } });
    await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "HOST_KEY_REFUSED", hint: expect.any(String) as string });
    expect(stage.service.deploys).toEqual([]);
    expect(await readJournal(stage.vault)).toBeNull();
  });

  test("the service is gone", async () => {
    const stage = await createRedeployStage({ accounts: 3 });
    stage.render.removeService(stage.service);
    await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "HOST_SERVICE_NOT_FOUND", hint: expect.any(String) as string });
  });

  test("a suspended service is not deployed", async () => {
    const stage = await createRedeployStage({ accounts: 3, service: { suspended: true } });
    await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "HOST_REFUSED" });
    expect(stage.service.deploys).toEqual([]);
  });

  test.each(["build_failed", "update_failed", "pre_deploy_failed", "canceled"] as const)("%s: the old site goes on, and it is said", async (status) => {
    const stage = await createRedeployStage({ accounts: 3 });
    stage.service.planDeploys({ statuses: ["update_in_progress", status] });
    await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "DEPLOY_FAILED", message: expect.stringContaining("Your 3 accounts are safe") as string, hint: expect.stringContaining("with everyone on it") as string });
    expect(await onSite(stage)).toEqual(ids(sampleAccounts(3)));
    expect(await readJournal(stage.vault)).toBeNull();
  });

  test("a deploy that fails and wipes the disk all the same", async () => {
    const stage = await createRedeployStage({ accounts: 3 });
    stage.service.planDeploys({ statuses: ["update_in_progress", "update_failed"], wipesAnyway: true });
    await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "DEPLOY_FAILED" });
    expect(await onSite(stage)).toEqual(ids(sampleAccounts(3)));
  });

  test("a site that does not come back: said with a next step, and gone on with when it is there", async () => {
    const stage = await createRedeployStage({ accounts: 3 });
    stage.service.planDeploys({ staysDown: true });
    stage.service.afterStatus("live", () => {
      stage.service.events.push({ id: "evt-1", timestamp: stage.clock.now().toISOString(), serviceId: stage.service.id, type: "server_failed", details: {} });
    });
    await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "SERVER_UNREACHABLE", message: expect.stringContaining("has not come back") as string, hint: expect.stringContaining("your site's program stopped") as string });
    expect(await readJournal(stage.vault)).not.toBeNull();
    await stage.service.comeUp();
    const report = await redeploySite({ ...stage.request, resumeOnly: true });
    expect(report).toMatchObject({ outcome: "restored", restored: 3, resumed: true });
    expect(stage.service.deploys).toHaveLength(1);
    expect(await readJournal(stage.vault)).toBeNull();
  });

  test("Render's answer to the deploy is lost, and it deploys: that deploy is followed", async () => {
    const stage = await createRedeployStage({ accounts: 3 });
    stage.render.inject(POST, { kind: "reset", carriedOut: true });
    const report = await redeploySite(stage.request);
    expect(report).toMatchObject({ outcome: "restored", restored: 3 });
    expect(stage.service.deploys).toHaveLength(1);
  });

  test("Render's answer to the deploy is lost, and nothing was begun: said, and the next run begins anew", async () => {
    const stage = await createRedeployStage({ accounts: 3 });
    stage.render.inject(POST, { kind: "reset", carriedOut: false });
    await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "DEPLOY_UNCERTAIN", hint: expect.any(String) as string });
    expect(stage.service.deploys).toEqual([]);
    expect(await redeploySite({ ...stage.request, resumeOnly: true })).toMatchObject({ outcome: "nothing_begun" });
    expect(await redeploySite(stage.request)).toMatchObject({ outcome: "restored", restored: 3 });
  });

  test("Render refuses the deploy: nothing was begun", async () => {
    const stage = await createRedeployStage({ accounts: 3 });
    stage.render.inject(POST, { kind: "status", status: 409, json: { message: "conflict" } });
    await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "HOST_REFUSED" });
    expect(await readJournal(stage.vault)).toBeNull();
  });

  test("the key is taken back while Render deploys: the site is looked after all the same", async () => {
    const stage = await createRedeployStage({ accounts: 3 });
    stage.service.afterStatus("live", () => void stage.render.injectAlways(/./, { kind: "status", status: 401, json: { message: "Unauthorized" } }));
    const report = await redeploySite(stage.request);
    expect(report).toMatchObject({ outcome: "restored", restored: 3 });
    expect(report.remarks).toEqual([expect.stringContaining("old variable") as string, expect.stringContaining("up to date") as string]);
  });

  test("the key is taken back and no wipe comes: it ends after a while, and says what is not known", async () => {
    const stage = await createRedeployStage({ accounts: 3, service: { mountPath: "/opt/render/project/src/chroma_db" } });
    stage.render.afterCall(POST, () => void stage.render.injectAlways(/./, { kind: "status", status: 401, json: { message: "Unauthorized" } }));
    const report = await redeploySite(stage.request);
    expect(report).toMatchObject({ outcome: "kept", accountsOnSite: 3, remarks: [expect.stringContaining("did not say how the deploy ended") as string, expect.stringContaining("up to date") as string] });
    expect(report.endedAt.getTime() - report.startedAt.getTime()).toBeLessThan(15 * 60_000);
  });

  test("somebody of the last backup is missing before the redeploy: asked about first", async () => {
    const stage = await createRedeployStage({ accounts: 5 });
    const connection = await connect({ kind: "server", url: stage.url });
    await backupSite({ connection, collectionName: "users", site: connection.address, folder: stage.vault });
    await connection.close();
    await stage.deleteAccounts(ids(sampleAccounts(1)));
    await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "CONFIRMATION_NEEDED", message: "1 account of your last backup is not on your site." });
    await stage.wipe();
    await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "COLLECTION_NOT_FOUND" });
    expect(stage.service.deploys).toEqual([]);
  });

  test("an account that is deleted while Render deploys a site with a disk is not brought back unasked", async () => {
    const stage = await createRedeployStage({ accounts: 5, service: { mountPath: "/opt/render/project/src/chroma_db" } });
    const gone = ids(sampleAccounts(1));
    stage.service.afterStatus("live", async () => await stage.deleteAccounts(gone));
    const report = await redeploySite(stage.request);
    expect(report).toMatchObject({ outcome: "kept", missing: gone, restored: 0, accountsOnSite: 4 });
    const { backup } = await chooseBackup({ kind: "vault", folder: stage.vault });
    expect(backup.accountCount).toBe(5);
  });

  test("a stop before the deploy: nothing was begun", async () => {
    const stage = await createRedeployStage({ accounts: 3 });
    const stopped = new AbortController();
    const ended = redeploySite(stage.request, { signal: stopped.signal, onProgress: ({ phase }) => {
      if (phase === "setting_variable") stopped.abort();
    } });
    await expect(ended).rejects.toMatchObject({ code: "CANCELLED" });
    expect(stage.service.deploys).toEqual([]);
    expect(await readJournal(stage.vault)).toBeNull();
  });

  test("a note of an earlier redeploy that cannot be read: nothing is begun beside it", async () => {
    const stage = await createRedeployStage({ accounts: 3 });
    await mkdir(stage.vault, { recursive: true });
    await writeFile(join(stage.vault, "account-keeper-redeploy.json"), '{"version":2,"deploy');
    await expect(redeploySite(stage.request)).rejects.toMatchObject({ code: "FILE_UNREADABLE", message: expect.stringContaining("account-keeper-redeploy.json") as string, hint: expect.stringContaining("delete that file") as string });
    await expect(redeploySite({ ...stage.request, resumeOnly: true })).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    expect(stage.service.deploys).toEqual([]);
  });

  test("two at once: the second says so", async () => {
    const stage = await createRedeployStage({ accounts: 3 });
    const second = new Promise((resolve) => {
      stage.render.beforeCall(POST, async () => {
        resolve(await redeploySite(stage.request).catch((error: unknown) => error));
      });
    });
    await redeploySite(stage.request);
    expect(await second).toMatchObject({ code: "BUSY" });
  });

  test("no file of it holds a key or the variable", async () => {
    const stage = await createRedeployStage({ accounts: 3 });
    stage.service.planDeploys({ staysDown: true });
    await redeploySite(stage.request).catch(() => undefined);
    const journal = JSON.stringify(await readJournal(stage.vault));
    expect(journal).not.toContain(stage.render.apiKey);
    expect(journal).not.toContain((stage.service.variables.get(VARIABLE_NAME) ?? "").slice(0, 40));
    expect((await readdir(stage.vault)).filter((name) => name.endsWith(".lock"))).toEqual([]);
    const { backup } = await chooseBackup({ kind: "vault", folder: stage.vault });
    expect((await openBackup({ text: stage.service.variables.get(VARIABLE_NAME) ?? "" })).accountCount).toBe(backup.accountCount);
  });
});
