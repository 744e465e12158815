/** `variable --push` and `--check`: the built command, a real ChromaDB and a fake Render. */
import { describe, expect, it } from "vitest";
import { VARIABLE_NAME } from "../../shared/eligibility.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { encodeVariable } from "../../electron/engine/variable/encode.ts";
import { createHostedStage, notesIn, SERVICE_NAME } from "../support/cli-hosted-stage.ts";
import type { CliEnd } from "../support/cli-process.ts";
import { answerOf } from "../support/cli-stage.ts";

const IDS = sampleAccounts(3).map(({ id }) => id).sort();

describe("variable --push and --check", { timeout: 60_000 }, () => {
  it("from not set over current to stale and back, by number and id", async () => {
    const { site, service, vault, run, deploysAskedFor } = await createHostedStage();
    const at = ["--url", site.url, "--service", SERVICE_NAME];
    const check = async (): Promise<CliEnd> => await run(["variable", "--check", ...at]);
    expect(await check()).toMatchObject({ code: 3, stdout: `${VARIABLE_NAME} is not set for ${SERVICE_NAME} at Render.\nSet it with "account-keeper variable --push".\n` });

    expect(await run(["backup", "--url", site.url, "--out", vault])).toMatchObject({ code: 0 });
    const pushed = await run(["variable", "--push", ...at, "--out", vault]);
    expect(pushed).toMatchObject({ code: 0, stderr: "" });
    expect(pushed.stdout).toMatch(/^USER_BACKUP_DATA is set for marlow-bakery at Render and was read back\. Nothing was deployed\.\n3 accounts, [\d,]+ characters, checksum \w{4} \w{4}\.\n$/);
    expect(notesIn(vault)).toContain('"kind":"variable_set"');
    expect(await check()).toMatchObject({ code: 0, stdout: `The variable of ${SERVICE_NAME} at Render is up to date: 3 accounts.\n` });

    const again = await run(["variable", "--push", ...at, "--json"]);
    expect(answerOf(again)).toMatchObject({ ok: true, outcome: "was_current", service: { id: service.id, name: SERVICE_NAME }, accounts: 3, left_out: 0 });

    const late = await site.signUpSomeone();
    expect(await check()).toMatchObject({ code: 3, stdout: `The variable of ${SERVICE_NAME} at Render is out of date. It holds 3 accounts.\nMissing in it: ${late}.\nSet it with "account-keeper variable --push".\n` });
    const machine = await run(["variable", "--check", ...at, "--json"]);
    expect(machine.code).toBe(3);
    expect(answerOf(machine)).toEqual({ ok: true, state: "stale", service: { id: service.id, name: SERVICE_NAME }, accounts: 3, missing: [late], changed: [], gone: [], message: null });

    service.variables.set(VARIABLE_NAME, (service.variables.get(VARIABLE_NAME) ?? "").slice(0, -40));
    const cut = await check();
    expect(cut).toMatchObject({ code: 3, stdout: expect.stringContaining("cannot be used.") as string });
    expect(deploysAskedFor()).toBe(0);
    expect(await site.accountIds()).toEqual([...IDS, late].sort());
  });

  it("says who is in another version, and who is gone from the site", async () => {
    const [first, second] = sampleAccounts(4).slice(2);
    const changed = JSON.stringify({ ...(JSON.parse(first?.document ?? "{}") as object), full_name: "Somebody Else" });
    const { site, run } = await createHostedStage({ variables: { [VARIABLE_NAME]: encodeVariable([...sampleAccounts(2).map(({ document }) => document ?? ""), changed, second?.document ?? ""]) } });
    const end = await run(["variable", "--check", "--url", site.url, "--service", SERVICE_NAME]);
    expect(end).toMatchObject({ code: 3, stdout: expect.stringContaining(`In another version: ${first?.id ?? ""}.\nNo longer on your site: ${second?.id ?? ""}.\n`) as string });
  });

  it("sets nothing for a site that may not use it", async () => {
    const { site, service, run } = await createHostedStage({ accounts: 12 });
    const end = await run(["variable", "--push", "--url", site.url, "--service", SERVICE_NAME, "--json"]);
    expect(end.code).toBe(1);
    expect(answerOf(end)).toMatchObject({ ok: false, error: { code: "NOT_ELIGIBLE" } });
    expect(service.variables.size).toBe(0);
  });

  it("sets nothing with a key that Render refuses, and does not repeat the key", async () => {
    const { site, service, run } = await createHostedStage();
    const end = await run(["variable", "--push", "--url", site.url, "--service", SERVICE_NAME], { env: { RENDER_API_KEY: "rnd_wrong" } });
    expect(end).toMatchObject({ code: 1, stdout: "", stderr: "Render does not accept this key.\nMake a new one in Render under Account settings, API keys.\n" });
    expect(service.variables.size).toBe(0);
  });

  it("after a wipe does not ask for the one copy at hand to be replaced, and does not replace it", async () => {
    const { site, service, run } = await createHostedStage();
    const at = ["--url", site.url, "--service", SERVICE_NAME];
    await run(["variable", "--push", ...at]);
    const before = service.variables.get(VARIABLE_NAME);
    await site.hooks.wipe?.();
    await site.signUpSomeone();
    const check = await run(["variable", "--check", ...at]);
    expect(check).toMatchObject({ code: 3, stdout: expect.stringMatching(/None of those it holds is on your site, which may have been wiped: bring them back first, with "account-keeper restore"\.\n$/) as string });
    expect(check.stdout).not.toContain("--push");
    expect(await run(["variable", "--push", ...at])).toMatchObject({
      code: 2,
      stderr: `None of the 3 accounts in the variable at Render is on your site: it looks wiped.\nBring them back first. If it is right that they are gone, remove ${VARIABLE_NAME} in Render's dashboard, then set it again. Nothing was changed.\n`,
    });
    expect(service.variables.get(VARIABLE_NAME)).toBe(before);
    service.variables.delete(VARIABLE_NAME);
    expect(await run(["variable", "--push", ...at])).toMatchObject({ code: 0 });
  });

  it("a record that is no account is not missing in it: no variable could hold it", async () => {
    const { site, run } = await createHostedStage();
    const at = ["--url", site.url, "--service", SERVICE_NAME];
    const [first] = sampleAccounts(1);
    if (first === undefined) throw new Error("nobody");
    await site.signUp({ ...first, id: "settings", document: "not an account" });
    expect(await run(["variable", "--push", ...at])).toMatchObject({ code: 3, stdout: expect.stringContaining("1 record could not be read") as string });
    expect(await run(["variable", "--check", ...at])).toMatchObject({ code: 0, stdout: `The variable of ${SERVICE_NAME} at Render is up to date: 3 accounts.\n` });
  });
});
